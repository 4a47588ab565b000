"""timm's strings of augmentations, such as `rand-m9-mstd0.5-inc1`, `original-mstd0.5` or `3a`.

The grammar is that of timm 1.0 (`data/auto_augment.py`): a name, then sections after dashes, each of letters and a
number. Magnitudes are of 10; they are clipped there unless `mmax` says another end.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from augspec.errors import AugspecError
from augspec.importing.fields import Fields, Json, NotImported
from augspec.importing.magnitudes import Magnitude
from augspec.importing.result import Imported
from augspec.importing.table import Library, Node, Reader, imported
from augspec.importing.timm_policies import MIXED, POLICIES, SETS, WEIGHTED

__all__ = ["is_timm", "timm"]

_SECTION = re.compile(r"([a-z]*)(\d.*)?$")
_NUMBERS: Mapping[str, Mapping[str, type]] = {
    "rand": {"m": int, "n": int, "p": float, "mstd": float, "mmax": int, "inc": str},
    "augmix": {"m": int, "w": int, "d": int, "a": float, "b": str, "mstd": float},
    **{name: {"mstd": float} for name in POLICIES},
}
"""Sections by name, and what their numbers are."""

_FIRST = ("mstd", "mmax")
"""Sections of which the first counts; of others it is the last."""

_GREY = 128 / 255
_ENDLESS = 100
"""A deviation above this means uniform magnitudes."""


def is_timm(text: str) -> bool:
    """Tell whether a text is a name of timm's, alone or with sections after dashes."""
    return text.partition("-")[0] in _NUMBERS


def timm(text: str) -> Imported:
    """Return the policy of a string, as timm's `create_transform(auto_augment=…)` takes it; nothing is executed.

    Args:
        text: such as `rand-m9-n3-mstd0.5`.

    Raises:
        AugspecError: it is no such string.
    """
    name, *sections = text.strip().split("-")
    if name not in _NUMBERS:
        raise AugspecError(f"{text!r} is no string of timm: it begins with one of {', '.join(sorted(_NUMBERS))}")
    given, chosen, ignored = _sections(name, sections, text)
    if name == "rand":
        node = _rand(given, chosen)
    elif name == "augmix":
        node = _mixture(given)
    else:
        node = _policy(name, _spread(given.get("mstd", 0.0), endless=False))
    found = imported((node,), TIMM, text)
    notes = tuple(f"`{section}` has no number, and timm ignores it" for section in ignored)
    return dataclasses.replace(found, notes=(*found.notes, *notes))


def _sections(name: str, sections: Sequence[str], text: str) -> tuple[dict[str, Any], str, list[str]]:
    """Return the numbers of sections, the name of a set of ops, and the sections that mean nothing."""
    given: dict[str, Any] = {}
    chosen, ignored = "", []
    known = _NUMBERS[name]
    for section in sections:
        if name == "rand" and section.startswith("t"):
            chosen = chosen or section[1:]
            continue
        found = _SECTION.match(section)
        key, number = found.groups() if found else (section, None)
        if found and number is None:
            ignored.append(section)
            continue
        if key not in known:
            raise AugspecError(f"{text!r}: the section {section!r} is none of {', '.join(sorted(known))} with a number")
        try:
            value = known[key](number)
        except ValueError:
            raise AugspecError(f"{text!r}: the section {section!r} wants a number") from None
        given[key] = given.get(key, value) if key in _FIRST else value
    return given, chosen, ignored


def _spread(std: float, *, endless: bool) -> float:
    return math.inf if endless and std > _ENDLESS else std


def _rand(given: Mapping[str, Any], chosen: str) -> Node:
    magnitude = Magnitude(
        float(given.get("m", 10)), _spread(given.get("mstd", 0.0), endless=True), float(given.get("mmax", 0) or 10)
    )
    ops = SETS.get(chosen) or SETS["increasing" if "inc" in given else "plain"]  # any number after `inc` counts as true
    p = float(given.get("p", 0.5))
    members = tuple(
        Node(f"ops[{n}]", op, Fields({"magnitude": magnitude, "p": p, "name": op})) for n, op in enumerate(ops)
    )
    wanted = {"n": int(given.get("n", 2)), "weights": WEIGHTED.get(chosen)}
    return Node("rand", "RandAugment", Fields(wanted), members)


def _mixture(given: Mapping[str, Any]) -> Node:
    magnitude = Magnitude(float(given.get("m", 3)), given.get("mstd", math.inf))
    members = tuple(
        Node(f"ops[{n}]", op, Fields({"magnitude": magnitude, "p": 1.0, "name": op})) for n, op in enumerate(MIXED)
    )
    wanted = {"chains": given.get("w", 3), "depth": given.get("d", -1), "alpha": given.get("a", 1.0)}
    return Node("augmix", "AugMix", Fields(wanted | {"blended": "b" in given}), members)  # `b0` counts as true


