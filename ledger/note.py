"""C2SP signed notes: a text, an empty line, and signature lines. Ed25519, and Ed25519 cosignatures with their time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.canonical import NotCanonical, b64, base64_bytes, text_of

ED25519, COSIGNATURE = 0x01, 0x04
DASH = "— "
MOST_SIGNATURES = 64


class BadSignature(ValueError):
    """A signature by a known key does not hold, or no known key signed."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by its name; ``kind`` says whether it signs notes or cosigns checkpoints."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def vkey(self) -> str:
        """Return the key as it is written in policy files: name, id and key material."""
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes([self.kind]) + self.public)}"

    def signed_at(self, text: str, signature: bytes) -> int | None:
        """Return the time within a cosignature, or None for a plain one. Raises BadSignature if it does not hold."""
        at, message = None, text
        if self.kind == COSIGNATURE:
            at, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = f"cosignature/v1\ntime {at}\n{text}"
            if not 0 < at < 1 << 63:
                raise BadSignature(f"the cosignature of {self.name} has no time")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except (InvalidSignature, ValueError) as trouble:
            raise BadSignature(f"the signature of {self.name} does not hold") from trouble
        return at


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"{DASH}{self.name} {b64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its final newline, and who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def said(self) -> str:
        return f"{self.text}\n" + "".join(each.line() for each in self.signatures)


class Signer:
    """A private key with its name; the seed has 32 bytes."""

    def __init__(self, name: str, seed: bytes, kind: int = ED25519) -> None:
        key_name(name)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, kind, self._key.public_key().public_bytes_raw())

    def sign(self, text: str, *, at: int = 0) -> Signature:
        """Sign a note's text; a cosigner says the time, in seconds, and signs it too."""
        if self.verifier.kind == COSIGNATURE:
            signed = at.to_bytes(8, "big") + self._key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        else:
            signed = self._key.sign(text.encode())
        return Signature(self.verifier.name, self.verifier.key_id, signed)


def key_name(name: str) -> str:
    """Return the name. Raises NotCanonical where it is empty or has a space or a plus."""
    if not name or "+" in name or any(each.isspace() or ord(each) < 0x20 for each in name):
        raise NotCanonical(f"“{name[:60]}” is no name of a key")
    return name


def read_vkey(text: str) -> Verifier:
    """Read a verifier key. Its base64 may hold a plus, so it is cut from the left, twice."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise NotCanonical("a verifier key has three parts: name, id and key")
    name, key_id, material = key_name(parts[0]), parts[1], base64_bytes(parts[2])
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise NotCanonical(f"the key of {name} is of no kind that is known here")
    found = Verifier(name, material[0], material[1:])
    if found.key_id.hex() != key_id:
        raise NotCanonical(f"the key of {name} does not belong to its id")
    return found


def read_note(raw: bytes) -> Note:
    """Read a note; nothing in it may be believed before ``verified``."""
    whole = text_of(raw)
    cut = whole.rfind("\n\n")
    if cut < 0:
        raise NotCanonical("a note has a text, an empty line and signatures")
    text, lines = whole[: cut + 1], whole[cut + 2 :]
    if not lines.endswith("\n"):
        raise NotCanonical("a note ends with a newline")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise NotCanonical(f"a note has at most {MOST_SIGNATURES} signatures")
    return Note(text, signatures)


def read_signatures(raw: bytes) -> tuple[Signature, ...]:
    """Read signature lines alone, as a witness answers."""
    text = text_of(raw)
    if not text.endswith("\n"):
        raise NotCanonical("a signature line ends with a newline")
    return tuple(_signature(line) for line in text[:-1].split("\n"))


def _signature(line: str) -> Signature:
    name, _, coded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH):
        raise NotCanonical(f"“{line[:60]}” is no signature line")
    raw = base64_bytes(coded)
    if len(raw) < 5:
        raise NotCanonical(f"the signature of {name[:60]} is too short")
    return Signature(key_name(name), raw[:4], raw[4:])


def verified(note: Note, known: Iterable[Verifier]) -> dict[Verifier, int | None]:
    """Return which known keys signed, with the time of each cosignature.

    Signatures of unknown keys count for nothing. Raises BadSignature where a known key's does not hold or stands twice.
    """
    keys = {(key.name, key.key_id): key for key in known}
    found: dict[Verifier, int | None] = {}
    for each in note.signatures:
        key = keys.get((each.name, each.key_id))
        if key is None:
            continue
        if key in found:
            raise BadSignature(f"{key.name} signed twice")
        found[key] = key.signed_at(note.text, each.signature)
    return found


def signed_note(text: str, signatures: Sequence[Signature]) -> str:
    """Return the note as it is stored and sent."""
    return Note(text, tuple(signatures)).said()
