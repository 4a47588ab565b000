"""Ops of other packages: found by their vendor's name, checked and described like ours, never named by path."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import augspec
from augspec.errors import PolicyError, Unsupported

FOLDER = Path(__file__).parents[2] / "examples" / "vendor_op"
KINDS = "uniform, log_uniform, normal, integers, choice, beta"
LIFT = {"op": "film.lift", "amount": {"uniform": [0, 0.5]}}


def document(*ops: Any) -> dict[str, Any]:
    return {"augspec": 1, "ops": list(ops)}


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the vendor of `examples/vendor_op`, as installing it does."""
    register(monkeypatch, film="augspec_film")
    monkeypatch.syspath_prepend(str(FOLDER))


def register(monkeypatch: pytest.MonkeyPatch, **modules: str) -> None:
    entries = [EntryPoint(name, module, "augspec.ops") for name, module in modules.items()]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: entries if group == "augspec.ops" else [])


@pytest.mark.usefixtures("film")
def test_a_vendors_op_is_a_word_like_any_other() -> None:
    policy = augspec.parse(document({"op": "one_of", "ops": [LIFT, {"op": "invert"}]}, LIFT))
    assert list(augspec.vendor_ops()) == ["film.lift"]
    assert "film.lift" not in augspec.ops()
    assert augspec.loads(augspec.dumps(policy)) == policy
    assert augspec.loads(augspec.dumps(augspec.normalize(policy))) == augspec.normalize(policy)
    assert '"film.lift#0"' in augspec.dumps(augspec.normalize(policy))
    assert augspec.parse(document({**LIFT, "amount": 0.25})).canonical_hash() != policy.canonical_hash()
    assert "film.lift" in augspec.explain(policy)


@pytest.mark.usefixtures("film")
def test_what_is_wrong_with_a_vendors_op_is_said_as_of_ours() -> None:
    with pytest.raises(PolicyError) as caught:
        augspec.parse(document({"op": "sequence", "ops": [{"op": "film.lift", "amont": 0.5}]}, {**LIFT, "amount": 7}))
    assert sorted((p.path, p.value, p.allowed, p.suggestion) for p in caught.value.problems) == [
        ("ops[0].ops[0].amont", "the unknown field 'amont'", "the fields op, amount, p, id", "Did you mean 'amount'?"),
        (
            "ops[0].ops[0].amount",
            "nothing",
            f"a number from 0 to 1 (share), or a distribution in that range: {KINDS}",
            "It is required.",
        ),
        ("ops[1].amount", "7", "numbers from 0 to 1 (share)", ""),
    ]


@pytest.mark.usefixtures("film")
@pytest.mark.parametrize(
    ("tag", "fix"),
    [
        ("film.left", "Did you mean 'film.lift'?"),
        ("fim.lift", "No installed package registers the vendor 'fim'. Did you mean 'film'?"),
    ],
)
def test_a_word_that_nobody_has_is_refused_with_the_nearest(tag: str, fix: str) -> None:
    with pytest.raises(PolicyError) as caught:
        augspec.parse(document({"op": tag}))
    assert caught.value.path == "ops[0].op"
    assert caught.value.value == f'"{tag}"'
    assert caught.value.allowed.startswith("one of the ")
    assert fix in caught.value.suggestion
    with pytest.raises(ValueError, match=f"op '{tag}'"):
        augspec.Policy(augspec=1, ops=({"op": tag},))  # type: ignore[arg-type]


@pytest.mark.usefixtures("film")
def test_the_schema_describes_installed_vendors_where_asked() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    wrong = document({"op": "film.lift", "amount": 7})
    jsonschema.validate(wrong, augspec.schema())  # the shipped file cannot know
    jsonschema.validate(document(LIFT), augspec.schema(vendors=True))
    jsonschema.validate(document({"op": "invert"}, {"op": "rotate", "degrees": 3}, LIFT), augspec.schema(vendors=True))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, augspec.schema(vendors=True))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document({"op": "other.lift"}), augspec.schema(vendors=True))
    assert json.dumps(augspec.schema(vendors=True))
    words = [option.get("$ref") for option in augspec.schema(vendors=True)["$defs"]["Op"]["anyOf"]]
    ours = [option.get("$ref") for option in augspec.schema()["$defs"]["Op"]["anyOf"]]
    assert words == [*ours[:-1], "#/$defs/film.lift"]


