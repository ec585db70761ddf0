"""The certificate's sheet: one printed page with a code that leads to what it is worth now."""

from dataclasses import dataclass
from io import BytesIO

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
    code_says: str


CODE_SAYS = "Code that leads to what this certificate is worth now"
SAID = ("case ", "countersignature ", "place ", "act by ", "policy ", "log index ")


def of(signed: Countersignature, *, token: str, note: str, address: str) -> CertificateSheet:
    """Return the paper. ``address``: where certificates are looked up."""
    lines = note.split("\n")
    return CertificateSheet(
        case=signed.lead.case.ref,
        agency=signed.lead.case.agency.name,
        action=signed.action.name,
        facts=tuple((name.strip().capitalize(), line.removeprefix(name)) for name in SAID for line in lines if line.startswith(name)),
        witnesses=next(int(line.removeprefix("witnesses ")) for line in lines if line.startswith("witnesses ")),
        note=note,
        token=" ".join(token[at : at + 4] for at in range(0, len(token), 4)),
        address=address,
        code=mark_safe(_code(address, token).svg_inline(scale=4, border=4, title=CODE_SAYS)),  # noqa: S308 - drawn by segno from our own address and token
        code_says=CODE_SAYS,
    )


def picture_of_code(address: str, token: str) -> bytes:
    """Return the code as PNG, for the PDF."""
    picture = BytesIO()
    _code(address, token).save(picture, kind="png", scale=8, border=4)
    return picture.getvalue()


def _code(address: str, token: str) -> segno.QRCode:
    return segno.make(f"{address}?token={token}", error="m", micro=False)
