"""S: shapes, dtypes, structure."""

from __future__ import annotations

from typing import Any

import numpy as np

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import CLASSES, document, policy_names, spelled_out
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_alike, require_results_alike
from augspec_conformance.subject import Subject

__all__ = ["LAWS", "expected_shape"]

_WIDE = (
    "dot-u8",
    "dot-f32",
    "grey-u8",
    "grey-f32",
    "two-u8",
    "four-u8",
    "seven-f32",
    "row-u8",
    "column-f32",
    "large-u8",
)
_NARROW = ("small-u16", "small-f16", "small-bf16", "small-f64")


def expected_shape(ops: list[Any], height: int, width: int) -> tuple[int, int]:
    """Return the size that the document asks for, read from its fields alone (C12)."""
    for op in map(spelled_out, ops):
        if op["op"] in ("one_of", "sequence") and op["ops"]:
            members = op["ops"] if op["op"] == "sequence" else op["ops"][:1]
            height, width = expected_shape(members, height, width)
        elif isinstance(op.get("size"), list):
            height, width = op["size"]
        elif op["op"] == "crop":
            height, width = op["height"], op["width"]
        elif op["op"] == "pad":
            height, width = (
                side + op.get(before, 0) + op.get(after, 0)
                for side, before, after in ((height, "top", "bottom"), (width, "left", "right"))
            )
        elif op.get("short_side") or op.get("long_side"):
            old = (min if op.get("short_side") else max)(height, width)
            new = op.get("short_side") or op["long_side"]
            height, width = (max(1, int(np.floor(side * new / old + 0.5))) for side in (height, width))
    return height, width


def _gives_floats(case: Case) -> bool:
    return any(augspec.ops()[op["op"]].stage == "type" for op in case.policy["ops"])


