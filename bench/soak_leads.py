"""What becomes of a lead in a soak: evidence, tests, papers, a countersignature and the start of an arrest, as the pages ask for them; and the arrest that is refused."""

import re
import time
from collections.abc import Callable

from bench.soak_people import Answer, Persona, fill, form_with

FACE_ALONE = 3  # of so many leads one is first tried with nothing but the face result
NOTHING_STANDS_APART = "Nothing on file stands apart from the face result."
NOT_SIGNED = "Only a signed action can start."
PRINT = {
    "direction": "incriminating",
    "kind": "fingerprint",
    "description": "Latent print, inside of the till drawer",
    "source_document": "Print unit report",
    "exculpatory_code": "",
}
TEST = {
    "direction": "exculpatory",
    "kind": "alibi_lead",
    "description": "Compared with what is known of the person",
    "source_document": "Worksheet",
}


def investigate(dana: Persona, cora: Persona, sol: Persona, over: Callable[[], bool], pause: float) -> None:
    """Work on each lead that the detective's notices tell of, until it is over."""
    known: set[str] = set()
    while not over():
        for case in leads_told(dana):
            if case not in known and not over():
                work(dana, cora, sol, case, face_alone=len(known) % FACE_ALONE == 0)
                known.add(case)
        time.sleep(pause)


def leads_told(dana: Persona) -> list[str]:
    """Return the cases of which a notice says that they became a lead, the oldest first."""
    page = dana.ask("lead: the notices", "/notices").text
    return re.findall(r"<b>(FR-[^<]+)</b>\s*<span>Lead[ <]", page)[::-1]


def work(dana: Persona, cora: Persona, sol: Persona, case: str, *, face_alone: bool) -> None:
    """Take a lead to the start of an arrest: three people. ``face_alone``: it is tried with nothing but the face result first."""
    found = re.search(r'href="/leads/([^"/]+)/ask"', dana.ask("lead: the case", f"/cases/{case}").text)
    if not found:
        dana.book.fault(f"on {case} no action can be asked for")
        return
    lead = found[1]
    if face_alone:
        refused_on_the_face_alone(dana, sol, case, lead)
    enter(dana, lead)
    fix_and_close(cora)
    fill(dana, "lead: papers", f"/leads/{lead}/papers", "text", action="arrest")
    ref = ask(dana, sol, case, lead)
    if answered(sol, "supervisor: the signature", ref, "His print is inside a drawer that only staff open.").status == 200:
        dana.book.count("arrests countersigned")
    if start(dana, "lead: the start", ref).status == 200:
        dana.book.count("arrests started")


def refused_on_the_face_alone(dana: Persona, sol: Persona, case: str, lead: str) -> None:
    """Ask for an arrest with nothing but the face result. Right is that it is refused with that reason, and starts neither before nor after."""
    ref = ask(dana, sol, case, lead)
    _must_not_start(dana, ref)
    refused = answered(sol, "supervisor: the gate refuses", ref, "The face is enough for me.", expects=(422,))
    _says(sol, refused, NOTHING_STANDS_APART, "arrests refused")
    _must_not_start(dana, ref)


def _must_not_start(dana: Persona, ref: str) -> None:
    _says(dana, start(dana, "lead: the start refused", ref, expects=(422,)), NOT_SIGNED, "starts refused")


def _says(who: Persona, refused: Answer, reason: str, what: str) -> None:
    """Count a refusal that gives this reason where a page says why something was refused."""
    alert = re.search(r'(?s)role="alert".*?</ul>', refused.text)
    if refused.status == 422 and alert and reason in alert[0]:
        who.book.count(what)
    else:
        who.book.fault(f"no {what}: {refused.address} does not say “{reason}”")


def enter(dana: Persona, lead: str) -> None:
    """Enter one item that stands apart from the face, and every test on the list in force."""
    path = f"/leads/{lead}/evidence/new"
    listed = form_with(dana.ask("lead: the tests in force", path).text, "exculpatory_code").offers["exculpatory_code"]
    fill(dana, "lead: evidence", path, "kind", **PRINT)
    for code in filter(None, listed):
        fill(dana, "lead: a test", path, "kind", **TEST, exculpatory_code=code)


def fix_and_close(cora: Persona) -> None:
    """Do what waits on the desk of a corroboration officer: fix what speaks against a person, close what speaks for him."""
    desk = cora.ask("officer: the desk", "/").text
    for path in dict.fromkeys(re.findall(r'href="(/evidence/[^"/]+)"', desk)):
        page = cora.ask("officer: an item", path).text
        if 'name="how"' in page:
            closed = {"how": "tested_does_not", "because": "Compared with the paper; it does not exclude the person"}
            cora.send("officer: a test closed", path, form_with(page, "how").filled(**closed))
        else:
            read = {"source_document_seen": "on", "kind": "fingerprint", "links_to": "offence", "one_in": "1000000"}
            cora.send("officer: an item fixed", path, form_with(page, "links_to").filled(**read))


def ask(dana: Persona, sol: Persona, case: str, lead: str) -> str:
    """Ask for an arrest; return its number, which the supervisor's desk shows."""
    fill(
        dana,
        "lead: an arrest asked for",
        f"/leads/{lead}/ask",
        "place",
        action="arrest",
        place="Riverside",
        because="He leaves town on Friday",
    )
    desk = sol.ask("supervisor: the desk", "/").text
    found = re.search(rf'href="/countersignatures/([^"/]+)">\s*<b>[^<]*</b>\s*<span>{case},', desk)
    if not found:
        raise RuntimeError(f"the arrest asked for on {lead} is not on the supervisor's desk")
    return found[1]


def answered(sol: Persona, kind: str, ref: str, sentence: str, *, expects: tuple[int, ...] = (200,)) -> Answer:
    """Sign: the fact sheet, the sentence, the check page, the act."""
    path = f"/countersignatures/{ref}"
    said = form_with(sol.ask("supervisor: the fact sheet", path).text, "sentence").filled(answer="sign", sentence=sentence)
    checked = sol.send("supervisor: the check page", path, said)
    return sol.send(kind, path, form_with(checked.text, "sentence").filled(sure="1"), expects=expects)


def start(dana: Persona, kind: str, ref: str, *, expects: tuple[int, ...] = (200,)) -> Answer:
    """Start it: the page to check, then the act."""
    path = f"/countersignatures/{ref}/start"
    page = dana.ask("lead: the start page", path).text
    return dana.send(kind, path, form_with(page, "csrfmiddlewaretoken").fields, expects=expects)
