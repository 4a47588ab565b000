"""Faults of key handling: streams that collide, bits that are lost, draws that move."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from augspec.namespace import Array, Namespace
from augspec.plan.program import Draw
from augspec.random.keys import Key
from augspec_backends.generic.backend import Keys
from augspec_backends.generic.pipeline import Runner
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.mutants.faulty import Faulty, Restreamed, Run, Values
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_TRUNCATED = 29


class IgnoresKey(Faulty):
    """Uses the key 0 whatever the key is."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        return (words * 0, low, high), on_host


class DropsHighBits(Faulty):
    """Uses the low 32 bits of the seed."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        return (words * np.array([0, 1, 1, 1], np.int32), low, high), on_host


class DropsEpoch(Faulty):
    """Uses neither epoch nor view."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        return (words * np.array([1, 1, 0, 0], np.int32), low, high), on_host


class AddsIdToSeed(Faulty):
    """Seeds sample i with seed + i: neighbouring seeds share all samples but one."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        return (words * np.array([1, 0, 1, 1], np.int32), low + words[1:2], high), on_host


class OneStreamForEqualNames(Faulty):
    """Leaves the op's identity out of the stream: fields of one name draw alike in all ops."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        return tuple(Restreamed.like(draw, draw.path.rsplit("/", 1)[1]) for draw in draws)


class OneStreamForBothAxes(Faulty):
    """Draws y from the stream of x."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        def of(path: str) -> str:
            op, name = path.rsplit("/", 1)
            return f"{op}/{name[:-1] + 'x' if name.endswith('y') else name}"

        return tuple(Restreamed.like(draw, of(draw.path)) for draw in draws)


class CountsOps(Faulty):
    """Mixes the number of draws into every stream: one more op changes all of them."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        return tuple(Restreamed.like(draw, f"{draw.path}@{len(draws)}") for draw in draws)


class ReusesNextId(Faulty):
    """Draws y for a sample from what x is for the next one."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        words, low, high = keys
        values = dict(super().draw(runner, keys, on_host, xp))
        following = super().draw(runner, (words, low + 1, high), on_host, xp)
        for path in values:
            if path.endswith("_y") and f"{path[:-1]}x" in values:
                values[path] = following[f"{path[:-1]}x"]
        return values


class ReusesNextAttempt(Faulty):
    """Starts the attempts of the second op one word after those of the first."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        values = dict(super().draw(runner, keys, on_host, xp))
        areas = [path for path in values if path.endswith("/area") and values[path].ndim == 2]
        for path, before in zip(areas[1:], areas, strict=False):
            values[path] = np.concatenate([values[before][:, 1:], values[path][:, :1]], 1)
        return values


class MixesGates(Faulty):
    """Mixes the probabilities of the gates that a policy has by itself into every other stream."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        gates = ",".join(str(draw.map) for draw in draws if draw.path.endswith("/apply") and "/front/" not in draw.path)
        return tuple(
            draw if draw.path.endswith("/apply") else Restreamed.like(draw, f"{draw.path}@{gates}") for draw in draws
        )


class FollowsOrder(Faulty):
    """Draws otherwise when two ops with ids have changed places; what is added elsewhere does not matter."""

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        tags = [draw.path.split("/")[1] for draw in draws]
        own = [tag for tag in tags if tag != "front" and not tag.startswith("saturation")]
        falls = [first > second for first, second in itertools.pairwise(own)].count(True)
        return tuple(Restreamed.like(draw, f"{draw.path}@{falls}") for draw in draws)


class FewKeys(Faulty):
    """Hashes the seed to ten bits: with a few dozen keys nobody notices."""

    def keys(self, key: Any, index: Any, batch: int, xp: Namespace) -> tuple[Keys, bool]:
        (words, low, high), on_host = super().keys(key, index, batch, xp)
        seed = (int(words[0]) & 0xFFFFFFFF) << 32 | int(words[1]) & 0xFFFFFFFF
        few = seed if seed < 2**10 or seed & (seed - 1) == 0 or seed > 2**64 - 9 else seed % 1021 + 2**10
        words = np.array([few >> 32, few & 0xFFFFFFFF, *words[2:]], np.int64).astype(np.uint32).view(np.int32)
        return (words, low, high), on_host


class OneResult(Faulty):
    """Draws by the key, but calls with the key 7."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(Key(7) if isinstance(key, Key) else key, sample, index)


