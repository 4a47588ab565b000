"""`augspec.check`: it finds something exactly where a run would fail, and lists all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import augspec
import augspec.bind
from augspec.check.sizes import settled
from augspec.errors import AugspecError
from augspec.language.policy import Policy
from augspec_backends.generic.sample import Leaf

CORPUS = Path(__file__).parents[2] / "conformance" / "augspec_conformance" / "corpus" / "v1"
POLICIES = [
    {"augspec": 1, **json.loads(line)["case"]["policy"]}
    for file in sorted(CORPUS.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
    if "policy" in json.loads(line)["case"]
]
SETTINGS: list[dict[str, Any]] = [
    {"shape": (32, 40, 3)},
    {"shape": (17, 17, 1), "dtype": "float32"},
    {"shape": (3, 24, 24), "layout": "NCHW", "targets": ("boxes:xywh", "mask:uint8")},
    {"shape": (2, 4, 300, 200), "layout": "NCHW", "targets": ("boxes", "keypoints:index")},
    {"shape": (2, 64, 64, 2), "dtype": "int32"},
    {"shape": (8, 8, 3), "dtype": "bool", "targets": ("boxes", "label")},
    {"shape": (3, 32, 40, 3), "frames": True, "targets": ("boxes", "keypoints", "mask:uint8")},
    {"shape": (2, 3, 3, 24, 24), "frames": True, "layout": "NCHW", "targets": ("boxes:xywh",)},
]


def policy(*ops: dict[str, Any], evaluation: list[dict[str, Any]] | None = None, **rest: Any) -> Policy:
    document: dict[str, Any] = {"augspec": 1, "ops": list(ops), **rest}
    return augspec.parse(document | ({} if evaluation is None else {"eval": evaluation}))


def runs(checked: Policy, shape: tuple[int, ...], dtype: str = "uint8", targets: Any = (), **options: Any) -> bool:
    """Ask the NumPy backend itself, without running."""
    names = dict.fromkeys(target.partition(":")[0] for target in targets)
    words = {word for target in targets for word in target.split(":")[1:]}
    lead = shape[: len(shape) - 3]
    size = shape[-2:] if options.get("layout") == "NCHW" else shape[-3:-1]
    arrays = {
        "mask": Leaf((*lead, *size), next(iter(words & {"uint8", "int32"}), "uint8")),
        "boxes": Leaf((*lead, 5, 4), "float32"),
        "keypoints": Leaf((*lead, 40, 2), "float32"),
    }
    sample = {"image": Leaf(shape, dtype), **{name: arrays.get(name, "text") for name in names}}
    formats = {"box_format": next(iter(words & {"xywh"}), "xyxy")}
    try:
        augment = augspec.compile(checked, **options, **formats)
        for training in (True, False):
            augment.output_spec(sample, training=training)
    except AugspecError:
        return False
    return True


@pytest.mark.parametrize("setting", SETTINGS, ids=[str(one["shape"]) for one in SETTINGS])
def test_a_problem_is_found_exactly_where_a_run_fails(setting: dict[str, Any]) -> None:
    told = {True: 0, False: 0}
    for document in POLICIES:
        one = augspec.parse(document)
        found = augspec.check(one, **setting)
        assert (not found) == runs(one, **setting), (document, found)
        told[not found] += 1
    assert told[False] >= 5, "settings that break nothing tell nothing"


@pytest.mark.parametrize("backend", augspec.backends())
def test_every_problem_is_listed_not_the_first_only(backend: str) -> None:
    wild = policy(
        {"op": "crop", "top": 0, "left": 0, "height": 90, "width": 70},
        {"op": "transpose"},
        {"op": "saturation", "factor": 2},
        {"op": "iou_crop", "size": [10, 20]},
        {"op": "scale", "factor": 8},
        {"op": "scale", "factor": 8},
        {"op": "hue", "turns": 0.1},
        {"op": "scale", "factor": 8},
        {"op": "scale", "factor": 8, "fill": [0, 0, 0]},
        evaluation=[{"op": "center_crop", "size": [512, 512]}],
        targets={"mask": {"fill": -1}},
    )
    found = augspec.check(
        wild,
        shape=(2, 60, 80),
        layout="nchw",
        dtype="float65",
        targets=("mask:uint8", "bbox", "keypoints:xyy"),
        backend=backend,
        mode="quick",
        value_range=(1.0, 0.0),
    )
    assert [problem.path for problem in found] == [
        "mode",
        "value_range",
        "ops[5]",
        "ops[8]",
        "ops[0]",
        "ops[1]",
        "eval[0]",
        "dtype",
        "ops[2]",
        "ops[6]",
        "ops[8].fill",
        "target bbox",
        "target keypoints",
        "targets.mask.fill",
        "ops[3]",
    ]


def test_a_size_is_followed_through_the_pipeline() -> None:
    steps = [{"op": "resize", "short_side": 50}, {"op": "center_crop", "size": [50, 51]}]
    assert augspec.check(policy(*steps, evaluation=[]), shape=(100, 120)) == ()
    (problem,) = augspec.check(policy(*steps, evaluation=[]), shape=(100, 100))
    assert (problem.path, problem.value) == ("ops[1]", "50×50")
    assert problem.allowed == "at least 50×51 pixels before center_crop"


@pytest.mark.parametrize("shape", [(10, 60), (10, 60, 3), (2, 10, 60, 3)])
def test_sides_are_read_in_the_layout(shape: tuple[int, ...]) -> None:
    wide, tall = ({"op": "center_crop", "size": size} for size in ([8, 50], [50, 8]))
    assert augspec.check(policy(wide, evaluation=[]), shape=shape) == ()
    (problem,) = augspec.check(policy(tall, evaluation=[]), shape=shape)
    assert problem.value == "10×60"
    moved = shape if len(shape) == 2 else (*shape[:-3], 3, 10, 60)
    assert augspec.check(policy(wide, evaluation=[]), shape=moved, layout="NCHW") == ()


def test_after_a_problem_the_size_is_taken_up_again_where_it_is_certain() -> None:
    found = augspec.check(
        policy(
            {"op": "center_crop", "size": [90, 90]},
            {"op": "center_crop", "size": [95, 90]},
            {"op": "resize", "short_side": 40},
            {"op": "transpose"},
            evaluation=[],
        ),
        shape=(80, 80),
    )
    assert [problem.path for problem in found] == ["ops[0]", "ops[1]", "ops[3]"]
    assert settled(policy({"op": "resize", "short_side": 40}, evaluation=[]).ops[0]) is None


def test_without_a_shape_nothing_is_said_of_sizes_and_channels() -> None:
    crop = policy({"op": "center_crop", "size": [900, 900]}, {"op": "hue", "turns": 0.1}, evaluation=[])
    assert augspec.check(crop) == ()
    assert [problem.path for problem in augspec.check(crop, shape=(90, 90))] == ["ops[0]"]


@pytest.mark.parametrize(
    ("setting", "path"),
    [
        ({"shape": (0, 4, 3)}, "shape"),
        ({"shape": (4, 4, 0)}, "shape"),
        ({"shape": (9000, 4, 3)}, "shape"),
        ({"shape": (1, 2, 3, 4, 5)}, "shape"),
        ({"shape": (5,)}, "shape"),
        ({"layout": "hwc"}, "layout"),
        ({"backend": "jaxx"}, "backend"),
        ({"backend": "nobody:Nothing"}, "backend"),
        ({"mode": "compiled"}, "mode"),
        ({"value_range": (0.0, float("nan"))}, "value_range"),
        ({"value_range": (-1e9, 0.0)}, "value_range"),
        ({"value_range": (0.0, 1e9)}, "value_range"),
        ({"targets": ("label:int32",)}, "target label"),
        ({"targets": ("boxes:xyxy:xywh",)}, "target boxes"),
        ({"targets": ("mask", "mask")}, "target mask"),
    ],
)
def test_a_wrong_declaration_is_a_problem_of_its_own(setting: dict[str, Any], path: str) -> None:
    assert [problem.path for problem in augspec.check(policy(), **setting)] == [path]


def test_what_lies_just_within_a_limit_is_fine() -> None:
    assert augspec.check(policy(), value_range=(-999_999_999.5, 999_999_999.5)) == ()
    assert augspec.check(policy(), shape=(8192, 1, 1)) == ()
    assert [one.path for one in augspec.check(policy(), shape=(1, 8193))] == ["shape"]


BATCH: dict[str, Any] = {"shape": (2, 4, 4, 3)}
COMPILED: dict[str, Any] = {"backend": "jax", "mode": "compiled"}
NAMED = "jax"


@pytest.mark.parametrize(
    ("setting", "value"), [(BATCH, "true, with a batch"), (COMPILED, "true, in the mode 'compiled'")]
)
def test_boxes_are_dropped_from_single_samples_only(setting: dict[str, Any], value: str) -> None:
    drops = policy(targets={"boxes": {"compact": True}})
    assert augspec.check(drops, shape=(4, 4, 3), mode="eager", targets=("boxes",)) == ()
    assert augspec.check(drops, targets=("boxes",)) == ()
    assert augspec.check(drops, targets=("mask",), **setting) == ()
    (problem,) = augspec.check(drops, targets=("boxes",), **setting)
    assert (problem.path, problem.value) == ("targets.boxes.compact", value)


def test_a_problem_reads_as_one_line() -> None:
    (problem,) = augspec.check(policy({"op": "hue", "turns": 0.1}), shape=(4, 4, 1))
    assert str(problem) == (
        "ops[0]: got hue on images of 1 channel; allowed: 3 channels. "
        "The shape is read as NHWC; declare another layout, or leave hue out."
    )
    (problem,) = augspec.check(policy({"op": "pad", "top": 1, "fill": [0, 0, 0]}, evaluation=[]), shape=(4, 4, 2))
    assert str(problem) == "ops[0].fill: got 3 numbers; allowed: one number, or 2, as many as the image's channels."


@pytest.mark.parametrize(
    ("dtype", "fill", "allowed"),
    [
        ("uint8", 256, "0 to 255"),
        ("uint8", -1, "0 to 255"),
        ("uint8", 0.5, "0 to 255"),
        ("bool", 2, "0 to 1"),
        ("int8", 128, "-128 to 127"),
        ("uint8", 255, ""),
        ("bool", 1, ""),
        ("int32", -(2**31), ""),
        ("float32", 0.5, ""),
    ],
)
def test_a_fill_is_one_that_the_masks_hold(dtype: str, fill: float, allowed: str) -> None:
    found = augspec.check(policy(targets={"mask": {"fill": fill}}), targets=(f"mask:{dtype}",))
    assert [problem.path for problem in found] == (["targets.mask.fill"] if allowed else [])
    assert [allowed in problem.allowed for problem in found] == [True] * len(found)


def test_a_fill_means_nothing_in_dtypes_of_unknown_range() -> None:
    def pad(fill: Any) -> dict[str, Any]:
        return {"op": "pad", "top": 1, "fill": fill}

    for dtype, fill, paths in (
        ("int32", 0.5, ["ops[0].fill"]),
        ("int32", [0, 0.5, 0], ["ops[0].fill"]),
        ("int32", 0, []),
        ("uint16", 0.5, []),
        ("float32", 0.5, []),
    ):
        found = augspec.check(policy(pad(fill), evaluation=[]), dtype=dtype)
        assert [problem.path for problem in found] == paths, (dtype, fill)
    (problem,) = augspec.check(policy(pad(0.5), evaluation=[pad(0)]), dtype="int32")
    assert problem.value == "0.5"


def test_sizes_are_followed_through_choices() -> None:
    crop = {"op": "center_crop", "size": [50, 50]}
    either = {"op": "one_of", "ops": [crop, {"op": "resize", "size": [50, 50]}]}
    late = {"op": "center_crop", "size": [60, 60]}
    assert augspec.check(policy(either, crop, evaluation=[]), shape=(80, 80)) == ()
    (problem,) = augspec.check(policy(either, late, evaluation=[]), shape=(80, 80))
    assert (problem.path, problem.value) == ("ops[1]", "50×50")
    found = augspec.check(policy({"op": "sequence", "ops": [either, late]}, evaluation=[]), shape=(40, 40))
    assert [problem.path for problem in found] == ["ops[0].ops[0].ops[0]", "ops[0].ops[1]"]


def test_what_is_wrong_inside_a_macro_is_said_of_the_macro() -> None:
    jitter = {"op": "color_jitter", "hue": {"uniform": [-0.1, 0.1]}}
    found = augspec.check(policy({"op": "sequence", "ops": [jitter]}), shape=(8, 8, 2))
    assert {problem.path for problem in found} == {"ops[0].ops[0]"}
    assert "hue on images of 2 channels" in [problem.value for problem in found]


def test_what_follows_chains_is_checked_too() -> None:
    chains = {"op": "augmix", "ops": [{"op": "invert"}]}
    found = augspec.check(policy(chains, {"op": "hue", "turns": 0.1}), shape=(8, 8, 2))
    assert [problem.path for problem in found] == ["ops[1]"]


@pytest.mark.parametrize("backend", augspec.backends())
def test_a_backend_is_asked_without_its_framework(backend: str) -> None:
    code = (
        "import augspec, sys\n"
        "found = augspec.check(augspec.parse({'augspec': 1, 'ops': [{'op': 'rotate', 'degrees': 5}]}),\n"
        f"    shape=(8, 3, 32, 32), layout='nchw', backend={backend!r}, dtype='int8')\n"
        "print([p.path for p in found], [m for m in ('jax', 'keras', 'tensorflow', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['dtype'] []"


def test_a_missing_framework_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = augspec.check(policy(), shape=(4, 4, 9), backend=NAMED, mode="graph")
    assert [problem.path for problem in found] == ["backend", "mode"]
    assert (found[0].value, found[0].fix) == (NAMED, f'Install it with: pip install "augspec[{NAMED}]"')


@pytest.mark.parametrize("backend", augspec.backends())
def test_what_a_backend_says_without_its_framework_is_what_it_says_with_it(backend: str) -> None:
    if augspec.bind.capabilities(backend)[1]:
        pytest.skip(f"the framework of {backend} is not installed")
    code = (
        f"import augspec, augspec.bind\nfound = augspec.bind.capabilities({backend!r})[0]\n"
        f"assert found is augspec.get_backend({backend!r}).capabilities"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_takes_a_policy() -> None:
    with pytest.raises(TypeError, match=r"check\(\) takes a Policy"):
        augspec.check({"augspec": 1, "ops": []})  # type: ignore[arg-type]


def test_what_parse_would_have_refused_is_a_problem_too() -> None:
    changed = policy().model_copy(update={"eval": policy({"op": "hue", "turns": {"uniform": [0, 0.1]}}).ops})
    (problem,) = augspec.check(changed)
    assert (problem.path, problem.value) == ("eval[0]", "the random op 'hue'")


def test_named_masks_are_targets_and_their_fills_fit_their_dtypes() -> None:
    named = policy(targets={"masks": {"semantic": {"fill": 255}, "depth": {"fill": -1}}})
    assert augspec.check(named, targets=("semantic:uint8", "depth:float32")) == ()
    found = augspec.check(named, targets=("semantic:int8", "depth:uint16", "other:int8"))
    assert [problem.path for problem in found] == [
        "target other",
        "targets.masks.semantic.fill",
        "targets.masks.depth.fill",
    ]


def test_stacks_are_checked_as_stacks() -> None:
    crop = {"op": "iou_crop", "size": [6, 6]}
    found = augspec.check(policy(crop, evaluation=[]), shape=(2, 4, 8, 8, 3), frames=True, targets=("boxes",))
    assert [problem.path for problem in found] == ["ops[0]"]
    (problem,) = augspec.check(policy(), shape=(8, 8, 3), frames=True)
    assert (problem.path, problem.allowed) == ("shape", "THWC for one stack, NTHWC for a batch, or height×width alone")
    (problem,) = augspec.check(policy(), shape=(2, 4, 8, 8, 3))
    assert (problem.path, problem.fix) == ("shape", "For batches of stacks, say so: `--frames`, or frames=True.")
    (problem,) = augspec.check(policy(), shape=(3, 2, 4, 8, 8, 3))
    assert (problem.path, problem.fix) == ("shape", "")
    (problem,) = augspec.check(policy({"op": "mixup"}), shape=(2, 8, 8, 3), frames=True, targets=("label",))
    assert (problem.path, problem.value) == ("ops[0]", "mixup on one image")


def test_boxes_with_an_angle_are_in_pixels_and_never_tight() -> None:
    assert augspec.check(policy(), targets=("boxes:cxcywhr",)) == ()
    (problem,) = augspec.check(policy(), targets=("boxes:cxcywhr:normalized",))
    assert (problem.path, problem.value) == ("target boxes", "cxcywhr and normalized")
    tight = policy(targets={"instance_masks": {"tight_boxes": True}})
    (problem,) = augspec.check(tight, targets=("boxes:cxcywhr", "instance_masks"))
    assert problem.path == "targets.instance_masks.tight_boxes"
    with pytest.raises(augspec.Unsupported, match="upright boxes"):
        augspec.compile(tight, box_format="cxcywhr")
    with pytest.raises(augspec.Unsupported, match="Give such boxes in pixels"):
        augspec.compile(policy(), box_format="cxcywhr", box_units="normalized")
