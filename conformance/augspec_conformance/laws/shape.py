"""S: shapes, dtypes, structure."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, grid
from augspec_conformance.cases.policies import document, policy_names
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.subject import Subject
from augspec_conformance.tolerances import COORDINATE_BETWEEN, between_backends, close

__all__ = ["LAWS", "expected_shape", "require_alike", "require_results_alike"]

_WIDE = ("dot-u8", "dot-f32", "grey-u8", "grey-f32", "four-u8", "seven-f32", "row-u8", "column-f32", "large-u8")
_NARROW = ("small-u16", "small-f16", "small-bf16", "small-f64")


def expected_shape(ops: list[Any], height: int, width: int) -> tuple[int, int]:
    """Return the size that the document asks for, read from its fields alone (C12)."""
    for op in ops:
        if op["op"] in ("one_of", "sequence") and op["ops"]:
            members = op["ops"] if op["op"] == "sequence" else op["ops"][:1]
            height, width = expected_shape(members, height, width)
        elif op.get("size") is not None:
            height, width = op["size"]
        elif op.get("short_side") or op.get("long_side"):
            old = (min if op.get("short_side") else max)(height, width)
            new = op.get("short_side") or op["long_side"]
            height, width = (max(1, int(np.floor(side * new / old + 0.5))) for side in (height, width))
    return height, width


def _normalizes(case: Case) -> bool:
    return any(op["op"] == "normalize" for op in case.policy["ops"])


def _shapes(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    b, height, width, channels = SIGNATURES[case.signature].shape
    size = expected_shape(case.policy["ops"], height, width)
    expected = {
        "image": (b, *size, channels),
        "mask": (b, *size),
        "boxes": (b, 4, 4),
        "boxes_valid": (b, 4),
        "keypoints": (b, 3, 2),
        "keypoints_visible": (b, 3),
    }
    out = subject.call(case, sample)
    spec = subject.of(case).output_spec(subject.native(case, sample))
    for name, value in out.items():
        require(value.shape == expected[name], f"shape of {name}", expected=expected[name], got=value.shape)
        shape = tuple(spec[name].shape)
        if name == "image" and case.layout == "NCHW":
            shape = (shape[0], *shape[2:], shape[1])
        require(shape == value.shape, f"output_spec of {name}", expected=value.shape, got=shape)


def _dtypes(subject: Subject, case: Case) -> None:
    native = subject.native(case, sample_of(case))
    given = {name: subject.adapter.dtype_name(value) for name, value in native.items()}
    if _normalizes(case) and given["image"].startswith("uint"):
        given["image"] = "float32"
    given |= dict.fromkeys(("boxes_valid", "keypoints_visible"), "bool")
    out = subject.of(case)(subject.key(case), native, subject.ids(case))
    spec = subject.of(case).output_spec(native)
    for name, value in out.items():
        got = subject.adapter.dtype_name(value)
        require(got == given[name], f"dtype of {name}", expected=given[name], got=got)
        require(str(spec[name].dtype) == got, f"output_spec's dtype of {name}", expected=got, got=str(spec[name].dtype))


def _structure(subject: Subject, case: Case) -> None:
    meta, label = {"path": "a.png"}, [3, 1]
    native = subject.native(case, sample_of(case))
    order = ["meta", *native, "label"]
    entries = {**native, "meta": meta, "label": label}
    out = subject.of(case)(subject.key(case), {name: entries[name] for name in order}, subject.ids(case))
    require(isinstance(out, dict), "the result's type", expected="dict", got=type(out).__name__)
    added = [
        name for name, source in (("boxes_valid", "boxes"), ("keypoints_visible", "keypoints")) if source in native
    ]
    require(
        list(out)[: len(order)] == order, "the entries and their order", expected=order, got=list(out)[: len(order)]
    )
    require(set(out) == {*order, *added}, "the entries", expected=sorted({*order, *added}), got=sorted(out))
    require(out["meta"] is meta and out["label"] is label, "extra entries come back as the same objects")
    if subject.cost != "dear":  # an image alone is another function to compile
        bare = subject.of(case)(subject.key(case), native["image"], subject.ids(case))
        require(hasattr(bare, "shape"), "an array gives an array", expected="an array", got=type(bare).__name__)
        require_equal(subject.adapter.to_numpy(bare), subject.adapter.to_numpy(out["image"]), "the image alone")


def require_alike(case: Case, got: Any, expected: Any, reason: str) -> None:
    """Demand equality of integers, and closeness of floats within the policy's class."""
    a, b = np.asarray(got), np.asarray(expected)
    if b.dtype.kind not in "fV":
        require_equal(a, b, reason)
        return
    require(a.shape == b.shape, f"{reason}: shapes differ", expected=b.shape, got=a.shape)
    low, high = case.context.get("options", {}).get("value_range", (0.0, 1.0))
    bound = between_backends(case.policy, SIGNATURES[case.signature].dtype, float(high - low))
    ok = close(a, b, bound)
    if not ok.all():
        where = tuple(int(i) for i in np.argwhere(~ok)[0])
        require(
            False,
            f"{reason}: {int((~ok).sum())} of {ok.size} pixels are more than {bound:.3g} apart",
            where=where,
            expected=float(b[where]),
            got=float(a[where]),
        )


