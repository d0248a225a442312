"""Programs of the system: found, or fetched whole, or named as missing with the way to get them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from programs import PROGRAMS, Missing, Program, here, provide
from tree import ROOT

LOUPE = Program("loupe", ("magnifiers",))


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A stand-in for apt-get that does the given line of shell, and the folder it works beside."""
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")

    def doing(line: str) -> Path:
        script = tools / "apt-get"
        script.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/asked\n{line}\n')
        script.chmod(0o755)
        return tmp_path

    return doing


def _package(folder: Path, files: Mapping[str, str] = MappingProxyType({})) -> Path:
    """A real package with one program in it, and these files."""
    tree = folder / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        "Package: magnifiers\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: x\n"
    )
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/loupe").write_text("#!/bin/sh\necho closer\n")
    (tree / "usr/bin/loupe").chmod(0o755)
    for name, text in files.items():
        file = tree / name.lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_text(text)
    archive = folder / "magnifiers_1_all.deb"
    command = ["dpkg-deb", "--build", "--root-owner-group", str(tree), str(archive)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return archive


def test_what_is_on_the_path_is_taken_as_it_is(tmp_path: Path) -> None:
    loupe = tmp_path / "loupe"
    loupe.write_text("")
    assert provide(LOUPE, tmp_path / "none", lambda name: str(tmp_path / name)) == loupe
    assert not (tmp_path / "none").exists()


def test_a_program_that_needs_a_font_is_not_here_without_it(tmp_path: Path) -> None:
    (tmp_path / "loupe").write_text("")
    font = tmp_path / "font.ttc"
    bespectacled = Program("loupe", ("magnifiers",), whole=True, with_any_of=(str(font),))
    assert here(bespectacled, tmp_path, lambda name: str(tmp_path / name)) is None
    font.write_text("")
    assert here(bespectacled, tmp_path, lambda name: str(tmp_path / name)) is not None


def test_a_package_is_unpacked_and_then_found_without_asking_again(
    apt: Callable[[str], Path], tmp_path: Path
) -> None:
    archive = _package(tmp_path)
    apt(f"cp {archive} .")
    first = provide(LOUPE, tmp_path / "programs")
    ran = subprocess.run([first], check=True, capture_output=True, text=True, timeout=10)
    assert ran.stdout == "closer\n"
    assert provide(LOUPE, tmp_path / "programs") == first
    assert (tmp_path / "asked").read_text() == "download\n"
    assert not list((tmp_path / "programs").glob("*.part"))


def test_a_folder_wanted_at_a_fixed_place_is_put_there_or_its_lack_is_said(
    apt: Callable[[str], Path], tmp_path: Path
) -> None:
    fixed = tmp_path / "fixed" / "lenses"
    archive = _package(tmp_path, {str(fixed / "convex"): "lens"})
    apt(f"cp {archive} .")
    placed = Program("loupe", ("magnifiers",), at=fixed)
    assert provide(placed, tmp_path / "programs").name == "loupe"
    assert (fixed / "convex").read_text() == "lens"
    shutil.rmtree(fixed)
    assert here(placed, tmp_path / "programs", shutil.which) is None
    assert provide(placed, tmp_path / "programs").name == "loupe"
    assert (fixed / "convex").read_text() == "lens"
    assert (tmp_path / "asked").read_text() == "download\n"
    elsewhere = Program("loupe", ("magnifiers",), at=tmp_path / "nowhere" / "lenses")
    with pytest.raises(Missing, match="looks for"):
        provide(elsewhere, tmp_path / "programs")


def test_a_fetch_that_fails_says_why_and_what_to_type(
    apt: Callable[[str], Path], tmp_path: Path
) -> None:
    apt("echo 'E: no such package' >&2; exit 100")
    with pytest.raises(Missing) as raised:
        provide(LOUPE, tmp_path / "programs")
    said = str(raised.value)
    assert "loupe is missing" in said
    assert "no such package" in said
    assert "apt-get install magnifiers" in said


def test_a_broken_package_is_never_taken_for_a_program(
    apt: Callable[[str], Path], tmp_path: Path
) -> None:
    apt("echo half > magnifiers_1_all.deb")
    with pytest.raises(Missing, match="dpkg-deb"):
        provide(LOUPE, tmp_path / "programs")
    assert here(LOUPE, tmp_path / "programs", shutil.which) is None


def test_a_package_without_the_program_is_said(apt: Callable[[str], Path], tmp_path: Path) -> None:
    archive = _package(tmp_path)
    apt(f"cp {archive} .")
    with pytest.raises(Missing, match="came without it"):
        provide(Program("monocle", ("magnifiers",)), tmp_path / "programs")


def test_what_needs_its_libraries_is_installed_by_root_and_by_nobody_else(
    apt: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    telescope = Program("telescope", ("telescopes", "stars"), whole=True)
    made = tmp_path / "tools" / "telescope"
    apt(f"echo $* > {tmp_path}/words; touch {made}; chmod +x {made}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Missing, match="only root may"):
        provide(telescope, tmp_path / "programs")
    assert not made.exists()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert provide(telescope, tmp_path / "programs") == made
    assert (tmp_path / "words").read_text().split()[-2:] == ["telescopes", "stars"]


def test_old_lists_of_packages_are_refreshed_once(
    apt: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = _package(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    fresh = tmp_path / "fresh"
    apt(
        f"case $1 in update) touch {fresh};; *) [ -e {fresh} ] && cp {archive} . || exit 100;; esac"
    )
    assert provide(LOUPE, tmp_path / "programs").name == "loupe"
    assert (tmp_path / "asked").read_text().split() == ["download", "update", "download"]


def test_a_machine_without_packages_is_said(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="no apt-get"):
        provide(LOUPE, tmp_path, lambda _: None)


@pytest.fixture(scope="module")
def bare_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our conftest and programs.py in a tree without programs, beside a test that asks for one."""
    tree = tmp_path_factory.mktemp("bare")
    (tree / "tests" / "house").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "conftest.py", tree / "tests")
    shutil.copy(ROOT / "tests" / "house" / "programs.py", tree / "tests" / "house")
    asks = "def test_asks(program):\n    assert program('prometheus')\n"
    (tree / "tests" / "test_asks.py").write_text(asks)
    return tree


def _outcome(tree: Path, environment: Mapping[str, str]) -> str:
    """The last line of a run of pytest where no program can be found or fetched."""
    told = {"PATH": str(tree), "PYTHONPATH": str(ROOT), "HOME": str(tree), **environment}
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(
        command, cwd=tree, env=told, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout


def test_without_the_program_a_test_is_skipped_and_says_what_to_install(bare_tree: Path) -> None:
    said = _outcome(bare_tree, {})
    assert "1 skipped" in said
    assert "apt-get install prometheus" in said


def test_in_ci_the_same_is_a_failure(bare_tree: Path) -> None:
    said = _outcome(bare_tree, {"CI": "1"})
    assert "1 failed" in said
    assert "apt-get install prometheus" in said


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_every_program_runs(name: str, program: Callable[[str], Path]) -> None:
    command = [str(program(name)), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "version" in (done.stdout + done.stderr).lower() or "Chromium" in done.stdout
