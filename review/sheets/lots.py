"""How many joined cases were drawn to be examined again by another agency, and what became of them. It names no case, agency or person."""

from datetime import date

from ledger.asking import ask_rows
from review.sheets.figures import Row

COMPANY = "So that nobody learns which, one that waits is counted once the fifty lots that were drawn one after another are whole, or after half a year."

UNTOLD = "That the other agency lends no more, or that the pictures are gone, is told half a year after its month."


def counted() -> tuple[Row, ...]:
    """Return the figures of the whole house, as the database counts them."""
    ((lots, drawn, examined, waiting, not_lent, oldest, by_time, by_law),) = ask_rows("select * from lots_counted()")
    return (
        Row("Joined cases that drew a lot", str(lots), "None is drawn where no other agency lends its reviewers."),
        Row("Drawn to be examined again", str(drawn), COMPANY),
        Row("Examined again", str(examined), "What came of each is told on its case and in the bundle."),
        Row("Waiting", _since(waiting, oldest), _for_whom(not_lent)),
        Row("Never examined, their pictures are gone", str(by_time + by_law), _why(by_time, by_law)),
    )


def _since(waiting: int, oldest: date | None) -> str:
    return f"{waiting}, the oldest since {oldest:%B %Y}" if oldest else str(waiting)


def _for_whom(not_lent: int) -> str:
    return f"{not_lent} of them for an agency that lends its reviewers no more." if not_lent else UNTOLD


def _why(by_time: int, by_law: int) -> str:
    if not by_time + by_law:
        return "Destroyed before anybody of the other agency had examined them."
    return f"Destroyed before: {by_time} when the time to keep them had run, {by_law} because the law in force wanted them gone."
