"""The drawing program in words: path, distribution, and the integers that stand for its values (R9–R16)."""

from __future__ import annotations

import hashlib
from typing import Any

from augspec.explanation.values import distribution, number, with_unit
from augspec.language.policy import Policy
from augspec.language.quantities import QUANTITIES, Quantity
from augspec.normalize import normalize
from augspec.plan.build import build
from augspec.plan.program import (
    Categorical,
    Draw,
    Fixed,
    Flag,
    Grid,
    Listed,
    Members,
    NoiseKey,
    Order,
    Partner,
    Simplex,
    Table,
    Whole,
    program,
)

__all__ = ["as_dict", "as_text"]


def as_dict(policy: Policy) -> dict[str, Any]:
    """Return the program of the training pipeline as plain values."""
    ops = normalize(policy).ops
    build(ops, written=policy.ops)
    draws, fixed = program(ops, written=policy.ops)
    return {
        "draws": [_draw(draw) for draw in draws],
        "constants": [_fixed(entry) for entry in fixed],
    }


def as_text(policy: Policy) -> str:
    """Return the program as an aligned table."""
    facts = as_dict(policy)
    lines = [f"draws of {policy.title or 'the policy'}: {_count(facts['draws'])}, whatever the sample needs"]
    rows = [("path", "values", "drawn as")]
    rows += [(d["path"], d["distribution"] + _times(d), d["as"]) for d in facts["draws"]]
    lines += ["", *_table(rows)] if len(rows) > 1 else []
    if facts["constants"]:
        rows = [("constant", "value", "stands as")]
        rows += [(c["path"], c["value"], f"{c['steps']} steps of {c['step']}") for c in facts["constants"]]
        lines += ["", *_table(rows)]
    return "\n".join(lines) + "\n"


def _count(draws: list[Any]) -> str:
    words = sum(draw["words"] for draw in draws)
    return f"{len(draws)} parameters, {words} random words per sample"


def _times(draw: dict[str, Any]) -> str:
    return f" ({draw['entries']} at once)" if draw["entries"] is not None and draw["words"] else ""


def _table(rows: list[tuple[str, str, str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return [f"  {a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in rows]


def _fixed(entry: Fixed) -> dict[str, Any]:
    quantity = QUANTITIES[entry.quantity]
    return {
        "path": entry.path,
        "quantity": entry.quantity,
        "value": with_unit(quantity.human(entry.value), quantity, 6),
        "steps": entry.value,
        "step": quantity.step or "1",
    }


def _draw(draw: Draw) -> dict[str, Any]:
    quantity = QUANTITIES[draw.quantity]
    stream = "".join(f"{word:08x}" for word in draw.stream)
    return {
        "path": draw.path,
        "quantity": draw.quantity,
        "unit": quantity.meaning,
        "distribution": _in_words(draw, quantity),
        "as": _as(draw, quantity),
        "entries": draw.entries,
        "words": draw.words,
        "stream": stream,
    }


def _in_words(draw: Draw, quantity: Quantity) -> str:
    m = draw.map
    if isinstance(m, Flag):
        return f"yes with probability {number(draw.source)}"
    if isinstance(m, Order):
        return f"an order of {m.n}"
    if isinstance(m, Partner):
        return "another sample of the batch"
    if isinstance(m, Members):
        return f"{m.k} of {m.n} members"
    if isinstance(m, NoiseKey):
        return "one word per value or pixel"
    if draw.quantity == "index":
        total = sum(draw.source)
        return ", ".join(
            f"{number(100 * weight / total, 3)} % member {position}" for position, weight in enumerate(draw.source)
        )
    if draw.quantity == "position":
        return "uniform, first to last" + ("" if draw.leader is None else ", once per batch")
    return distribution(draw.source, quantity) + ("" if draw.leader is None else ", once per batch")


def _as(draw: Draw, quantity: Quantity) -> str:
    m = draw.map
    if isinstance(m, Flag):
        return f"k < {m.threshold}, k of 24 bits"
    if isinstance(m, Grid):
        if draw.quantity == "position":
            return "k, 24 bits"
        step = quantity.step
        first, last = m.low << m.shift, (m.low + max(m.width - 1, 0)) << m.shift
        count = f"{max(m.width, 1)} values"
        low, high = (with_unit(quantity.human(end), quantity, 6) for end in (first, last))
        return f"grid: {count}, {low} to {high}, every {_multiple(m.shift)}{step}"
    if isinstance(m, Table):
        digest = hashlib.sha256(m.values.astype("<i4").tobytes()).hexdigest()[:16]
        return f"table: {len(m.values)} quantiles, every {_multiple(m.shift)}{quantity.step}, sha256 {digest}"
    if isinstance(m, Categorical):
        return "thresholds: " + (", ".join(str(t) for t in _few(m.thresholds)) or "none") + " of 2²⁴"
    if isinstance(m, Whole):
        return f"⌊word · {m.n} / 2³²⌋"
    if isinstance(m, Listed):
        return f"⌊word · {len(m.values)} / 2³²⌋, looked up"
    if isinstance(m, Order):
        return f"the ranks of {m.n} words"
    if isinstance(m, Simplex):
        digest = hashlib.sha256(b"".join(table.astype("<i4").tobytes() for table in m.tables)).hexdigest()[:16]
        return f"shares of what is left, each but the last by a table: {quantity.step}, sha256 {digest}"
    if isinstance(m, Partner):
        return "who follows in the order of two words each"
    if isinstance(m, Members):
        return f"the {m.k} lowest of {m.n} words"
    return "the stream's own key"


def _multiple(shift: int) -> str:
    return f"{1 << shift} × " if shift else ""


def _few(values: tuple[int, ...]) -> tuple[object, ...]:
    return values if len(values) <= 8 else (*values[:7], "…", values[-1])
