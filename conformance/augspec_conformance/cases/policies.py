"""Policies to ask about: for every op, derived from its own model, and compositions; never symmetric ones."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import augspec
from augspec.registry import any_op
from augspec_conformance.cases.signatures import SIGNATURES

__all__ = [
    "CLASSES",
    "COMBINATORS",
    "DEAR",
    "MIXES",
    "accepts",
    "accepts_document",
    "document",
    "fitting",
    "fitting_targets",
    "mixes",
    "op_document",
    "op_names",
    "op_of",
    "ops_of",
    "pairs",
    "policy",
    "policy_names",
    "range_of",
    "rows",
    "spelled_out",
    "variants",
    "walk",
]

Json = dict[str, Any]

_RANGES: dict[str, Any] = {
    "angle": {"uniform": [5, 35]},
    "fraction": {"uniform": [-0.1, 0.35]},
    "tangent": {"uniform": [-0.1, 0.3]},
    "scale": {"uniform": [0.7, 1.6]},
    "factor": {"uniform": [0.6, 1.7]},
    "offset": {"uniform": [-0.3, 0.15]},
    "std": {"uniform": [0.02, 0.2]},
    "sigma": {"uniform": [0.4, 1.6]},
    "clip": {"uniform": [1.5, 4.0]},
    "disc": {"uniform": [0.8, 2.2]},
    "length": {"integers": [2, 5]},
    "radius": {"integers": [1, 3]},
    "control": {"uniform": [0.3, 0.55]},
    "kelvin": {"uniform": [3500, 6000]},
    "blend": {"uniform": [0.2, 0.7]},
    "amount": {"uniform": [0.4, 1.5]},
    "threshold": {"uniform": [0.3, 0.8]},
    "bits": {"integers": [2, 6]},
    "quality": {"integers": [15, 70]},
    "quarters": {"choice": {"values": [0, 2], "weights": [1, 3]}},
    "resize": {"uniform": [0.8, 1.7]},
    "shrink": {"uniform": [0.3, 0.6]},
    "zoom": {"uniform": [1.1, 1.6]},
    "turns": {"uniform": [0.05, 0.4]},
    "gamma": {"uniform": [0.6, 2.2]},
    "distortion": {"uniform": [0.1, 0.6]},
    "displacement": {"uniform": [0.6, 1.0]},
    "smoothness": {"uniform": [2.6, 4.0]},
    "share": {"uniform": [0.1, 0.4]},
    "depth": {"integers": [1, 2]},
    "mixture": {"uniform": [0.35, 0.9]},
    "hole": {"uniform": [0.25, 0.6]},
    "extent": {"uniform": [0.7, 1.6]},
    "area": {"uniform": [0.3, 0.9]},
    "aspect": {"log_uniform": [0.7, 1.6]},
}
"""One-sided or lopsided ranges by quantity; a quantity that is not listed takes a lopsided part of its domain."""

_SQUARE = {"small-u8": "square-u8", "medium-u8": "square-u8", "odd-f32": "square-f32", "medium-f32": "square-f32"}

CLASSES = 7
"""Of the labels of cases."""

COMBINATORS = tuple(name for name, cls in augspec.ops().items() if cls.stage in ("combinator", "macro"))
"""Ops without pixels of their own: they hold other ops, or stand for some."""


def document(*ops: Json, **fields: Any) -> Json:
    """Return a policy document; one that resizes gets an empty evaluation, one that mixes a number of classes."""
    changes = any(op["op"] in _resizing() for op in walk(tuple(spelled_out(op) for op in ops)))
    found = {"augspec": 1, "ops": list(ops), **({"eval": []} if changes and "eval" not in fields else {}), **fields}
    if mixes(found):
        found["targets"] = {**fields.get("targets", {}), "label": {"classes": CLASSES}}
    return found


def mixes(policy: Json) -> bool:
    """Return whether some op of a policy mixes samples of a batch, and their labels."""
    return any(op["op"] in _mixing() for op in walk(tuple(spelled_out(op) for op in policy["ops"])))


def rows(policy: Json) -> int:
    """Return how many times as many boxes and keypoints a policy gives: of a mixture of samples, those of all."""
    return max((augspec.ops()[op["op"]].rows for op in policy["ops"]), default=1)


@cache
def _mixing() -> tuple[str, ...]:
    return tuple(name for name, cls in augspec.ops().items() if cls.across)


def ops_of(policy: Json) -> tuple[Json, ...]:
    """Return every op of a policy, with those that macros stand for."""
    return tuple(walk(tuple(spelled_out(op) for op in policy["ops"])))


def walk(ops: tuple[Json, ...]) -> Iterator[Json]:
    """Yield ops and their members, each before its own."""
    for op in ops:
        yield op
        yield from walk(tuple(op.get("ops", ())))


def spelled_out(op: Json) -> Json:
    """Return an op without macros: what it stands for, or itself."""
    if not any(one["op"] in _macros() for one in walk((op,))):
        return op
    found: Json = _spelled_out(json.dumps(op))
    return found


@cache
def _spelled_out(op: str) -> Any:
    try:
        policy = augspec.loads(json.dumps({"augspec": 1, "ops": [json.loads(op)], "eval": []}))
    except augspec.PolicyError:
        return json.loads(op)  # what is no op stands for nothing; whoever loads it is told so
    return augspec.normalize(policy).to_dict()["ops"][0]


@cache
def _macros() -> tuple[str, ...]:
    return tuple(name for name, cls in augspec.ops().items() if cls.stage == "macro")


@cache
def _resizing() -> tuple[str, ...]:
    return tuple(name for name, cls in augspec.ops().items() if cls.resizes)


@cache
def op_names() -> tuple[str, ...]:
    """Return the names of all ops."""
    return tuple(augspec.ops())


def range_of(mark: Any) -> Any:
    """Return a lopsided range of a parameter, as a document writes it."""
    quantity = mark.quantity
    if quantity.name in _RANGES:
        return _RANGES[quantity.name]
    low, high = float(quantity.low), float(quantity.high)
    return {"uniform": [low + 0.3 * (high - low), low + 0.55 * (high - low)]}


def _members() -> list[Json]:
    return [
        {"op": "brightness_scale", "factor": {"uniform": [0.5, 0.9]}},
        {"op": "rotate", "degrees": {"uniform": [5, 40]}},
        {"op": "horizontal_flip", "p": 0.3},
    ]


_VALUES: dict[str, list[Any]] = {
    "size": [[7, 5], [1, 1]],
    "short_side": [8],
    "long_side": [20],
    "mean": [[0.4]],
    "std": [[0.25]],
    "n": [2],
    "weights": [[1, 2, 3]],
    "name": ["three_augment/deit3"],
    "cutoff": [0.05],
    "distortion": [0.3],
    "limit": [0.4],
    "pad": [[1, 2, 0, 3]],
    "height": [5],
    "width": [4],
    "top": [1],
    "right": [2],
    "bottom": [0],
    "left": [3],
    "count": [2],
    "tiles": [[2, 3]],
}
"""Fields that are no drawn parameter: candidate values by name."""


def _required(cls: Any) -> Json:
    found: Json = {}
    parameters = dict(cls.parameters())
    for name, field in cls.model_fields.items():
        if name in ("op", "id", "p") or not field.is_required():
            continue
        found[name] = (
            _members() if name == "ops" else range_of(parameters[name]) if name in parameters else _value(field, name)
        )
    return found


def _value(field: Any, name: str) -> Any:
    if name in _VALUES:
        return _VALUES[name][0]
    literals = _literals(field.annotation)
    if literals:
        return literals[0]
    raise LookupError(f"no candidate value for the field {name!r}: add one to augspec_conformance.cases.policies")


def _literals(annotation: Any) -> tuple[Any, ...]:
    arguments = get_args(annotation)
    if arguments and all(isinstance(value, str) for value in arguments):
        return arguments
    if get_origin(annotation) in (Union, UnionType):  # words among other values
        return tuple(word for one in arguments if get_origin(one) is Annotated for word in _words(get_args(one)[0]))
    return (False, True) if annotation is bool else ()


def _words(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _accepted(op: Json) -> bool:
    try:
        augspec.normalize(augspec.loads(json.dumps(document(op))))
    except augspec.PolicyError:
        return False
    return True


@cache
def _base(name: str) -> str:
    """Return the JSON text of a lopsided document of an op, found by trying which fields go together."""
    cls = augspec.ops()[name]
    parameters = dict(cls.parameters())
    required = _required(cls)
    drawable = {field: range_of(mark) for field, mark in parameters.items()}
    optional = [field for field in cls.model_fields if field in _VALUES and field not in required]
    candidates = [{**required, **drawable}]
    candidates += [{**required, field: drawable[field]} for field in drawable]
    candidates += [required, {**required, **drawable, **{field: _VALUES[field][0] for field in optional}}]
    candidates += [*({**required, **drawable, field: _VALUES[field][0]} for field in optional)]
    for fields in candidates:
        op = {"op": name, **fields}
        if cls.model_fields["p"].default != 1:
            op["p"] = 0.3
        if _accepted(op):
            return json.dumps(op)
    raise LookupError(f"no document found for the op {name!r}: teach augspec_conformance.cases.policies its fields")


def op_document(name: str, signature: str = "small-u8") -> Json:
    """Return a lopsided document of an op that fits a signature's sides."""
    op: Json = json.loads(_base(name))
    _, height, width, _ = SIGNATURES[signature].shape
    if isinstance(op.get("size"), list):
        grows = augspec.ops()[name].stage == "resample"
        op["size"] = [height + 3, max(1, width * 2 // 3)] if grows else [max(1, height * 2 // 3), max(1, width - 2)]
    if isinstance(op.get("height"), int):
        op |= {"height": max(1, height * 2 // 3), "width": max(1, width - 2)}
        op |= {"top": min(op["top"], height - op["height"]), "left": min(op["left"], (width - op["width"]) // 2)}
    for field, mark in augspec.ops()[name].parameters():
        if mark.quantity.name == "quarters" and height == width:
            op[field] = {"integers": [0, 3]}
    return op


def variants(name: str, signature: str = "small-u8") -> dict[str, Json]:
    """Return further documents of an op by name: every word of every choice, each side of every switch, and a gate."""
    found: dict[str, Json] = json.loads(_variants(name, signature))
    return found


@cache
def _variants(name: str, signature: str) -> str:
    """Return the JSON text of the variants; planning asks for the same ones thousands of times."""
    base, cls = op_document(name, signature), augspec.ops()[name]
    found: dict[str, Json] = {}
    for field, info in cls.model_fields.items():
        if field in ("op", "id", "p"):
            continue
        for word in _literals(info.annotation):
            if word != info.default:
                found[f"{field}={word}"] = {**base, field: word}
    if cls.model_fields["p"].default == 1:
        found["p=0.85"] = {**base, "p": 0.85}
    if "fill" in cls.model_fields:
        found["fill"] = {**base, "fill": 0.75}
    for field, values in _VALUES.items():
        if field in cls.model_fields and field not in base:
            plain = {key: value for key, value in base.items() if key not in _VALUES or isinstance(value, dict)}
            found[field] = {**plain, field: values[0]}
    return json.dumps({key: op for key, op in found.items() if _accepted(op)})


def _uniform(low: float, high: float) -> Json:
    return {"uniform": [low, high]}


MIXES: dict[str, Json] = {
    "train": document(
        {"op": "horizontal_flip", "p": 0.3},
        {"op": "rotate", "degrees": _uniform(5, 30), "p": 0.85},
        {"op": "brightness_scale", "factor": _uniform(0.6, 0.95), "p": 0.85},
        {"op": "contrast", "factor": _uniform(1.1, 1.8), "p": 0.3},
    ),
    "choice": document(
        {
            "op": "one_of",
            "weights": [1, 3],
            "ops": [{"op": "rotate", "degrees": _uniform(5, 30)}, {"op": "saturation", "factor": _uniform(0.1, 0.6)}],
        }
    ),
    "some": document(
        {
            "op": "some_of",
            "n": 2,
            "ops": [
                {"op": "brightness_shift", "delta": _uniform(0.05, 0.3)},
                {"op": "gaussian_blur", "sigma": _uniform(0.5, 1.2)},
                {"op": "vertical_flip", "p": 0.85},
            ],
        }
    ),
    "steps": document(
        {
            "op": "some_of",
            "n": 2,
            "replace": True,
            "ops": [
                {"op": "contrast", "factor": _uniform(0.4, 0.9), "pivot": "mid"},
                {"op": "gaussian_noise", "std": _uniform(0.02, 0.1)},
                {"op": "translate", "x": _uniform(0.05, 0.3)},
            ],
        },
        {"op": "horizontal_flip", "p": 0.3},
    ),
    "order": document(
        {
            "op": "random_order",
            "ops": [
                {"op": "contrast", "factor": _uniform(1.2, 1.8), "pivot": "mid"},
                {"op": "brightness_shift", "delta": _uniform(0.1, 0.3), "p": 0.85},
                {"op": "translate", "x": _uniform(0.05, 0.3)},
            ],
        }
    ),
    "chains": document(
        {
            "op": "augmix",
            "chains": 2,
            "depth": {"integers": [1, 2]},
            "ops": [
                {"op": "contrast", "factor": _uniform(1.2, 1.8), "pivot": "mid"},
                {"op": "gaussian_noise", "std": _uniform(0.02, 0.1)},
            ],
        },
        {"op": "horizontal_flip", "p": 0.3},
    ),
    "macros": document(
        {"op": "color_jitter", "brightness": _uniform(0.6, 0.9), "hue": _uniform(0.05, 0.3), "p": 0.85},
        {"op": "preset", "name": "three_augment/deit3"},
    ),
    "warps": document(
        {"op": "vertical_flip", "p": 0.3},
        {"op": "scale", "factor": _uniform(0.8, 1.5), "border": "mirror"},
        {"op": "shear", "x": _uniform(0.05, 0.3), "border": "mirror", "p": 0.85},
        {"op": "rotate", "degrees": {"normal": {"mean": 10, "std": 8, "low": -5, "high": 30}}, "border": "mirror"},
    ),
    "borders": document(
        {"op": "translate", "x": _uniform(0.1, 0.4), "border": "wrap"},
        {"op": "rotate", "degrees": _uniform(-35, -5), "border": "edge", "interpolation": "bicubic"},
        {"op": "shear", "y": _uniform(0.1, 0.3), "border": "symmetric", "interpolation": "nearest"},
    ),
    "crop": document(
        {"op": "random_resized_crop", "size": [11, 7], "area": _uniform(0.2, 0.7)},
        {"op": "horizontal_flip", "p": 0.85},
        {"op": "normalize", "mean": [0.48, 0.45, 0.4], "std": [0.22, 0.23, 0.25]},
    ),
    "colour": document(
        {"op": "brightness_scale", "factor": {"log_uniform": [0.6, 1.2]}},
        {"op": "saturation", "factor": _uniform(1.1, 2.0), "p": 0.85},
        {"op": "grayscale", "p": 0.3},
        {
            "op": "contrast",
            "factor": {"choice": {"values": [0.5, 0.8, 1.4], "weights": [3, 2, 1]}},
            "pivot": "channel_mean",
        },
    ),
    "nested": document(
        {
            "op": "sequence",
            "p": 0.85,
            "ops": [
                {"op": "one_of", "ops": [{"op": "horizontal_flip", "p": 1.0}, {"op": "gaussian_blur", "sigma": 1.0}]},
                {"op": "brightness_shift", "delta": {"beta": [2.0, 5.0]}, "p": 0.3},
            ],
        }
    ),
    "targets": document(
        {"op": "horizontal_flip", "p": 0.85},
        {"op": "translate", "x": _uniform(0.1, 0.5), "y": _uniform(-0.3, -0.1)},
        targets={
            "mask": {"fill": 77},
            "boxes": {"min_area": 6.0, "min_visibility": 0.3},
            "keypoints": {"swap_pairs": [[0, 1]]},
        },
    ),
    "filter": document(
        {"op": "gaussian_blur", "sigma": _uniform(0.4, 1.4), "p": 0.85},
        {"op": "gaussian_noise", "std": 0.05, "per_channel": False},
        {"op": "center_crop", "size": [6, 6]},
    ),
    "blend": document(
        {"op": "rotate", "degrees": _uniform(5, 30), "p": 0.85},
        {"op": "contrast", "factor": _uniform(1.1, 1.8)},  # needs all of what the warp gives, before samples meet
        {"op": "mixup", "alpha": 0.8, "p": 0.7},
    ),
    "empty": document(),
}
"""Compositions."""

DEAR = ("op:horizontal_flip", "op:rotate", "op:gaussian_noise", "op:random_resized_crop", "mix:train", "mix:some")
"""What is compiled even where a compilation takes ten seconds."""


@cache
def policy_names(*, with_variants: bool = False) -> tuple[str, ...]:
    """Return `op:<name>` for every op, then `mix:<name>`; with variants also `op:<name>/<variant>`."""
    names = []
    for name in op_names():
        names.append(f"op:{name}")
        if with_variants:
            names += [f"op:{name}/{variant}" for variant in variants(name)]
    return (*names, *(f"mix:{name}" for name in MIXES))


def policy(name: str, signature: str = "small-u8") -> Json:
    """Return the policy document of a name."""
    kind, _, rest = name.partition(":")
    if kind == "mix":
        return MIXES[rest]
    op, _, variant = rest.partition("/")
    return document(variants(op, signature)[variant] if variant else op_document(op, signature))


def accepts(name: str, signature: str) -> bool:
    """Return whether a policy is defined on a signature's channels and sides."""
    return accepts_document(policy(name, signature), signature)


def op_of(op: Json) -> Any:
    """Return the model of an op's document."""
    any_op()  # completes the models of combinators
    return augspec.ops()[op["op"]].model_validate_json(json.dumps({k: v for k, v in op.items() if k != "id"}))


def accepts_document(policy: Json, signature: str) -> bool:
    """Return whether a policy's document is defined on a signature's channels and sides."""
    policy = {**policy, "ops": [spelled_out(op) for op in policy["ops"]]}
    _, height, width, channels = SIGNATURES[signature].shape
    for op in walk(tuple(policy["ops"])):
        if not op_of(op).accepts(channels):
            return False
        lengths = [len(op[field]) for field in ("mean", "fill") if isinstance(op.get(field), list)]
        if any(length not in (1, channels) for length in lengths):
            return False
    return _sized([op_of(op) for op in policy["ops"]], height, width) is not None


def fitting_targets(policy: Json, targets: Sequence[str]) -> tuple[str, ...]:
    """Return the targets that a policy has a meaning for, and those, besides, that some op of it looks at."""
    models = [op_of(op) for op in walk(tuple(spelled_out(op) for op in policy["ops"]))]
    kept = [name for name in targets if not any(name in one.refused() for one in models)]
    wanted = {name for one in models for name in (*one.needs, *one.needs_one[:1])}
    return (*kept, *sorted(wanted - set(kept)))


def _sized(ops: Sequence[Any], height: int, width: int) -> tuple[int, int] | None:
    """Return the size after some ops; None if one of them does not fit the size before it."""
    for op in ops:
        members = getattr(op, "ops", None)
        if members is not None:
            sizes = [_sized((member,), height, width) for member in members]
            if op.tag == "sequence":
                sizes = [_sized(members, height, width)]
            if any(size is None for size in sizes):
                return None
            height, width = next((size for size in sizes if size is not None), (height, width))
        else:
            try:
                height, width = op.output_size(height, width)
            except augspec.SampleError:
                return None
    return height, width


def pairs(names: tuple[str, ...], signatures: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the (policy, signature) pairs that go together; what needs a square gets one in place of another size."""
    for name, signature in itertools.product(names, signatures):
        found = fitting(name, signature)
        if found is not None:
            yield name, found


def fitting(name: str, signature: str) -> str | None:
    """Return a signature on which a policy is defined: the one named, or the square one of its dtype; None if none."""
    for one in (signature, _SQUARE.get(signature)):
        if one is not None and accepts(name, one):
            return one
    return None
