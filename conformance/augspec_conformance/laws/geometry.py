"""G: geometry, by exact relations and one-sided cases."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import augspec
from augspec_conformance import accuracy, tolerances
from augspec_conformance.cases.catalogue import ALL_TARGETS
from augspec_conformance.cases.policies import document
from augspec_conformance.cases.probes import sample_of, wild
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Reach, Tier, require, require_equal
from augspec_conformance.laws.compare import require_alike, require_bits
from augspec_conformance.laws.nonfinite import grown
from augspec_conformance.laws.plane import LAWS as PLANE
from augspec_conformance.laws.plane import centroid
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]


def _then(subject: Subject, case: Case, *ops: dict[str, Any]) -> dict[str, Any]:
    """Apply ops one call after the other."""
    sample: dict[str, Any] = {"image": sample_of(case)["image"]}
    for op in ops:
        sample = subject.call(case.with_(policy=document(op)), sample)
    return sample


_H, _V = {"op": "horizontal_flip", "p": 1.0}, {"op": "vertical_flip", "p": 1.0}


def _turn(degrees: float) -> dict[str, Any]:
    return {"op": "rotate", "degrees": degrees}


_MOVED = ("int64", "uint64", "float64", "int16", "bool")
"""Dtypes of images that no op computes in, and that exact moves carry all the same."""


def _carried(subject: Subject, case: Case) -> None:
    """Move what a float of the next smaller kind has no place for: 2⁵³ + 1, and thirds."""
    shape = sample_of(case)["image"].shape
    numbers = np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
    for dtype in _MOVED:
        image = (numbers / 3 if dtype == "float64" else numbers % 2 if dtype == "bool" else numbers).astype(dtype)
        if dtype.endswith("int64"):
            image += image.dtype.type(2**53)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a framework without such arrays says so, and makes others
            native = subject.adapter.to_native(image, dtype)
        if subject.adapter.dtype_name(native) != dtype:
            continue
        for op, expected in ((_H, image[:, :, ::-1]), ({"op": "transpose"}, image.swapaxes(1, 2))):
            run = subject.of(case.with_(policy=document(op)))
            out = subject.numpy(case, run(subject.key(case), {"image": native}, subject.ids(case)))
            require_bits(out["image"], expected, f"{op['op']} of {dtype} images")


def _group(subject: Subject, case: Case) -> None:
    if case.context.get("carried"):
        _carried(subject, case)
        return
    image = sample_of(case)["image"]
    square = image.shape[1] == image.shape[2]
    relations: list[tuple[str, tuple[Any, ...], Any]] = [
        ("horizontal_flip", (_H,), image[:, :, ::-1]),
        ("vertical_flip", (_V,), image[:, ::-1]),
        ("horizontal_flip twice", (_H, _H), image),
        ("vertical_flip twice", (_V, _V), image),
        ("both flips", (_H, _V), image[:, ::-1, ::-1]),
        ("rotate by 180", (_turn(180),), image[:, ::-1, ::-1]),
        ("rot90, 2 turns", ({"op": "rot90", "turns": 2},), image[:, ::-1, ::-1]),
        ("rotate by 360", (_turn(360),), image),
    ]
    if square:
        relations += [
            ("rotate by 90, counter-clockwise", (_turn(90),), np.rot90(image, 1, (1, 2))),
            ("rotate by -90", (_turn(-90),), np.rot90(image, -1, (1, 2))),
            ("four quarter turns", (_turn(90),) * 4, image),
            *((f"rot90, {k} turns", ({"op": "rot90", "turns": k},), np.rot90(image, k, (1, 2))) for k in range(4)),
            ("transpose", ({"op": "transpose"},), image.swapaxes(1, 2)),
        ]
    for name, ops, expected in relations:
        require_equal(_then(subject, case, *ops)["image"], expected, name)


def _direction(subject: Subject, case: Case) -> None:
    """A spot right of and above the centre moves as the document says, to within a fiftieth of a pixel."""
    h, w = 30, 41
    image = np.zeros((1, h, w, 3), np.float32)
    image[0, 8:11, 26:29] = 1.0
    at = np.array([27.5 - w / 2, 9.5 - h / 2])
    angle = np.radians(20.0)
    c, s = np.cos(angle), np.sin(angle)
    turned = np.array([c * at[0] + s * at[1], -s * at[0] + c * at[1]])
    expected: list[tuple[dict[str, Any], Any]] = [
        ({"op": "rotate", "degrees": 20}, turned),
        ({"op": "translate", "x": 0.1}, at + np.array([0.1 * w, 0])),
        ({"op": "translate", "y": 0.2}, at + np.array([0, 0.2 * h])),
        ({"op": "scale", "factor": 1.5}, at * 1.5),
        ({"op": "scale", "x": 1.5}, at * [1.5, 1]),
        ({"op": "shear", "x": 0.3}, at + np.array([0.3 * at[1], 0])),
        ({"op": "shear", "y": 0.3}, at + np.array([0, 0.3 * at[0]])),
        ({"op": "horizontal_flip", "p": 1.0}, at * [-1, 1]),
        ({"op": "vertical_flip", "p": 1.0}, at * [1, -1]),
        ({"op": "affine", "degrees": 20, "translate_x": 0.1, "scale": 1.25}, turned * 1.25 + np.array([0.1 * w, 0])),
    ]
    one = case.with_(signature="large-f32", ids=None)
    for op, where in expected:
        points = (at + np.array([w / 2, h / 2])).reshape(1, 1, 2).astype(np.float32)
        out = subject.call(one.with_(policy=document(op)), {"image": image, "keypoints": points}, ids=[0])
        got = centroid(out["image"])[0]
        require(
            within(np.abs(got - where), tolerances.DIRECTION),
            f"{op}: where the spot went",
            expected=where.tolist(),
            got=got.tolist(),
        )
        point = out["keypoints"][0, 0] - [w / 2, h / 2]
        require(
            within(np.abs(point - where), tolerances.coordinate(h, w)),
            f"{op}: where the keypoint went",
            expected=where.tolist(),
            got=point.tolist(),
        )


def _shifts(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    image = sample["image"]
    _, h, w, _ = image.shape
    for height, width in ((h, w), (h - 3, w - 2), (h - 4, w - 5), (1, 1)):
        top, left = (h - height) // 2, (w - width) // 2
        crop = document({"op": "center_crop", "size": [height, width]})
        out = subject.call(case.with_(policy=crop), sample)
        require_equal(
            out["image"], image[:, top : top + height, left : left + width], f"center_crop to {height}×{width}"
        )
        require_equal(
            out["mask"],
            sample["mask"][:, top : top + height, left : left + width],
            f"center_crop's mask {height}×{width}",
        )
    # A quarter of 12 rows is three whole pixels; the columns stay.
    if h % 4 == 0:
        moved = subject.call(case.with_(policy=document({"op": "translate", "y": 0.25})), sample)
        rows = h // 4
        require_equal(moved["image"][:, rows:], image[:, :-rows], "translate by a quarter of the height")
        require(not moved["image"][:, :rows].any(), "translate leaves the fill behind", expected=0)
        require_equal(moved["mask"][:, rows:], sample["mask"][:, :-rows], "translate moves the mask")


def _windows(subject: Subject, case: Case) -> None:
    """A crop of given shape, resized to itself, is a window of the input; every place of it is reached."""
    h, w = 12, 9
    image = np.arange(h * w, dtype=np.uint8).reshape(1, h, w, 1).repeat(64, 0)
    ops = [{"op": "random_resized_crop", "size": [6, 6], "area": 36 / (h * w), "ratio": 1.0}]
    out = subject.call(case.with_(policy=document(*ops), signature="many-u8"), {"image": image}, ids=range(64))["image"]
    tops, lefts = out[:, 0, 0, 0] // w, out[:, 0, 0, 0] % w
    for i in range(64):
        top, left = int(tops[i]), int(lefts[i])
        require_equal(
            out[i], image[i, top : top + 6, left : left + 6], f"the crop of sample {i} is the window at {top}, {left}"
        )
    require(
        set(tops.tolist()) == set(range(h - 5)),
        "tops of 64 crops",
        expected=list(range(h - 5)),
        got=sorted(set(tops.tolist())),
    )
    require(
        set(lefts.tolist()) == set(range(w - 5)),
        "lefts of 64 crops",
        expected=list(range(w - 5)),
        got=sorted(set(lefts.tolist())),
    )


def _g4(subject: Subject, case: Case) -> None:
    (_windows if case.context.get("windows") else _shifts)(subject, case)


def _centres(subject: Subject, case: Case) -> None:
    for size in ([7, 15], [20, 5], [24, 18]):
        for extra in ({}, {"antialias": False}):
            resize = {"op": "resize", "size": size, **extra}
            for flip in (_H, _V):
                first, second = _then(subject, case, flip, resize)["image"], _then(subject, case, resize, flip)["image"]
                require_alike(case.with_(policy=document(resize)), first, second, f"{flip['op']} beside {resize}")
    ramp = np.arange(8, dtype=np.float32).reshape(1, 1, 8, 1) / 8
    wide = case.with_(policy=document({"op": "resize", "size": [1, 16]}), signature="dot-f32")
    out = subject.call(wide, {"image": ramp}, ids=[0])["image"]
    ideal = np.clip((np.arange(16) + 0.5) / 2 - 0.5, 0, 7) / 8
    require(
        within(np.abs(out[0, 0, :, 0] - ideal), accuracy.against_oracle(wide.policy, "float32")),
        "a ramp, twice as wide",
        expected=ideal.tolist(),
        got=out[0, 0, :, 0].tolist(),
    )


def _fill(subject: Subject, case: Case) -> None:
    """Run with two fills: pixels that differ are outside, where a white picture shows how much."""
    sample = sample_of(case)
    op = case.policy["ops"][0]
    channels = sample["image"].shape[-1]
    top = 255 if sample["image"].dtype == np.uint8 else 1.0
    fills = ([0.2, 0.6, 1.0], [0.8, 0.4, 0.0]) if channels == 3 else ([0.2] * channels, [0.8] * channels)
    one, two = (subject.call(case.with_(policy=document({**op, "fill": fill})), sample)["image"] for fill in fills)
    scalar = subject.call(case.with_(policy=document({**op, "fill": 0.6})), sample)["image"]
    white = {"image": np.full_like(sample["image"], top)}
    cubic = op.get("interpolation") == "bicubic"
    plain = {**op, "fill": 0.0, **({"interpolation": "nearest"} if cubic else {})}
    share = subject.call(case.with_(policy=document(plain)), white)["image"]
    inside, outside = (share == top).all(-1), (share == 0).all(-1)
    if cubic:  # its weights may cancel: keep away from the edge by its footprint
        inside, outside = (np.stack([~grown(~one, 3, beyond=True) for one in area]) for area in (inside, outside))
    require(outside.any() and inside.any(), "the case has an inside and an outside")
    require_equal(one[inside], two[inside], "pixels inside depend on the fill")
    for got, fill in ((one, fills[0]), (two, fills[1]), (scalar, [0.6] * channels)):
        expected = np.floor(np.array(fill) * 255 + 0.5) if top == 255 else np.array(fill, np.float32)
        wrong = np.abs(got[outside].astype(np.float64) - expected) > tolerances.EPSILON["float32"]
        require(
            not wrong.any(),
            "pixels outside are the fill, channel by channel",
            expected=fill,
            got=got[outside][wrong.any(-1)][:1].tolist(),
        )


def _borders(subject: Subject, case: Case) -> None:
    """Whole-pixel translations with each border are np.pad by name (C7), and keep what is no colour (C11)."""
    image = sample_of(case)["image"]
    if image.dtype.kind == "f":
        image = wild(image.shape, image.dtype, case.probe_seed)
    _, h, w, _ = image.shape
    modes = {"edge": "edge", "mirror": "reflect", "symmetric": "symmetric", "wrap": "wrap"}
    ways = [(border, "bilinear") for border in modes] + [("edge", "bicubic"), ("wrap", "nearest")]
    for border, interpolation in ways:
        op = {"op": "translate", "y": 0.25, "x": 0.5, "border": border, "interpolation": interpolation}
        moved = subject.call(case.with_(policy=document(op)), {"image": image})["image"]
        rows, columns = h // 4, w // 2
        padded = np.pad(image, ((0, 0), (rows, 0), (columns, 0), (0, 0)), mode=modes[border])[:, :h, :w]  # type: ignore[call-overload]
        require_bits(moved, padded, f"border {border}, {interpolation}")


def _fit(*needs: str) -> Any:
    def check(subject: Subject, case: Case) -> str:
        del subject, case
        missing = [name for name in needs if name not in augspec.ops()]
        return f"the language has no {', '.join(missing)}" if missing else ""

    return check


def _plain(
    law: str, *signatures: str, reach: Reach = "eager", targets: tuple[str, ...] = ("image",), probe: str = "noise"
) -> Any:
    def cases(tier: Tier) -> tuple[Case, ...]:
        if tier == "kat":
            return ()
        return tuple(
            Case(
                name=f"{law} {signature}",
                signature=signature,
                targets=targets,
                probe=probe,
                probe_seed=7,
                reach=reach if tier == "full" and i == 0 else "eager",
            )
            for i, signature in enumerate(signatures)
        )

    return cases


_WARPS: tuple[dict[str, Any], ...] = (
    {"op": "rotate", "degrees": 25},
    {"op": "translate", "x": 0.3, "y": -0.2},
    {"op": "scale", "factor": 0.6},
    {"op": "shear", "x": 0.4},
)


def _g8_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    found = []
    for number, op in enumerate(_WARPS):
        for words in ({}, {"interpolation": "nearest"}, {"interpolation": "bicubic"}):
            cubic = words.get("interpolation") == "bicubic"  # its footprint needs room
            for signature in ("large-u8", "large-f32")[number % 2 :][:1] if cubic else ("medium-u8", "medium-f32"):
                name = f"{op['op']} {words.get('interpolation', '')} {signature}"
                found += [Case(name=name, policy=document({**op, **words}), signature=signature)]
    return tuple(found)


def _g4_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    return (
        *_plain("shifts", "small-u8", "square-f32", "medium-u8", targets=ALL_TARGETS)(tier),
        Case(name="windows", context={"windows": True}, key=3),
    )


def _g1_cases(tier: Tier) -> tuple[Case, ...]:
    found = _plain("G1", "square-u8", "small-u8", "odd-f32", "square-f32", reach="graph", probe="coord")(tier)
    carried = [c.with_(name="G1 other dtypes", reach="eager", context={"carried": True}) for c in found[:1]]
    return (*found, *carried)


LAWS = (
    Law(
        "G1",
        "group relations",
        ("C6", "C11", "E4"),
        "Flips and quarter turns are exact moves, in dtypes that nothing computes in too, and compose as they must.",
        _group,
        _g1_cases,
        _fit("rotate"),
    ),
    Law(
        "G3",
        "directions",
        ("C5", "C6"),
        "Turns are counter-clockwise, translations right and down, scales above 1 enlarge, shears are tangents.",
        _direction,
        _plain("G3", "large-f32"),
        _fit("rotate", "shear", "affine"),
    ),
    Law(
        "G4",
        "offsets",
        ("C5", "C12"),
        "Crops keep the declared window and reach every place; whole-pixel shifts are exact.",
        _g4,
        _g4_cases,
    ),
    Law(
        "G5",
        "pixel centres",
        ("C5", "C8"),
        "Resizing and flipping commute: pixel centres are at the half.",
        _centres,
        _plain("G5", "small-u8", "odd-f32"),
        _fit("resize"),
    ),
    Law(
        "G8",
        "fill",
        ("C7",),
        "Outside is exactly the fill, channel by channel; inside does not depend on it.",
        _fill,
        _g8_cases,
    ),
    Law(
        "G9",
        "borders",
        ("C7", "C8", "C11"),
        "Borders continue the picture as their names say; what lands on a pixel is that pixel, whatever it holds.",
        _borders,
        _plain("G9", "grey-u8", "grey-f32"),
        _fit("translate"),
    ),
    *PLANE,
)
