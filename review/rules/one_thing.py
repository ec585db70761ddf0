"""Which single missing thing would make one more item count: asked by changing one fact and weighing again. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from review.rules.graph import Item, independent, weigh
from review.rules.kinds import Trait


@dataclass(frozen=True, slots=True)
class OneThing:
    """A single thing that is missing on an item, and what to do about it."""

    item: str
    what: str


# what one person could still do; none of these changes what an item depends on
REPAIRS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("show its source document to a corroboration officer", {"source_shown": True, "discriminates": True, "links_to": "offence"}),
    ("write down how the statement was taken", {"exposure_written_down": True}),
    ("have a legal adviser decide whether it may be used", {"may_be_used": True}),
)


def that_would_help(items: Iterable[Item]) -> tuple[OneThing, ...]:
    """Return each single repair by which more items would count than now; nothing else is changed with it."""
    given = tuple(items)
    now = len(independent(weigh(given)))
    found = []
    for place, item in enumerate(given):
        for what, change in REPAIRS:
            if not item.mine or _holds_already(item, change) or not _applies(item, change):
                continue
            changed = (*given[:place], replace(item, **change), *given[place + 1 :])
            if len(independent(weigh(changed))) > now:
                found.append(OneThing(item.ref, what))
    return tuple(found)


def _holds_already(item: Item, change: dict[str, Any]) -> bool:
    return bool(next(iter(change)) == "source_shown" and item.source_shown) or all(
        getattr(item, name) == value for name, value in change.items()
    )


def _applies(item: Item, change: dict[str, Any]) -> bool:
    return "exposure_written_down" not in change or Trait.JUDGEMENT in item.kind
