"""timm's own module beside its importer and its preset: the same ops, chances and magnitudes, and the same pixels.

Only `timm/data/auto_augment.py` is loaded, which needs Pillow and NumPy (`pip install --no-deps timm` is enough); the
package itself would load its models.
"""

from __future__ import annotations

import json
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import augspec
from augspec.importing import timm

SIDE = 48
_Y, _X = np.mgrid[0:SIDE, 0:SIDE] / SIDE
SMOOTH = np.stack(
    [128 + 100 * np.sin(5 * _X + 2 * _Y), 128 + 90 * np.cos(4 * _Y - _X), 120 + 80 * np.sin(3 * _X * _Y)], -1
)
IMAGE = np.clip(SMOOTH + np.random.default_rng(1).normal(0, 4, SMOOTH.shape), 0, 255).astype(np.uint8)
INNER = slice(21, -21)  # a shift by 0.405 of the side is one by 19.4 pixels
MOVED = ("Rotate", "TranslateXRel", "TranslateYRel")
RAND = "rand-m9-mstd0.5-inc1"


@pytest.fixture(scope="module")
def theirs() -> Any:
    found = find_spec("timm")
    if found is None or not found.submodule_search_locations:
        pytest.skip("timm is not installed")
    file = Path(found.submodule_search_locations[0]) / "data" / "auto_augment.py"
    loader = SourceFileLoader("timm_auto_augment", str(file))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def documents(text: str) -> dict[str, dict[str, Any]]:
    """Return the ops of a rand string by timm's names."""
    found = timm(text)
    names = [row.transform for row in found.rows if row.path.startswith("ops[")]
    return dict(zip(names, found.policy.to_dict()["ops"][0]["ops"], strict=True))


def ours(op: dict[str, Any]) -> np.ndarray:
    """Return the image after one op."""
    return np.asarray(augspec.compile(augspec.parse({"augspec": 1, "ops": [op]}))(7, IMAGE), np.float64)


def test_the_preset_has_the_ops_of_the_string_it_is_called_by(theirs: Any) -> None:
    transform = theirs.rand_augment_transform(RAND, {})
    told = [(op.name, op.prob, op.magnitude, op.magnitude_std) for op in transform.ops]
    assert [name for name, *_ in told] == list(documents(RAND))
    assert {(prob, magnitude, std) for _, prob, magnitude, std in told} == {(0.5, 9, 0.5)}
    (step,) = json.loads(augspec.presets()["randaugment/timm"].ops)
    assert (step["op"], step["n"], step["replace"]) == ("some_of", transform.num_layers, True)
    assert len(step["ops"]) == len(told)
    assert {op.get("p", 1) for op in step["ops"]} == {0.5}


@pytest.mark.parametrize("rest", ["", "-inc1"], ids=["plain", "increasing"])
@pytest.mark.parametrize("magnitude", [3, 6, 9])
def test_constant_magnitudes_give_their_pixels(
    theirs: Any, rest: str, magnitude: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"rand-m{magnitude}-n1-p1{rest}"
    for name, document in documents(text).items():
        if name.startswith("Shear"):  # about another point
            continue
        both = document["ops"] if document["op"] == "one_of" else [document]
        hparams = {"interpolation": Image.Resampling.BILINEAR}
        step = theirs.AugmentOp(name, prob=1.0, magnitude=magnitude, hparams=hparams)
        wanted = []
        for chance in (0.25, 0.75)[: len(both)]:  # below and above the half, at which the sign turns
            monkeypatch.setattr(theirs.random, "random", lambda chance=chance: chance)
            wanted.append(np.asarray(step(Image.fromarray(IMAGE)), np.float64))
        got = [ours({**op, "p": 1}) for op in both]
        inside = (INNER, INNER) if name in MOVED else (slice(None), slice(None))
        table = [[np.abs(theirs_ - ours_)[inside] for ours_ in got] for theirs_ in wanted]
        near = [[bool(one.max() <= 2.0 and one.mean() <= 1.0) for one in row] for row in table]
        orders = [[near[k][(k + swap) % len(got)] for k in range(len(got))] for swap in range(len(got))]
        assert any(all(order) for order in orders), (name, text)  # each sign's pixels are those of one of our two ops
