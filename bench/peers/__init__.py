"""What others use for the same purpose, beside this house: state machines with a log, and libraries that keep a history (P9 and P11).

They are no requirement of the house. ``make bench`` puts them into ``var/peers`` from ``requirements-peers.lock``; without them the part says so.
"""
