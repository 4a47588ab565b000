"""The laws for other libraries find what is wrong, and pass what is right: a library made of NumPy for both."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from augspec_conformance.peers.laws import peer_laws
from augspec_conformance.peers.libraries import COLUMNS, load_peer
from augspec_conformance.peers.peer import Arrays, Call, Transform
from augspec_conformance.peers.run import ask_here

Op = Callable[[dict[str, Any], np.random.Generator], dict[str, Any]]


class Toy:
    """A library whose ops are functions of a dict of arrays and a generator."""

    name = library = "toy"
    packages = ("numpy",)
    modes = ("eager", "other")
    layouts = ("NHWC", "NCHW")
    generators = ()
    ranges: Mapping[str, tuple[float, float]] = {"float32": (0.0, 1.0), "uint8": (0.0, 255.0)}
    silent: Mapping[str, str] = {}

    def __init__(self, *transforms: Transform, other: Op | None = None, first: Op | None = None) -> None:
        self._transforms, self._other, self._first = transforms, other, first

    def missing(self) -> str:
        return ""

    def transforms(self) -> tuple[Transform, ...]:
        return self._transforms

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        rng = np.random.default_rng(seed)
        op = transform.build()
        if mode == "other" and self._other:
            op = self._other
        if layout == "NCHW" and self._first:
            op = self._first
        return lambda native: op(native, rng)

    def evaluated(self, transform: Transform, sample: Arrays) -> Arrays:
        return sample

    def rebuilt(self, transform: Transform, *, seed: int) -> Call:
        return self.start(transform, seed=seed + transform.options.get("lost", 0))

    pickled = rebuilt

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        return {name: value.copy() for name, value in sample.items()}

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        return {name: np.array(value) for name, value in native.items()}


def _flip(given: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    found = {name: value[:, :, ::-1] for name, value in given.items() if name in ("image", "mask")}
    if "boxes" in given:
        width = given["image"].shape[2]
        found["boxes"] = given["boxes"][..., [2, 1, 0, 3]] * [-1, 1, -1, 1] + [width, 0, width, 0]
    if "keypoints" in given:
        found["keypoints"] = given["keypoints"] * [-1, 1] + [given["image"].shape[2] - 1, 0]
    return {name: found[name] for name in given}


def _gate(given: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    gates = rng.random(len(given["image"])) < 0.5
    return {"image": np.where(gates[:, None, None, None], 1 - given["image"], given["image"])}


def _image(function: Callable[[Any, np.random.Generator], Any]) -> Op:
    return lambda given, rng: {**given, "image": function(given["image"], rng)}


def _with_boxes(change: Callable[[Any], Any]) -> Op:
    return lambda given, rng: {**_flip(given, rng), "boxes": change(_flip(given, rng)["boxes"])}


def _in_place(given: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    given["image"] += np.float32(0.1)
    return given


def _history(image: Any, rng: np.random.Generator, seen: list[int] = []) -> Any:  # noqa: B006 (the fault)
    seen.append(1)
    return image + np.float32(len(seen))


def _one(op: Op, claims: str = "", **more: Any) -> Transform:
    return Transform(name="op", build=lambda: op, claims=frozenset(claims.split()), **more)


RIGHT = (
    _one(
        _flip,
        "moves fixed twice range compiled dtypes",
        targets=("mask", "boxes", "keypoints"),
        dtypes=("uint8", "float32"),
    ),
    _one(_gate, "random range per-sample", probability=0.5),
    _one(_image(lambda x, rng: x), "fixed neutral constant grey twice range compiled"),
    _one(_image(lambda x, rng: 1 - x), "fixed range", probability=1.0),
    _one(
        _image(lambda x, rng: x + rng.uniform(-0.1, 0.1, (len(x), 1, 1, 1)).astype(np.float32)),
        "random",
        side=lambda before, after: float(np.sign(after.mean() - before.mean())),
    ),
)

WRONG: dict[str, Toy] = {
    "P1": Toy(_one(_in_place)),
    "K1": Toy(_one(_image(_history))),
    "P7": Toy(_one(_image(lambda x, rng: x + np.float32(random.random())))),
    "P8": Toy(_one(_image(lambda x, rng: x + np.float32(0 * random.random())))),
    "K2": Toy(_one(_image(lambda x, rng: 1 - x), "random")),
    "R4": Toy(_one(_image(lambda x, rng: x + np.float32(rng.random())), "fixed")),
    "B1": Toy(_one(_image(lambda x, rng: x - x.mean(dtype=np.float64).astype(np.float32)), "fixed")),
    "B5": Toy(_one(_image(lambda x, rng: x if len(x) else np.zeros((0, 1, 1, 1))))),
    "B6": Toy(_one(_image(lambda x, rng: x[::-1] + x))),
    "B8": Toy(_one(_image(lambda x, rng: x + np.float32(rng.random())), "per-sample random")),
    "S1": Toy(_one(_image(lambda x, rng: x[..., :1]))),
    "S5": Toy(_one(_flip, "fixed"), first=_image(lambda x, rng: x[:, ::-1])),
    "S8": Toy(_one(_image(lambda x, rng: x * 2), "range")),
    "S9": Toy(_one(_image(lambda x, rng: x // 3 * 3), "fixed dtypes", dtypes=("uint8", "float32"))),
    "N7": Toy(_one(_image(lambda x, rng: x * np.float32(0.99)), "neutral")),
    "N9": Toy(_one(_gate, probability=1.0)),
    "N10": Toy(_one(_image(lambda x, rng: np.pad(x, ((0, 0), (1, 0), (0, 0), (0, 0)))[:, :-1]), "constant")),
    "N11": Toy(_one(_image(lambda x, rng: x * np.array([1, 0.9, 1], np.float32)), "grey")),
    "N12": Toy(_one(_image(lambda x, rng: np.roll(x, 1, 1)), "twice")),
    "F1": Toy(_one(_image(lambda x, rng: x[:, ::-1]), "moves", targets=("mask",))),
    "F2": Toy(_one(lambda given, rng: {**given, "mask": given["mask"] * 1000}, targets=("mask",))),
    "F4": Toy(_one(_with_boxes(lambda boxes: boxes - 1), "moves", targets=("boxes",))),
    "F6": Toy(_one(lambda given, rng: {**given, "keypoints": given["keypoints"] + 1}, "moves", targets=("keypoints",))),
    "R1": Toy(_one(_image(lambda x, rng: 1 - x if rng.random() < 0.9 else x), probability=0.3)),
    "R5": Toy(_one(_image(lambda x, rng: 1 - x if rng.random() < 0.5 else x), probability=0.5)),
    "R9": Toy(
        _one(
            _image(lambda x, rng: x + np.float32(rng.uniform(0.1, 0.2))),
            side=lambda before, after: float(np.sign(after.mean() - before.mean())),
        )
    ),
    "C1": Toy(_one(_flip, "fixed compiled"), other=_image(lambda x, rng: x)),
    "N13": Toy(_one(_image(lambda x, rng: np.roll(x, 1, 1)), options={"sigma": 2})),
    "P18": Toy(_one(_image(lambda x, rng: 1 - x), "active")),
    "N3": Toy(_one(_image(lambda x, rng: x), options={"twin": _one(_image(lambda x, rng: x * np.float32(0.9)))})),
    "G7": Toy(
        _one(
            _image(lambda x, rng: x),
            "inverse moves",
            options={"undo": lambda t, native, seed: {"image": native["image"] / 2}},
        )
    ),
    "J1": Toy(_one(_image(lambda x, rng: x + np.float32(rng.random())), options={"lost": 1})),
    "C11": Toy(_one(_image(lambda x, rng: x + np.float32(rng.random())), options={"lost": 1})),
    "J6": Toy(_one(_image(lambda x, rng: x.no_such_thing))),
}


def test_what_is_right_passes() -> None:
    rows = list(ask_here(Toy(*RIGHT)))
    assert [row for row in rows if row.status in ("broken", "errored")] == []
    assert sum(row.status == "held" for row in rows) > 60


@pytest.mark.parametrize("law", WRONG)
def test_the_law_finds_its_fault(law: str) -> None:
    rows = list(ask_here(WRONG[law], [law]))
    assert [row.status for row in rows if row.law == law] == ["broken"]


def _fading(image: Any, rng: np.random.Generator) -> Any:
    """Put a border of the fill, which is white, around the image, and fade it twice."""
    seam = np.pad(image, ((0, 0), (1, 0), (0, 0), (0, 0)), constant_values=1)[:, :-1]
    seam[:, 1] *= np.float32(0.75)
    return seam


def _through_float32(given: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    return {**given, "mask": given["mask"].astype(np.float32).astype(np.int32)}


def _recoloured(change: Callable[[Any], Any]) -> Op:
    """Flip, blacken the image, and change the boxes."""
    return lambda given, rng: {**_with_boxes(change)(given, rng), "image": given["image"] * np.float32(0)}


def test_a_fill_is_asked_for_on_an_image_of_its_own_value() -> None:
    seen = []
    for op in (_image(lambda x, rng: np.pad(x, ((0, 0), (1, 0), (0, 0), (0, 0)), constant_values=1)), _image(_fading)):
        one = _one(op, "constant", options={"level": 1.0})
        seen.extend(row.status for row in ask_here(Toy(one), ["N10"]) if row.law == "N10")
    assert seen == ["held", "broken"]


def test_labels_that_float32_cannot_hold_are_asked_for() -> None:
    seen = []
    for ids in (0, 2**24):
        one = _one(_through_float32, targets=("mask",), options={"ids": ids})
        seen.extend(row.status for row in ask_here(Toy(one), ["F2"]) if row.law == "F2")
    assert seen == ["held", "broken"]


def test_boxes_of_what_is_recoloured_are_held_against_the_mask() -> None:
    seen = []
    for change in (lambda boxes: boxes, lambda boxes: boxes + 5):
        one = _one(_recoloured(change), "recolours", targets=("mask", "boxes"))
        seen.extend(row.status for row in ask_here(Toy(one), ["F4"]) if row.law == "F4")
    assert seen == ["held", "broken"]


def test_integers_that_float32_cannot_tell_apart_may_be_rounded_but_not_overflow() -> None:
    class Wide(Toy):
        ranges: Mapping[str, tuple[float, float]] = {"int32": (0.0, 2.0**31 - 1)}

    def rounded(image: Any, rng: np.random.Generator) -> Any:
        return (image // 128 * 128).astype(np.int32)

    def over(image: Any, rng: np.random.Generator) -> Any:
        return np.where(image > 2**30, np.int32(-(2**31)), image)

    seen = []
    for function in (rounded, over):
        one = _one(_image(function), "constant", dtypes=("int32",), options={"level": 1.0})
        seen.extend(row.status for row in ask_here(Wide(one), ["N10"]) if row.law == "N10")
    assert seen == ["held", "broken"]


def test_laws_have_ids_and_sentences_of_their_own() -> None:
    laws = peer_laws()
    assert len({law.id for law in laws}) == len(laws)
    assert all(law.sentence.endswith(".") for law in laws)


def test_every_law_has_a_fault_here() -> None:
    assert set(WRONG) == {law.id for law in peer_laws()}


@pytest.mark.parametrize("column", [one.name for one in COLUMNS])
def test_columns_have_the_shape_of_a_peer(column: str) -> None:
    peer = load_peer(column)
    for word in ("library", "packages", "modes", "layouts", "generators", "ranges", "silent"):
        assert hasattr(peer, word), word
    assert isinstance(peer.missing(), str)


def test_an_unknown_column_is_refused_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="kornia"):
        load_peer("pillow")
