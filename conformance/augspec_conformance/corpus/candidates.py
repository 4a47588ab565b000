"""Cases that could be pinned: from the catalogue of policies, and from Hypothesis with fixed seeds."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_INTEGER, case
from augspec_conformance.cases.policies import (
    COMBINATORS,
    accepts,
    document,
    op_document,
    op_names,
    policy_names,
    variants,
)
from augspec_conformance.cases.strategies import cases_like
from augspec_conformance.law import Case, stable_seed
from augspec_conformance.subject import reference

__all__ = ["candidates"]

Json = dict[str, Any]

_PROBES = ("noise", "coord", "extremes", "impulse", "ramp", "constant", "boxes")
"""Those of plain arithmetic: the exponentials of the others may differ between hosts in the last bit."""

_SIGNATURES = ("medium-u8", "grey-u8", "square-u8", "four-u8", "row-u8", "dot-u8", "small-u8", "two-u8")
_OTHERS = ("odd-f32", "column-f32", "seven-f32", "grey-f32", "small-u16", "dot-f32")
_BORDERS = ("constant", "edge", "mirror", "symmetric", "wrap")
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic")


def candidates(examples: int = 250) -> dict[str, list[Case]]:
    """Return cases by family, the same ones every time, all of them accepted by the NumPy reference.

    Args:
        examples: how many compositions Hypothesis draws.
    """
    made: dict[str, Callable[[], Iterator[Case]]] = {
        "ops": _ops,
        "variants": _variants,
        "warps": _warps,
        "distributions": _distributions,
        "targets": _targets,
        "companions": _companions,
        "evaluation": _evaluation,
        "signatures": _signatures,
        "edges": _edges,
        "compositions": lambda: _compositions(examples),
    }
    found = {}
    for family, make in made.items():
        named = [one.with_(name=f"{family}/{number:03d} {one.name}") for number, one in enumerate(make())]
        found[family] = [one for one in named if _runs(one)]
    return found


def _runs(one: Case) -> bool:
    try:
        reference().call(one, training=one.context.get("training", True))
    except augspec.AugspecError:
        return False
    return True


def _pinned(name: str, policy: Json, signature: str, number: int, **fields: Any) -> Case:
    """Return a case about a policy of one's own, with key, ids, epoch and view as the catalogue gives them."""
    base = case("J8", "mix:empty", signature, tier="full", probe=_PROBES[number % len(_PROBES)])
    key = stable_seed("J8", name, number)
    layout = "NCHW" if number % 5 == 4 else "NHWC"
    return base.with_(
        **{
            "name": f"{name} {signature}",
            "policy": policy,
            "key": key,
            "probe_seed": key % 2**32,
            "layout": layout,
            "reach": "eager",
            **fields,
        }
    )


def _ops() -> Iterator[Case]:
    """Every op and every mix on the signature of compiled modes: the cases that those are asked as well."""
    for name in policy_names():
        yield case("J8", name, CORE_INTEGER, tier="full")


def _variants() -> Iterator[Case]:
    """Every op and variant on another signature."""
    for number, name in enumerate(policy_names(with_variants=True)):
        for step in range(len(_SIGNATURES)):
            signature = _SIGNATURES[(number + step) % len(_SIGNATURES)]
            if accepts(name, signature):
                base = case("J8", name, signature, tier="full", probe=_PROBES[number % len(_PROBES)])
                yield base.with_(reach="eager", layout="NCHW" if number % 4 == 3 else "NHWC")
                break


def _leaves() -> tuple[str, ...]:
    return tuple(name for name in op_names() if name not in COMBINATORS)


def _warps() -> Iterator[Case]:
    """Every warp with every border and interpolation."""
    names = [name for name in _leaves() if "border" in augspec.ops()[name].model_fields]
    for number, (name, border, interpolation) in enumerate(itertools.product(names, _BORDERS, _INTERPOLATIONS)):
        signature = _SIGNATURES[number % 4]
        op = {**op_document(name, signature), "border": border, "interpolation": interpolation}
        yield _pinned(f"{name} {border} {interpolation}", document(op), signature, number)