def _policy(name: str, std: float) -> Node:
    pairs = tuple(
        Node(
            f"policy[{i}]",
            "pair",
            Fields({}),
            tuple(
                Node(f"policy[{i}][{j}]", op, Fields({"magnitude": Magnitude(level, std), "p": p, "name": op}))
                for j, (op, p, level) in enumerate(pair)
            ),
        )
        for i, pair in enumerate(POLICIES[name])
    )
    return Node(name, "AutoAugment", Fields({}), pairs)


# Ops. A magnitude that is clipped is a choice: its ends, and what lies between them.


def _chosen(fields: Fields, choices: Sequence[tuple[float, Json]]) -> list[Json]:
    """Return one of some ops by their shares, with the transform's probability."""
    p = float(fields["p"])
    fields.drop(("name",))
    if p == 0:
        return []
    gate = {"p": p} if p < 1 else {}
    if len(choices) == 1:
        return [{**choices[0][1], **gate}]
    shares = [round(share, 9) for share, _ in choices]
    weights = {} if len(set(shares)) == 1 else {"weights": shares}
    return [{"op": "one_of", **gate, "ops": [op for _, op in choices], **weights}]


def _plain(op: str) -> Reader:
    def read(fields: Fields) -> list[Json]:
        fields.drop(("magnitude",))
        return _chosen(fields, [(1.0, {"op": op})])

    return read


def _scaled(op: str, parameter: str, factor: float, shift: float = 0.0, *, cap: float = math.inf) -> Reader:
    """Return a reader of factor · magnitude + shift."""

    def read(fields: Fields) -> list[Json]:
        parts = fields["magnitude"].capped(cap).parts()
        return _chosen(fields, [(part.share, {"op": op, parameter: part.scaled(factor, shift)}) for part in parts])

    return read


def _signed(op: str, parameter: str, factor: float, shift: float = 0.0, *, cap: float = math.inf) -> Reader:
    """Return a reader of shift ± factor · magnitude, both signs equally often; a cap is that of minus."""

    def read(fields: Fields) -> list[Json]:
        magnitude = fields["magnitude"]
        found: list[tuple[float, Json]] = []
        for sign, end in ((1, math.inf), (-1, cap)):
            for part in magnitude.capped(end).parts():
                one = {"op": op, parameter: part.scaled(sign * factor, shift)}
                same = [n for n, (_, other) in enumerate(found) if other == one]  # a magnitude of 0 has no sign
                if same:
                    found[same[0]] = (found[same[0]][0] + part.share / 2, one)
                else:
                    found.append((part.share / 2, one))
        return _chosen(fields, found)

    return read


def _moved(op: str, parameter: str, factor: float) -> Reader:
    turn = _signed(op, parameter, factor)

    def read(fields: Fields) -> list[Json]:
        fields.differ("interpolation is bilinear, theirs bilinear or bicubic by chance")
        if op == "shear":
            fields.differ("shears about the centre, theirs about the upper left corner")
        fields.differ("the border fades into the fill, a grey of 128; create_transform fills with the data's mean")
        return [_filled(one) for one in turn(fields)]

    return read


def _filled(op: Json) -> Json:
    if "ops" in op:
        return {**op, "ops": [_filled(member) for member in op["ops"]]}
    return {**op, "fill": round(_GREY, 7)}


def _bits(function: Callable[[float], float]) -> Reader:
    """Return a reader of bits that are kept; without any, all is black, and with all, nothing changes."""

    def op(bits: int) -> Json:
        return {"op": "brightness_scale", "factor": 0.0} if bits < 1 else {"op": "posterize", "bits": min(bits, 8)}

    def read(fields: Fields) -> list[Json]:
        shares = fields["magnitude"].whole(function, 0.4)
        return _chosen(fields, [(share, op(bits)) for bits, share in sorted(shares.items())])

    return read


def _threshold(*, increasing: bool) -> Reader:
    """Return a reader of thresholds ⌊25.6 · magnitude⌋, or 256 less that; from 256 on nothing changes."""

    def op(level: float) -> Json:
        return {"op": "sequence", "ops": []} if level > 255 else {"op": "solarize", "threshold": max(level, 0.0) / 255}

    def read(fields: Fields) -> list[Json]:
        choices: list[tuple[float, Json]] = []
        for part in fields["magnitude"].capped(10).parts():
            if part.low == part.high:
                whole = min(256, math.floor(25.6 * part.low + 1e-9))
                choices.append((part.share, op(256 - whole if increasing else whole)))
                continue
            fields.differ(
                "thresholds are whole levels, ours lie between them" if not increasing else "255 is the last one"
            )
            factor, shift = (-25.6 / 255, 256 / 255) if increasing else (25.6 / 255, 0.0)
            choices.append((part.share, {"op": "solarize", "threshold": _within(part.scaled(factor, shift))}))
        return _chosen(fields, choices)

    return read


