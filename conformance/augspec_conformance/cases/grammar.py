"""Policies from the whole grammar, as Hypothesis strategies that follow from the ops' own models.

A field's strategy comes from its quantity, if it is a parameter, and else from its JSON Schema: a new op is explored
without a change here. What goes together (an op's fields, ops after each other) only the models know: an op that is
refused in its place is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Literal

from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

import augspec
from augspec.language.quantities import QUANTITIES
from augspec.registry import any_op
from augspec_conformance.cases.catalogue import ALL_TARGETS
from augspec_conformance.cases.policies import COMBINATORS, accepts_document, document, fitting_targets
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.cases.strategies import run_time
from augspec_conformance.law import MAX_CASE_BYTES, Case

__all__ = ["EXPLORED", "cases", "cases_with", "op_of_name", "ops", "policies", "settings", "valid"]

Json = dict[str, Any]

EXPLORED = (
    "small-u8",
    "odd-f32",
    "square-u8",
    "grey-u8",
    "four-u8",
    "two-u8",
    "row-u8",
    "column-f32",
    "dot-u8",
    "small-u16",
)
"""Signatures: small ones of every number of channels, square ones among them."""

_SETTINGS: tuple[tuple[str, Json], ...] = (
    ("mask", {"fill": -3}),
    ("mask", {"fill": 7}),
    ("boxes", {"min_area": 9.0}),
    ("boxes", {"min_visibility": 0.6}),
    ("boxes", {"min_area": 4.0, "min_visibility": 1.0}),
    ("keypoints", {"swap_pairs": [[0, 2]]}),
    ("keypoints", {"names": ["nose", "left_eye", "right_eye"], "swap_pairs": [[2, 1]]}),
    ("instance_masks", {"tight_boxes": True, "fill": 1}),
    ("frames", {"noise": "shared"}),
)
"""Settings of targets, of which some are drawn; several of one target are merged."""

_LARGEST = 24
"""Largest whole number: the side of a result, in pixels. Larger ones cost time and show nothing more."""

_MEMBERS = 3
_DEPTH = 2
_OPS = 4
_MOST_OTHERS = 3


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return a strategy for a case with any policy; run-time data as for every search."""
    signature = draw(st.sampled_from(EXPLORED))
    return _case(draw, signature, draw(policies(signature)))


@st.composite
def cases_with(draw: st.DrawFn, name: str) -> Case:
    """Return a strategy for a case whose policy holds an op of this name, with up to three others around it."""
    op = draw(op_of_name(name).filter(_somewhere))
    signature = draw(st.sampled_from([one for one in EXPLORED if _fits(document(op), one)]))
    others = draw(policies(signature))["ops"][:_MOST_OTHERS]
    place = draw(st.integers(0, len(others)))
    whole = document(*others[:place], op, *others[place:])
    return _case(draw, signature, whole if _fits(whole, signature) else document(op))


def _somewhere(op: Json) -> bool:
    return any(_fits(document(op), signature) for signature in EXPLORED)


def _case(draw: st.DrawFn, signature: str, policy: Json) -> Case:
    """Return a case of a policy; ops are left out from the end until it is a short note."""
    targets = fitting_targets(policy, draw(st.sampled_from([ALL_TARGETS, ("image",)])))
    layouts: tuple[Literal["NHWC", "NCHW"], ...] = ("NHWC", "NCHW")
    layout = draw(st.sampled_from(layouts))
    rules = draw(settings())
    data = draw(run_time(SIGNATURES[signature].shape[0]))
    while True:
        names = " ".join(op["op"] for op in policy["ops"]) or "nothing"
        told = {**policy, "targets": rules}
        whole = told if rules and valid(told) else policy
        fields = {"name": f"explored: {names}", "policy": whole, "signature": signature, "targets": targets, **data}
        if len(json.dumps(fields).encode()) < MAX_CASE_BYTES - 200:  # a law or a search adds to it
            return Case(**fields, layout=layout)
        policy = document(*policy["ops"][:-1])


@st.composite
def settings(draw: st.DrawFn) -> Json:
    """Return a strategy for what a policy says about targets: mostly nothing."""
    found: Json = {}
    for target, rules in draw(st.lists(st.sampled_from(_SETTINGS), max_size=3) if draw(st.booleans()) else st.just([])):
        found[target] = {**found.get(target, {}), **rules}
    return found


@st.composite
def policies(draw: st.DrawFn, signature: str) -> Json:
    """Return a strategy for documents that are valid, and defined on a signature's channels and sides."""
    kept: list[Json] = []
    for op in draw(st.lists(ops(), min_size=1, max_size=_OPS)):
        if _fits(document(*kept, op), signature):
            kept.append(op)
    return document(*kept)


def _fits(policy: Json, signature: str) -> bool:
    return valid(policy) and accepts_document(policy, signature)


def valid(policy: Json) -> bool:
    """Return whether a document is accepted."""
    return _accepted(json.dumps(policy))


@lru_cache(maxsize=1024)
def _accepted(text: str) -> bool:
    try:
        augspec.normalize(augspec.loads(text))
    except augspec.PolicyError:
        return False
    return True


@cache
def ops(depth: int = _DEPTH) -> st.SearchStrategy[Json]:
    """Return a strategy for ops; combinators in each other `depth` deep."""
    any_op()  # completes the models of combinators
    names = [name for name in augspec.ops() if depth or name not in COMBINATORS]
    return st.sampled_from(names).flatmap(lambda name: op_of_name(name, depth))


