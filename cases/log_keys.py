"""The keys with which the house signs its log, its bundles and its certificates: made once, kept in the keystore, public half in the database."""

from typing import Literal

from django.conf import settings

from cases.images import keystore
from ledger.asking import ask_database
from ledger.log import log_key
from ledger.note import Signer

What = Literal["log", "bundles", "certificates"]


class NoLogKey(LookupError):
    """The sequencer has not made the keys yet."""


def make_keys(*, using: str = "default") -> None:
    """Make what is not there yet. Of two that are made at once one is kept, the other destroyed."""
    whats: tuple[What, ...] = ("log", "bundles", "certificates")
    for what in whats:
        if log_key(what, using=using) is None:
            made = keystore().create(f"signs {what}")
            vkey = Signer(_name(what), keystore().key(made)).verifier.vkey()
            if ask_database("select ledger_register_key(%s, %s, %s)", what, made, vkey, using=using) != made:
                keystore().destroy(made)


def signer(what: What, *, using: str = "default") -> Signer:
    """Return the private key. Raises NoLogKey, or what the keystore raises."""
    found = log_key(what, using=using)
    if found is None:
        raise NoLogKey("the log has no key yet; start the sequencer (manage.py sequence)")
    return Signer(found[1].name, keystore().key(found[0]))


def _name(what: What) -> str:
    return str(settings.LOG_ORIGIN) if what == "log" else f"{settings.LOG_ORIGIN}/{what}"