def require_results_alike(case: Case, got: dict[str, Any], expected: dict[str, Any], reason: str) -> None:
    """Demand the same result of two modes or functions: integers and masks equal, floats within their class."""
    require(set(got) == set(expected), f"{reason}: the entries", expected=sorted(expected), got=sorted(got))
    for name, value in expected.items():
        if name in ("boxes", "keypoints"):
            distance = float(np.abs(got[name].astype(np.float64) - value).max(initial=0.0))
            require(
                distance <= COORDINATE_BETWEEN,
                f"{reason}: {name}",
                expected=f"within {COORDINATE_BETWEEN}",
                got=distance,
            )
        elif name == "image":
            require_alike(case, got[name], value, f"{reason}: {name}")
        else:
            require_equal(got[name], value, f"{reason}: {name}")


def _layouts(subject: Subject, case: Case) -> None:
    other = case.with_(layout="NCHW")
    first, second = subject.call(case), subject.call(other)
    for name, value in first.items():
        if name == "image":
            require_alike(case, second[name], value, "NCHW against NHWC")
        elif value.dtype.kind == "f":
            require(np.allclose(second[name], value, rtol=0, atol=1e-4), f"NCHW against NHWC: {name}")
        else:
            require_equal(second[name], value, f"NCHW against NHWC: {name}")


def _range(subject: Subject, case: Case) -> None:
    image = subject.call(case)["image"]
    low, high = case.context.get("options", {}).get("value_range", (0.0, 1.0))
    if image.dtype.kind == "f":
        inside = (image >= low) & (image <= high)
        where = tuple(int(i) for i in np.argwhere(~inside)[0]) if not inside.all() else None
        require(
            inside.all(),
            "a value outside the range",
            where=where,
            expected=(low, high),
            got=image[where] if where else None,
        )
    if "saturates" in case.context:
        expected = case.context["saturates"] * SIGNATURES[case.signature].top
        require((image == expected).all(), "saturation", expected=expected, got=sorted(set(image.ravel().tolist()))[:4])


def _s8_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    names = tuple(name for name in policy_names() if "normalize" not in name and name != "mix:crop")
    cases = list(grid("S8", tier, names=names, signatures=(CORE_FLOAT,), probe="extremes"))
    for signature in ("small-u8", "small-u16", "odd-f32"):
        for end, op in ((1, {"op": "brightness_shift", "delta": 1.0}), (0, {"op": "brightness_shift", "delta": -1.0})):
            cases.append(
                Case(
                    name=f"shift to {end} {signature}",
                    policy=document(op),
                    signature=signature,
                    context={"saturates": end},
                )
            )
    wide = {"options": {"value_range": [-2.0, 6.0]}}
    cases += list(
        grid(
            "S8",
            tier,
            names=("op:contrast", "mix:train", "op:gaussian_noise"),
            signatures=("grey-f32", "medium-f32"),
            context=wide,
        )
    )
    return tuple(cases)


def _refused(subject: Subject, case: Case) -> None:
    kind = case.context["kind"]
    sample = sample_of(case)
    policy, ids = case.policy, subject.ids(case)
    image = sample["image"]
    wrong: dict[str, Any] = {
        "rank 2": {"image": image[0, :, :, 0]},
        "rank 5": {"image": image[None]},
        "no image": {"mask": sample["mask"]},
        "a list": {"image": image.tolist()},
        "no pixels": {"image": image[:, :0]},
        "other mask": {**sample, "mask": sample["mask"][:, 1:]},
        "box columns": {**sample, "boxes": sample["boxes"][..., :3]},
        "integer boxes": {**sample, "boxes": sample["boxes"].astype(np.int32)},
        "crossed boxes": {**sample, "boxes": sample["boxes"][..., [2, 3, 0, 1]]},
        "nan keypoints": {**sample, "keypoints": sample["keypoints"] * np.nan},
        "keypoint batch": {**sample, "keypoints": sample["keypoints"][:1]},
        "int32 image": {"image": image.astype(np.int32)},
        "two channels": {"image": image[..., :2]},
        "too small": {"image": image[:, :2, :2]},
    }
    entries = wrong[kind]
    augmenter = subject.augmenter(policy)
    native = {
        name: subject.adapter.to_native(value, str(value.dtype)) if isinstance(value, np.ndarray) else value
        for name, value in entries.items()
    }
    try:
        augmenter(subject.key(case), native, ids)
    except augspec.AugspecError as error:
        require(len(str(error)) > 10, "an error without a text", got=str(error))
        return
    require(False, f"{kind}: accepted", expected="an AugspecError", got="a result")


