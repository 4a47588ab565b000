"""The JSON Schema: shipped as generated; what loads accepts it accepts; both refuse what is built wrongly."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import augspec
from augspec.load import parse
from augspec.schema import SHIPPED
from augspec.schema.generate import generate, text

VALIDATOR = Draft202012Validator(augspec.schema())
QUANTITIES = {
    name: node["anyOf"] for name, node in augspec.schema()["$defs"].items() if "anyOf" in node and name != "Op"
}


def accepted(document: Any) -> bool:
    try:
        parse(document)
    except augspec.PolicyError:
        return False
    return True


def test_the_shipped_file_is_the_generated_one() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == text(), "run: python -m augspec.schema.generate"
    assert augspec.schema() == generate()


def test_the_schema_is_a_valid_2020_12_schema_with_our_address() -> None:
    Draft202012Validator.check_schema(augspec.schema())
    assert augspec.schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert augspec.schema()["$id"] == "https://augspec.dev/schema/v1.json"


def test_every_op_requires_its_tag_and_describes_every_field() -> None:
    defs = augspec.schema()["$defs"]
    for tag, cls in augspec.ops().items():
        node = defs[cls.__name__]
        assert node["title"] == tag
        assert node["required"][0] == "op"
        assert node["properties"]["op"]["const"] == tag
        assert node["additionalProperties"] is False
        assert node["description"].endswith((".", ").")), node["description"]
        for name, field in node["properties"].items():
            assert field.get("description"), f"{tag}.{name}"
    for name in ("Targets", "MaskTarget", "BoxesTarget", "KeypointsTarget", "LabelTarget", "FramesTarget"):
        for field, node in defs[name]["properties"].items():
            assert node.get("description"), f"{name}.{field}"
    *ours, vendors = defs["Op"]["anyOf"]
    assert {entry["$ref"] for entry in ours} == {f"#/$defs/{c.__name__}" for c in augspec.ops().values()}
    assert vendors["title"] == "vendor.op"


def test_there_is_no_noise_for_editors() -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    for word in ("discriminator", '"null"', '"propertyName"', '"default": null'):
        assert word not in shipped


# Documents: mostly right ones, and every structural mistake at a random place.

numbers = st.floats(-4, 9, allow_nan=False).map(lambda x: round(x, 3)) | st.integers(-3, 9)


def parameters(quantity: str) -> st.SearchStrategy[Any]:
    constant = next(option for option in QUANTITIES[quantity] if option["title"] == "constant")
    low = max(constant["minimum"], -30)
    high = min(constant["maximum"], max(30, low + 60))
    inside = st.floats(low, high, allow_nan=False)
    pair = st.tuples(inside, inside).map(list)
    kinds: list[st.SearchStrategy[Any]] = [
        inside,
        numbers,
        pair.map(lambda p: {"uniform": sorted(p)}),
        pair.map(lambda p: {"log_uniform": sorted(abs(v) for v in p)}),
        st.lists(inside, min_size=1, max_size=4).map(lambda v: {"choice": v}),
        st.lists(inside, min_size=1, max_size=4).map(lambda v: {"choice": {"values": v, "weights": [1.0] * len(v)}}),
        st.tuples(pair, st.floats(0.1, 50)).map(
            lambda v: {"normal": {"mean": sum(v[0]) / 2, "std": v[1], "low": min(v[0]), "high": max(v[0])}}
        ),
        st.tuples(st.integers(math.ceil(low), math.floor(high)), st.integers(0, 3)).map(
            lambda v: {"integers": [v[0], v[0] + v[1]]}
        ),
        st.tuples(st.floats(0.04, 50), st.floats(0.05, 50)).map(lambda v: {"beta": list(v)}),
    ]
    return st.one_of(kinds)


def field(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in node:
        return parameters(node["$ref"].rsplit("/", 1)[1])
    if "enum" in node:
        return st.sampled_from(node["enum"])
    if node.get("type") == "boolean":
        return st.booleans()
    if node.get("type") in ("number", "integer"):
        top = min(node.get("maximum", 5), 64)
        whole = st.integers(math.ceil(node.get("minimum", 0)), math.floor(top))
        return whole if node["type"] == "integer" else st.floats(node.get("minimum", 0), top) | whole
    if "prefixItems" in node:
        return st.lists(st.integers(1, 64), min_size=2, max_size=2)
    if node.get("type") == "array":
        return st.lists(st.floats(0.001, 1), min_size=1, max_size=3)
    if "pattern" in node:
        return st.sampled_from(["a", "blur", "rotate#0", "x_1"])
    return st.floats(0, 1) | st.lists(st.floats(0, 1), min_size=1, max_size=3)


def op(tag: str, members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    node = augspec.schema()["$defs"][augspec.ops()[tag].__name__]
    fields = {name: field(child) for name, child in node["properties"].items() if name not in ("op", "ops")}
    if "ops" in node["properties"]:
        fields["ops"] = st.lists(members, min_size=1, max_size=3)
    required = {name: fields.pop(name) for name in list(fields) if name in node["required"]}
    return st.fixed_dictionaries({"op": st.just(tag), **required}, optional=fields)


leaf_tags = [tag for tag, cls in augspec.ops().items() if cls.stage != "combinator"]
group_tags = [tag for tag, cls in augspec.ops().items() if cls.stage == "combinator"]
any_op = st.recursive(
    st.sampled_from(leaf_tags).flatmap(lambda tag: op(tag, st.nothing())),
    lambda members: st.sampled_from(group_tags).flatmap(lambda tag: op(tag, members)),
    max_leaves=4,
)
documents = st.fixed_dictionaries(
    {
        "augspec": st.just(1),
        "ops": st.lists(any_op, max_size=2),
        "eval": st.lists(st.just({"op": "resize", "short_side": 8}), max_size=1),
    },
    optional={
        "name": st.text(max_size=10),
        "targets": st.just({"mask": {"fill": 3}, "keypoints": {"swap_pairs": [[0, 1]]}}),
    },
)

relaxed = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@relaxed
@given(documents)
@example({"augspec": 1, "ops": []})
@example({"augspec": 1, "ops": [{"op": "scale", "x": 1, "y": {"choice": [0.5, 2]}}]})
def test_what_loads_accepts_the_schema_accepts(document: Any) -> None:
    if accepted(document):
        errors = [error.message for error in VALIDATOR.iter_errors(document)]
        assert not errors
        dumped = json.loads(augspec.dumps(parse(document)))
        assert VALIDATOR.is_valid(dumped)


@pytest.mark.parametrize("tag", list(augspec.ops()))
def test_what_loads_accepts_of_an_op_the_schema_accepts(tag: str) -> None:
    found = {True: 0, False: 0}

    @settings(relaxed, max_examples=40)
    @given(op(tag, st.one_of([op(leaf, st.nothing()) for leaf in ("grayscale", "horizontal_flip", "shear")])))
    def check(entry: dict[str, Any]) -> None:
        document = {"augspec": 1, "ops": [entry], "eval": []}
        good = accepted(document)
        found[good] += 1
        assert VALIDATOR.is_valid(document) or not good

    check()
    assert found[True] >= 2, "the property would hold of nothing"


GOOD: dict[str, Any] = {
    "augspec": 1,
    "ops": [
        {"op": "rotate", "degrees": {"uniform": [-5, 5]}, "border": "edge", "fill": [0, 1], "p": 0.5},
        {
            "op": "one_of",
            "ops": [{"op": "scale", "factor": 1.1}, {"op": "gaussian_blur", "sigma": {"choice": [1, 2]}}],
        },
        {"op": "some_of", "n": 1, "replace": True, "ops": [{"op": "saturation", "factor": {"beta": [1, 2]}}]},
        {"op": "resize", "size": [4, 4]},
        {"op": "normalize", "mean": [0], "std": [1]},
    ],
    "eval": [{"op": "resize", "size": [4, 4]}],
    "targets": {"boxes": {"min_area": 2}},
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [place for key, child in children for place in places(child, (*path, key))]


def changed(path: tuple[Any, ...], change: Any) -> Any:
    document = json.loads(json.dumps(GOOD))
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return document


def at(path: tuple[Any, ...]) -> Any:
    value: Any = GOOD
    for key in path:
        value = value[key]
    return value


PLACES = places(GOOD)[1:]


def both_refuse(document: Any) -> None:
    assert not accepted(document), document
    assert not VALIDATOR.is_valid(document), document


def test_the_document_that_is_broken_below_is_good() -> None:
    assert accepted(GOOD)
    assert VALIDATOR.is_valid(GOOD)


@pytest.mark.parametrize("path", [p for p in PLACES if isinstance(at(p), dict)], ids=str)
def test_an_unknown_field_is_refused_by_both(path: tuple[Any, ...]) -> None:
    both_refuse(changed(path, lambda holder, key: holder[key].update(unknown=1)))


@pytest.mark.parametrize(
    ("path", "wrong"),
    [(p, w) for p in PLACES for w in (None, {"no": 1}, "no such word", True) if not (at(p) is True and w is True)],
    ids=str,
)
def test_a_wrong_type_is_refused_by_both(path: tuple[Any, ...], wrong: Any) -> None:
    both_refuse(changed(path, lambda holder, key: holder.__setitem__(key, wrong)))


@pytest.mark.parametrize("path", [p for p in PLACES if p[-1] == "op"], ids=str)
def test_a_missing_op_is_refused_by_both(path: tuple[Any, ...]) -> None:
    both_refuse(changed(path, lambda holder, key: holder.pop(key)))


@pytest.mark.parametrize(
    "path", [p for p in PLACES if isinstance(at(p), (int, float)) and not isinstance(at(p), bool)], ids=str
)
def test_a_constant_out_of_range_is_refused_by_both(path: tuple[Any, ...]) -> None:
    both_refuse(changed(path, lambda holder, key: holder.__setitem__(key, -1e12)))


@pytest.mark.parametrize(
    "op",
    [
        {"op": "resize"},
        {"op": "resize", "size": [4, 4], "short_side": 4},
        {"op": "scale"},
        {"op": "scale", "factor": 1, "y": 1},
        {"op": "some_of", "n": 9, "replace": True, "ops": [{"op": "grayscale"}] * 12},
        {"op": "scale", "factor": {"beta": [1, 1]}},
        {"op": "contrast", "factor": {"log_uniform": [0, 1]}},
        {"op": "contrast", "factor": {"uniform": [0, 9]}},
        {"op": "contrast", "factor": {"choice": {"values": [1, 9]}}},
        {"op": "contrast", "factor": {"normal": {"mean": 1, "std": 1, "low": 0, "high": 9}}},
        {"op": "contrast", "factor": {"integers": [0, 9]}},
        {"op": "contrast", "factor": {"uniform": [0.5, 1], "choice": [1]}},
        {"op": "posterize", "bits": 2.5},
        {"op": "posterize", "bits": {"uniform": [2, 6]}},
        {"op": "posterize", "bits": {"choice": [2.5, 3]}},
        {"op": "posterize", "bits": {"choice": {"values": [2, 3.5]}}},
        {"op": "jpeg", "quality": 50.5},
        {"op": "rot90", "turns": {"beta": [1, 1]}},
    ],
)
def test_rules_across_fields_that_a_schema_can_say_are_in_it(op: dict[str, Any]) -> None:
    both_refuse({"augspec": 1, "ops": [op], "eval": []})


def test_a_policy_that_changes_the_size_must_declare_evaluation_in_the_schema_too() -> None:
    both_refuse({"augspec": 1, "ops": [{"op": "resize", "size": [4, 4]}]})


def test_the_shipped_file_is_read_as_utf_8_wherever_that_is_not_the_habit(monkeypatch: pytest.MonkeyPatch) -> None:
    read, asked = Path.read_text, []

    def noted(path: Path, encoding: str | None = None, **options: Any) -> str:
        asked.append(encoding)
        return read(path, encoding=encoding, **options)

    monkeypatch.setattr(Path, "read_text", noted)
    assert augspec.schema()["$defs"]
    assert asked == ["utf-8"]