def _spreads(low: float, high: float) -> dict[str, Any]:
    """Return distributions of every kind on [low, high]."""
    width = high - low
    weights = [0.0, 3.0, 1.0]
    values = [round(low + width * share, 6) for share in (0.1, 0.35, 0.9)]
    found: dict[str, Any] = {
        "constant": values[1],
        "uniform": {"uniform": [low, high]},
        "normal": {"normal": {"mean": low + 0.3 * width, "std": width / 3, "low": low, "high": high}},
        "choice": {"choice": values},
        "weighted choice": {"choice": {"values": values, "weights": weights}},
    }
    if low > 0:
        found["log_uniform"] = {"log_uniform": [low, high]}
    if low <= 0 and high >= 1:
        found["beta"] = {"beta": [2.0, 5.0]}
    first, last = int(-(-low // 1)), int(high // 1)
    if first <= last:
        found["integers"] = {"integers": [first, last]}
    return found


def _ranges(op: Json) -> Iterator[tuple[str, float, float]]:
    for field, value in op.items():
        if isinstance(value, dict) and "uniform" in value:
            yield field, value["uniform"][0], value["uniform"][1]


def _accepted(policy: Json) -> bool:
    try:
        augspec.compile(augspec.loads(json.dumps(policy)), backend="numpy")
    except augspec.AugspecError:
        return False
    return True


def _distributions() -> Iterator[Case]:
    """Every kind of distribution for the first parameter of every op, beta and integers on their own ranges."""
    number = 0
    for name in _leaves():
        for field, low, high in itertools.islice(_ranges(op_document(name, "medium-u8")), 1):
            for kind, spread in {
                **_spreads(low, high),
                "beta": {"beta": [0.7, 3.0]},
                "integers": {"integers": [1, 2]},
            }.items():
                policy = document({**op_document(name, "medium-u8"), field: spread})
                if _accepted(policy):
                    number += 1
                    yield _pinned(f"{name} {field} {kind}", policy, "medium-u8", number)


def _targets() -> Iterator[Case]:
    """Settings of targets, formats of boxes, and samples without some of the targets."""
    names = (
        "op:horizontal_flip",
        "op:rotate",
        "op:center_crop",
        "op:random_resized_crop",
        "op:translate",
        "mix:targets",
    )
    settings_: list[Json] = [
        {"mask": {"fill": -3}},
        {"boxes": {"min_area": 9.0}},
        {"boxes": {"min_visibility": 0.6}},
        {"keypoints": {"swap_pairs": [[0, 2]]}},
    ]
    number = 0
    for name, targets in itertools.product(names, settings_):
        number += 1
        base = case("J8", name, "square-u8", tier="full")
        policy = {**base.policy, "targets": targets}
        yield _pinned(f"{name} {next(iter(targets))} {number}", policy, "square-u8", number)
    for form, units in itertools.product(("xyxy", "yxyx", "xywh", "cxcywh"), ("pixels", "normalized")):
        number += 1
        base = case("J8", names[number % 4], "medium-u8", tier="full")
        context = {"options": {"box_format": form, "box_units": units}}
        yield _pinned(f"boxes {form} {units}", base.policy, "medium-u8", number, context=context)
    for size in range(1, 4):
        for some in itertools.combinations(ALL_TARGETS[1:], size - 1):
            number += 1
            base = case("J8", "mix:warps", "small-u8", tier="full")
            yield _pinned(f"only {len(some)} {number}", base.policy, "small-u8", number, targets=("image", *some))


_COMPANIONS: tuple[Json, ...] = (
    {"op": "horizontal_flip", "p": 0.6},
    {"op": "rotate", "degrees": {"uniform": [-60, 60]}},
    {"op": "random_resized_crop", "size": [9, 12], "area": {"uniform": [0.3, 0.9]}},
    {"op": "perspective", "distortion": 0.4},
    {"op": "random_erasing", "p": 0.8},
    {"op": "gaussian_noise", "std": {"uniform": [0.05, 0.2]}},
)


def _companions() -> Iterator[Case]:
    """Stacks of images, masks of instances, further masks and boxes with angles, alone and together."""
    masks = {"masks": {"semantic": {"fill": 255}, "depth": {}}}
    tight = {"instance_masks": {"tight_boxes": True, "fill": 0}}
    shared = {"frames": {"noise": "shared"}}
    kinds: list[tuple[str, tuple[str, ...], Json, Json]] = [
        ("frames", ALL_TARGETS, {}, {"frames": True}),
        ("frames of one noise", ("image", "mask"), shared, {"frames": True}),
        ("masks", ("image", "mask", "semantic", "depth"), masks, {}),
        ("instances", ("image", "boxes", "instance_masks"), {}, {}),
        ("tight instances", ("image", "boxes", "instance_masks"), tight, {}),
        ("angles", ALL_TARGETS, {}, {"box_format": "cxcywhr"}),
        ("all", (*ALL_TARGETS, "instance_masks", "semantic", "depth"), {**masks, **tight}, {"frames": True}),
    ]
    for number, ((name, targets, rules, options), op) in enumerate(itertools.product(kinds, _COMPANIONS)):
        policy = {**document(op), "targets": rules}
        signature = ("small-u8", "medium-u8", "grey-u8")[number % 3]
        context = {"options": options} if options else {}
        yield _pinned(f"{name} {op['op']}", policy, signature, number, targets=targets, context=context)


def _evaluation() -> Iterator[Case]:
    """The deterministic pipeline: what it may hold, after ops that it does not run."""
    fixed: list[list[Json]] = [
        [{"op": "resize", "size": [9, 13]}],
        [{"op": "resize", "short_side": 8}],
        [{"op": "resize", "long_side": 20, "interpolation": "nearest"}],
        [{"op": "center_crop", "size": [6, 5]}],
        [{"op": "resize", "size": [15, 11], "interpolation": "bicubic"}, {"op": "center_crop", "size": [8, 8]}],
        [{"op": "grayscale", "p": 1.0}],
        [{"op": "horizontal_flip", "p": 1.0}, {"op": "contrast", "factor": 1.5}],
        [],
    ]
    trained: list[list[Json]] = [[{"op": "rotate", "degrees": {"uniform": [5, 35]}}], [{"op": "horizontal_flip"}]]
    number = 0
    for ops, evaluated, signature in itertools.product(trained, fixed, ("small-u8", "medium-u8")):
        policy = {"augspec": 1, "ops": ops, "eval": evaluated}
        if _accepted(policy):
            number += 1
            yield _pinned(f"eval {number}", policy, signature, number, context={"training": False})


def _signatures() -> Iterator[Case]:
    """Policies on images of other dtypes, numbers of channels and sizes: mostly their draws and masks are exact."""
    names = [name for name in policy_names() if name.startswith("mix:")]
    names += [f"op:{name}" for name in ("horizontal_flip", "center_crop", "rotate", "vertical_flip", "translate")]
    for number, (name, signature) in enumerate(
        itertools.product(names, (*_OTHERS, "large-u8", "empty-u8", "thirty-one-u8"))
    ):
        if accepts(name, signature) and (signature in _OTHERS[:3] or number % 4 == 0):
            yield case("J8", name, signature, tier="full", probe=_PROBES[number % 4]).with_(reach="eager")


def _edges() -> Iterator[Case]:
    """Rare branches: gates nearly shut or nearly open, ends of whole numbers, repeated crops, exact turns."""
    warm: list[Json] = [
        {"op": "brightness_shift", "delta": 0.25},
        {"op": "horizontal_flip"},
        {"op": "grayscale"},
        {"op": "vertical_flip"},
    ]
    crop = {"op": "random_resized_crop", "size": [9, 8], "area": {"uniform": [0.2, 0.95]}}
    gates = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.004, 0.02, 0.98, 1.0)
    whole = (
        ("brightness_scale", "factor", 1, 4),
        ("contrast", "factor", 0, 3),
        ("saturation", "factor", 0, 2),
        ("rotate", "degrees", -3, 5),
    )
    policies: list[tuple[str, str, list[Json]]] = [
        *((f"p {p}", "thirty-one-u8", [{**op, "p": p} for op in warm]) for p in gates),
        *((f"whole {op}", "thirty-one-u8", [{"op": op, field: {"integers": [a, b]}}]) for op, field, a, b in whole),
    ]
    policies += [("two crops", signature, [crop, crop]) for signature in ("medium-u8", "square-u8", "thirty-one-u8")]
    turns = {"choice": [90, 180, 270, 0, -90]}
    for interpolation in _INTERPOLATIONS:
        policies.append(("turns", "square-u8", [{"op": "rotate", "degrees": turns, "interpolation": interpolation}]))
    many = {"choice": {"values": [i / 16 for i in range(16)], "weights": [i % 3 for i in range(16)]}}
    policies.append(("many values", "thirty-one-u8", [{"op": "brightness_scale", "factor": many}]))
    policies.append(("no weight", "thirty-one-u8", [{"op": "one_of", "ops": warm, "weights": [0, 3, 0, 1]}]))
    policies += [
        (f"some {n} {replace}", "thirty-one-u8", [{"op": "some_of", "ops": warm, "n": n, "replace": replace}])
        for n, replace in ((0, False), (1, False), (3, False), (4, False), (6, True))
    ]
    soft = {"op": "gaussian_noise", "std": {"uniform": [0.02, 0.1]}}
    policies += [
        ("chains of noise", "small-u8", [{"op": "augmix", "ops": [soft, warm[0], warm[2]], "depth": 2}]),
        ("chains of noise", "square-u8", [{"op": "augmix", "ops": [soft, warm[2]], "chains": 2, "p": 0.7}]),
        ("mosaic seldom", "square-u8", [{"op": "mosaic", "p": 0.8, "scale": 0.5}]),
        (
            "mosaic after a warp",
            "medium-u8",
            [{"op": "rotate", "degrees": 20}, {"op": "mosaic", "scale": 0.7, "p": 0.8}],
        ),
    ]
    for number, (name, signature, ops) in enumerate(policies):
        if _accepted(document(*ops)):
            yield _pinned(name, document(*ops), signature, number)


_DEPTHS = (1, {"integers": [1, 2]}, {"choice": [1, 3]})
"""Of chains."""


@st.composite
def _leaf(draw: st.DrawFn, signature: str) -> Json:
    """Return one op: a variant of it, with a distribution of another kind and a gate."""
    name = draw(st.sampled_from(_leaves()))
    op: Json = draw(st.sampled_from([op_document(name, signature), *variants(name, signature).values()]))
    ranges = list(_ranges(op))
    if ranges:
        field, low, high = draw(st.sampled_from(ranges))
        op = {**op, field: draw(st.sampled_from(list(_spreads(low, high).values())))}
    gate = draw(st.sampled_from([None, None, 0.1, 0.3, 0.85, 1.0]))
    return op if gate is None else {**op, "p": gate}


@st.composite
def _branching(draw: st.DrawFn, signature: str, depth: int) -> Json:
    """Return a combinator over ops, or over combinators."""
    inner = _leaf(signature) if depth == 0 else st.one_of(_leaf(signature), _branching(signature, depth - 1))
    ops = draw(st.lists(inner, min_size=2, max_size=4))
    kind = draw(st.sampled_from([name for name in COMBINATORS if augspec.ops()[name].stage == "combinator"]))
    if kind == "sequence":
        return {"op": kind, "ops": ops, "p": draw(st.sampled_from([0.3, 0.85, 1.0]))}
    if kind == "one_of":
        weights = draw(st.one_of(st.none(), st.lists(st.integers(1, 5), min_size=len(ops), max_size=len(ops))))
        return {"op": kind, "ops": ops, **({} if weights is None else {"weights": weights})}
    if kind == "random_order":
        return {"op": kind, "ops": ops}
    if kind == "augmix":
        return {"op": kind, "ops": ops, "chains": draw(st.integers(1, 3)), "depth": draw(st.sampled_from(_DEPTHS))}
    replace = draw(st.booleans())
    return {"op": kind, "ops": ops, "n": draw(st.integers(1, len(ops))), "replace": replace}


@st.composite
def _composition(draw: st.DrawFn) -> Case:
    signature = draw(st.sampled_from(_SIGNATURES[:4]))
    one = st.one_of(_leaf(signature), _leaf(signature), _branching(signature, 1))
    policy = document(*draw(st.lists(one, min_size=1, max_size=4)))
    if not _accepted(policy):
        policy = document(draw(_leaf(signature)))
    base = _pinned("composition", policy, signature, draw(st.integers(0, 20)))
    plain = base.with_(context={})
    return draw(cases_like([plain])).with_(probe=draw(st.sampled_from(_PROBES)))


def _compositions(examples: int) -> Iterator[Case]:
    """What Hypothesis draws from a fixed seed, without shrinking."""
    found: dict[str, Case] = {}

    @seed(stable_seed("corpus", "compositions"))
    @settings(
        deadline=None,
        database=None,
        derandomize=False,
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(one=_composition())
    def collect(one: Case) -> None:
        found.setdefault(one.digest(), one)

    collect()
    yield from found.values()