def _s10_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    rotate, crop = document({"op": "saturation", "factor": 0.5}), document({"op": "center_crop", "size": [5, 5]})
    kinds = (
        "rank 2",
        "rank 5",
        "no image",
        "a list",
        "no pixels",
        "other mask",
        "box columns",
        "integer boxes",
        "crossed boxes",
        "nan keypoints",
        "keypoint batch",
        "int32 image",
        "two channels",
    )
    cases = [
        Case(name=kind, policy=rotate, targets=ALL_TARGETS, context={"kind": kind}, reach="dear") for kind in kinds
    ]
    return (
        *cases,
        Case(name="too small", policy=crop, targets=ALL_TARGETS, context={"kind": "too small"}, reach="dear"),
    )


def _memory(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    expected = subject.call(case, sample)
    plain = subject.native(case, sample)
    for target in ("image", "boxes"):
        for name, odd in subject.adapter.layouts(subject.in_layout(case, target, sample[target])).items():
            native = subject.of(case)(subject.key(case), {**plain, target: odd}, subject.ids(case))
            out = subject.numpy(case, native)
            require_results_alike(case, out, expected, f"{target} in the memory layout {name!r}")


_FEW = (
    "op:rotate",
    "op:horizontal_flip",
    "op:center_crop",
    "op:contrast",
    "op:gaussian_blur",
    "op:random_resized_crop",
    "mix:train",
    "mix:steps",
    "mix:empty",
)


def _s1_cases(tier: Tier) -> tuple[Case, ...]:
    wide = _WIDE if tier == "full" else ("dot-u8", "column-f32")
    core = grid("S1", tier, signatures=(CORE_INTEGER, CORE_FLOAT))
    layout = tuple(
        c.with_(reach="eager") for c in grid("S1", tier, signatures=(CORE_INTEGER,), names=_FEW, layout="NCHW")
    )
    return (*core, *layout, *grid("S1", tier, signatures=wide, every=1 if tier == "full" else 3))


def _s2_cases(tier: Tier) -> tuple[Case, ...]:
    names = None if tier == "full" else _FEW
    return (
        *grid("S2", tier, signatures=(CORE_INTEGER, CORE_FLOAT)),
        *grid("S2", tier, signatures=_NARROW, names=names),
    )


def _s11_cases(tier: Tier) -> tuple[Case, ...]:
    """Compilers may compile anew for other strides, so the dearest modes are left out."""
    signatures = (CORE_INTEGER, CORE_FLOAT) if tier == "full" else (CORE_INTEGER,)
    cases = grid("S11", tier, signatures=signatures, names=_FEW)
    return tuple(c.with_(reach="graph") if c.reach == "dear" else c for c in cases)


LAWS = (
    Law(
        "S1",
        "shapes",
        ("C12",),
        "Output shapes follow from the policy and the input's shape, and output_spec knows them.",
        _shapes,
        _s1_cases,
    ),
    Law(
        "S2",
        "dtypes",
        ("C2", "T2", "E6"),
        "Dtypes are kept; normalize makes float32 of integers; validity is boolean.",
        _dtypes,
        _s2_cases,
    ),
    Law(
        "S3",
        "structure",
        ("T6",),
        "Entries keep names and order; unknown ones come back as the same objects; arrays give arrays.",
        _structure,
        lambda tier: tuple(
            c if "mix:train" in c.name else c.with_(reach="eager") for c in grid("S3", tier, names=_FEW)
        ),
    ),
    Law(
        "S5",
        "layouts",
        ("T1", "R16"),
        "NCHW gives the transpose of what NHWC gives.",
        _layouts,
        lambda tier: tuple(
            c.with_(reach="graph" if c.name == f"mix:train {CORE_INTEGER}" and tier == "full" else "eager")
            for c in grid("S5", tier, signatures=(CORE_INTEGER, "medium-f32"))
        ),
    ),
    Law(
        "S8",
        "ranges",
        ("C1", "C3"),
        "Results stay within the value range; integers saturate and never wrap.",
        _range,
        _s8_cases,
    ),
    Law(
        "S10",
        "refusals",
        ("T1", "T3", "C2"),
        "What does not fit is refused with an AugspecError before any work.",
        _refused,
        _s10_cases,
    ),
    Law(
        "S11",
        "memory layouts",
        ("T1",),
        "How an array lies in memory does not matter.",
        _memory,
        _s11_cases,
    ),
)
