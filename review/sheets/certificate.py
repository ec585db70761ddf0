"""The certificate's sheet: one printed page with a code that leads to what it is worth now."""

from dataclasses import dataclass

import segno
from django.utils.safestring import SafeString, mark_safe

from review.models import Countersignature


@dataclass(frozen=True, slots=True)
class CertificateSheet:
    """The whole page."""

    case: str
    agency: str
    action: str
    facts: tuple[tuple[str, str], ...]
    witnesses: int
    note: str
    token: str
    address: str
    code: SafeString


SAID = ("case ", "countersignature ", "place ", "act by ", "policy ", "log index ")


def of(signed: Countersignature, *, token: str, note: str, address: str) -> CertificateSheet:
    """Return the paper. ``address``: where certificates are looked up."""
    lines = note.split("\n")
    code = segno.make(f"{address}?token={token}", error="m", micro=False)
    return CertificateSheet(
        case=signed.lead.case.ref,
        agency=signed.lead.case.agency.name,
        action=signed.action.name,
        facts=tuple((name.strip().capitalize(), line.removeprefix(name)) for name in SAID for line in lines if line.startswith(name)),
        witnesses=next(int(line.removeprefix("witnesses ")) for line in lines if line.startswith("witnesses ")),
        note=note,
        token=" ".join(token[at : at + 4] for at in range(0, len(token), 4)),
        address=address,
        code=mark_safe(code.svg_inline(scale=4, border=4, title="Code that leads to what this certificate is worth now")),  # noqa: S308 - drawn by segno from our own address and token
    )
