"""Counts again, from the rows of the lots, what is told of the cases that were drawn to be examined again, and compares."""

from collections import Counter
from datetime import date, datetime

from django.db.backends.utils import CursorWrapper

from oversight.reading import Row, rows_of

TOLD_TOGETHER = 50  # lots, in the order in which they were drawn
TOLD_AFTER = 6  # months, whole ones

LIE = """
select l.month, l.last_month, l.newest, l.state, l.examined, l.by_law, l.lent, count(*) as cases from (
  select p.*, max(p.month) over (partition by (p.place - 1) / %s) as last_month, p.place > p.lots / %s * %s as newest from (
    select to_char(x.at at time zone 'UTC', 'YYYY-MM') as month, row_number() over (order by x.at, x.case_id) as place, count(*) over () as lots,
           x.chosen, c.state, s.case_id is not null as examined, coalesce(cardinality(d.rules), 0) > 0 as by_law,
           exists (select 1 from people_agreement a where a.lender_id = x.lender_id and a.borrower_id = c.agency_id and 'reviewer' = any (a.roles)
                      and (house_now() at time zone 'UTC')::date between a.from_on and a.until_on) as lent
      from review_reexamination x join cases_case c on c.id = x.case_id left join review_reexaminationresult s on s.case_id = x.case_id
      left join cases_destruction d on d.case_id = x.case_id) p) l
 where l.chosen group by 1, 2, 3, 4, 5, 6, 7
"""


def told_otherwise(cursor: CursorWrapper) -> bool:
    """Whether the figures of what is examined again are not those of the rows."""
    ((now,),) = rows_of(cursor, "select house_now() at time zone 'UTC'")
    ((lots,),) = rows_of(cursor, "select count(*) from review_reexamination")
    (told,) = rows_of(cursor, "select * from lots_counted()")
    found: Counter[str] = Counter(lots=lots)
    months = []
    for row in rows_of(cursor, LIE, TOLD_TOGETHER, TOLD_TOGETHER, TOLD_TOGETHER):
        old = _long_ago(row.month, now)
        stands = _stands(row, old)
        if stands == "waiting" and row.newest and not old:
            continue
        found["drawn"] += row.cases
        found[stands] += row.cases
        if stands == "waiting":
            months.append(date.fromisoformat(f"{row.month if old else row.last_month}-01"))
            found["not_lent"] += row.cases if old and not row.lent else 0
    counts = {name: value for name, value in told._asdict().items() if name != "oldest_from"}
    return any(found[name] != value for name, value in counts.items()) or told.oldest_from != min(months, default=None)


def _stands(row: Row, old: bool) -> str:
    """What is gone is told half a year after its month; until then it waits with the rest."""
    if row.examined:
        return "examined"
    if row.state == "DESTROYED" and old:
        return "gone_by_law" if row.by_law else "gone_by_time"
    return "waiting"


def _long_ago(month: str, now: datetime) -> bool:
    """Whether more than so many whole months lie between."""
    year, number = (int(part) for part in month.split("-"))
    return (now.year - year) * 12 + now.month - number > TOLD_AFTER
