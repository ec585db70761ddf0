"""The closed list of offences: NIBRS codes with their names, and the statutes that stand for them."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).resolve().parent.parent.parent / "policies" / "offences.toml"


class PackWrong(ValueError):
    """A file of the law that cannot be read: the message says file, rule, field and what is allowed."""


@dataclass(frozen=True, slots=True)
class OffenceList:
    """Codes with names, and statutes with the codes they fall under; the exact text and its SHA-256."""

    names: tuple[tuple[str, str], ...]
    statutes: tuple[tuple[str, tuple[str, ...]], ...]
    digest: str
    text: str = field(repr=False, compare=False)


@cache
def offence_list(path: Path = SHIPPED) -> OffenceList:
    """Read the list from its file. Raises PackWrong with the exact place."""
    try:
        return read_offences(path.read_bytes(), path.name)
    except OSError as trouble:
        raise PackWrong(f"{path.name}: cannot be read: {trouble}") from trouble


def read_offences(raw: bytes, file: str) -> OffenceList:
    """Read the list from its bytes. Raises PackWrong with the exact place."""
    try:
        text = raw.decode("utf-8")
        said = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise PackWrong(f"{file}: cannot be read: {trouble}") from trouble
    names: dict[str, str] = {}
    for place, each in enumerate(said.get("offence", []), start=1):
        _only(each, {"code", "name", "verify"}, f"{file}: offence {place}")
        if each["code"] in names:
            raise PackWrong(f"{file}: offence {place}: “{each['code']}” stands there twice")
        names[each["code"]] = each["name"]
    statutes: dict[str, tuple[str, ...]] = {}
    for place, each in enumerate(said.get("statute", []), start=1):
        _only(each, {"cite", "name", "codes", "verify"}, f"{file}: statute {place}")
        if each["cite"] in statutes:
            raise PackWrong(f"{file}: statute {place}: “{each['cite']}” stands there twice")
        for code in each["codes"]:
            if code not in names:
                raise PackWrong(f"{file}: statute “{each['cite']}”: “{code}” is no code of this list")
        statutes[each["cite"]] = tuple(each["codes"])
    return OffenceList(tuple(names.items()), tuple(statutes.items()), hashlib.sha256(raw).hexdigest(), text)


def _only(said: dict[str, object], fields: set[str], where: str) -> None:
    if set(said) != fields:
        raise PackWrong(f"{where}: has the fields {', '.join(sorted(said))}; it needs exactly {', '.join(sorted(fields))}")
