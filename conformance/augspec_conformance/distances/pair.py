"""One comparison: an op with constant parameters, and the call of another library that means the same."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

import augspec
from augspec.normalize import normalized_dict
from augspec_conformance.cases.policies import document
from augspec_conformance.oracle import run

__all__ = ["Array", "Call", "Library", "Missing", "Pair", "channels", "levels"]

Array = npt.NDArray[Any]
Call = Callable[[Array], Any]
"""From one image (H, W, C), uint8 or float32 of the unit range, to the library's result of the same kind."""


class Missing(Exception):
    """A library that is not installed here."""


@dataclass(frozen=True)
class Library:
    """A library that others know well.

    Attributes:
        name: what people call it.
        module: what is imported.
        distributions: under which names it may be installed.
        prepare: called before the import.
    """

    name: str
    module: str
    distributions: tuple[str, ...]
    prepare: Callable[[], None] = field(default=lambda: None, repr=False)

    def load(self) -> Any:
        """Import it.

        Raises:
            Missing: it is not installed, or does not load here.
        """
        try:
            self.prepare()
            return importlib.import_module(self.module)
        except ImportError as error:
            raise Missing(f"{self.name} is not installed: {error}") from error

    def version(self) -> str:
        """Return the installed version; empty if there is none."""
        for distribution in self.distributions:
            try:
                return version(distribution)
            except PackageNotFoundError:
                continue
        return ""


@dataclass(frozen=True)
class Pair:
    """An op beside a library's call that computes the same formula.

    Attributes:
        library: whose call it is.
        call: the call in words, for the table.
        op: our document of the op, every parameter a constant.
        dtype: what the library is given: "uint8", or "float32" in the unit range.
        theirs: the call; imports its library itself.
        bound: the largest distance that `reason` explains, in levels.
        reason: why the distance is not zero, in a few words.
        values: draws of the op that no constant can stand for, by the last part of their path.
        inside: mask (H, W) of the pixels that are compared; None for all.
        outside: why others are left out.
        square: whether the image is cut to a square first, as quarter turns want it.
    """

    library: Library
    call: str
    op: Mapping[str, Any]
    dtype: Literal["uint8", "float32"]
    theirs: Call = field(repr=False)
    bound: float
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    inside: Callable[[int, int], Array] | None = field(default=None, repr=False)
    outside: str = ""
    square: bool = False

    def given(self, image: Array) -> Array:
        """Return the part of an image (H, W, C) that both are given."""
        side = min(image.shape[:2])
        return image[:side, :side] if self.square else image

    @property
    def name(self) -> str:
        """Return a stable name."""
        fields = " ".join(f"{key}={_short(value)}" for key, value in self.op.items() if key != "op")
        return f"{self.op['op']} {fields} | {self.library.name} {self.call} {self.dtype}"

    def ideal(self, image: Array) -> Array:
        """Return the oracle's result for a uint8 image (H, W, C), in levels, not rounded."""
        policy = normalized_dict(augspec.loads(json.dumps(document(dict(self.op)))))
        path = f"sample/{policy['ops'][0]['id']}"
        values = {f"{path}/{name}": value for name, value in self.values.items()}
        return np.asarray(run(policy, values, {"image": image / 255.0})["image"] * 255.0)

    def other(self, image: Array) -> Array:
        """Return the library's result for a uint8 image (H, W, C), in levels.

        Raises:
            Missing: the library is not installed.
        """
        self.library.load()
        given = image if self.dtype == "uint8" else (image / 255.0).astype(np.float32)
        return levels(self.theirs(given), self.dtype)


def levels(result: Any, dtype: str) -> Array:
    """Return a library's result as float64, in levels."""
    found = np.asarray(result, np.float64)
    return found if dtype == "uint8" else found * 255.0


def channels(call: Callable[[Array], Any]) -> Call:
    """Return a call on single planes (H, W) as one on images (H, W, C)."""
    return lambda image: np.stack([np.asarray(call(image[..., k])) for k in range(image.shape[2])], -1)


def _short(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")).replace('"', "")
