"""The packs that come with the house."""

from pathlib import Path

from cases.law.load import Pack, load_pack
from cases.law.offences import SHIPPED

POLICIES = SHIPPED.parent


def pack_files(folder: Path = POLICIES) -> tuple[Path, ...]:
    """Return the files of a folder that are packs; the list of offences is none."""
    return tuple(path for path in sorted(folder.glob("*.toml")) if path.name != SHIPPED.name)


def shipped_packs() -> tuple[Pack, ...]:
    """Read every pack that comes with the house. Raises PackWrong."""
    return tuple(load_pack(path) for path in pack_files())
