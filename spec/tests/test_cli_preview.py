"""`augspec preview` with masks by name and of instances, boxes with an angle, keypoints; and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from augspec.cli.app import app
from augspec.cli.overlay import COLOURS, corners, with_boxes, with_mask

SIDE = 48
FLIP = {"augspec": 1, "ops": [{"op": "horizontal_flip", "p": 1}], "targets": {"masks": {"parts": {}, "depth": {}}}}


def preview(folder: Path, *options: Any) -> Any:
    """Draw the photo and its mirror image on a sheet `grid.png` in the folder."""
    (folder / "policy.json").write_text(json.dumps(FLIP))
    Image.new("RGB", (SIDE, SIDE), (90, 90, 90)).save(folder / "photo.png")
    arguments = ["preview", folder / "policy.json", folder / "photo.png", "-o", folder / "grid.png", "--draws", 1]
    return CliRunner().invoke(app, [str(part) for part in (*arguments, "--size", SIDE, *options)])


def columns_of(folder: Path, colour: tuple[int, int, int]) -> tuple[float, float]:
    """Return where a colour lies on the original and on the draw, in shares of their widths."""
    with Image.open(folder / "grid.png") as sheet:
        found = (np.array(sheet) == colour).all(-1)
    tiles = [found[:, start : start + SIDE] for start in (40, 40 + SIDE + 26)]
    assert all(tile.any() for tile in tiles), f"{colour} is not on both pictures"
    return tuple(float(np.nonzero(tile)[1].mean()) / SIDE for tile in tiles)  # type: ignore[return-value]


def left_mask(path: Path, level: int = 1) -> Path:
    levels = np.zeros((SIDE, SIDE), np.uint8)
    levels[8:24, 6:20] = level
    Image.fromarray(levels).save(path)
    return path


def test_masks_by_name_have_colours_of_their_own(tmp_path: Path) -> None:
    plain, parts = left_mask(tmp_path / "plain.png"), left_mask(tmp_path / "parts.png")
    done = preview(tmp_path, "--mask", f"parts={parts}")
    assert done.exit_code == 0, done.stderr
    before, after = columns_of(tmp_path, COLOURS[0])
    assert before < 0.4 < 0.6 < after
    levels = np.zeros((SIDE, SIDE), np.uint8)
    levels[30:40, 30:40] = 1
    Image.fromarray(levels).save(plain)
    assert preview(tmp_path, "--mask", plain, "--mask", f"parts={parts}").exit_code == 0
    assert columns_of(tmp_path, COLOURS[0])[1] < 0.4  # `mask`, on the right, was turned to the left
    assert columns_of(tmp_path, COLOURS[1])[1] > 0.6


def test_masks_of_instances_and_their_boxes(tmp_path: Path) -> None:
    levels = np.zeros((SIDE, SIDE), np.uint8)
    levels[8:24, 4:16], levels[30:40, 30:44] = 3, 9
    Image.fromarray(levels).save(tmp_path / "instances.png")
    done = preview(tmp_path, "--instance-masks", tmp_path / "instances.png")
    assert done.exit_code == 0, done.stderr
    assert columns_of(tmp_path, COLOURS[0])[1] > 0.5 > columns_of(tmp_path, COLOURS[1])[1]


def test_boxes_with_an_angle_and_keypoints(tmp_path: Path) -> None:
    (tmp_path / "boxes.json").write_text("[[14, 20, 16, 8, 30]]")
    (tmp_path / "points.json").write_text("[[2, 40], [8, 40]]")
    done = preview(tmp_path, "--boxes", tmp_path / "boxes.json", "--keypoints", tmp_path / "points.json")
    assert done.exit_code == 0, done.stderr
    before, after = columns_of(tmp_path, COLOURS[1])
    assert before < 0.4 < 0.6 < after


def test_corners_of_a_turned_box_go_counter_clockwise_for_the_viewer() -> None:
    assert np.allclose(corners([10, 20, 4, 2, 0]), [[8, 19], [12, 19], [12, 21], [8, 21]])
    assert np.allclose(corners([10, 20, 4, 2, 90]), [[9, 22], [9, 18], [11, 18], [11, 22]])
    drawn = np.array(with_boxes(Image.new("RGB", (32, 32)), [[16, 16, 20, 8, 45]], [True]))
    assert drawn[8:12, 20:24].any()  # up and right, as a positive angle turns
    assert not drawn[0:8, 0:8].any()


def test_colours_of_a_mask_begin_where_they_are_told() -> None:
    grey = Image.new("RGB", (8, 8))
    mask = np.zeros((8, 8), np.int32)
    mask[2:6, 2:6] = 1
    assert np.array(with_mask(grey, mask, 3))[2, 2].tolist() == list(COLOURS[3])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mask", "depths={}/a.png"), "no mask is called 'depths'; targets.masks of the policy names parts, depth"),
        (("--mask", "{}/a.png", "--mask", "{}/a.png"), "two files for mask"),
        (("--instance-masks", "{}/zero.png"), "it holds no instance: all its pixels are 0"),
        (
            ("--instance-masks", "{}/a.png", "--boxes", "{}/two.json"),
            "instance masks: 1, boxes: 2; give every box its mask",
        ),
        (("--keypoints", "{}/two.json"), "give [[x, y], …]"),
        (("--boxes", "{}/both.json", "--keypoints", "{}/points.json"), "keypoints stand in both files"),
        (("--boxes", "{}/mixed.json"), "give [[x0, y0, x1, y1], …]"),
        (("--boxes", "{}/inf.json"), "give [[x0, y0, x1, y1], …]"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    left_mask(tmp_path / "a.png")
    left_mask(tmp_path / "zero.png", 0)
    files = {
        "two": [[1, 2, 3, 4], [1, 2, 3, 4]],
        "both": {"boxes": [[1, 2, 3, 4]], "keypoints": [[1, 2]]},
        "points": [[1, 2]],
        "mixed": [[1, 2, 3, 4], [1, 2, 3, 4, 5]],
        "inf": [[1, 2, 3, float("inf")]],
    }
    for name, rows in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(rows))
    done = preview(tmp_path, *(option.format(tmp_path) for option in options))
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
