"""F2: masks hold numbers of things, of any dtype, and follow the pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance.cases.catalogue import grid
from augspec_conformance.cases.moving import moving, quiet
from augspec_conformance.cases.policies import fitting_targets
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.subject import Subject

__all__ = ["LAWS", "rows_of"]

_BORDERS = ("op:rotate", "op:translate", "op:shear", "op:perspective", "op:lens", "op:zoom_out", "mix:targets")
"""What shows the fill of masks beside their pixels, whatever these hold."""

_DTYPES = ("bool", "uint8", "int8", "uint16", "int16", "int32", "int64", "float16", "float32", "float64")
"""Masks hold anything (T2)."""

_FILLS: dict[str, float] = {
    "bool": 1,
    "uint8": 255,
    "int8": -128,
    "uint16": 65535,
    "int16": -32768,
    "int32": 2**24 + 1,
    "int64": 2**31 - 1,
    "float16": 1 + 2**-10,
    "float32": 1 + 2**-23,
    "float64": 1 / 3,
}
"""What each shows outside: an end of its range, or a number that no narrower float holds."""

_NARROW = (("column-f32", 12), ("crowd-u8", 2))
"""Signatures, and channels of a mask, that are taken for channels-last by whoever guesses from sides."""


def _masks(subject: Subject, case: Case) -> None:
    """A mask of another dtype, or with channels, is the mask of row numbers with other names for its values."""
    sample = sample_of(case)
    dtype, channels = case.context["dtype"], case.context["channels"]
    fill = _FILLS[dtype]
    case = case.with_(policy=_filled(case.policy, fill))
    rows = _values(case, sample["mask"])
    native = subject.made(subject.in_layout(case, "image", rows) if channels else rows, dtype)
    seen = {name: sample[name] for name in fitting_targets(case.policy, ("image",))}
    entries = {**subject.native(case, seen), "mask": native}
    out = subject.of(case)(subject.key(case), entries, subject.ids(case))["mask"]
    require(subject.adapter.dtype_name(out) == dtype, "the mask's dtype", expected=dtype, got=str(out.dtype))
    got = np.asarray(subject.adapter.to_numpy(out))
    got = np.moveaxis(got, -3, -1) if channels and case.layout == "NCHW" else got
    moved = subject.call(case.with_(policy=_filled(case.policy, 0)), {**seen, "mask": sample["mask"]})
    named = _values(case, moved["mask"])
    named[moved["mask"] == 0] = np.asarray(fill).astype(dtype)
    require_equal(got, named, f"a mask of {dtype}{f' with {channels} channels' if channels else ''}")


def _values(case: Case, number: Any) -> Any:
    """Return the values of a case's mask that follow from pixel numbers; some infinite or NaN, where it asks."""
    values = rows_of(number, case.context["dtype"], case.context["channels"])
    if case.context.get("infinite"):
        for rest, value in enumerate((np.inf, -np.inf, np.nan)):
            values[number % 4 == rest] = value
    return values


def _filled(policy: dict[str, Any], fill: float) -> dict[str, Any]:
    """Return a policy with another fill of masks."""
    targets = policy.get("targets", {})
    return {**policy, "targets": {**targets, "mask": {**targets.get("mask", {}), "fill": fill}}}


def rows_of(number: Any, dtype: str, channels: int) -> Any:
    """Return values of a dtype that follow from pixel numbers: large and odd ones, with other ones in each channel."""
    wide = number.astype(np.int64)
    if channels:
        wide = wide[..., None] * 3 + np.arange(channels) * 40_000
    if dtype == "bool":
        return wide % 3 == 1
    if dtype.startswith("float"):
        # Every odd number below 2¹¹ needs all bits of float16; the others hold far more.
        digits = {"float16": 11, "float32": 24, "float64": 53}[dtype]
        return ((wide * 2_654_435_761 % 2**digits) / 2.0 ** (digits - 4)).astype(dtype)
    info = np.iinfo(dtype)
    if info.bits == 64:  # all bits count
        return (wide.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)).view(np.int64)
    return (wide * 40_503 % 2**info.bits).astype(dtype)


def _photometric(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    out = subject.call(case, sample)
    for name in ("mask", "boxes", "keypoints"):
        require_equal(out[name], sample[name], f"{name} under an op that moves nothing")
    require(out["boxes_valid"].all() and out["keypoints_visible"].all(), "validity under an op that moves nothing")
    alone = subject.call(case, {"image": sample["image"]})
    if SIGNATURES[case.signature].integer:
        require_equal(alone["image"], out["image"], "the image without other targets (F8)")


def _f2(subject: Subject, case: Case) -> None:
    (_photometric if case.context.get("photometric") else _masks)(subject, case)


def _f2_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    still = tuple(f"op:{name}" for name in quiet())
    geometry = (*(f"op:{name}" for name in moving()), "mix:train", "mix:targets")
    found = [c.with_(reach="eager") for c in grid("F2", tier, names=still, context={"photometric": True})]
    for number, one in enumerate(grid("F2", tier, names=geometry, signatures=("medium-u8",))):
        kinds = [(dtype, 0) for dtype in _DTYPES] if "mix" in one.name else [(_DTYPES[number % len(_DTYPES)], 0)]
        for dtype, channels in (*kinds, ("int32", 3), ("uint8", 1)):
            name = f"{one.name} {dtype} {channels or ''}".rstrip()
            found.append(one.with_(name=name, context={"dtype": dtype, "channels": channels}, reach="eager"))
    nchw = found[-1].with_(name=f"{found[-1].name} NCHW", layout="NCHW")
    for signature, channels in _NARROW:
        (one,) = grid("F2", tier, names=("op:vertical_flip",), signatures=(signature,), reach="eager", layout="NCHW")
        context = {"dtype": "int16", "channels": channels}
        found.append(one.with_(name=f"{one.name} int16 {channels} NCHW", context=context))
    if tier == "full":
        wanted = {"dtype": "float32", "channels": 0, "infinite": True}
        names = [name for name in geometry if name in _BORDERS]
        some = grid("F2", tier, names=names, signatures=("medium-u8",), reach="eager")
        found += [one.with_(name=f"{one.name} infinite", context=wanted) for one in some]
    return (*found, nchw)


LAWS = (
    Law(
        "F2",
        "masks",
        ("T2",),
        "Masks hold only old values and the fill, to the last bit of every dtype, and keep their dtype and layout; "
        "ops that move nothing leave all targets alone.",
        _f2,
        _f2_cases,
    ),
)