def _within(value: float | Json) -> float | Json:
    """Return a distribution with its ends in the unit range."""
    if not isinstance(value, dict):
        return max(0.0, min(value, 1.0))
    if "uniform" in value:
        return {"uniform": [max(0.0, min(end, 1.0)) for end in value["uniform"]]}
    normal = value["normal"]
    return {"normal": {**normal, "low": max(0.0, normal["low"]), "high": min(1.0, normal["high"])}}


def _added(fields: Fields) -> list[Json]:
    choices: list[tuple[float, Json]] = []
    rest: Json = {"op": "solarize_add", "threshold": round(_GREY, 9)}
    for part in fields["magnitude"].capped(128 / 11).parts():
        if part.low == part.high:
            delta: float | Json = min(128, math.floor(11 * part.low + 1e-9)) / 255
        else:
            fields.differ("what is added is cut off to whole levels")
            delta = part.scaled(11 / 255)
        choices.append((part.share, {**rest, "delta": delta}))
    return _chosen(fields, choices)


def _blur(fields: Fields) -> list[Json]:
    fields.differ("three box blurs, ours is a Gaussian")
    return _scaled("gaussian_blur", "sigma", 0.19, 0.1, cap=10)(fields)


def _any_blur(fields: Fields) -> list[Json]:
    fields.differ("three box blurs, ours is a Gaussian")
    parts = fields["magnitude"].capped(10).parts()
    if len(parts) > 1 or parts[0].low != parts[0].high:
        raise NotImported("a radius that is drawn below another that is drawn has no counterpart")
    return _chosen(fields, [(1.0, {"op": "gaussian_blur", "sigma": {"uniform": [0.1, 0.2 * parts[0].low]}})])


def _steps(fields: Fields, members: Sequence[list[Json]], _: Sequence[Node]) -> list[Json]:
    n, weights = int(fields["n"]), fields.get("weights")
    found = [(op[0], k) for k, op in enumerate(members) if op]
    ops = [op for op, _ in found]
    if not weights:
        return [{"op": "some_of", "n": n, "replace": True, "ops": ops}]
    if n != 1:
        raise NotImported(f"a weighted choice of {n} different ops has no counterpart; `n1` has one")
    return [{"op": "one_of", "ops": ops, "weights": [float(weights[k]) for _, k in found]}]


def _mixed(fields: Fields, members: Sequence[list[Json]], _: Sequence[Node]) -> list[Json]:
    if fields["blended"]:  # weights of one blend after the other, which give every chain the same share as one sum
        fields.differ("cuts off to levels after each chain, ours rounds once")
    else:
        fields.differ("cuts the chains' sum off to levels, and then its blend with the image; ours rounds once")
    depth = int(fields["depth"])
    op = {"op": "augmix", "chains": int(fields["chains"]), "depth": depth if depth > 0 else {"integers": [1, 3]}}
    return [{**op, "alpha": float(fields["alpha"]), "ops": [one for member in members for one in member]}]


def _one_pair(_: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    return [{"op": "one_of", "ops": [ops[0] if len(ops) == 1 else {"op": "sequence", "ops": ops} for ops in members]}]


def _pair(_: Fields, members: Sequence[list[Json]], __: Sequence[Node]) -> list[Json]:
    return [op for member in members for op in member]


_FACTORS = {"Color": "saturation", "Contrast": "contrast", "Brightness": "brightness_scale", "Sharpness": "sharpness"}

TIMM = Library(
    readers={
        "AutoContrast": _plain("autocontrast"),
        "Equalize": _plain("equalize"),
        "Invert": _plain("invert"),
        "Rotate": _moved("rotate", "degrees", 3.0),
        "ShearX": _moved("shear", "x", 0.03),
        "ShearY": _moved("shear", "y", 0.03),
        "TranslateXRel": _moved("translate", "x", 0.045),
        "TranslateYRel": _moved("translate", "y", 0.045),
        "Posterize": _bits(lambda k: k),
        "PosterizeIncreasing": _bits(lambda k: 4 - k),
        "PosterizeOriginal": _bits(lambda k: 4 + k),
        "Solarize": _threshold(increasing=False),
        "SolarizeIncreasing": _threshold(increasing=True),
        "SolarizeAdd": _added,
        "Desaturate": _scaled("saturation", "factor", -0.05, 0.5, cap=10),
        "GaussianBlur": _blur,
        "GaussianBlurRand": _any_blur,
        **{name: _scaled(op, "factor", 0.18, 0.1) for name, op in _FACTORS.items()},
        **{f"{name}Increasing": _signed(op, "factor", 0.09, 1.0, cap=10) for name, op in _FACTORS.items()},
    },
    containers={"RandAugment": _steps, "AutoAugment": _one_pair, "pair": _pair, "AugMix": _mixed},
    unsupported={},
    ignored=(),
)
"""The table."""