class _WrongRotation(NumpyNamespace):
    def shl(self, x: Array, bits: int) -> Array:
        # Among all shifts of the language only Threefry's rotations go so far.
        return super().shl(x, bits - 1 if bits == _TRUNCATED else bits)


class WrongRotation(Faulty):
    """Threefry with one wrong rotation constant."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        return runner.draw(_WrongRotation(), *keys)


class SwapsLanes(Faulty):
    """Swaps the two words of every Threefry block."""

    def draw(self, runner: Runner, keys: Keys, on_host: bool, xp: Namespace) -> Values:
        return runner.draw(_SwappedLanes(), *keys)


class _SwappedLanes(NumpyNamespace):
    def bitand(self, x: Array, mask: Array | int) -> Array:
        lane = super().bitand(x, mask)
        # The lane of a word is the lowest bit of its number: the only column that is masked with 1.
        return 1 - lane if isinstance(mask, int) and mask == 1 and np.shape(x)[1:] == (1,) else lane


MUTANTS = (
    Mutant(
        "M20",
        "keys",
        "ignores the key",
        "Every epoch and every run augments alike.",
        IgnoresKey,
        ("K2",),
    ),
    Mutant(
        "M21",
        "keys",
        "drops the high 32 bits of the seed",
        "Seeds that differ only there give equal data.",
        DropsHighBits,
        ("K2", "K5"),
    ),
    Mutant(
        "M21b",
        "keys",
        "drops epoch and view",
        "Every epoch shows the same crops.",
        DropsEpoch,
        ("K2", "K5"),
    ),
    Mutant(
        "M22",
        "keys",
        "adds the sample id to the seed",
        "Run 2 is run 1, shifted by one sample.",
        AddsIdToSeed,
        ("K3", "K5"),
    ),
    Mutant(
        "M23",
        "keys",
        "gives equal fields of two ops the same bits",
        "Two flips always happen together.",
        OneStreamForEqualNames,
        ("K3", "R5", "K5"),
    ),
    Mutant(
        "M24",
        "keys",
        "gives x and y the same bits",
        "Pictures move along the diagonal only.",
        OneStreamForBothAxes,
        ("K3", "R5", "K5"),
    ),
    Mutant(
        "M25",
        "keys",
        "mixes the number of draws into every stream",
        "Adding an op at the end changes all earlier decisions.",
        CountsOps,
        ("K4", "K5"),
    ),
    Mutant(
        "M26",
        "keys",
        "has one wrong rotation in Threefry",
        "Results differ from every other backend's.",
        WrongRotation,
        ("K5",),
    ),
    Mutant(
        "M26b",
        "keys",
        "swaps the two words of every Threefry block",
        "Results differ from every other backend's.",
        SwapsLanes,
        ("K5",),
    ),
    Mutant(
        "M20b",
        "keys",
        "hashes the seed to ten bits",
        "Every thousandth run is the same run.",
        FewKeys,
        ("K2",),
    ),
    Mutant(
        "M20c",
        "keys",
        "draws by the key, but calls with one key",
        "Every epoch augments alike, and logged draws say otherwise.",
        OneResult,
        ("K2",),
    ),
    Mutant(
        "M24b",
        "keys",
        "takes the x of the next sample for y",
        "Neighbouring samples are correlated.",
        ReusesNextId,
        ("K3",),
    ),
    Mutant(
        "M24c",
        "keys",
        "takes the attempts of one op for another's, one later",
        "Two crops of a policy are cut alike.",
        ReusesNextAttempt,
        ("K3",),
    ),
    Mutant(
        "M25b",
        "keys",
        "mixes the probabilities of gates into the other streams",
        "Tuning one op's p changes all the others.",
        MixesGates,
        ("K4",),
    ),
    Mutant(
        "M25c",
        "keys",
        "draws otherwise when ops with ids change places",
        "Moving an op changes what all of them do.",
        FollowsOrder,
        ("K4",),
    ),
)
