"""The order of ops: blur after noise, two resamplings, work on mixed images."""

from __future__ import annotations

from collections.abc import Iterator

from augspec.lint.finding import Note, Rule
from augspec.lint.subject import Place, Subject
from augspec.normalize import normalize
from augspec.ops.base import FilterOp, NoiseOp, TypeOp
from augspec.plan.build import build
from augspec.plan.fuse import fuse
from augspec.plan.place import place as place_of
from augspec.plan.stages import Chains, Choose, Stage, leaves

__all__ = ["ORDER"]

_RESAMPLING = ("warp", "resample", "remap")


def _smooths(place: Place) -> bool:
    return isinstance(place.op, FilterOp) and place.op.steepness() <= 1


def _blurred_noise(subject: Subject) -> Iterator[Note]:
    for first, second in subject.pairs():
        if isinstance(first.op, NoiseOp) and _smooths(second):
            yield second.path, f"{second.op.tag} after {first.op.tag} ({first.path})"


def _resampled_twice(subject: Subject) -> Iterator[Note]:
    ops = normalize(subject.policy).ops
    by_key = {place.key: place for place in subject.leaves}
    stages = [
        [by_key[place_of(leaf.path, ops, "ops")] for leaf in leaves((stage,)) if leaf.op.stage in _RESAMPLING]
        for stage in _flat(fuse(build(ops)).stages)
    ]
    stages = [stage for stage in stages if stage]
    for n, second in enumerate(stages):
        for first in stages[:n]:
            a, b = first[0], second[0]
            if a.with_(b) and a.path != b.path:
                yield b.path, f"{b.op.tag} interpolates again what {a.op.tag} ({a.path}) has interpolated"
                break


def _flat(stages: tuple[Stage, ...]) -> Iterator[Stage]:
    for stage in stages:
        if isinstance(stage, Choose):
            for branch in stage.branches:
                yield from _flat(branch)
        elif isinstance(stage, Chains):
            for chain in stage.chains:
                yield from _flat(chain)
        else:
            yield stage


def _after_mixing(subject: Subject) -> Iterator[Note]:
    for first, second in subject.pairs():
        mixed = first.op.across and not second.op.across
        if mixed and not isinstance(second.op, TypeOp):
            yield second.path, f"{second.op.tag} after {first.op.tag} ({first.path}), which mixes samples"


ORDER = (
    Rule(
        "W201",
        "The blur takes away most of the noise that was just added.",
        "Put the noise after the blur, as a camera does.",
        _blurred_noise,
    ),
    Rule(
        "W202",
        "Every interpolation blurs a little, and costs a pass over memory.",
        "Put geometric ops with the same interpolation, border and fill beside each other: they become one (C10). "
        "A crop that resizes can do the work of a scale.",
        _resampled_twice,
    ),
    Rule(
        "W203",
        "One draw then acts on a mixture of two samples, whose labels were drawn for themselves.",
        "Put the ops that mix last, before normalize alone.",
        _after_mixing,
    ),
)
