"""The command line's parts by themselves: pictures and signs to the pixel, captions, verbs, what is missing."""

from __future__ import annotations

import contextlib
import io
import json
import os.path
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

import augspec
from augspec.cli import app as app_module
from augspec.cli import main, overlay, talk
from augspec.cli.captions import captions
from augspec.cli.contact_sheet import Tile, contact_sheet
from augspec.cli.lettering import draw_text
from augspec.cli.verbs import Verb

BED, PAPER, RED = (244, 246, 248), (255, 255, 255), (255, 0, 0)
POLICY = '{"augspec": 1, "ops": [{"op": "horizontal_flip"}]}'


def call(*arguments: object) -> Any:
    return CliRunner().invoke(app_module.app, [str(a) for a in arguments], input=POLICY)


def places(image: Any, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Return the first and last row, and the first and last column, that hold a colour."""
    found = np.all(np.asarray(image) == colour, -1)
    rows, columns = np.flatnonzero(found.any(1)), np.flatnonzero(found.any(0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def test_bytes_are_shown_as_they_are_and_floats_are_stretched() -> None:
    levels = np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8)
    assert np.asarray(overlay.picture(levels)).tolist() == levels.tolist()
    assert np.asarray(overlay.picture(levels[..., :1])).tolist() == [[[10] * 3, [40] * 3]]
    floats = np.array([[[-1.0, 0.0, 1.0], [0.5, -1.0, 1.0]]], np.float32)
    assert np.asarray(overlay.picture(floats)).tolist() == [[[0, 128, 255], [191, 0, 255]]]
    unit = (levels / 255).astype(np.float32)  # as `to_float` gives them
    assert np.asarray(overlay.picture(unit)).tolist() == levels.tolist()


def test_every_row_of_boxes_has_its_colour_and_they_begin_anew() -> None:
    boxes = [[10 * row, 0, 10 * row + 8, 8] for row in range(10)]
    image = overlay.with_boxes(Image.new("RGB", (100, 10)), boxes, [True] * 9 + [False])
    found = [image.getpixel((10 * row, 0)) for row in range(10)]
    assert found == [*overlay.COLOURS, overlay.COLOURS[0], (0, 0, 0)]


@pytest.mark.parametrize("size", [(200, 50), (50, 200)])
def test_a_picture_stands_in_the_middle_of_its_tile(size: tuple[int, int]) -> None:
    sheet = contact_sheet([[Tile(Image.new("RGB", size, RED), "x", ())]], title="T", tile=100)
    top, bottom, left, right = places(sheet, RED)
    assert (bottom - top + 1, right - left + 1) == ((25, 100) if size[0] == 200 else (100, 25))
    bed = places(sheet, BED)
    before, after = (top - bed[0], bed[1] - bottom) if size[0] == 200 else (left - bed[2], bed[3] - right)
    assert before >= 37
    assert after - before in (0, 1)


def test_titles_of_any_length_stay_within_the_margins() -> None:
    tile = Tile(Image.new("RGB", (9, 9)), "x", ())
    for words in ("W" * 200, "i" * 200):
        sheet = np.asarray(contact_sheet([[tile]], title=words, subtitle=words, footer=words, tile=300))
        assert (sheet[:, -39:] == PAPER).all()
        assert (sheet[:, :38] == PAPER).all()
        assert (sheet[30:70, 300:340] != PAPER).any()  # the room is used


def test_small_pictures_keep_their_pixels_and_larger_ones_are_smoothed() -> None:
    checks = np.indices((4, 4)).sum(0) % 2 * 255
    for side, tile, colours in ((4, 48, 2), (4, 12, 2), (40, 60, 3)):
        image = Image.fromarray(np.kron(checks, np.ones((side // 4, side // 4))).astype(np.uint8)).convert("RGB")
        sheet = np.asarray(contact_sheet([[Tile(image, "", ())]], title="", tile=tile))
        top, left = np.argwhere(np.all(sheet == 0, -1)).min(0)
        shown = sheet[top : top + tile // 2, left : left + tile // 2]
        assert (len(np.unique(shown)) == 2) == (colours == 2), (side, tile)


def drawn(sign: str) -> tuple[np.ndarray, float]:
    image = Image.new("L", (140, 140), 0)
    end = draw_text(ImageDraw.Draw(image), (20, 120), sign, 100, 255)  # type: ignore[arg-type]
    return np.asarray(image) > 0, end


def test_a_minus_is_a_line_in_the_middle_of_its_width() -> None:
    ink, end = drawn("−")
    assert end == 20 + 64
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    assert (columns[0], columns[-1]) == (28, 76)  # 24 pixels to each side of 52
    assert abs(rows.mean() - 90) <= 1
    assert 6 <= len(rows) <= 9


def test_a_times_sign_is_two_lines_that_cross() -> None:
    ink, end = drawn("×")
    assert end == 20 + 62
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    assert abs(rows.mean() - 90) <= 1
    assert abs(columns.mean() - 51) <= 1
    for row in (72, 108):
        for column in (33, 69):
            assert ink[row - 3 : row + 4, column - 3 : column + 4].any(), (row, column)
    for row, column in ((72, 51), (108, 51), (90, 33), (90, 69)):
        assert not ink[row - 3 : row + 4, column - 3 : column + 4].any(), (row, column)


def phrases(op: dict[str, Any], size: tuple[int, int]) -> set[tuple[str, ...]]:
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": [op], "eval": []}))
    draws = augspec.compile(policy).draw(0, index=range(20))
    return {captions(policy, draws, row, size) for row in range(20)}


def test_a_drawn_crop_is_captioned_with_what_it_keeps() -> None:
    crop = {"op": "random_resized_crop", "size": [8, 8], "area": {"uniform": [0.25, 0.27]}}
    found = phrases({**crop, "ratio": {"uniform": [0.9, 1.1]}}, (40, 60))
    assert found
    assert all(re.fullmatch(r"crop 2[4-8] %", words) for (words,) in found)
    inside = {"op": "sequence", "ops": [{**crop, "ratio": 1}]}
    assert phrases(inside, (40, 60)) <= {(f"crop {share} %",) for share in range(24, 29)}


@pytest.mark.parametrize("ratio", [0.0625, 16])
def test_a_crop_without_a_pixel_on_one_side_does_not_fit(ratio: float) -> None:
    crop = {"op": "random_resized_crop", "size": [8, 8], "area": 0.01, "ratio": ratio}
    assert phrases(crop, (4, 4)) == {("crop to the middle",)}


@pytest.mark.parametrize(("draws", "columns"), [(2, 3), (15, 4), (16, 5), (19, 5), (23, 6), (29, 6)])
def test_a_sheet_has_four_to_six_columns(draws: int, columns: int, tmp_path: Path) -> None:
    Image.new("RGB", (60, 60)).save(tmp_path / "photo.png")
    out = tmp_path / "grid.png"
    assert call("preview", "-", tmp_path / "photo.png", "-o", out, "--draws", draws, "--size", 48).exit_code == 0
    with Image.open(out) as sheet:
        assert sheet.width == 80 + columns * 48 + (columns - 1) * 26


def test_seeds_have_64_bits(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "photo.png")
    for seed, code in ((0, 0), (2**64 - 1, 0), (2**64, 2), (-1, 2)):
        arguments = ("preview", "-", tmp_path / "photo.png", "-o", tmp_path / "g.png", "--draws", 1, "--seed", seed)
        assert call(*arguments).exit_code == code, seed


def test_words_of_others_are_printed_as_they_are() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        talk.out("[bold]a[/bold] :smile: 12 ", ("'b'", "red"), " " + "x" * 300)
        talk.note("[red]c :heart:")
        talk.error("[/]")
    assert out.getvalue() == "[bold]a[/bold] :smile: 12 'b' " + "x" * 300 + "\n"
    assert err.getvalue() == "[red]c :heart:\nerror: [/]\n"


def test_verbs_of_other_packages_stand_in_the_help_and_are_loaded_when_used() -> None:
    shown = call("--help").stdout
    assert shown.count("conformance") == 1
    assert shown.count("validate") == 1
    assert "completion" not in shown
    assert "mutants" in call("conformance", "--help").stdout
    assert Verb("join", "os:path.join").load() is os.path.join
    for target in ("os:path.nothing", "no_such_module:app"):
        with pytest.raises(augspec.AugspecError, match="cannot be imported"):
            Verb("wrong", target).load()


@pytest.mark.parametrize("missing", ["typer", "rich.text", "PIL.Image", "click"])
def test_main_names_the_package_that_is_missing(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ModuleNotFoundError(name=missing)

    monkeypatch.setattr(app_module, "app", broken)
    with contextlib.redirect_stderr(io.StringIO()) as said, pytest.raises(SystemExit, match="2"):
        main()
    assert said.getvalue() == (
        f'augspec: the command line needs {missing}. Install it with: pip install "augspec[cli]"\n'
    )


@pytest.mark.parametrize("missing", ["augspec.nothing", "numpy.PIL", None])
def test_main_hides_no_other_mistake(missing: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ModuleNotFoundError(name=missing)

    monkeypatch.setattr(app_module, "app", broken)
    with pytest.raises(ModuleNotFoundError):
        main()
