"""Strict readers of numbers, hashes and lines: what could be written in another way is refused."""

import base64
import binascii

from ledger.tree import HASH


class NotCanonical(ValueError):
    """The text is not written in the one way in which it may be."""


def number(text: str) -> int:
    """Return a decimal below 2**63. Raises NotCanonical for a sign, a space or a leading zero."""
    if not (text.isascii() and text.isdigit()) or (text != "0" and text[0] == "0") or len(text) > 19 or int(text) >= 1 << 63:
        raise NotCanonical(f"“{text[:40]}” is no number as it must be written")
    return int(text)


def base64_bytes(text: str) -> bytes:
    """Return the bytes of standard base64 with its padding. Raises NotCanonical for any other writing of them."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as trouble:
        raise NotCanonical(f"“{text[:60]}” is no base64") from trouble
    if base64.b64encode(found).decode() != text:
        raise NotCanonical(f"“{text[:60]}” is base64 written in another way")
    return found


def one_hash(text: str) -> bytes:
    """Return a hash of 32 bytes from its base64."""
    found = base64_bytes(text)
    if len(found) != HASH:
        raise NotCanonical(f"a hash has {HASH} bytes, this one {len(found)}")
    return found


def text_of(raw: bytes) -> str:
    """Return UTF-8 text without the control characters below the space, other than newline (C2SP signed-note)."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as trouble:
        raise NotCanonical("the text is no UTF-8") from trouble
    if any(each < " " and each != "\n" for each in text):
        raise NotCanonical("the text has control characters")
    return text


def b64(raw: bytes) -> str:
    """Return standard base64 with its padding."""
    return base64.b64encode(raw).decode()
