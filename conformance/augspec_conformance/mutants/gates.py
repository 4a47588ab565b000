"""Faults of gates: what one sample does though `p` left it alone, or does not because another one was left alone."""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar

import numpy as np

from augspec.mixing import WHOLE
from augspec.namespace import Array
from augspec.ops.base import OccludeOp
from augspec.plan.stages import Leaf, Mix, Occlude
from augspec_backends.generic.labels import LABEL
from augspec_backends.generic.mixing import of_partners
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.mix import MixStep
from augspec_backends.generic.stages.occlude import OccludeStep
from augspec_conformance.mutants.faulty import Faulty
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Masks(OccludeStep):
    def apply(self, on: Pixels, stage: Occlude, state: State, params: Any, at: str) -> State:
        new: State = super().apply(on, stage, state, params, at)
        op = stage.leaf.op
        if not (isinstance(op, OccludeOp) and op.fill_mask):
            return new
        every = {name: array for name, array in params.items() if name != f"{at}.on"}
        always: State = super().apply(on, stage, state, every, at)
        return {**new, **{name: always[name] for name in on.masks(state)}}


class FillsEveryMask(Faulty):
    """Fills masks of all samples, images of those alone that the gate takes."""

    steps: ClassVar[Steps] = {**STEPS, Occlude: _Masks()}


class _OneGate(MixStep):
    def prepare(self, to: Preparation, stage: Mix, at: str, height: int, width: int) -> None:
        if getattr(stage.leaf.op, "scope", "") == "batch":
            own, real = copy(to), to.applied

            def applied(leaf: Leaf) -> Array | None:
                gate = real(leaf)
                return None if gate is None else np.broadcast_to(gate[:1], gate.shape)

            own.applied = applied  # type: ignore[method-assign]
            to = own
        super().prepare(to, stage, at, height, width)


class OneGateForTheBatch(Faulty):
    """Opens or shuts the gate for a whole batch where the batch shares its weight."""

    steps: ClassVar[Steps] = {**STEPS, Mix: _OneGate()}


class _Unguarded(MixStep):
    def apply(self, on: Pixels, stage: Mix, state: State, params: Any, at: str) -> State:
        new: State = super().apply(on, stage, state, params, at)
        if LABEL not in state:
            return new
        own = (params[f"{at}.weight"].astype(np.float32) * np.float32(1 / WHOLE))[:, None]
        labels = state[LABEL]
        return {**new, LABEL: labels * own + of_partners(on.xp, labels, params[f"{at}.partner"]) * (1 - own)}


class ReadsWhatWeighsNothing(Faulty):
    """Multiplies the labels of partners by 0 where nothing is mixed: NaN times 0 is NaN."""

    steps: ClassVar[Steps] = {**STEPS, Mix: _Unguarded()}


def _mutant(number: int, title: str, wrong: str, make: Any, killer: str) -> Mutant:
    return Mutant(f"M{number}", "gates", title, wrong, make, (killer,), tier="full")


MUTANTS = (
    _mutant(
        390,
        "fills the masks of samples that the gate leaves alone",
        "Images are whole, and a hole is what their masks teach.",
        FillsEveryMask,
        "F10",
    ),
    _mutant(
        391,
        "has one gate for a batch that shares its weight",
        "All of a batch is mixed, or nothing of it.",
        OneGateForTheBatch,
        "B9",
    ),
    _mutant(
        392,
        "reads the labels of partners that weigh nothing",
        "One unknown label spreads to samples that nobody mixed.",
        ReadsWhatWeighsNothing,
        "B9",
    ),
)
