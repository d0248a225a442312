"""From what there is to what is shown of it. Pure."""

from collections.abc import Sequence
from urllib.parse import quote

from events.instants import format_instant
from serving.access.viewers import Viewer
from serving.evaluators import answers
from serving.evaluators.asks import Catalogue, Dataset, Vintage
from serving.evaluators.choosing import Chosen, in_order
from serving.evaluators.wanted import Wanted
from timing.definitions import definitions
from timing.editions import Edition


def datasets(catalogue: Catalogue) -> answers.Datasets:
    """All of them."""
    return answers.Datasets([dataset(one) for one in catalogue.datasets])


def dataset(one: Dataset) -> answers.DatasetShown:
    """One, with the address of its cells."""
    return answers.DatasetShown(
        id=one.id,
        version=one.version,
        title=one.title,
        note=one.note,
        basis=one.basis,
        dimensions=[
            answers.DimensionShown(d.id, d.title, [answers.ValueShown(*v) for v in d.values])
            for d in one.dimensions
        ],
        tables=[list(table) for table in one.tables],
        measures=[answers.MeasureShown(*measure) for measure in one.measures],
        cells=f"/v1/datasets/{one.id}/cells",
    )


def defined(catalogue: Catalogue) -> answers.Definitions:
    """Clocks from the law, rules from the catalogue."""
    clocks = [
        answers.ClockShown(
            id=one.id,
            title={"zh": one.chinese, "en": one.english},
            direction=one.direction and one.direction.value,
            openers=[kind.value for kind in one.openers],
            closers=sorted(kind.value for kind in one.closers),
            advance=one.advance,
            source=one.source,
            status=one.status,
            note=one.note,
        )
        for one in definitions().values()
    ]
    return answers.Definitions(
        clocks,
        [answers.RuleShown(*rule) for rule in catalogue.rules],
        [answers.ValueShown(*reason) for reason in catalogue.reasons],
    )


def editions(found: Sequence[Edition]) -> answers.Editions:
    """Those that judge, by port and date."""
    ordered = sorted(found, key=lambda one: (one.port, str(one.effective_from), one.edition))
    return answers.Editions([_edition(one) for one in ordered])


def _edition(one: Edition) -> answers.EditionShown:
    return answers.EditionShown(
        id=one.edition,
        issuer=one.issuer,
        title=one.title,
        port=one.port,
        status=one.status,
        effective_from=str(one.effective_from),
        effective_to=None if one.effective_to is None else str(one.effective_to),
        supersedes=one.supersedes,
        source=one.source,
        limits=[limit.id for limit in one.limit],
        commitments=[promise.id for promise in one.commitment],
    )


def vintages(found: Sequence[Vintage]) -> answers.Vintages:
    """The newest first, without their files."""
    ordered = in_order(found)
    newest = {one.month: one.id for one in reversed(ordered)}
    return answers.Vintages([vintage(one, newest[one.month], ()) for one in ordered])


def vintage(one: Vintage, newest: str, files: Sequence[str]) -> answers.VintageShown:
    """One, with the addresses of its files."""
    return answers.VintageShown(
        id=one.id,
        month=one.month,
        standing=one.standing,
        made_at=format_instant(one.made_at),
        reason=one.reason,
        newest=newest,
        facts=one.facts,
        facts_hash=one.facts_hash,
        rules=dict(sorted(one.rules.items())),
        published=dict(sorted(one.published.items())),
        files=[f"/v1/vintages/{quote(one.id, safe='')}/files/{quote(name)}" for name in files],
    )


def head(dataset: Dataset, chosen: Chosen, viewer: Viewer, wanted: Wanted) -> answers.Head:
    """What stands beside cells."""
    one = chosen.vintage
    return answers.Head(
        dataset=f"{dataset.id}/{dataset.version}",
        basis=dataset.basis,
        vintage=answers.VintageMeant(
            id=one.id,
            month=one.month,
            standing=one.standing,
            made_at=format_instant(one.made_at),
            reason=one.reason,
            newest=chosen.newest,
            chosen=chosen.how,
        ),
        rules=dict(sorted(one.rules.items())),
        scope=answers.ScopeShown(sorted(viewer.ports), sorted(viewer.facilities)),
        only=dict(sorted(wanted.only.items())),
        by=wanted.by,
        measures=wanted.measures,
    )
