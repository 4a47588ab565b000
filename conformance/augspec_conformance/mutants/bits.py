"""Faults that show in few bits or few names: thresholds off by one, and streams and ids that collide or go stale."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace
from typing import Any

import numpy as np

from augspec.namespace import Namespace
from augspec.plan.program import Categorical, Draw, Flag, Whole
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.mutants.faulty import Faulty, Restreamed
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_CUT = 64
"""Characters that a fixed field of a record holds."""

_ROWS = 512
"""Rows of a block of work."""


class OpensAtThreshold(Faulty):
    """Opens a gate also where the draw is exactly its threshold."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        return tuple(
            replace(draw, map=Flag(draw.map.threshold + 1))
            if isinstance(draw.map, Flag) and 0 < draw.map.threshold < 2**24
            else draw
            for draw in draws
        )


class ChoosesPastThreshold(Faulty):
    """Goes on to the next member of a choice only past the threshold, not at it."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        return tuple(
            replace(draw, map=replace(draw.map, thresholds=tuple(end + 1 for end in draw.map.thresholds)))
            if isinstance(draw.map, Categorical)
            else draw
            for draw in draws
        )


class CutsPaths(Faulty):
    """Names streams by the first 64 characters of their paths."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        return tuple(Restreamed.like(draw, draw.path[:_CUT]) if len(draw.path) > _CUT else draw for draw in draws)


class _ReadsTexts(Faulty):
    """The real backend, with a hook for texts as ids."""

    def of_text(self, text: str) -> Any:
        """Return the text, or the id, that stands for a text."""
        return text

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        if isinstance(index, str):
            index = [index]
        if isinstance(index, (list, tuple)) and all(isinstance(text, str) for text in index):
            index = [self.of_text(text) for text in index] or index
        return super().native_ids(index, batch)


class CutsTexts(_ReadsTexts):
    """Keeps 64 characters of a text."""

    def of_text(self, text: str) -> str:
        return text[:_CUT]


class HashesLatinBytes(_ReadsTexts):
    """Hashes one byte per letter where letters have one."""

    def of_text(self, text: str) -> Any:
        try:
            letters = text.encode("latin-1")
        except UnicodeError:
            return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
        return int.from_bytes(hashlib.sha256(letters).digest()[:6], "big")


class TrimsTexts(_ReadsTexts):
    """Takes blanks off both ends of a text."""

    def of_text(self, text: str) -> str:
        return text.strip()


class FoldsTexts(_ReadsTexts):
    """Brings texts to NFKC, in which a superscript is a digit."""

    def of_text(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text)


class ReadsDigits(_ReadsTexts):
    """Takes a text of digits for the number."""

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        if isinstance(index, (list, tuple)) and index and all(str(one).isdigit() for one in index):
            index = [int(one) for one in index]
        return super().native_ids(index, batch)


class TakesWholeFloats(Faulty):
    """Takes floats that are whole numbers for ids."""

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        floats = isinstance(index, (list, np.ndarray)) and np.asarray(index).dtype.kind == "f"
        if floats and np.all(np.floor(index) == index):
            index = np.asarray(index).astype(np.int64)
        return super().native_ids(index, batch)


class TakesHighBits(Faulty):
    """Makes whole numbers of the 24 high bits of words."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def coarse(draw: Draw) -> Draw:
            whole = draw.map
            if not isinstance(whole, Whole):
                return draw
            ends = tuple(-(-(i << 24) // whole.n) for i in range(1, whole.n))
            return replace(draw, map=Categorical(ends, tuple(whole.low + i * whole.step for i in range(whole.n))))

        return tuple(coarse(draw) for draw in draws)


class _CoarseRanks(NumpyNamespace):
    def bitand(self, x: Any, mask: Any) -> Any:
        found = super().bitand(x, mask)
        return found >> 7 << 7 if isinstance(mask, int) and mask == 0x7FFFFFFF else found


class RanksHighBits(Faulty):
    """Ranks words by their 24 high bits."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> dict[str, Any]:
        return runner.draw(_CoarseRanks(), *keys)


class RemembersIds(Faulty):
    """Splits an array of ids once, and knows it again by where it is."""

    def __init__(self) -> None:
        super().__init__()
        self.last: Any = None
        self.split: tuple[Any, Any] = (None, None)

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        if not isinstance(index, np.ndarray):
            return super().native_ids(index, batch)
        if self.last is not index:
            self.last, self.split = index, super().native_ids(index, batch)
        return self.split


class CountsInBlocks(Faulty):
    """Counts samples without ids anew in every 512 rows."""

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        return super().native_ids(np.arange(batch) % _ROWS if index is None else index, batch)


def _mutant(number: str, title: str, wrong: str, make: type[Faulty], *killers: str, **fields: Any) -> Mutant:
    return Mutant(f"M{number}", "bits", title, wrong, make, killers, **fields)


MUTANTS = (
    _mutant("430", "makes whole numbers of 24 bits", "One draw in millions is another one.", TakesHighBits, "K5"),
    _mutant("431", "ranks words by 24 bits", "One order in thousands is another one.", RanksHighBits, "K5"),
    _mutant("432", "takes texts of digits for numbers", "Files 7 and 007 share their draws.", ReadsDigits, "K7"),
    _mutant("433", "trims texts", "Names that differ by a blank share their draws.", TrimsTexts, "K7"),
    _mutant("434", "brings texts to NFKC", "Draws differ from other backends for some names.", FoldsTexts, "K7"),
    _mutant("435", "takes whole floats for ids", "Ids beyond 2²⁴ collide in float32.", TakesWholeFloats, "K7"),
    _mutant(
        "340",
        "opens a gate at its threshold",
        "One sample in sixteen millions is another one than on other backends.",
        OpensAtThreshold,
        "K5",
    ),
    _mutant(
        "341",
        "chooses past the threshold",
        "One sample in sixteen millions is another one than on other backends.",
        ChoosesPastThreshold,
        "K5",
    ),
    _mutant(
        "342",
        "names streams by 64 characters of their paths",
        "Ops deep inside others, of long names, always decide alike.",
        CutsPaths,
        "K5",
    ),
    _mutant(
        "343",
        "keeps 64 characters of texts as ids",
        "Files deep in one folder are all augmented alike.",
        CutsTexts,
        "K7",
    ),
    _mutant(
        "343b",
        "hashes texts as Latin-1 where it can",
        "Files named in other languages are augmented otherwise than elsewhere.",
        HashesLatinBytes,
        "K7",
    ),
    _mutant(
        "344",
        "knows an array of ids again by where it is",
        "A loader that fills one array again and again gets the first batch's augmentations.",
        RemembersIds,
        "P10",
    ),
    _mutant(
        "345",
        "counts samples without ids anew in every 512 rows",
        "In large batches the same augmentations come again and again.",
        CountsInBlocks,
        "B11",
        tier="full",
    ),
)
