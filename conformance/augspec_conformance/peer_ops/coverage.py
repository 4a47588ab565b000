"""What the importers do with the transforms of a library, from their own tables."""

from __future__ import annotations

import importlib
from typing import Any

from augspec.importing.timm_policies import POLICIES

__all__ = ["IMPORTED", "coverage"]

IMPORTED = "yes"


def coverage(importer: str) -> dict[str, str]:
    """Return by name what an importer's table says: `IMPORTED`, or "no: " with its reason; {} if there is none."""
    if not importer:
        return {}
    if importer == "timm":  # its words are strings, not classes
        return dict.fromkeys((*POLICIES, "rand-…", "augmix-…"), IMPORTED)
    table: Any = getattr(importlib.import_module(f"augspec.importing.{importer}"), importer.upper())
    refused = {name: f"no: {reason}" for name, reason in table.unsupported.items()}
    return refused | dict.fromkeys((*table.readers, *table.containers), IMPORTED)
