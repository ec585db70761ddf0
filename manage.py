#!/usr/bin/env python
"""Django's door for the command line. Which login a command gets is said by COUNTERSIGN_PROCESS."""

import os
import sys

from django.core.management import execute_from_command_line

from config.run import main as in_a_house

LOCAL = "config.settings.local"
NO_SERVER = "config.settings.typing"
NEEDS_NO_HOUSE = {("policy", "check")}
BESIDE_A_RUNNING_HOUSE = {  # they find the addresses of the house that `make run` started, and get one login
    **dict.fromkeys(("gatecheck", "ledger", "export_bundle", "policy"), "audit"),
    "import_results": "intake",
    **dict.fromkeys(
        (
            "people",
            "register_source",
            "register_gallery",
            "set_threshold",
            "enrol_folder",
            "register_practice",
            "register_non_mates",
            "register_seeds",
            "make_keystore",
        ),
        "admin",
    ),
}
IN_A_THROW_AWAY_HOUSE = {"replay_scenarios"}  # it brings its own servers and databases, and leaves nothing


def main(arguments: list[str]) -> int:
    """Run a command, in a house of its own if it is one of those."""
    for word in arguments:
        try:
            word.encode()
        except UnicodeEncodeError:
            sys.stderr.write(f"{os.fsencode(word)!r} is no UTF-8, and the house can keep no such word. Nothing was done.\n")
            return 2
    command = arguments[1] if len(arguments) > 1 else ""
    asks_how = command in BESIDE_A_RUNNING_HOUSE and bool({"-h", "--help"} & set(arguments))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", NO_SERVER if asks_how or tuple(arguments[1:3]) in NEEDS_NO_HOUSE else LOCAL)
    at_home = os.environ.get("COUNTERSIGN_PROCESS") == "replay"
    if command in IN_A_THROW_AWAY_HOUSE and not at_home and os.environ["DJANGO_SETTINGS_MODULE"] == LOCAL and "--help" not in arguments:
        return in_a_house(["with", "--fresh", "--bare", "--", sys.executable, *arguments])
    if command in BESIDE_A_RUNNING_HOUSE and "COUNTERSIGN_PROCESS" not in os.environ and os.environ["DJANGO_SETTINGS_MODULE"] == LOCAL:
        return in_a_house([BESIDE_A_RUNNING_HOUSE[command], "--", sys.executable, *arguments])
    execute_from_command_line(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
