"""B12: boxes, keypoints and labels of samples that come together in one image.

Every pixel of a batch has a number of its own in the masks. So the mask of a result says where each pixel came from,
and with tiles at their own size that says all about the rows: a box is what is seen of its pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance.cases.catalogue import case, grid
from augspec_conformance.cases.policies import document, policy_names, rows
from augspec_conformance.cases.policies import policy as policy_of
from augspec_conformance.cases.probes import instances_of, sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.mixing import followers, mixed_apart, named
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]

Array = npt.NDArray[Any]

_FILL = 9
"""Of masks of instances; rows of samples that are not there hold zeros all the same."""


_CORNERS = ((1, 1), (0, 1), (1, 0), (0, 0))
"""Which half of its columns and of its rows is seen of each of four samples whose tiles meet in the middle."""

_LITTLE = 2.0**-11, 2.0**-9
"""Pixels: less, and more, than what counts of a box that is cut off."""


def _slivers(subject: Subject, case: Case) -> None:
    """Of a box that is cut off, less than 2⁻¹⁰ pixel is nothing; one that is small by itself is seen."""
    sample = sample_of(case)
    b, height, width, _ = sample["image"].shape
    half = np.array([width, height], np.float64) / 2
    boxes, wanted = [], []
    for little in _LITTLE:
        for axis in range(2):
            whole = np.array([1.0, 1.0, width - 1.0, height - 1.0])
            boxes += [whole.copy(), whole.copy(), whole.copy()]
            boxes[-3][axis + 2] = half[axis] + little  # reaches into the second half by this much
            boxes[-2][axis] = half[axis] - little  # into the first half
            boxes[-1][axis], boxes[-1][axis + 2] = 1.0, 1.0 + little  # all of it is in the first half
            seen = [(True, False), (False, True), (True, False)]
            if little > 2.0**-10:
                seen[:2] = [(True, True)] * 2
            wanted += [[seen[i][_CORNERS[k][axis]] for k in range(4)] for i in range(3)]
    rows = np.repeat(np.array(boxes, np.float32)[None], b, 0)
    out = subject.call(case, {**sample, "boxes": rows})
    expected = np.repeat(np.array(wanted).T.reshape(1, -1), b, 0)
    require_equal(out["boxes_valid"], expected, f"boxes_valid of boxes of which {_LITTLE} pixels are seen, or all")


def _b12(subject: Subject, case: Case) -> None:
    (_slivers if case.context.get("slivers") else _merged)(subject, case)


def _merged(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    count = sample["boxes"].shape[1]
    numbers = np.arange(1, sample["boxes"].size // 4 + 1, dtype=np.int64).reshape(-1, count)
    labels, kind = _labels(subject, numbers)
    given = {"boxes_valid": numbers % 5 != 0, "keypoints_visible": np.arange(sample["keypoints"].size // 2) % 4 != 0}
    given["keypoints_visible"] = given["keypoints_visible"].reshape(sample["keypoints"].shape[:2])
    sample["instance_masks"] = instances_of(sample["boxes"], *sample["image"].shape[1:3])
    native = {name: subject.adapter.to_native(array, str(array.dtype)) for name, array in given.items()}
    native["labels"] = subject.adapter.to_native(labels, kind)
    out = subject.call(case, {**sample, **native})
    spec = subject.of(case).output_spec({**subject.native(case, sample), **native})
    for name, array in ("boxes", sample["boxes"]), ("keypoints", sample["keypoints"]), ("labels", labels):
        shape = (len(array), array.shape[1] * case.rows, *array.shape[2:])
        require(out[name].shape == shape, f"shape of {name}", expected=shape, got=out[name].shape)
    who = [np.arange(len(labels)), *followers(case, named(subject, case))]
    gate = next((array for path, array in subject.draw(case).items() if path.endswith("/apply")), None)
    rule = case.policy["targets"].get("boxes", {}).get("min_visibility", 0.0)
    merged = ("boxes", "boxes_valid", "instance_masks", "keypoints", "keypoints_visible", "labels")
    for name in merged:
        said, found = (tuple(spec[name].shape), spec[name].dtype), (out[name].shape, str(out[name].dtype))
        require(said == found, f"output_spec of {name}", expected=found, got=said)
    blocks = {name: np.split(out[name], case.rows, 1) for name in merged}
    for i in range(len(labels)):
        for k, others in enumerate(who):
            source, what = others[i], f"sample {i}, rows {k}"
            got = {name: parts[k][i] for name, parts in blocks.items()}
            if gate is not None and not gate[i]:
                _untouched(got, sample, labels, i, what, own=k == 0)
                continue
            require_equal(got["labels"], labels[source], f"{what}: labels of boxes")
            _instances(got["instance_masks"], sample, source, out["mask"][i], what)
            rest = {name: array[source] for name, array in {**sample, **given}.items()}
            for n in range(count):
                _box(got, n, rest, out["mask"][i], rule, f"{what}: box {n}")
            for n in range(len(rest["keypoints"])):
                _keypoint(got, n, rest, out["mask"][i], f"{what}: keypoint {n}")


def _labels(subject: Subject, numbers: Array) -> tuple[Array, str]:
    """Return labels of boxes that need all bits of the widest integers that the framework has, and their dtype."""
    try:
        if subject.adapter.dtype_name(subject.adapter.to_native(numbers, "int64")) == "int64":
            return numbers + 2**62, "int64"
    except (ImportError, TypeError):  # a library without this dtype
        pass
    return (numbers + 2**30).astype(np.int32), "int32"


def _untouched(got: dict[str, Array], sample: dict[str, Array], labels: Array, i: int, what: str, *, own: bool) -> None:
    """A sample that is not mixed has its own rows, and of others nothing."""
    given = {"labels": labels, **{name: sample[name] for name in ("boxes", "keypoints", "instance_masks")}}
    for name, array in given.items():
        require_equal(got[name], array[i] if own else array[i] * 0, f"{what}: {name} without a mixture")
    if not own:
        seen = got["boxes_valid"].any() or got["keypoints_visible"].any()
        require(not seen, f"{what}: valid rows of another sample without a mixture", expected=False, got=True)


def _instances(got: Array, sample: dict[str, Array], source: int, mask: Array, what: str) -> None:
    """Masks of instances show the sample's where its pixels are seen, and their fill elsewhere."""
    given = sample["instance_masks"][source]
    place = mask.astype(np.int64) - int(sample["mask"][source].flat[0])
    here = (place >= 0) & (place < given[0].size)
    flat = given.reshape(len(given), -1)
    expected = np.where(here, flat[:, np.where(here, place, 0)], _FILL).astype(given.dtype)
    require_equal(got, expected, f"{what}: instance_masks")


