"""Faults of mixtures of chains: other weights, other beginnings, other lengths, and targets that stay behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

import augspec
from augspec.plan.program import Simplex
from augspec.plan.stages import Chains
from augspec_backends.generic.pipeline import Pipeline
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.chains import ChainsStep
from augspec_conformance.mutants.faulty import Faulty, Run, Values, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

_WHOLE = 1 << 15


def _paths(pipeline: Pipeline, name: str) -> Iterator[str]:
    """Yield the paths of a field of every op that mixes chains."""
    for draw in pipeline.draws:
        if isinstance(draw.map, Simplex):
            yield draw.path.removesuffix("weights") + name


class DividesUniforms(Faulty):
    """Draws a uniform number per chain and divides them by their sum: weights are far too even."""

    def drawn(self, values: Values) -> Values:
        found = dict(values)
        for path, array in values.items():
            if path.endswith("/weights") and len(array):
                numbers = np.random.default_rng(int(np.abs(array).sum())).random(array.shape)
                shares = np.floor(numbers / numbers.sum(1, keepdims=True) * _WHOLE).astype(np.int32)
                shares[:, -1] += _WHOLE - shares.sum(1)
                found[path] = shares
        return found


class SwapsShares(Faulty):
    """Gives the image the share of the chains, and the chains what is the image's."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: _WHOLE - values[path] for path in _paths(pipeline, "share")}}


class RunsAllSteps(Faulty):
    """Runs every chain as long as the longest one can be."""

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        return {**values, **{path: values[path] * 0 + 8 for path in _paths(pipeline, "depth") if path in values}}


class ChoosesOnce(Faulty):
    """Chooses the members of the first chain, and runs them in all chains."""

    def drawn(self, values: Values) -> Values:
        found = dict(values)
        for path, array in values.items():
            if path.endswith("/weights"):
                branch = path.removesuffix("weights") + "branch"
                chains, turns = array.shape[1], values[branch].shape[1]
                found[branch] = np.tile(values[branch][:, : turns // chains], (1, chains))
        return found


class _OneChain(ChainsStep):
    """Lets every chain begin where the one before it ended."""

    def apply(self, on: Pixels, stage: Chains, state: State, params: Any, at: str) -> State:
        m, weights = on.numbers(), params[f"{at}.weights"]
        image = end = on.working(on.now(state["image"]))
        total = None
        for number, chain in enumerate(stage.chains):
            end = on.working(on.run(chain, {"image": end}, params, f"{at}.{number}.")["image"])
            part = m.part(image, end, on.pixelwise(weights[:, number]))
            total = part if total is None else total + part
        return {**state, "image": m.with_parts(image, total)}


class GoesOn(Faulty):
    """Lets every chain begin where the one before it ended."""

    steps: ClassVar[Steps] = {**STEPS, Chains: _OneChain()}


class _Coarse(ChainsStep):
    """Cuts every chain off to whole levels before it is mixed."""

    def apply(self, on: Pixels, stage: Chains, state: State, params: Any, at: str) -> State:
        if not on.numbers().exact:
            return super().apply(on, stage, state, params, at)
        m, weights = on.numbers(), params[f"{at}.weights"]
        image = on.working(on.now(state["image"]))
        total = None
        for number, chain in enumerate(stage.chains):
            end = on.working(on.run(chain, {"image": image}, params, f"{at}.{number}.")["image"])
            part = m.part(image, end & ~255, on.pixelwise(weights[:, number]))
            total = part if total is None else total + part
        return {**state, "image": m.with_parts(image, total)}


class CutsChainsOff(Faulty):
    """Cuts every chain off to whole levels before it is mixed, as libraries that keep uint8 do."""

    steps: ClassVar[Steps] = {**STEPS, Chains: _Coarse()}


class LeavesMasksBehind(Faulty):
    """Takes samples with masks and boxes into chains that move pixels, and gives these back as they were."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        try:
            return run(key, sample, index)
        except augspec.SampleError as error:
            if "has no meaning for them" not in str(error):
                raise
            return with_entry(sample, "image", run(key, image_of(sample), index))


MUTANTS = (
    Mutant(
        "M240",
        "chains",
        "draws the weights of chains as uniform numbers over their sum",
        "No chain is ever alone in a mixture.",
        DividesUniforms,
        ("R20",),
    ),
    Mutant(
        "M241",
        "chains",
        "gives the image the share of the chains",
        "Where little was asked for, nearly all is changed.",
        SwapsShares,
        ("N1",),
    ),
    Mutant(
        "M242",
        "chains",
        "runs every chain to its greatest depth",
        "Short chains are never seen, and the draws say otherwise.",
        RunsAllSteps,
        ("N1", "R20"),
    ),
    Mutant(
        "M243",
        "chains",
        "chooses the members of one chain for all",
        "A mixture of equals is no mixture.",
        ChoosesOnce,
        ("R20",),
    ),
    Mutant(
        "M244",
        "chains",
        "lets every chain begin where the one before it ended",
        "The last chain is three times as strong as the first.",
        GoesOn,
        ("N1",),
    ),
    Mutant(
        "M245",
        "chains",
        "cuts chains off to whole levels before they are mixed",
        "Mixtures are darker than what they are made of.",
        CutsChainsOff,
        ("N1",),
    ),
    Mutant(
        "M246",
        "chains",
        "takes masks along that no chain can move",
        "A mask says where nothing is.",
        LeavesMasksBehind,
        ("S10",),
    ),
)
