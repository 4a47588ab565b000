"""Changes of type in a pipeline of torchvision: `to_float` at its end, or nothing to do.

A policy is told when it is compiled what goes in, and has one op, the last one, that gives floats. So a change of type
in the midst of a pipeline means something only together with what comes before and behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from augspec.importing.fields import Fields, Json, NotImported
from augspec.importing.table import Node, nothing

__all__ = ["CHANGES", "change", "typed"]

CHANGES = ("ConvertImageDtype", "ToDtype", "ToPILImage", "ToTensor")
"""The transforms that change types; others that sound alike change the container alone."""

Numbers = Literal["levels", "unit", "cast"]
"""What pixels are: levels of 8 bits, floats of the unit range, or floats that keep the levels."""

_VERDICT = "verdict"
_FLOATS = ("float16", "bfloat16", "float32", "float64")
_CAST = "floats that keep the levels 0 to 255 are no result of any op (scale=True is)"
_AGAIN = "another change of type follows, or normalize, and the last one counts"
_IMAGES = "only the dtype of images is changed"


@dataclass(frozen=True)
class _Verdict:
    """What a change of type is here: an op, nothing, or no part of a policy, with the reason and what differs."""

    kind: Literal["op", "nothing", "unsupported"]
    reason: str = ""
    differs: str = ""


def change(fields: Fields) -> list[Json]:
    """Read a change of type, as `typed` has judged it."""
    verdict: _Verdict | None = fields.get(_VERDICT)
    if verdict is None:
        raise NotImported("a change of type comes last, in no choice and behind no gate")
    if verdict.kind == "unsupported":
        raise NotImported(verdict.reason)
    if verdict.differs:
        fields.differ(verdict.differs)
    elif verdict.kind == "nothing":
        return nothing(verdict.reason)(fields)
    return [{"op": "to_float"}] if verdict.kind == "op" else []


def typed(top: Sequence[Node], white: float) -> list[Node]:
    """Return the transforms of a pipeline with a verdict for each change of type, and `to_float` at the end.

    Args:
        top: what follows each other; in a `Compose` among them things follow each other too.
        white: what goes in: 1 for floats of the unit range, else levels.
    """
    walk = _Walk("unit" if white == 1 else "levels", 255.0 if white == 1 else white)
    nodes = [walk.step(node) for node in top]
    last = walk.last
    if last is not None and walk.numbers == "unit":
        nodes.append(last)  # under the same path: its row is the one of where it stood
    if last is not None and walk.numbers == "cast":
        nodes.append(_judged(last, _Verdict("unsupported", _CAST)))
    return nodes


def _judged(node: Node, verdict: _Verdict) -> Node:
    return replace(node, fields=Fields({_VERDICT: verdict}, node.fields.white))


class _Walk:
    """Goes through a pipeline and knows what pixels are at each step."""

    def __init__(self, numbers: Numbers, white: float) -> None:
        self.numbers: Numbers = numbers
        self.last: Node | None = None
        """The change after which pixels are floats, unless they were before, or `normalize` gives them."""
        self._white = white

    def step(self, node: Node) -> Node:
        """Return the transform, or its members, with verdicts and with the white that holds there."""
        if node.name == "Compose":
            return replace(node, members=tuple(self.step(member) for member in node.members))
        if node.name in CHANGES:
            return self._change(node)
        self._whiten(node)
        if node.name == "Normalize":
            node = self._normalized(node)
        return node

    def _whiten(self, node: Node) -> None:
        node.fields.white = 1.0 if self.numbers == "unit" else self._white
        for member in node.members:
            self._whiten(member)

    def _normalized(self, node: Node) -> Node:
        if self.numbers == "cast":
            fields = {name: [float(one) / self._white for one in node.fields[name]] for name in ("mean", "std")}
            node = replace(node, fields=Fields(fields, 1.0))
        self.numbers, self.last = "unit", None
        return node

    def _change(self, node: Node) -> Node:
        word, scale, differs = _asked(node)
        before = self.numbers
        if word == "None":
            return _judged(node, _Verdict("nothing", "images keep their dtype", differs))
        if word in _FLOATS:
            if before != "levels":
                return _judged(node, _Verdict("nothing", "pixels are floats already", differs))
            self.numbers = "unit" if scale else "cast"
            other = "" if word == "float32" else f"{word} there, float32 here"
            self.last = _judged(node, _Verdict("op", differs=differs or other))
            return _judged(node, _Verdict("nothing", _AGAIN, differs))
        wrong = self._no_levels(word, scale=scale)
        if wrong:
            return _judged(node, _Verdict("unsupported", wrong))
        self.numbers, self.last = "levels", None
        return _judged(node, _Verdict("nothing", "images come out with 8 bits, as they went in", differs))

    def _no_levels(self, word: str, *, scale: bool) -> str:
        """Return why pixels cannot become levels of 8 bits; nothing if they can."""
        reasons = {
            f"no op gives {word}": word != "uint8",
            "no op gives uint8 of floats": self.numbers == "unit" and self.last is None,
            "it cuts the unit range off to 0 and 1": self.numbers == "unit" and not scale,
            "it takes the levels for numbers of the unit range": self.numbers == "cast" and scale,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")


def _asked(node: Node) -> tuple[str, bool, str]:
    """Return the dtype that images get, whether their range is scaled, and what else changes."""
    fields = node.fields
    if node.name in ("ToTensor", "ToPILImage"):
        return ("float32" if node.name == "ToTensor" else "uint8"), True, ""
    scale = node.name == "ConvertImageDtype" or bool(fields.get("scale", False))
    dtype: Any = fields.get("dtype")
    if not isinstance(dtype, Mapping):
        return _word(dtype), scale, ""
    named = {key if isinstance(key, str) else key.__name__: one for key, one in dtype.items()}
    image = next((name for name in ("Image", "Video", "Tensor", "others") if name in named), None)
    others = any(one is not None for name, one in named.items() if name not in (image, "Video"))
    return _word(named.get(image or "")), scale, _IMAGES if others else ""


def _word(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")
