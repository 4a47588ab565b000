"""Faults of mixing that wait for a black picture or a large batch."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from augspec.plan.stages import Mix
from augspec_backends.generic.labels import LABEL
from augspec_backends.generic.mixing import of_partners
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.mix import MixStep
from augspec_conformance.mutants.alone.fault import alone
from augspec_conformance.mutants.faulty import Faulty, Values

__all__ = ["MUTANTS"]

_CHUNK = 1024


class _SparesPadding(MixStep):
    def apply(self, on: Pixels, stage: Mix, state: State, params: Any, at: str) -> State:
        new: State = super().apply(on, stage, state, params, at)
        if LABEL not in state:
            return new
        black = (of_partners(on.xp, state["image"], params[f"{at}.partner"]) == 0).all((1, 2, 3))
        return {**new, LABEL: np.where(black[:, None], state[LABEL], new[LABEL])}


class SparesPadding(Faulty):
    """Takes a black partner for padding: its pixels are mixed in, its label is not."""

    steps: ClassVar[Steps] = {**STEPS, Mix: _SparesPadding()}


class MixesWithinChunks(Faulty):
    """Works through large batches in chunks, and looks for partners within the chunk."""

    def drawn(self, values: Values) -> Values:
        return {
            path: _within(array) if path.endswith("/partner") and len(array) > _CHUNK else array
            for path, array in values.items()
        }


def _within(partner: Any) -> Any:
    found = np.array(partner)
    for start in range(0, len(found), _CHUNK):
        members = start + np.argsort(partner[start : start + _CHUNK])
        found[members] = np.roll(members, -1)
    return found


MUTANTS = (
    alone(
        "M159",
        "takes a black partner for padding and keeps the label as it was",
        "A picture that is half black night is labelled as if it were all day.",
        SparesPadding,
        "B9",
    ),
    alone(
        "M159b",
        "mixes large batches chunk by chunk",
        "Samples far apart in a batch never meet.",
        MixesWithinChunks,
        "R18",
    ),
)
