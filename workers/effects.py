"""What each kind of job does: one call of one machine's act. No human act can be named here; the floor cannot import one."""

from collections.abc import Callable, Mapping

from cases.acts.destroy import destroy
from cases.acts.destroy_keys import destroy_keys
from cases.acts.enrol import enrol
from cases.acts.expire import expire
from cases.acts.find_empty import find_empty
from cases.acts.link import link, link_near
from cases.acts.rescreen import rescreen
from cases.acts.retain import retain
from cases.acts.screen import screen
from cases.acts.search import search
from cases.matching.reference import EngineUnfit, reference_engine
from cases.models import Job
from ledger.clock import house_now


def _ref(job: Job) -> str:
    if job.case is None:
        raise ValueError(f"job {job.pk} names no case")
    return job.case.ref


def _screen(job: Job) -> None:
    screen(case_ref=_ref(job), at=house_now())


def _link(job: Job) -> None:
    try:
        engine = reference_engine()
    except EngineUnfit:
        engine = None  # identical pictures are linked all the same
    link(case_ref=_ref(job), at=house_now(), engine=engine)


def _link_near(job: Job) -> None:
    link_near(case_ref=_ref(job), engine=reference_engine())


def _rescreen(job: Job) -> None:
    rescreen(policy=job.details["policy"], after=job.details.get("after", 0))


def _search(job: Job) -> None:
    search(case_ref=_ref(job), at=house_now(), engine=reference_engine())


def _find_empty(job: Job) -> None:
    find_empty(case_ref=_ref(job), at=house_now())


def _enrol(job: Job) -> None:
    said = job.details
    enrol(run_id=said["run"], at=house_now(), engine=reference_engine(), after=said.get("after", ""), done=said.get("done", 0))


def _retain(job: Job) -> None:
    retain(day=job.details["day"], after=job.details.get("after", 0), at=house_now())


def _expire(job: Job) -> None:
    expire(case_ref=_ref(job), at=house_now())


def _destroy(job: Job) -> None:
    destroy(case_ref=_ref(job), at=house_now())


def _destroy_keys(job: Job) -> None:
    destroy_keys(case_ref=_ref(job))


EFFECTS: Mapping[str, Callable[[Job], None]] = {
    "screen": _screen,
    "rescreen": _rescreen,
    "link": _link,
    "link_near": _link_near,
    "search": _search,
    "find_empty": _find_empty,
    "enrol": _enrol,
    "retain": _retain,
    "expire": _expire,
    "destroy": _destroy,
    "destroy_keys": _destroy_keys,
}
