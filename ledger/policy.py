"""Reads the policy file that says who has to see the log: witnesses by their keys and addresses, how many, and how long they may be silent."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from ledger.canonical import NotCanonical
from ledger.note import COSIGNATURE, Verifier, read_vkey

LEAST, MOST = 1, 30 * 24 * 60


class BadPolicy(ValueError):
    """The file cannot be loaded: which line of it, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness: its key, which holds its name, and the address below which it answers."""

    key: Verifier
    address: str


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """Who has to see the log. ``timestamps``: the address of an RFC 3161 authority, or nothing."""

    quorum: int
    silence: timedelta
    witnesses: tuple[Witness, ...]
    timestamps: str = ""


def read_policy(text: str) -> WitnessPolicy:
    """Read the TOML of a policy. Raises BadPolicy."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadPolicy(f"this is no TOML: {trouble}") from trouble
    if unknown := set(said) - {"quorum", "silent_after_minutes", "timestamps", "witness"}:
        raise BadPolicy(f"“{min(unknown)}” means nothing here; known are quorum, silent_after_minutes, timestamps and [[witness]]")
    listed = said.get("witness", [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise BadPolicy("each witness stands under a line [[witness]]")
    witnesses = tuple(_witness(number, each) for number, each in enumerate(listed, 1))
    names = [each.key.name for each in witnesses]
    if len(set(names)) < len(names):
        raise BadPolicy("a witness is named twice; each has a name of its own")
    quorum = _whole(said, "quorum", 0, len(witnesses), "how many witnesses must have cosigned, at most as many as are named")
    minutes = _whole(said, "silent_after_minutes", LEAST, MOST, "after how many minutes of silence countersigning stops")
    timestamps = said.get("timestamps", "")
    return WitnessPolicy(quorum, timedelta(minutes=minutes), witnesses, _address("timestamps", timestamps) if timestamps else "")


def _whole(said: dict[str, Any], name: str, least: int, most: int, meaning: str) -> int:
    found = said.get(name)
    if type(found) is not int or not least <= found <= most:
        raise BadPolicy(f"{name} must be a whole number between {least} and {most}: {meaning}")
    return found


def _witness(number: int, said: dict[str, Any]) -> Witness:
    where = f"witness {number}"
    if set(said) != {"key", "address"}:
        raise BadPolicy(f"{where} needs key (the line that the witness prints at its start) and address, and nothing else")
    try:
        key = read_vkey(str(said["key"]))
    except NotCanonical as trouble:
        raise BadPolicy(f"{where}: {trouble}") from trouble
    if key.kind != COSIGNATURE:
        raise BadPolicy(f"{where}: the key of {key.name} signs notes; a witness has one that cosigns (its line begins with {key.name})")
    return Witness(key, _address(where, said["address"]))


def _address(where: str, said: object) -> str:
    try:
        parts = urlsplit(str(said))
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) and not parts.query and not parts.fragment
    except ValueError:
        good = False
    if not good or "@" in parts.netloc:
        raise BadPolicy(f"{where}: “{str(said)[:80]}” is no address; write it as https://witness.example")
    return str(said).rstrip("/")
