"""``make prove``: every row in full, on servers and databases of its own; prints one table and ends with 1 where something did not hold."""

import sys

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(["tests/proof", "--prove", *sys.argv[1:]]))
