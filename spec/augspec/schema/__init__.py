"""The JSON Schema of the policy document, as shipped beside this module (`v1.json`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["SHIPPED", "schema"]

SHIPPED = Path(__file__).with_name("v1.json")
"""The file that editors read; `python -m augspec.schema.generate` writes it from the models."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a policy document, as plain JSON values.

    Whatever `augspec.loads` accepts, the schema accepts. What a schema cannot say (low < high, as many
    weights as members, unique ids) only `augspec.loads` refuses.
    """
    document: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return document
