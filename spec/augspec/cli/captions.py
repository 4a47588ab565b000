"""What was done to one sample, in a few words: `rotate 12.3°`, `flip`, `brightness ×1.12`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from augspec.draws import Draws
from augspec.explanation.values import number
from augspec.language.policy import Policy
from augspec.language.quantities import QUANTITIES
from augspec.normalize import normalize
from augspec.ops.base import Combinator
from augspec.plan.build import build
from augspec.plan.stages import Chains, Choose, Leaf, Stage, leaves

__all__ = ["captions"]

_SHORT = {
    "horizontal_flip": "flip",
    "vertical_flip": "flip upside down",
    "brightness_scale": "brightness",
    "brightness_shift": "brightness",
    "gaussian_blur": "blur",
    "gaussian_noise": "noise",
    "random_resized_crop": "crop",
    "grayscale": "grey",
    "translate": "shift",
}
_PERCENT = ("fraction", "offset", "std", "area", "mixture")


def captions(policy: Policy, draws: Draws, row: int, size: tuple[int, int]) -> tuple[str, ...]:
    """Return a phrase for every op that was applied to a sample, in order.

    Args:
        policy: the policy that drew.
        draws: its draws.
        row: which of the samples.
        size: (height, width) of the image before.
    """
    steps = {path: array[row].tolist() for path, array in draws.numpy().items()}
    return tuple(
        _phrase(leaf, steps, size)
        for leaf in _applied(build(normalize(policy).ops).stages, steps)
        if leaf.op.random() or not leaf.op.resizes
    )


def _applied(stages: tuple[Stage, ...], steps: Mapping[str, Any]) -> Iterator[Leaf]:
    for stage in stages:
        if isinstance(stage, Choose):
            s = stage.selector
            if s.gate is None or _entry(steps[s.gate], s.gate_entry) >= s.least:
                yield from _applied(stage.branches[_entry(steps[s.branch], s.branch_entry) if s.branch else 0], steps)
            continue
        if isinstance(stage, Chains):
            yield stage.leaf
            for chain in stage.chains:
                yield from _applied(chain, steps)
            continue
        for leaf in leaves((stage,)):
            if leaf.gate is None or _entry(steps[leaf.gate], leaf.step):
                yield leaf


def _entry(value: Any, position: int | None) -> int:
    return int(value[position or 0] if isinstance(value, list) else value)


def _phrase(leaf: Leaf, steps: Mapping[str, Any], size: tuple[int, int]) -> str:
    tag = leaf.op.tag
    name = _SHORT.get(tag, tag.replace("_", " "))
    if tag == "random_resized_crop":
        return f"{name} {_crop(leaf, steps, size)}"
    values = [
        (field, _human(leaf, field, mark.quantity.name, value, steps))
        for field, mark, value, count in leaf.op.draws()
        if mark.quantity.name not in ("position", "rank") and (count == 1 or not isinstance(leaf.op, Combinator))
    ]
    shown = [(field, text) for field, text in values if text not in ("0 %", "+0 %", "0", "0°", "×1")] or values
    if len(values) == 1:
        return f"{name} {values[0][1]}"
    return " ".join([name, *(f"{field.replace('_', ' ')} {text}" for field, text in shown)])


def _human(leaf: Leaf, field: str, quantity_name: str, value: Any, steps: Mapping[str, Any]) -> str:
    quantity = QUANTITIES[quantity_name]
    path = f"{leaf.path}/{field}"
    human = quantity.human(_entry(steps[path], leaf.step)) if path in steps else float(value)
    if quantity_name == "angle":
        return f"{_signed(human, 1)}°"
    if quantity_name in _PERCENT:
        sign = "+" if quantity_name == "offset" and human > 0 else ""
        return f"{sign}{_signed(100 * human, 1 if quantity_name == 'std' else 0)} %"
    if quantity.symbol == "×":
        return f"×{human:.2f}"
    if quantity.symbol:
        return f"{human:.1f}{quantity.symbol}"
    return number(human, 2)


def _signed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _crop(leaf: Leaf, steps: Mapping[str, Any], size: tuple[int, int]) -> str:
    """Return the share of the picture that is kept: the first candidate that fits."""
    height, width = size
    found = {}
    for field, mark, value, count in leaf.op.draws():
        path = f"{leaf.path}/{field}"
        start = (leaf.step or 0) * count
        constants = [mark.quantity.quantise(value)] * count if path not in steps else []
        raw = constants or (steps[path][start : start + count] if isinstance(steps[path], list) else [steps[path]])
        found[field] = [mark.quantity.human(step) for step in raw]
    for area, ratio in zip(found["area"], found["ratio"], strict=True):
        w = math.floor(math.sqrt(area * height * width * ratio) + 0.5)
        h = math.floor(math.sqrt(area * height * width / ratio) + 0.5)
        if 0 < w <= width and 0 < h <= height:
            return f"{number(100 * w * h / (width * height), 2)} %"
    return "to the middle"