def named(tag: str) -> str:
    """Return the source of a package that registers an op of a name."""
    return f"""
from typing import Literal
from augspec.ops.base import PointwiseOp

__all__ = ["Own"]

class Own(PointwiseOp):
    op: Literal["{tag}"]

    def pixels(self, x, draw, m):
        return x
"""


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("", "cannot be imported"),
        (named("other.thing"), "calls itself 'other.thing'"),
        (named("bad.one.two"), "calls itself 'bad.one.two'"),
        ("__all__ = ['Path']\nfrom pathlib import Path\n", "Path is no op that a vendor can add"),
        ("__all__ = ['Invert']\nfrom augspec.ops.invert import Invert\n", "calls itself 'invert'"),
        ("__all__ = ['Sequence']\nfrom augspec.ops.sequence import Sequence\n", "Sequence is no op"),
    ],
)
def test_a_package_that_registers_nonsense_is_named(
    source: str, part: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = f"nonsense_{abs(hash(part))}"
    if source:
        (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    register(monkeypatch, bad=name)
    with pytest.raises(Unsupported, match=part):
        augspec.vendor_ops()
    with pytest.raises(PolicyError, match=part):
        augspec.parse(document({"op": "bad.thing"}))
    assert augspec.parse(document({"op": "invert"}))


def test_a_text_that_a_vendor_asks_for_is_told_by_its_first_example(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    field = """    look: Annotated[str, Field(pattern="^[a-z]+$", examples=["warm", "cold"])]

    def pixels"""
    source = named("looks.own").replace("    def pixels", field)
    (tmp_path / "augspec_looks.py").write_text(f"from typing import Annotated\nfrom pydantic import Field\n{source}")
    monkeypatch.syspath_prepend(str(tmp_path))
    register(monkeypatch, looks="augspec_looks")
    with pytest.raises(PolicyError) as caught:
        augspec.parse(document({"op": "looks.own", "look": 3}))
    assert (caught.value.path, caught.value.allowed) == ("ops[0].look", "a text like warm (pattern ^[a-z]+$)")


def test_a_vendors_op_that_mixes_must_say_what_becomes_of_masks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = """
from typing import ClassVar, Literal
from augspec.ops.mixup import Mixup

__all__ = ["Own"]

class Own(Mixup):
    op: Literal["mixes.own"]
    refuses: ClassVar[tuple[str, ...]] = ()
"""
    (tmp_path / "augspec_mixes.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    register(monkeypatch, mixes="augspec_mixes")
    policy = augspec.parse({**document({"op": "mixes.own"}), "targets": {"label": {"classes": 2}}})
    batch = {"image": np.zeros((2, 4, 4, 3), np.uint8), "label": np.array([0, 1])}
    assert set(augspec.compile(policy)(0, batch)) == {"image", "label"}
    with pytest.raises(NotImplementedError, match=r"mixes\.own"):
        augspec.compile(policy)(0, {**batch, "mask": np.zeros((2, 4, 4), np.uint8)})


def test_what_a_macro_stands_for_is_told_by_the_macros_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = """
from typing import Literal
from augspec.ops.base import Macro
from augspec.ops.scale import Scale
from augspec.ops.sequence import Sequence

__all__ = ["Twice"]

class Twice(Macro):
    op: Literal["shrinks.twice"]

    def expansion(self):
        ops = tuple(Scale(op="scale", factor=0.2) for _ in range(2))
        return Sequence(op="sequence", id=self.id, p=self.p, ops=ops)
"""
    (tmp_path / "augspec_shrinks.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    register(monkeypatch, shrinks="augspec_shrinks")
    ops = [{"op": "invert"}, {"op": "shrinks.twice"}]
    for policy, stage, path in (
        (augspec.parse(document(*ops)), "plan", "ops[1]"),
        (augspec.parse(document(*ops)), "draws", "ops[1]"),
        (augspec.parse({**document(), "eval": ops}), "plan", "eval[1]"),
    ):
        with pytest.raises(PolicyError, match="shrink 25 times") as caught:
            augspec.explain(policy, stage)  # type: ignore[call-overload]
        assert caught.value.path == path