def _box(got: dict[str, Array], n: int, rest: dict[str, Array], mask: Array, rule: float, what: str) -> None:
    x1, y1, x2, y2 = (int(end) for end in rest["boxes"][n])
    numbers = rest["mask"][y1:y2, x1:x2]
    seen = np.isin(mask, numbers)
    wanted = bool(seen.any() and seen.sum() >= rule * numbers.size and rest["boxes_valid"][n])
    valid = bool(got["boxes_valid"][n])
    share = f"{int(seen.sum())} of {numbers.size}"
    require(valid == wanted, f"{what}: boxes_valid, where {share} pixels are seen", expected=wanted, got=valid)
    if seen.any():
        down, across = (np.flatnonzero(seen.any(axis)) for axis in (1, 0))
        hull = np.array([across[0], down[0], across[-1] + 1, down[-1] + 1], np.float32)
        require_equal(got["boxes"][n], hull, f"{what}: not where its pixels are")


def _keypoint(got: dict[str, Array], n: int, rest: dict[str, Array], mask: Array, what: str) -> None:
    x, y = rest["keypoints"][n]
    seen = np.argwhere(mask == rest["mask"][int(y), int(x)])
    wanted, visible = bool(len(seen) and rest["keypoints_visible"][n]), bool(got["keypoints_visible"][n])
    require(visible == wanted, f"{what}: keypoints_visible", expected=wanted, got=visible)
    if len(seen):
        place = np.array([seen[0, 1] + x - int(x), seen[0, 0] + y - int(y)], np.float32)
        require_equal(got["keypoints"][n], place, f"{what}: not where its pixel is")


def _exact(policy: dict[str, Any], boxes: dict[str, float]) -> dict[str, Any]:
    """Return a policy with all parameters neutral that can be: then nothing is resampled."""
    ops = []
    for op in policy["ops"]:
        neutral = {
            name: mark.quantity.neutral
            for name, mark in augspec.ops()[op["op"]].parameters()
            if name in op and mark.quantity.neutral is not None
        }
        ops.append({**op, **neutral})
    return document(*ops, targets={"boxes": boxes, "instance_masks": {"fill": _FILL}})


def _cases(tier: Tier) -> tuple[Case, ...]:
    names = [name for name in policy_names(with_variants=True) if name.startswith("op:") and rows(policy_of(name)) > 1]
    found = grid(
        "B12",
        tier,
        names=[name for name in names if mixed_apart(name)],
        signatures=("medium-u8", "medium-f32"),
    )
    plain = tuple(one.with_(policy=_exact(one.policy, {})) for one in found)
    rule = tuple(
        one.with_(name=f"{one.name} visible", policy=_exact(one.policy, {"min_visibility": 0.5})) for one in found[:2]
    )
    seldom = tuple(
        one.with_(
            name=f"{one.name} seldom",
            policy={**one.policy, "ops": [{**op, "p": 0.3} for op in one.policy["ops"]]},
            reach="eager",
        )
        for one in plain[:1]
    )
    graph = tuple(one.with_(reach="graph" if tier == "full" else "eager") for one in plain[:1])
    if tier != "full":
        return (*graph, *plain[1:], *rule, *seldom)
    meet = document({"op": "mosaic", "x": 0.5, "y": 0.5, "scale": 1.0})
    one = case("B12", "op:mosaic", "grey-u8", targets=("image", "boxes"), context={"slivers": True}, reach="eager")
    slivers = one.with_(name="op:mosaic slivers", policy=meet)
    return (*graph, *plain[1:], *rule, *seldom, slivers)


def _together(subject: Subject, case: Case) -> str:
    del subject
    return "" if case.rows > 1 else "it gives each sample its own rows alone"


LAWS = (
    Law(
        "B12",
        "rows of several samples",
        ("T3", "T4", "T5", "T8", "R7"),
        "Boxes, keypoints and labels of boxes that come together are those of the sample, then of its partners; "
        "each is where its pixels are seen, and valid or visible only if they are; rows of nobody hold zeros.",
        _b12,
        _cases,
        _together,
    ),
)
