"""The command line: results on stdout, talk on stderr, exit codes 0, 1 and 2, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

import augspec
from augspec.cli.app import app
from augspec.cli.captions import captions
from augspec.cli.contact_sheet import Tile, contact_sheet
from augspec.cli.lettering import cut, text_width, wrapped
from augspec.cli.read import policy_text
from augspec.language.limits import MAX_BYTES

PHOTOS = str(Path(__file__).parents[2] / "examples/policies/photos.json")
GOOD = """{"augspec": 1, "name": "small", "ops": [
  {"op": "horizontal_flip"}, {"op": "rotate", "degrees": {"uniform": [-9, 9]}}]}"""
BAD = '{"augspec": 1, "ops": [{"op": "rotat"}, {"op": "shear", "x": 9}]}'


def call(*arguments: object, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    rows, columns = np.mgrid[:60, :90]
    image = np.stack([rows * 4, columns * 2, (rows + columns) % 256], -1).astype(np.uint8)
    Image.fromarray(image).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def folder(tmp_path: Path, photo: Path) -> Path:
    inside = tmp_path / "in" / "deep"
    inside.mkdir(parents=True)
    for name in ("a.png", "deep/b.png"):
        Image.open(photo).save(tmp_path / "in" / name)
    (tmp_path / "in" / "notes.txt").write_text("no image")
    return tmp_path / "in"


def test_version_and_help() -> None:
    assert call("--version").stdout.strip() == f"augspec {augspec.__version__}"
    for command in ("validate", "explain", "preview", "apply", "ops", "schema", "hash"):
        assert command in call("--help").stdout
        assert call(command, "--help").exit_code == 0


def test_help_shows_how_boxes_are_written() -> None:
    words = " ".join(call("preview", "--help").stdout.replace("│", " ").split())
    for part in ("[[x0, y0, x1, y1], …]", "[[cx, cy, w, h, degrees], …]", '{"boxes": …,', "JSON: [[x, y], …]"):
        assert part in words


def test_a_document_does_not_steer_the_terminal() -> None:
    evil = json.dumps({"augspec": 1, "name": "\x1b[31m\x9b2J\u202e", "ops": []})
    for arguments in (("explain",), ("explain", "--stage", "draws"), ("validate",)):
        shown = call(*arguments, "-", stdin=evil).output
        assert not [c for c in shown if not c.isprintable() and c != "\n"], arguments
    shown = call("validate", "-", stdin=json.dumps({"augspec": 1, "ops": [{"op": "\x9b2J\u202e"}]})).output
    assert not [c for c in shown if not c.isprintable() and c != "\n"]


@pytest.mark.parametrize("stdin", [True, False])
def test_no_more_of_a_policy_is_read_than_is_needed_to_refuse_it(
    stdin: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.json"
    endless.write_bytes(b" " * (3 * MAX_BYTES))
    with endless.open("r") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert len(policy_text("-" if stdin else str(endless))) == MAX_BYTES + 1


def test_validate_says_fine_and_leaves_0() -> None:
    result = call("validate", PHOTOS, "-", stdin=GOOD)
    assert result.exit_code == 0
    assert result.stdout.count("fine") == 2


def test_validate_lists_every_problem_and_leaves_1() -> None:
    result = call("validate", "-", PHOTOS, stdin=BAD)
    assert result.exit_code == 1
    for part in (
        "-: 2 problems",
        "ops[0].op",
        '"rotat"',
        "one of the ",
        "Did you mean 'rotate'?",
        "ops[1].x",
        "fine",
    ):
        assert part in result.stdout


def test_validate_finds_what_only_the_plan_knows() -> None:
    wild = json.dumps({"augspec": 1, "ops": [{"op": "scale", "factor": 8}] * 2})
    result = call("validate", "-", stdin=wild)
    assert result.exit_code == 1
    assert "warps that enlarge 64 times" in result.stdout


def test_validate_as_json() -> None:
    result = call("validate", "-", "--format", "json", stdin=BAD)
    assert result.exit_code == 1
    (report,) = json.loads(result.stdout)
    assert report["ok"] is False
    assert report["problems"][0]["path"] == "ops[0].op"
    assert set(report["problems"][0]) == {"path", "value", "allowed", "suggestion"}
    (report,) = json.loads(call("validate", PHOTOS, "--format", "json").stdout)
    assert report == {
        "file": PHOTOS,
        "ok": True,
        "hash": augspec.load(PHOTOS).canonical_hash(),
        "problems": [],
    }


@pytest.mark.parametrize(
    "command", [["validate"], ["explain"], ["hash"], ["preview"], ["apply"], ["nothing"], ["--nothing"]]
)
def test_wrong_usage_leaves_2(command: list[str]) -> None:
    assert call(*command).exit_code == 2


def test_a_missing_file_leaves_2_and_says_so(tmp_path: Path) -> None:
    for command in ("validate", "explain", "hash"):
        result = call(command, tmp_path / "none.json")
        assert result.exit_code == 2
        assert "no such file" in result.stderr
        assert result.stdout == ""
    assert call("validate", tmp_path).exit_code == 2


@pytest.mark.parametrize("stage", ["policy", "plan", "fused", "draws"])
def test_explain_prints_every_stage(stage: str) -> None:
    assert call("explain", "-", "--stage", stage, stdin=GOOD).stdout == augspec.explain(augspec.loads(GOOD), stage)  # type: ignore[call-overload]
    assert json.loads(call("explain", PHOTOS, "--stage", stage, "--format", "json").stdout)


def test_a_wrong_policy_leaves_1_with_its_problems_on_stderr() -> None:
    for command in ("explain", "hash"):
        result = call(command, "-", stdin=BAD)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert "ops[0].op" in result.stderr


def test_hash_prints_the_hash_alone() -> None:
    assert call("hash", PHOTOS).stdout == augspec.load(PHOTOS).canonical_hash() + "\n"


def test_schema_prints_the_schema() -> None:
    assert json.loads(call("schema").stdout) == augspec.schema()


def test_ops_lists_all_with_their_fields() -> None:
    result = call("ops")
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(augspec.ops())
    assert any("degrees" in line and "-3600 to 3600" in line and "required" in line for line in lines)
    assert max(len(line) for line in lines) <= 130
    facts = json.loads(call("ops", "--format", "json").stdout)
    assert {entry["op"]: set(entry) for entry in facts}.keys() == augspec.ops().keys()
    assert next(entry for entry in facts if entry["op"] == "saturation")["channels"] == [3]


@pytest.mark.parametrize("name", list(augspec.ops()))
def test_ops_shows_one_in_detail(name: str) -> None:
    text = call("ops", name).stdout
    assert text.startswith(name)
    for field in augspec.ops()[name].model_fields:
        assert field == "op" or f"\n{field}  (" in text
    assert json.loads(call("ops", name, "--format", "json").stdout)["op"] == name


def test_presets_lists_all_with_their_sources() -> None:
    lines = call("presets").stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(augspec.presets())
    facts = json.loads(call("presets", "--format", "json").stdout)
    assert [entry["name"] for entry in facts] == list(augspec.presets())
    assert facts[0]["ops"] == json.loads(augspec.presets()[facts[0]["name"]].ops)


@pytest.mark.parametrize("name", list(augspec.presets()))
def test_presets_shows_one_in_detail(name: str) -> None:
    text, facts = call("presets", name).stdout, augspec.presets()[name]
    assert text.startswith(f"{name}  {facts.summary}")
    assert facts.where in text
    assert all(sentence in text for sentence in facts.differs)


def test_presets_suggests_a_name() -> None:
    result = call("presets", "randaugment/torchvison")
    assert result.exit_code == 2
    assert "randaugment/torchvision" in result.stderr


def test_combinators_claim_no_tolerance_of_their_own() -> None:
    facts = {entry["op"]: entry for entry in json.loads(call("ops", "--format", "json").stdout)}
    assert {name for name, entry in facts.items() if entry["tolerance"] is None} == {
        "augmix",
        "color_jitter",
        "one_of",
        "preset",
        "random_order",
        "sequence",
        "some_of",
    }
    assert "tolerance of its members" in call("ops", "one_of").stdout


def test_ops_suggests_a_name() -> None:
    result = call("ops", "rotat")
    assert result.exit_code == 2
    assert "rotate" in result.stderr


def test_preview_draws_a_sheet(photo: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheets" / "grid.png"
    result = call("preview", PHOTOS, photo, "-o", sheet, "--draws", 3, "--size", 64, "--seed", 5)
    assert result.exit_code == 0
    assert result.stdout.strip() == str(sheet)
    with Image.open(sheet) as image:
        assert image.width > 4 * 64
        assert image.getpixel((0, 0)) == (255, 255, 255)
        first = image.tobytes()
    call("preview", PHOTOS, photo, "-o", sheet, "--draws", 3, "--size", 64, "--seed", 5)
    with Image.open(sheet) as image:
        assert image.tobytes() == first


def test_preview_draws_masks_boxes_and_keypoints(photo: Path, tmp_path: Path) -> None:
    Image.fromarray(np.eye(60, 90, dtype=np.uint8) * 7).save(tmp_path / "mask.png")
    (tmp_path / "boxes.json").write_text('{"boxes": [[5, 5, 40, 40]], "keypoints": [[20, 20]]}')
    sheet = tmp_path / "grid.png"
    options = [
        "--mask",
        tmp_path / "mask.png",
        "--boxes",
        tmp_path / "boxes.json",
        "--draws",
        2,
        "--size",
        90,
    ]
    assert call("preview", "-", photo, "-o", sheet, *options, stdin=GOOD).exit_code == 0
    plain = tmp_path / "plain.png"
    assert call("preview", "-", photo, "-o", plain, "--draws", 2, "--size", 90, stdin=GOOD).exit_code == 0
    assert sheet.read_bytes() != plain.read_bytes()


def test_preview_refuses_what_it_cannot_read(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no image")
    (tmp_path / "boxes.json").write_text("[[1, 2]]")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    for arguments in (
        (tmp_path / "none.png",),
        (tmp_path / "no.png",),
        (photo, "--boxes", tmp_path / "boxes.json"),
        (photo, "--boxes", tmp_path / "deep.json"),
        (photo, "--mask", tmp_path / "none.png"),
        (photo, "-o", photo),
        (photo, "-o", "grid.jpg"),
    ):
        result = call("preview", PHOTOS, *arguments)
        assert result.exit_code == 2, arguments
        assert result.stdout == ""


def test_apply_augments_a_folder(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = call("apply", "-", folder, "-o", out, "--seed", 3, "--epoch", 2, "--copies", 2, stdin=GOOD)
    assert result.exit_code == 0
    assert result.stdout.strip() == str(out)
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png"))
    assert names == ["a-0.png", "a-1.png", "deep/b-0.png", "deep/b-1.png"]
    image = np.array(Image.open(folder / "deep" / "b.png").convert("RGB"))
    wanted = augspec.compile(augspec.loads(GOOD))(augspec.Key(3, 2, 1), image, index="deep/b.png")
    assert np.array_equal(np.array(Image.open(out / "deep" / "b-1.png")), wanted)


def test_apply_gives_a_file_the_same_result_whatever_lies_beside_it(folder: Path, tmp_path: Path) -> None:
    call("apply", PHOTOS, folder, "-o", tmp_path / "both")
    (folder / "a.png").unlink()
    call("apply", PHOTOS, folder, "-o", tmp_path / "one")
    assert (tmp_path / "both/deep/b.png").read_bytes() == (tmp_path / "one/deep/b.png").read_bytes()


@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_apply_writes_the_same_bytes_with_every_backend(backend: str, folder: Path, tmp_path: Path) -> None:
    """In a process of its own: frameworks leave their marks on one."""
    for name in ("numpy", backend):
        arguments = ["apply", PHOTOS, str(folder), "-o", str(tmp_path / name), "--backend", name]
        done = program("-m", "augspec", *arguments)
        assert done.returncode == 0, done.stderr
    for path in (tmp_path / "numpy").rglob("*.png"):
        twin = tmp_path / backend / path.relative_to(tmp_path / "numpy")
        assert twin.read_bytes() == path.read_bytes()


def test_apply_never_overwrites(folder: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.png")}
    for arguments in (
        (folder, "-o", folder, "--force"),
        (folder, "-o", folder),
        (folder / "deep", "-o", folder),
    ):
        assert call("apply", PHOTOS, *arguments).exit_code == 2
    assert {path: path.read_bytes() for path in folder.rglob("*.png")} == before
    out = tmp_path / "out"
    assert call("apply", PHOTOS, folder, "-o", out).exit_code == 0
    result = call("apply", PHOTOS, folder, "-o", out)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert call("apply", PHOTOS, folder, "-o", out, "--force").exit_code == 0


def test_apply_refuses_what_is_no_image_folder(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert call("apply", PHOTOS, tmp_path / "empty", "-o", tmp_path / "out").exit_code == 2
    assert call("apply", PHOTOS, tmp_path / "none", "-o", tmp_path / "out").exit_code == 2
    Image.new("RGB", (4, 4)).save(folder / "a.jpg")
    assert call("apply", PHOTOS, folder, "-o", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["uint16", "int32", "float32"])
def test_images_of_more_than_8_bits_are_refused_before_any_work(kind: str, folder: Path, tmp_path: Path) -> None:
    """Pillow would cut their values off at 255."""
    deep = folder / "z.tiff"
    Image.fromarray(np.full((8, 8), 300, kind)).save(deep)
    for arguments in (("apply", PHOTOS, folder, "-o", tmp_path / "out"), ("preview", PHOTOS, deep)):
        result = call(*arguments)
        assert result.exit_code == 2
        assert "more than 8 bits" in " ".join(result.stderr.replace("│", " ").split())
    assert not (tmp_path / "out").exists()


def test_an_unknown_backend_is_named_with_the_known_ones(folder: Path, tmp_path: Path) -> None:
    result = call("apply", PHOTOS, folder, "-o", tmp_path / "out", "--backend", "nunpy")
    assert result.exit_code == 1
    assert "Did you mean 'numpy'?" in result.stderr


def program(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, env=env)


def test_python_m_augspec_is_the_command_line() -> None:
    done = program("-m", "augspec", "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"augspec {augspec.__version__}")


def test_no_color_is_honoured() -> None:
    done = program("-m", "augspec", "validate", PHOTOS, env={"NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm"})
    assert "\x1b[3" not in done.stdout


@pytest.mark.parametrize("missing", ["typer", "rich", "PIL"])
def test_a_missing_package_gives_the_install_line(missing: str, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None; sys.argv = ['augspec', 'preview', 'p', 'q']\n"
        "from augspec.cli import main; main()"
    )
    done = program("-c", code)
    assert done.returncode == 2
    assert 'pip install "augspec[cli]"' in done.stderr
    assert "Traceback" not in done.stderr


def phrases(ops: list[dict[str, Any]], **fields: Any) -> set[tuple[str, ...]]:
    policy = augspec.loads(json.dumps({"augspec": 1, "ops": ops, **fields}))
    drawn = augspec.compile(policy).draw(0, index=range(40))
    return {captions(policy, drawn, row, (40, 60)) for row in range(40)}


def test_captions_name_what_was_applied_and_nothing_else() -> None:
    assert phrases([{"op": "horizontal_flip"}]) == {(), ("flip",)}
    assert phrases([{"op": "rotate", "degrees": -12.34}]) == {("rotate −12.3°",)}
    assert phrases([{"op": "brightness_scale", "factor": 1.12}]) == {("brightness ×1.12",)}
    assert phrases([{"op": "brightness_shift", "delta": 0.1}]) == {("brightness +10 %",)}
    assert phrases([{"op": "translate", "x": 0.1, "y": -0.25}]) == {("shift x 10 % y −25 %",)}
    assert phrases([{"op": "translate", "x": 0.1}]) == {("shift x 10 %",)}
    assert phrases([{"op": "one_of", "ops": [{"op": "grayscale"}, {"op": "vertical_flip", "p": 1}]}]) == {
        ("grey",), ("flip upside down",),
    }  # fmt: skip
    members = [{"op": "gaussian_blur", "sigma": 1.5}, {"op": "gaussian_noise", "std": 0.05}]
    assert phrases([{"op": "some_of", "n": 2, "replace": True, "ops": members}]) == {
        (a, b) for a in ("blur 1.5 px", "noise 5.0 %") for b in ("blur 1.5 px", "noise 5.0 %")
    }
    assert phrases([{"op": "resize", "size": [4, 4]}], eval=[]) == {()}


def test_a_crop_is_captioned_with_the_share_it_keeps() -> None:
    crop = {"op": "random_resized_crop", "size": [8, 8], "area": 0.25, "ratio": 1}
    assert phrases([crop], eval=[]) == {("crop 24 %",)}  # 24 × 24 of 40 × 60


def test_a_sheet_cuts_and_stretches_nothing() -> None:
    wide = Image.new("RGB", (200, 50), (255, 0, 0))
    sheet = contact_sheet(
        [[Tile(wide, "wide", ("a very long caption " * 9, "short")), Tile(wide, "x", ())]],
        title="T",
        tile=100,
    )
    red = np.all(np.array(sheet) == (255, 0, 0), -1)
    assert red.any(1).sum() == 25
    assert red.any(0).sum() == 200
    assert (np.array(sheet)[:, -20:] == 255).all()


def test_lines_fit_and_break_between_phrases() -> None:
    lines = wrapped(("rotate 12.3°", "flip", "brightness ×1.12", "contrast ×0.90"), 15, 150)
    assert all(text_width(line, 15) <= 150 for line in lines)
    assert " ".join(lines).replace("  ·  ", " ") == "rotate 12.3° flip brightness ×1.12 contrast ×0.90"
    assert cut("abc", 15, 500) == "abc"
    assert cut("abcdefghijklmnop" * 4, 15, 60).endswith("…")


@pytest.mark.parametrize("verb", ["preview", "apply"])
def test_photos_one_by_one_are_not_mixed(verb: str, photo: Path, folder: Path, tmp_path: Path) -> None:
    policy = tmp_path / "mix.json"
    policy.write_text('{"augspec": 1, "ops": [{"op": "mixup"}]}')
    result = call(verb, policy, photo if verb == "preview" else folder, "-o", tmp_path / "out.png")
    assert result.exit_code != 0
    assert "mixes samples of a batch" in result.stderr