def _shapes(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    b, height, width, channels = SIGNATURES[case.signature].shape
    size = expected_shape(case.policy["ops"], height, width)
    expected = {
        "image": (b, *size, channels),
        "mask": (b, *size),
        "boxes": (b, 4 * case.rows, 4),
        "boxes_valid": (b, 4 * case.rows),
        "keypoints": (b, 3 * case.rows, 2),
        "keypoints_visible": (b, 3 * case.rows),
        "label": (b, CLASSES),
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
    if _gives_floats(case) and given["image"].startswith("uint"):
        given["image"] = "float32"
    given |= dict.fromkeys(("boxes_valid", "keypoints_visible"), "bool")
    given |= {"label": "float32"} if case.mixes else {}
    out = subject.of(case)(subject.key(case), native, subject.ids(case))
    spec = subject.of(case).output_spec(native)
    for name, value in out.items():
        got = subject.adapter.dtype_name(value)
        require(got == given[name], f"dtype of {name}", expected=given[name], got=got)
        require(str(spec[name].dtype) == got, f"output_spec's dtype of {name}", expected=got, got=str(spec[name].dtype))


def _structure(subject: Subject, case: Case) -> None:
    """What is no target is nothing to look at: objects, arrays that labels are, None, and what else is false."""
    native = subject.native(case, sample_of(case))
    batch = SIGNATURES[case.signature].shape[0]
    ids = subject.adapter.to_native(np.arange(batch, dtype=np.int32), "int32")
    before = {"meta": {"path": "a.png"}, "caption": None}
    after = {"label": ids, "labels": np.arange(4 * batch).reshape(batch, 4), "tags": [], "crowd": False}
    entries = {**before, **native, **after}
    out = subject.of(case)(subject.key(case), entries, subject.ids(case))
    _same_entries(out, entries, native, {**before, **after})
    if subject.cost == "eager":
        _same_entries(subject.of(case)(None, entries, training=False), entries, native, {**before, **after})
    if subject.cost != "dear":  # an image alone is another function to compile
        bare = subject.of(case)(subject.key(case), native["image"], subject.ids(case))
        require(hasattr(bare, "shape"), "an array gives an array", expected="an array", got=type(bare).__name__)
        require_equal(subject.adapter.to_numpy(bare), subject.adapter.to_numpy(out["image"]), "the image alone")


def _same_entries(out: Any, entries: dict[str, Any], native: dict[str, Any], others: dict[str, Any]) -> None:
    require(isinstance(out, dict), "the result's type", expected="dict", got=type(out).__name__)
    order, found = list(entries), list(out)
    flags = (("boxes_valid", "boxes"), ("keypoints_visible", "keypoints"))
    added = [name for name, source in flags if source in native]
    require(found[: len(order)] == order, "the entries and their order", expected=order, got=found[: len(order)])
    require(set(out) == {*order, *added}, "the entries", expected=sorted({*order, *added}), got=sorted(out))
    for name, value in others.items():
        require(out[name] is value, f"the extra entry {name!r} comes back as the same object")


def _layouts(subject: Subject, case: Case) -> None:
    other = case.with_(layout="NCHW")
    first, second = subject.call(case), subject.call(other)
    for name, value in first.items():
        if name == "image":
            require_alike(case, second[name], value, "NCHW against NHWC")
        elif value.dtype.kind == "f":
            require(within(np.abs(second[name] - value), 1e-4), f"NCHW against NHWC: {name}")
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


def _memory(subject: Subject, case: Case) -> None:
    """Lay out each target in other ways; rows of any format, masks of instances and soft labels as well."""
    sample = sample_of(case)
    plain = subject.native(case, sample)
    first = subject.of(case)(subject.key(case), plain, subject.ids(case))
    expected = subject.numpy(case, first)
    _dense(subject, first, "of dense inputs")
    for target in case.targets if case.name.startswith(_EVERY) else ("image",):
        for name, odd in subject.adapter.layouts(subject.in_layout(case, target, sample[target])).items():
            native = subject.of(case)(subject.key(case), {**plain, target: odd}, subject.ids(case))
            require_results_alike(
                case, subject.numpy(case, native), expected, f"{target} in the memory layout {name!r}"
            )
            _dense(subject, native, f"of the {target} in the memory layout {name!r}")


def _dense(subject: Subject, out: dict[str, Any], whose: str) -> None:
    for name, value in out.items():
        require(
            subject.adapter.dense(value) is not False,
            f"the {name} {whose} is not dense",
            expected="no gaps, no negative strides",
            got=f"an array of shape {tuple(value.shape)} with others",
        )


_BESIDE = ("op:horizontal_flip", "mix:train")
"""What compiled modes are asked of the entries beside a sample, at smoke and at full: others make it compile anew."""

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
    wide = _WIDE if tier == "full" else ("dot-u8", "column-f32", "two-u8")
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


_EVERY = ("mix:train", "op:mosaic")
"""Policies whose samples are laid out in other ways target by target."""


def _s11_cases(tier: Tier) -> tuple[Case, ...]:
    """Compilers may compile anew for other strides, so the dearest modes are left out."""
    signatures = (CORE_INTEGER, CORE_FLOAT) if tier == "full" else (CORE_INTEGER,)
    cases = grid("S11", tier, signatures=signatures, names=_FEW)
    found = tuple(c.with_(reach="graph") if c.reach == "dear" else c for c in cases)
    if tier == "kat":
        return found
    angles = {"options": {"box_format": "cxcywhr"}}
    turned = case("S11", "op:mosaic", targets=(*ALL_TARGETS, "instance_masks"), context=angles, reach="eager")
    return (*found, turned.with_(name=f"{turned.name} angles"))


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
        "Dtypes are kept; changes of type make float32 of integers; validity is boolean.",
        _dtypes,
        _s2_cases,
    ),
    Law(
        "S3",
        "structure",
        ("T6",),
        "Entries keep names and order; unknown ones, None and arrays among them, come back as the same objects, in "
        "evaluation too; arrays give arrays.",
        _structure,
        lambda tier: tuple(
            c.with_(reach="dear" if c.name.startswith(_BESIDE[tier == "full"]) else "eager")
            for c in grid("S3", tier, names=_FEW)
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
        "S11",
        "memory layouts",
        ("T1",),
        "How an array lies in memory does not matter, and results are dense.",
        _memory,
        _s11_cases,
    ),
)
