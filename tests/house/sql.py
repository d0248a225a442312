"""Where a statement is made of what a program was told: found in the syntax tree, never by running.

A text is SQL when it begins as SQL does, or goes to something that runs SQL. What stands in it may
be a constant of a module, or a name that went through a function that quotes or checks it; values
are parameters. So nobody's word can become part of a statement.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

BEGINS: Final = (
    "SELECT ", "INSERT ", "DELETE ", "UPDATE ", "ALTER ", "CREATE ", "DROP ", "WITH ", "TRUNCATE ",
    "GRANT ", "REVOKE ", "EXPLAIN ", "SET ", "USE ", "KILL ", "OPTIMIZE ", "RENAME ", "REPLACE ",
)  # fmt: skip
RUNS: Final = frozenset(
    {"execute", "execute_iter", "executemany", "executescript", "command", "fetch", "Question"}
)
QUOTES: Final = frozenset({"quote_name", "quote_text", "quoted_name", "quoted_names"})
"""Functions whose whole purpose is that what they return may stand in a statement."""


class Finding(NamedTuple):
    """A statement that is made of something told."""

    file: str
    line: int
    what: str


def findings(file: Path, name: str) -> Iterator[Finding]:
    """Every one of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for line, what in sorted(set(_Reader(tree).found)):
        yield Finding(name, line, what)


class _Reader(ast.NodeVisitor):
    """Walks a module; within a function it knows which names are the function's own."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[tuple[int, str]] = []
        self._own: list[set[str]] = []
        self._made: list[dict[str, list[ast.expr]]] = []
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._within(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._within(node)

    def _within(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._own.append(_names_of(node))
        self._made.append(_constants_of(node))
        self.generic_visit(node)
        self._own.pop()
        self._made.pop()

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        if _begins(_first(node)):
            self._look(node)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Mod | ast.Add) and _begins(_first(node)):
            self._look(node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "format" and isinstance(called, ast.Attribute) and _begins(_first(called.value)):
            self._look(node)
        if name in RUNS:
            for argument in node.args[:2]:
                if isinstance(argument, ast.JoinedStr | ast.BinOp) or _formats(argument):
                    self._look(argument)
        self.generic_visit(node)

    def _look(self, node: ast.expr) -> None:
        for part in _parts(node):
            if not self._sound(part):
                self.found.append((node.lineno, ast.unparse(part)))

    def _sound(self, part: ast.expr) -> bool:
        """Whether this may stand in a statement: it cannot be anybody's word."""
        if isinstance(part, ast.Constant):
            return True
        if isinstance(part, ast.Name):
            made = next((m[part.id] for m in reversed(self._made) if part.id in m), None)
            if made is not None:
                return all(self._sound(one) for one in made)
            return not any(part.id in own for own in self._own)
        if isinstance(part, ast.Attribute | ast.Subscript | ast.Starred):
            return self._sound(part.value)
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            return self._sound(part.left)  # so many marks for so many parameters
        if isinstance(part, ast.JoinedStr | ast.BinOp):
            return all(self._sound(one) for one in _parts(part))
        if isinstance(part, ast.IfExp):
            return self._sound(part.body) and self._sound(part.orelse)
        if isinstance(part, ast.Tuple | ast.List):
            return all(self._sound(one) for one in part.elts)
        if isinstance(part, ast.Call):
            return self._sound_call(part)
        return False

    def _sound_call(self, call: ast.Call) -> bool:
        """One that quotes, or that joins or calls nothing but constants."""
        called = call.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in QUOTES:
            return True
        if name == "join" and isinstance(called, ast.Attribute):
            return self._sound(called.value) and all(self._joined(one) for one in call.args)
        given = [*call.args, *(word.value for word in call.keywords)]
        return self._sound(called) and all(self._sound(one) for one in given)

    def _joined(self, argument: ast.expr) -> bool:
        """What a text is joined of; of a comprehension or a map, each that quotes."""
        if isinstance(argument, ast.GeneratorExp | ast.ListComp):
            own = {n.id for g in argument.generators for n in ast.walk(g.target)
                   if isinstance(n, ast.Name)}  # fmt: skip
            told = all(self._sound(g.iter) for g in argument.generators)
            self._own.append(set() if told else own)
            sound = self._sound(argument.elt)
            self._own.pop()
            return sound
        if isinstance(argument, ast.Call) and getattr(argument.func, "id", "") == "map":
            by, *over = argument.args
            return getattr(by, "id", "") in QUOTES or all(self._sound(one) for one in over)
        return self._sound(argument)


def _names_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Its parameters, and whatever it binds."""
    told = node.args
    names = {a.arg for a in (*told.posonlyargs, *told.args, *told.kwonlyargs)}
    names |= {a.arg for a in (told.vararg, told.kwarg) if a}
    return names | {n.id for n in ast.walk(node)
                    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip


def _constants_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[ast.expr]]:
    """Names that the function binds to nothing but what can be looked at."""
    bound: dict[str, list[ast.expr | None]] = {}
    for one in ast.walk(node):
        if isinstance(one, ast.Assign) and len(one.targets) == 1:
            target: ast.expr = one.targets[0]
            if isinstance(target, ast.Name):
                bound.setdefault(target.id, []).append(one.value)
        elif isinstance(one, ast.For | ast.comprehension) and isinstance(one.target, ast.Name):
            literal = one.iter if isinstance(one.iter, ast.Tuple | ast.List) else None
            bound.setdefault(one.target.id, []).append(literal)
        elif isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name):
            bound.setdefault(one.target.id, []).append(None)
    return {name: [m for m in made if m] for name, made in bound.items() if None not in made}


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    """What a text is made of, apart from the words that stand in it."""
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                yield value.value
    elif isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
    elif isinstance(node, ast.Call) and _formats(node):
        yield from node.args
        yield from (word.value for word in node.keywords)
    else:
        yield node


def _formats(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
    )


def _first(node: ast.AST) -> str:
    """The words with which a text begins."""
    if isinstance(node, ast.JoinedStr):
        return _first(node.values[0]) if node.values else ""
    if isinstance(node, ast.BinOp):
        return _first(node.left)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _begins(text: str) -> bool:
    return text.lstrip("( \n").startswith(BEGINS)
