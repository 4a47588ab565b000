"""N3, N4, N8 and N10 to N13: relations between results that need neither reference nor oracle."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec.ops.base import Op, TypeOp
from augspec_conformance import accuracy, tolerances
from augspec_conformance.cases.catalogue import case, grid
from augspec_conformance.cases.policies import document, op_document, op_names, op_of, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import spend, within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_alike
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

_PLAIN_FLOAT = "odd-f32"
"""A signature of float32: images of any size are given under its name."""


def _refined(subject: Subject, case: Case) -> None:
    """Give the same numbers in float32 and in another dtype: the results differ by one rounding."""
    if SIGNATURES[case.signature].integer:
        _halves_up(subject, case)
        return
    sample, ids = sample_of(case), subject.ids(case)
    dtype = SIGNATURES[case.signature].dtype
    out = subject.call(case, sample, ids=ids)["image"].astype(np.float64)
    wide = {**sample, "image": sample["image"].astype(np.float32)}
    expected = subject.call(case.with_(signature=_PLAIN_FLOAT), wide, ids=ids)["image"].astype(np.float64)
    rounding = tolerances.EPSILON[dtype] / 2 * np.abs(expected)
    bound = tolerances.between_backends(case.policy, "float32", 1.0) + tolerances.SMALLEST.get(dtype, 0.0)
    distance = np.maximum(np.abs(out - expected) - rounding, 0.0)
    spend(distance, bound)
    bad = ~(distance <= bound)
    where = tuple(int(i) for i in np.argwhere(bad)[0]) if bad.any() else None
    require(
        where is None,
        f"{dtype} against float32: {int(bad.sum())} pixels are off by more than one rounding",
        where=where,
        expected=float(expected[where]) if where else None,
        got=float(out[where]) if where else None,
    )


def _halves_up(subject: Subject, case: Case) -> None:
    """The mean of two neighbours of uint16 is a whole number or a half of one, which is rounded up (C2)."""
    image = sample_of(case)["image"]
    width = image.shape[2]
    move = case.with_(policy=document({"op": "translate", "x": 0.5 / width}))
    out = subject.call(move, {"image": image})["image"][:, :, 1:]
    sums = image[:, :, 1:].astype(np.int64) + image[:, :, :-1]
    require((sums % 4 == 1).any() and (sums % 4 == 3).any(), "the case has halves of both kinds")
    require_equal(out, ((sums + 1) // 2).astype(np.uint16), "the mean of two uint16 pixels, halves up")


def _linear(subject: Subject, case: Case) -> None:
    """a·X + b·Z with dyadic a and b: the sum itself is exact."""
    sample = sample_of(case)
    x, z = (np.floor(one * 256) / 256 for one in (sample["image"], sample["image"][:, ::-1, ::-1]))
    both, first, second = (
        subject.call(case, {**sample, "image": np.ascontiguousarray(one, np.float32)})["image"].astype(np.float64)
        for one in (0.5 * x + 0.25 * z, x, z)
    )
    bound = tolerances.between_backends(case.policy, "float32", 1.0)
    distance = np.abs(both - (0.5 * first + 0.25 * second))
    require(within(distance, bound), "f(X/2 + Z/4) is not f(X)/2 + f(Z)/4", expected=bound, got=float(distance.max()))


def _ordered(subject: Subject, case: Case) -> None:
    image = sample_of(case)["image"]
    out = subject.call(case, {"image": image})["image"]
    pixels = out.shape[1] * out.shape[2]
    old, new = (x.reshape(len(x), pixels, -1).astype(np.float64) for x in (image, out))
    order = old.argsort(1, kind="stable")
    old, new = np.take_along_axis(old, order, 1), np.take_along_axis(new, order, 1)
    fell = np.diff(new, axis=1) < 0
    where = tuple(int(i) for i in np.argwhere(fell)[0]) if fell.any() else None
    require(
        where is None,
        "a brighter pixel became a darker one",
        where=where,
        expected=f"{old[where]:g} below {old[where[0], where[1] + 1, where[2]]:g}" if where else None,
        got=f"{new[where]:g} above {new[where[0], where[1] + 1, where[2]]:g}" if where else None,
    )


def _fixed_point(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    out, image = subject.call(case, sample)["image"], sample["image"]
    expected = np.broadcast_to(image[:, :1, :1], out.shape)
    if image.dtype == np.uint8:
        require_equal(out, expected, "a constant image")
    else:
        require_alike(case, out, expected, "a constant image")


def _permuted(subject: Subject, case: Case) -> None:
    """Reverse the channels: ops that know no colours follow, ops that know them do not."""
    sample = sample_of(case)
    image = sample["image"]
    out = subject.call(case, sample)["image"]
    other = subject.call(case, {**sample, "image": np.ascontiguousarray(image[..., ::-1])})["image"][..., ::-1]
    if case.context["names"]:
        require(not np.array_equal(out, other), "grey is the same for RGB and BGR", expected="0.299, 0.587, 0.114")
    else:
        require_alike(case, other, out, "channels in reversed order")


def _again(subject: Subject, case: Case) -> None:
    """The op, once or twice: a projection stays, an involution returns."""
    sample = sample_of(case)
    once = subject.call(case, sample)
    twice = subject.call(case, {name: once[name] for name in sample})
    expected = once if case.context["again"] == "stays" else sample
    for name in sample:
        (require_equal if name == "mask" else lambda a, b, why: require_alike(case, a, b, why))(
            twice[name], expected[name], f"{name}, twice"
        )


def _mass(subject: Subject, case: Case) -> None:
    """An impulse keeps its mass under a blur; a change of type takes its mean to 0 and one deviation more to 1."""
    op = op_of(case.policy["ops"][0])
    if isinstance(op, TypeOp):
        _scaled(subject, case, op)
        return
    image = np.zeros((2, 31, 41, 3), np.float32)
    image[:, 15, 20] = [1.0, 0.5, 0.25]
    out = subject.call(case, {"image": image}, ids=[3, 4])["image"].astype(np.float64)
    masses = out.sum((1, 2))
    distance = np.abs(masses - [1.0, 0.5, 0.25])
    require(
        within(distance, tolerances.between_backends(case.policy, "float32", 1.0)),
        "the sum of an impulse after a blur",
        expected=[1.0, 0.5, 0.25],
        got=masses[0].tolist(),
    )


def _scaled(subject: Subject, case: Case, op: TypeOp) -> None:
    """Floats of any declared range are read as parts of it; integers as parts of the largest one."""
    signature = SIGNATURES[case.signature]
    mean, std = (np.broadcast_to(np.array(values), (4, 5, 3)) for values in op.scaling())
    low, high = case.context.get("options", {}).get("value_range", (0.0, 1.0))
    whole = signature.integer
    unit = np.stack([mean * 0, mean * 0 + 1] if whole else [mean, mean + std])
    image = (unit * signature.top if whole else low + unit * (high - low)).astype(signature.dtype)
    out = subject.call(case, {"image": image}, ids=[0, 1])["image"]
    require(out.dtype == np.float32, "the dtype after a change of type", expected="float32", got=str(out.dtype))
    distance = np.abs(out.astype(np.float64) - (unit - mean) / std)
    for i, name in enumerate(("black", "white") if whole else ("the mean", "the mean and one deviation")):
        expected = ((unit - mean) / std)[i, 0, 0].tolist()
        bound = accuracy.against_oracle(case.policy, "float32")
        require(within(distance[i], bound), f"{op.tag} of {name}", expected=expected, got=out[i, 0, 0].tolist())


def _ops(tier: Tier, *stages: str) -> tuple[str, ...]:
    return tuple(
        name
        for name in policy_names(with_variants=tier == "full")
        if name.startswith("op:") and _class(name).stage in stages
    )


def _class(name: str) -> type[Op]:
    return augspec.ops()[name[3:].partition("/")[0]]


def _eager(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    return tuple(one.with_(reach="eager") for one in cases)


def _linear_cases(tier: Tier) -> tuple[Case, ...]:
    clamped = ("bicubic", "fill")  # neither a clamp nor a sum with a constant is linear
    every = _ops(tier, "move", "warp", "remap", "resample", "filter", "degrade")
    names = tuple(n for n in every if _class(n).linear and not any(word in n for word in clamped))
    return _eager(grid("N4", tier, names=names, signatures=("medium-f32",), targets=("image",)))


def _ordered_cases(tier: Tier) -> tuple[Case, ...]:
    names = tuple(n for n in _ops(tier, "pointwise", "type") if _class(n).monotone)
    signatures = ("medium-u8", "medium-f32")
    return _eager(grid("N8", tier, names=names, signatures=signatures, targets=("image",)))


def _constant_cases(tier: Tier) -> tuple[Case, ...]:
    every = (n for n in _ops(tier, "filter", "resample", "degrade") if "fill" not in _class(n).model_fields)
    names = [n for n in every if getattr(_class(n), "flat", True)]
    borders = ("edge", "mirror", "symmetric", "wrap")
    names += [f"op:{op}/border={border}" for op in ("rotate", "translate", "scale") for border in borders]
    return grid("N10", tier, names=tuple(names), signatures=("medium-u8", "medium-f32"), probe="constant")


def _permuted_cases(tier: Tier) -> tuple[Case, ...]:
    found = []
    names = _ops(
        tier, "move", "warp", "remap", "resample", "filter", "pointwise", "noise", "degrade", "occlude", "veil"
    )
    for one in grid("N11", tier, names=names, signatures=("medium-u8", "medium-f32"), targets=("image",)):
        op = op_of(one.policy["ops"][0])
        names = op.knows_colours()
        if names and op.changes != "always":
            continue  # what it draws may leave an image as it is, in either order
        if not getattr(op, "per_channel", False) and not op.by_channel:
            found.append(one.with_(context={"names": names}, reach="eager"))
    return tuple(found)


def _again_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    ops: tuple[tuple[str, dict[str, Any]], ...] = (
        ("stays", {"op": "grayscale"}),
        ("stays", {"op": "center_crop", "size": [7, 6]}),
        ("stays", {"op": "resize", "size": [8, 7], "interpolation": "nearest"}),
        ("stays", {"op": "brightness_scale", "factor": 0.0}),
        ("returns", {"op": "horizontal_flip", "p": 1.0}),
        ("returns", {"op": "vertical_flip", "p": 1.0}),
        ("returns", {"op": "rotate", "degrees": 180}),
    )
    return tuple(
        case("N12", "op:rotate", signature, targets=("image", "mask"), reach="eager").with_(
            name=f"{op['op']} {signature}", policy=document(op), context={"again": again}
        )
        for again, op in ops
        for signature in ("medium-u8", "medium-f32")
    )


def _mass_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    blur = {"op": "gaussian_blur", "sigma": {"uniform": [0.4, 3.0]}}
    found = [Case(name="gaussian_blur", policy=document(blur), signature=_PLAIN_FLOAT)]
    for name in op_names():
        if augspec.ops()[name].stage == "type":
            op = {**op_document(name), **_CHANNELS} if "mean" in augspec.ops()[name].model_fields else op_document(name)
            one = Case(policy=document(op), signature=_PLAIN_FLOAT)
            found += [one.with_(name=f"{name} {dtype}", signature=f"small-{dtype}") for dtype in ("u8", "u16")]
            wide = {"options": {"value_range": [-1.0, 3.0]}}
            found += [one.with_(name=name), one.with_(name=f"{name} of another range", context=wide)]
    return tuple(found)


_CHANNELS: dict[str, Any] = {"mean": [0.48, 0.45, 0.4], "std": [0.22, 0.23, 0.25]}


LAWS = (
    Law(
        "N3",
        "one function for all dtypes",
        ("C2",),
        "float64, float16 and bfloat16 give what float32 gives, rounded once; uint16 is rounded half up.",
        _refined,
        lambda tier: _eager(
            (
                *grid("N3", tier, signatures=("small-f64", "small-f16", "small-bf16"), targets=("image",)),
                *grid("N3", tier, names=("op:translate",), signatures=("small-u16",), targets=("image",)),
            )
        ),
    ),
    Law(
        "N4",
        "linearity",
        ("C8", "E7"),
        "Moves, warps, resampling and filters are linear in the image.",
        _linear,
        _linear_cases,
    ),
    Law(
        "N8",
        "order",
        ("E6", "C3"),
        "Brightness, contrast and normalize never turn two pixels of a channel around.",
        _ordered,
        _ordered_cases,
    ),
    Law(
        "N10",
        "constants stay",
        ("E7", "C8"),
        "A constant image is a fixed point of filters, of resampling and of borders that continue it.",
        _fixed_point,
        _constant_cases,
    ),
    Law(
        "N11",
        "channels",
        ("C4", "T1"),
        "Ops treat all channels alike, except those that know red, green and blue.",
        _permuted,
        _permuted_cases,
    ),
    Law(
        "N12",
        "twice",
        ("C11", "C4"),
        "Flips and half turns undo themselves; grey, cropped and equally resized images stay as they are.",
        _again,
        _again_cases,
    ),
    Law(
        "N13",
        "mass",
        ("E7", "C3"),
        "A blur keeps the sum of an impulse; changes of type take their mean to 0 and one deviation more to 1.",
        _mass,
        _mass_cases,
    ),
)
