"""What all importers share: rows and their places, evaluation, and files; asked in the words of Albumentations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from augspec.errors import AugspecError
from augspec.importing import Imported, albumentations, read, timm


def step(name: str, **settings: Any) -> dict[str, Any]:
    return {"__class_fullname__": name, "p": 1.0, **settings}


def compose(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"__version__": "2.0.8", "transform": step("Compose", transforms=list(steps))}


def of(*steps: dict[str, Any]) -> Imported:
    return albumentations(compose(*steps))


FLIP = step("HorizontalFlip", p=0.5)
INVERT = step("InvertImg")
PAD = step("Pad", border_mode=0, fill=0.4, fill_mask=0.0, padding=1)
RESIZE = step("Resize", interpolation=1, height=40, width=50)
CROP = step("RandomResizedCrop", interpolation=1, ratio=[0.5, 1.5], scale=[0.25, 0.5], size=[20, 30])
NORMALIZE = step("Normalize", mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.4])


def test_rows_name_places_containers_before_their_members() -> None:
    found = of(INVERT, step("Sequential", transforms=[FLIP, step("Own"), step("Sequential", transforms=[INVERT])]))
    assert [(row.path, row.transform, row.ops) for row in found.rows] == [
        ("transforms[0]", "InvertImg", ("invert",)),
        ("transforms[1]", "Sequential", ("horizontal_flip", "invert")),
        ("transforms[1].transforms[0]", "HorizontalFlip", ("horizontal_flip",)),
        ("transforms[1].transforms[1]", "Own", ()),
        ("transforms[1].transforms[2]", "Sequential", ("invert",)),
        ("transforms[1].transforms[2].transforms[0]", "InvertImg", ("invert",)),
    ]
    assert [row.reason for row in found.rows[:2]] == ["", "without Own"]


def test_what_follows_a_change_of_type_is_left_out() -> None:
    found = of(NORMALIZE, step("NoOp"), FLIP)
    assert [row.status for row in found.rows] == ["exact", "exact", "unsupported"]
    assert found.rows[2].reason == "it follows Normalize, which has to come last"


def test_evaluation_is_what_draws_nothing_and_the_final_size() -> None:
    found = of(RESIZE, FLIP, CROP, NORMALIZE)
    assert found.policy.to_dict()["eval"] == [
        {"op": "resize", "size": [40, 50], "antialias": False},
        {"op": "resize", "size": [20, 30]},
        {"op": "normalize", "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]},
    ]
    assert len(found.notes) == 1
    assert "`eval` was added" in found.notes[0]
    assert of(FLIP).notes == ()
    assert "eval" not in of(FLIP).policy.to_dict()


def test_what_was_imported_is_plain_json() -> None:
    found = of(RESIZE, FLIP).to_dict()
    assert len(found["notes"]) == 1
    assert type(found["notes"]) is list
    assert {key: type(value) for key, value in found["rows"][0].items() if key != "ops"} == {
        "path": str, "transform": str, "status": str, "reason": str
    }  # fmt: skip


def test_files_are_told_by_what_stands_in_them() -> None:
    document = compose(step("HorizontalFlip", p=0.3))
    for data in (json.dumps(document), json.dumps(json.dumps(document)), "\ufeff" + json.dumps(document)):
        assert [op.p for op in read(data.encode()).policy.ops] == [0.3]
    assert read(json.dumps(compose(PAD)).encode(), white=1.0).policy.to_dict()["ops"][0]["fill"] == 0.4
    assert read(json.dumps(compose({**PAD, "fill": 51})).encode()).policy.to_dict()["ops"][0]["fill"] == 0.2
    black = compose(step("Pad", border_mode=0, padding=1))  # without a word on the fill
    assert "fill" not in read(json.dumps(black).encode()).policy.to_dict()["ops"][0]
    layer = {"class_name": "RandomFlip", "config": {"mode": "vertical"}}
    assert [op.tag for op in read(json.dumps(layer).encode()).policy.ops] == ["vertical_flip"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "not JSON"),
        (b"{}", "neither"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * 1_000_001, "not read"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, said: str) -> None:
    with pytest.raises(AugspecError, match=said):
        read(data)


def test_members_of_what_is_left_out_are_left_out_too() -> None:
    inside = step("OneOf", transforms=[step("Sequential", transforms=[FLIP]), NORMALIZE, step("NoOp")])
    found = of(NORMALIZE, inside)
    assert [row.status for row in found.rows] == ["exact", *["unsupported"] * 4, "exact"]
    assert [row.reason for row in found.rows[2:4]] == [
        f"it stands in {name}, which is left out" for name in ("OneOf", "Sequential")
    ]
    refused = of(step("OneOf", transforms=[NORMALIZE, FLIP])).rows
    assert [(row.status, row.ops) for row in refused] == [("unsupported", ())] * 3
    assert refused[2].reason == "it stands in OneOf, which is left out"


def test_an_exact_row_without_ops_says_why() -> None:
    assert timm("original").rows[-1].reason == ""
    never = next(row for row in timm("original").rows if row.path == "policy[12][0]")
    assert (never.status, never.ops, never.reason) == ("exact", (), "it changes nothing")


def test_where_yaml_ends_to_be_plain_is_said() -> None:
    pytest.importorskip("yaml")
    with pytest.raises(AugspecError, match=r"not YAML of plain values \(line 2, column 6\); tags of Python"):
        read(b"a: 1\nb:   !!python/object/apply:os.getcwd []")
