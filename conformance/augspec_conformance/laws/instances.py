"""F14: masks of instances, one for each box, and the boxes that follow from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from augspec_conformance.cases.catalogue import CORE_INTEGER, compiled_for, grid
from augspec_conformance.cases.policies import fitting_targets, policy, policy_names, rows
from augspec_conformance.cases.probes import boxes_of, instances_of, sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_match
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS"]

Array = npt.NDArray[Any]
Json = dict[str, Any]

_FILL = 9
"""What masks show outside: to tight boxes it is a part of the instance."""

_MANY = 300
"""Instances, where something is asked of many."""

_COMPILED = ("op:rotate", "mix:train")


def _with(case: Case, **targets: Any) -> Case:
    return case.with_(policy={**case.policy, "targets": {**case.policy.get("targets", {}), **targets}})


def _follow(subject: Subject, case: Case) -> None:
    """Instances are the channels of a mask, and tight boxes hold what is left of them."""
    if not {"mask", "boxes"} <= set(case.targets):
        raise Unclaimed("the policy has no meaning for masks or boxes")
    sample = sample_of(case)
    _, height, width, _ = sample["image"].shape
    given = instances_of(sample["boxes"], height, width)
    fill, context = _FILL, case.context
    if "below" in context:  # numbers below zero, and the smallest ones, are no less of an instance
        given = _barely(given, context["below"])
    if "many" in context:
        sample["boxes"] = boxes_of(sample["image"].shape, case.probe_seed, _MANY)
        given, fill = instances_of(sample["boxes"], height, width).astype(context["many"]), 1
    plain = {name: value for name, value in sample.items() if name != "mask"}
    whole = {**plain, "instance_masks": given}
    boxes = {**case.policy.get("targets", {}).get("boxes", {}), "min_area": 0.0}
    loose = _with(case, instance_masks={"fill": fill}, mask={"fill": fill // 2}, boxes=boxes)
    out = subject.call(loose, whole)
    moved = out.pop("instance_masks")
    require(moved.dtype == given.dtype, "the dtype of instance_masks", expected=str(given.dtype), got=str(moved.dtype))
    channels = np.ascontiguousarray(np.moveaxis(given, 1, -1))
    if case.layout == "NCHW":  # a mask with channels first
        channels = given
    alone = subject.call(_with(loose, mask={"fill": fill}), {**plain, "mask": channels})
    mask = alone.pop("mask")
    require_equal(moved, mask if case.layout == "NCHW" else np.moveaxis(mask, -1, 1), "instance_masks")
    require_match(subject, case, out, alone, "beside instance_masks")
    spec = subject.of(loose).output_spec(subject.native(loose, whole))["instance_masks"]
    require(tuple(spec.shape) == moved.shape, "output_spec of instance_masks", expected=moved.shape, got=spec.shape)
    _tight(subject, case, whole, out)
    if subject.cost == "eager":  # elsewhere shapes are static
        _compact(subject, case, whole)


def _barely(masks: Array, dtype: str) -> Array:
    """Return masks of numbers below zero; whole ones have no low byte, floats are the smallest normal ones."""
    wide = masks.astype(dtype)
    return -(wide * np.finfo(dtype).tiny) if wide.dtype.kind == "f" else -(wide << 8)


def _compact(subject: Subject, case: Case, whole: dict[str, Array]) -> None:
    """Where invalid boxes are dropped, their masks are dropped with them."""
    rules = {**case.policy.get("targets", {}).get("boxes", {}), "min_visibility": 0.5}
    full = subject.call(_with(case, boxes=rules), whole)
    for i, keep in enumerate(full["boxes_valid"]):
        single = {name: value[i] for name, value in whole.items()}
        out = subject.call(_with(case, boxes={**rules, "compact": True}), single, ids=[subject.ids(case)[i]])
        for name in ("boxes", "instance_masks"):
            require_equal(out[name], full[name][i][keep], f"sample {i}: compacted {name}")


def _tight(subject: Subject, case: Case, whole: dict[str, Array], loose: dict[str, Array]) -> None:
    """Where a mask or its box moved, the box is the smallest that holds the mask, and valid only if there is one."""
    out = subject.call(_with(case, instance_masks={"tight_boxes": True}), whole)
    least = case.policy.get("targets", {}).get("boxes", {}).get("min_area", 0.0)
    for i, masks in enumerate(out["instance_masks"]):
        for n, mask in enumerate(masks):
            expected = loose["boxes"][i, n]
            still = np.array_equal(mask, whole["instance_masks"][i, n])
            if not (still and np.array_equal(expected, whole["boxes"][i, n])):
                y, x = np.nonzero(mask)
                found = [x.min(), y.min(), x.max() + 1, y.max() + 1] if len(x) else [0, 0, 0, 0]
                expected = np.asarray(found, np.float32)
            area = float((expected[2] - expected[0]) * (expected[3] - expected[1]))
            valid = bool(loose["boxes_valid"][i, n]) and area > 0 and area >= least
            where = f"box {n} of sample {i}, tight about its mask"
            require_equal(out["boxes"][i, n], expected, where)
            got = bool(out["boxes_valid"][i, n])
            require(got == valid, f"boxes_valid of {where}", expected=valid, got=got)


def _cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    both = {"mask", "boxes"}
    names = [n for n in policy_names() if both <= set(fitting_targets(policy(n), tuple(both)))]
    names = [n for n in names if rows(policy(n)) == 1]  # B12 asks for those that come together with others
    names += [n for n in policy_names(with_variants=True) if n.endswith("/fill_mask=True")]
    found = list(grid("F14", tier, names=tuple(names), every=1 if tier == "full" else 2))
    found += grid("F14", tier, names=("op:rotate", "op:crop", "mix:targets"), signatures=("medium-u8",))
    compiled = compiled_for(_COMPILED, tier)
    found = [c.with_(reach=compiled.get(c.name, "eager")) for c in found]
    found += [c.with_(name=f"{c.name} NCHW", layout="NCHW", reach="eager") for c in found if _asked(c)]
    if tier == "full":
        found += [
            c.with_(name=f"{c.name} {dtype} below zero", reach="eager", context={"below": dtype})
            for c in grid("F14", tier, names=("op:crop", "op:rotate"), signatures=("medium-u8",))
            for dtype in ("int16", "float32")
        ]
    found += [
        c.with_(name=f"{c.name} {_MANY} of {dtype}", reach="eager", context={"many": dtype})
        for c, dtype in zip(
            grid("F14", tier, names=("op:rotate", "op:horizontal_flip")), ("uint8", "bool"), strict=True
        )
    ]
    return tuple(found)


def _asked(case: Case) -> bool:
    return case.name in tuple(f"{name} {CORE_INTEGER}" for name in _COMPILED)


LAWS = (
    Law(
        "F14",
        "instances",
        ("T8", "T2", "T3"),
        "Masks of instances, hundreds too, move as the channels of one mask, with a fill of their own, and tight boxes "
        "hold what is left of them: all that is not 0.",
        _follow,
        _cases,
    ),
)
