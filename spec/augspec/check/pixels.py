"""Pixels: dtype, channel counts, numbers per channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from augspec.check.places import leaf_ops, pipelines
from augspec.check.problem import Problem
from augspec.check.setting import Setting
from augspec.errors import nearest, show
from augspec.formats import FLOATS
from augspec.ops.base import MoveOp, Op

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["problems"]

_RANGED = ("uint8", "uint16", *FLOATS)
"""Dtypes whose range is known, so that a fill of the unit range means something in them (C1)."""


def problems(policy: Policy, setting: Setting) -> list[Problem]:
    """Return what ops do not accept of the images' dtype and channels."""
    return [*_dtype(policy, setting), *_fills(policy, setting), *_channels(policy, setting)]


def _moves_only(policy: Policy, name: str) -> bool:
    return all(isinstance(op, MoveOp) for place, op in leaf_ops(policy) if place.startswith(f"{name}["))


def _dtype(policy: Policy, setting: Setting) -> Iterator[Problem]:
    dtypes = setting.able.dtypes if setting.able is not None else _RANGED
    computing = [name for name, _ in pipelines(policy) if not _moves_only(policy, name)]
    if computing and setting.dtype not in dtypes:
        where = f", because {' and '.join(f'`{name}`' for name in computing)} compute on pixels"
        fix = nearest(setting.dtype, dtypes) or "Only exact moves take other dtypes; convert the images first."
        yield Problem("dtype", show(setting.dtype), f"{', '.join(dtypes)} on {setting.backend!r}{where}", fix)


def _fills(policy: Policy, setting: Setting) -> Iterator[Problem]:
    for name, _ in pipelines(policy):
        if setting.dtype in _RANGED or not _moves_only(policy, name):
            continue
        for place, op in leaf_ops(policy):
            fill = getattr(op, "fill", 0.0)
            if place.startswith(f"{name}[") and any(_per_channel(fill)):
                what = f"a fill of 0 in images of {setting.dtype}, whose range is unknown"
                yield Problem(f"{place}.fill", show(fill, quoted=True), what, "Fill with 0.")


def _channels(policy: Policy, setting: Setting) -> Iterator[Problem]:
    channels = setting.channels
    if channels is None or channels < 1:
        return
    for place, op in leaf_ops(policy):
        if not op.accepts(channels):
            counted = "1 channel" if channels == 1 else f"{channels} channels"
            yield Problem(
                place,
                f"{op.tag} on images of {counted}",
                f"{op.accepted()} channels",
                f"The shape is read as {setting.layout}; declare another layout, or leave {op.tag} out.",
            )
        for field, count in _counts(op):
            if count not in (1, channels):
                yield Problem(
                    f"{place}.{field}",
                    f"{count} numbers",
                    f"one number, or {channels}, as many as the image's channels",
                )


def _counts(op: Op) -> Iterator[tuple[str, int]]:
    for field in ("fill", "mean"):  # `std` is as long as `mean`
        value = getattr(op, field, None)
        if isinstance(value, tuple):
            yield field, len(value)


def _per_channel(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
