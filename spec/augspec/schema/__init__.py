"""The JSON Schema of the policy document, as shipped beside this module (`v1.json`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["SHIPPED", "schema"]

SHIPPED = Path(__file__).with_name("v1.json")
"""The file that editors read; `python -m augspec.schema.generate` writes it from the models."""


def schema(*, vendors: bool = False) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a policy document, as plain JSON values.

    Args:
        vendors: whether to describe the ops of other installed packages as well; else any `vendor.op` is accepted.

    Whatever `augspec.loads` accepts, the schema accepts. What a schema cannot say (low < high, as many
    weights as members, unique ids, names that are taken) only `augspec.loads` refuses.

    Raises:
        Unsupported: `vendors`, and what a package registers cannot be imported or is no op.
    """
    document: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    if vendors:
        from augspec.schema.generate import vendor_node
        from augspec.vendors import vendor_ops

        nodes = {tag: vendor_node(cls) for tag, cls in vendor_ops().items()}
        document["$defs"]["Op"]["anyOf"][-1:] = [{"$ref": f"#/$defs/{tag}"} for tag in nodes]
        document["$defs"].update(nodes)
    return document
