"""Signs what a person may take along (Ed25519), so that whoever is shown it can check it without us."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.keyed import derived_key

ALGORITHM = "Ed25519 over the UTF-8 bytes of statement"


@cache
def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived_key("figures/signing"))


def public_key() -> str:
    """Return the house's public key for figures, base64."""
    return base64.b64encode(_key().public_key().public_bytes_raw()).decode()


def signed(statement: Mapping[str, Any]) -> str:
    """Return a JSON document: the statement as one text, the signature over its exact bytes, and the key to check it with."""
    text = json.dumps(statement, ensure_ascii=False, indent=1, sort_keys=True)
    signature = base64.b64encode(_key().sign(text.encode())).decode()
    document = {"statement": text, "signature": signature, "public_key": public_key(), "algorithm": ALGORITHM}
    return json.dumps(document, ensure_ascii=False, indent=1)


def is_genuine(document: str, *, key: str) -> bool:
    """Whether a document bears the signature of ``key``, which the reader has from the agency and not from the document."""
    try:
        said = json.loads(document)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(base64.b64decode(said["signature"]), said["statement"].encode())
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True
