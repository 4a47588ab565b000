"""Changes of type in pipelines of torchvision: where they are `to_float`, where nothing is to do, where neither."""

from __future__ import annotations

from typing import Any

import pytest

from augspec.importing import Imported, torchvision


class Dtype:
    """Reads as a dtype of torch does."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


class Image:
    """Stands for the class of images."""


class Mask:
    """Stands for the class of masks."""


def one(name: str, **attributes: Any) -> Any:
    found = type(name, (), {"__module__": "torchvision.transforms.v2"})()
    vars(found).update(attributes, training=True)
    return found


def to(name: Any, *, scale: bool = True) -> Any:
    return one("ToDtype", dtype=Dtype(name) if isinstance(name, str) else name, scale=scale)


def of(*steps: Any, white: float = 255.0) -> Imported:
    return torchvision(one("Compose", transforms=list(steps)), white=white)


def ops(found: Imported) -> list[dict[str, Any]]:
    return list(found.policy.to_dict()["ops"])


UNIT = to("float32")
FLIP, INVERT = one("RandomHorizontalFlip", p=0.5), one("RandomInvert", p=1.0)
NORMALIZE = one("Normalize", mean=[0.5], std=[0.25], inplace=False)
AGAIN = "another change of type follows, or normalize, and the last one counts"
FLOAT, HALF = {"op": "to_float"}, {"op": "normalize", "mean": [0.5], "std": [0.25]}


@pytest.mark.parametrize(
    "step",
    [
        UNIT,
        one("ConvertImageDtype", dtype=Dtype("float32")),
        one("ToTensor"),
        to({Image: Dtype("float32"), "others": None}),
        to({"others": Dtype("float32")}),
    ],
    ids=["ToDtype", "ConvertImageDtype", "ToTensor", "by-class", "others"],
)
def test_a_change_to_floats_of_the_unit_range_is_to_float(step: Any) -> None:
    found = of(one("ToImage"), step)
    assert (ops(found), found.exact) == ([FLOAT], True)
    assert found.rows[1].ops == ("to_float",)
    assert [op.tag for op in found.policy.eval or ()] == ["to_float"]


def test_alone_it_is_the_same() -> None:
    found = torchvision(UNIT)
    assert (ops(found), found.exact) == ([FLOAT], True)


def test_to_float_comes_last_wherever_the_change_stands() -> None:
    found = of(one("Compose", transforms=[UNIT]), INVERT, FLIP)
    assert [op["op"] for op in ops(found)] == ["invert", "horizontal_flip", "to_float"]
    assert found.exact
    assert [row.path for row in found.rows[:3]] == ["transforms[0]", "transforms[0].transforms[0]", "transforms[1]"]
    assert found.rows[1].ops == ("to_float",)


def test_before_normalize_there_is_nothing_to_do() -> None:
    found = of(UNIT, FLIP, NORMALIZE)
    assert [op["op"] for op in ops(found)] == ["horizontal_flip", "normalize"]
    assert ops(found)[-1].items() >= HALF.items()
    assert (found.rows[0].status, found.rows[0].reason) == ("exact", AGAIN)


def test_fills_and_thresholds_are_of_the_unit_range_after_it() -> None:
    solarize = one("RandomSolarize", threshold=0.4, p=1.0)
    before = one("RandomSolarize", threshold=51.0, p=1.0)
    found = of(before, UNIT, one("RandomChoice", transforms=[solarize], p=None), one("ToPILImage"), before)
    first, choice, last = ops(found)
    assert [first["threshold"], choice["ops"][0]["threshold"], last["threshold"]] == [0.2, 0.4, 0.2]


def test_levels_again_are_no_change() -> None:
    found = of(to("uint8"), INVERT, UNIT, FLIP, to("uint8"))
    assert [op["op"] for op in ops(found)] == ["invert", "horizontal_flip"]
    assert found.exact
    assert found.rows[2].reason == AGAIN


def test_floats_from_the_start_stay_as_they_are() -> None:
    found = of(UNIT, FLIP, to("float32", scale=False), white=1.0)
    assert [op["op"] for op in ops(found)] == ["horizontal_flip"]
    assert found.exact


def test_a_cast_before_normalize_keeps_the_levels() -> None:
    levels = one("Normalize", mean=[127.5], std=[63.75], inplace=False)
    found = of(to("float32", scale=False), levels)
    assert ops(found)[0].items() >= HALF.items()
    assert found.exact


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (to("float16"), "float16 there, float32 here"),
        (to({Image: Dtype("float32"), Mask: Dtype("int64"), "others": None}), "only the dtype of images is changed"),
    ],
    ids=["float16", "masks"],
)
def test_another_dtype_is_approximate(step: Any, reason: str) -> None:
    found = of(step)
    assert ops(found) == [FLOAT]
    assert [(row.status, row.reason) for row in found.rows] == [("approximate", reason)]


def test_the_dtype_of_images_alone_may_stay() -> None:
    kept, masks = {"others": None}, {Mask: Dtype("int64"), "others": None}
    told = [(row.status, row.ops, row.reason) for row in of(to(kept), to(masks)).rows]
    assert told == [
        ("exact", (), "images keep their dtype"),
        ("approximate", (), "only the dtype of images is changed"),
    ]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((to("float32", scale=False),), "floats that keep the levels 0 to 255 are no result of any op (scale=True is)"),
        ((to("int64"),), "no op gives int64"),
        ((NORMALIZE, to("uint8")), "no op gives uint8 of floats"),
        ((to("float32", scale=False), to("uint8")), "it takes the levels for numbers of the unit range"),
        ((UNIT, to("uint8", scale=False)), "it cuts the unit range off to 0 and 1"),
        (
            (one("RandomApply", transforms=[UNIT], p=0.5),),
            "a change of type comes last, in no choice and behind no gate",
        ),
    ],
    ids=["cast", "int64", "normalized", "levels-as-unit", "cut", "inside"],
)
def test_what_no_op_gives_is_unsupported(steps: tuple[Any, ...], reason: str) -> None:
    row = of(*steps).rows[-1]
    assert (row.status, row.reason) == ("unsupported", reason)


def test_noise_of_the_first_version_and_single_levels_fill_what_is_erased() -> None:
    old = {"scale": (0.1, 0.2), "ratio": (0.5, 2.0), "p": 1.0, "inplace": False}
    found = of(one("ToTensor"), one("RandomErasing", value=0.5, **old), one("RandomErasing", value="random", **old))
    assert [op.get("fill") for op in ops(found)] == [0.5, "noise", None]
