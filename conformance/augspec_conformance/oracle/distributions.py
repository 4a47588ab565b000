"""The support of a numeric field: all the oracle needs to know of a distribution."""

from __future__ import annotations

from typing import Any


def support(field: Any) -> tuple[float, float]:
    """Return the least and the greatest value that a numeric field can take.

    Args:
        field: A constant, a list of choices, or one of the documents `{"uniform": [lo, hi]}`,
            `{"log_uniform": [lo, hi]}`, `{"integers": [lo, hi]}`, `{"normal": {"low": ..., "high": ...}}`,
            `{"choice": {"values": [...]}}`, `{"choice": [...]}`, `{"beta": [a, b]}`.

    Returns:
        The closed interval `(low, high)`, in the field's own unit.

    Raises:
        ValueError: If the field is no such document, or its support has no end.
    """
    if isinstance(field, (int, float)) and not isinstance(field, bool):
        return float(field), float(field)
    if isinstance(field, (list, tuple)):
        return float(min(field)), float(max(field))
    if isinstance(field, dict) and len(field) == 1:
        ((kind, body),) = field.items()
        if kind in ("uniform", "log_uniform", "integers"):
            return float(body[0]), float(body[1])
        if kind == "choice":
            return support(body["values"] if isinstance(body, dict) else body)
        if kind == "beta":
            return 0.0, 1.0
        if kind == "normal" and body.get("low") is not None and body.get("high") is not None:
            return float(body["low"]), float(body["high"])
    raise ValueError(f"no bounded support: {field!r}")