@st.composite
def op_of_name(draw: st.DrawFn, name: str, depth: int = 1) -> Json:
    """Return a strategy for one op with any fields that go together."""
    cls = augspec.ops()[name]
    parameters = dict(cls.parameters())
    found: Json = {"op": name}
    for field, info in cls.model_fields.items():
        if field in ("op", "id") or (not info.is_required() and draw(st.booleans())):
            continue  # names of streams are no part of what is computed
        if field == "ops":
            found[field] = draw(st.lists(ops(depth - 1), min_size=1, max_size=_MEMBERS))
        elif field == "p":
            found[field] = draw(st.sampled_from([0.0, 0.3, 0.85, 1.0]))
        elif field == "n":
            found[field] = draw(st.integers(0, len(found["ops"])))
        elif field == "weights":
            members = len(found["ops"])
            found[field] = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=members, max_size=members))
        elif field in parameters:
            found[field] = draw(_number(parameters[field].quantity.name))
        else:
            found[field] = draw(_value(info))
    return _mended(found, [field for field, info in cls.model_fields.items() if not info.is_required()])


def _mended(op: Json, optional: list[str]) -> Json:
    """Return an op without the optional fields that do not go with the others: one of them, or all from the end."""
    if valid(document(op)):
        return op
    for field in optional:
        fewer = {name: value for name, value in op.items() if name != field}
        if len(fewer) < len(op) and valid(document(fewer)):
            return fewer
    for field in reversed(optional):
        op = {name: value for name, value in op.items() if name != field}
        if valid(document(op)):
            break
    return op


@cache
def _number(quantity: str) -> st.SearchStrategy[Any]:
    """Return a strategy for a constant or a distribution of a quantity."""
    known = QUANTITIES[quantity]
    low, high = known.low, known.high
    if low < -1000 and high > 1000:
        low, high = -720.0, 720.0  # two turns
    inside = st.floats(low, high, allow_subnormal=False).map(lambda x: round(x, 3)).filter(lambda x: low <= x <= high)
    pair = st.tuples(inside, inside).map(sorted).filter(lambda ends: ends[0] < ends[1])
    kinds: list[st.SearchStrategy[Any]] = [
        inside,
        pair.map(lambda ends: {"uniform": ends}),
        st.lists(inside, min_size=1, max_size=3, unique=True).map(lambda values: {"choice": values}),
        st.tuples(pair, inside).map(_normal),
    ]
    if low > 0:
        kinds.append(pair.map(lambda ends: {"log_uniform": ends}))
    if high - low >= 2:
        whole = st.integers(math.ceil(low), math.floor(high))
        kinds.append(st.tuples(whole, whole).map(lambda ends: {"integers": sorted(ends)}))
    if low <= 0 and high >= 1:
        kinds.append(st.sampled_from([[2.0, 5.0], [1.0, 1.0], [0.5, 3.0]]).map(lambda ab: {"beta": ab}))
    return st.one_of(kinds)


def _normal(given: tuple[list[float], float]) -> Json:
    (low, high), mean = given
    return {"normal": {"mean": mean, "std": max(high - low, 0.01), "low": low, "high": high}}


def _value(info: FieldInfo) -> st.SearchStrategy[Any]:
    """Return a strategy for a field that is no parameter, from its JSON Schema."""
    annotation: Any = info.annotation
    for mark in info.metadata:
        annotation = _annotated(annotation, mark)
    schema = TypeAdapter(annotation).json_schema()
    return _of_schema(schema, schema.get("$defs", {}))


def _annotated(annotation: Any, mark: Any) -> Any:
    from typing import Annotated

    return Annotated[annotation, mark]


def _of_schema(schema: Json, definitions: Json) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _of_schema(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            some = [one for one in schema[several] if one.get("type") != "null"]
            return st.one_of([_of_schema(one, definitions) for one in some])
    makers: dict[str, Callable[[Json, Json], st.SearchStrategy[Any]]] = {
        "boolean": _booleans,
        "integer": _integers,
        "number": _numbers,
        "array": _arrays,
    }
    kind = schema.get("type", "")
    if kind not in makers:
        raise LookupError(f"no strategy for a field of the schema {schema}: teach augspec_conformance.cases.grammar")
    return makers[kind](schema, definitions)


def _booleans(schema: Json, definitions: Json) -> st.SearchStrategy[bool]:
    del schema, definitions
    return st.booleans()


def _integers(schema: Json, definitions: Json) -> st.SearchStrategy[int]:
    del definitions
    low = schema.get("minimum", 0)
    high = min(schema.get("maximum", _LARGEST), max(_LARGEST, low))
    return st.integers(low, min(high, low + 4)) | st.integers(low, high)  # several small ones fit into an image


def _numbers(schema: Json, definitions: Json) -> st.SearchStrategy[float]:
    del definitions
    low, high = max(schema.get("minimum", -1.0), -1.0), min(schema.get("maximum", 1.0), 1.0)
    return st.integers(0, 20).map(lambda twentieths: max(low, round(low + (high - low) * twentieths / 20, 3)))


def _arrays(schema: Json, definitions: Json) -> st.SearchStrategy[list[Any]]:
    if "prefixItems" in schema:
        return st.tuples(*(_of_schema(item, definitions) for item in schema["prefixItems"])).map(list)
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", _MEMBERS), max(_MEMBERS, least))
    return st.lists(_of_schema(schema["items"], definitions), min_size=least, max_size=most)
