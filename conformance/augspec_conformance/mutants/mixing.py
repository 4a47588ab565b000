"""Faults of mixing: the wrong partner, or a label that does not say what is in the image."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from augspec.mixing import WHOLE
from augspec.namespace import Array
from augspec.plan.stages import Mix, Pointwise
from augspec_backends.generic.labels import LABEL
from augspec_backends.generic.mixing import mixed_labels, of_partners
from augspec_backends.generic.pixels import Pixels, State
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.generic.stages.mix import MixStep
from augspec_backends.generic.stages.pixelwise import PointwiseStep
from augspec_backends.numpy.backend import Backend
from augspec_conformance.mutants.faulty import Faulty, Run, Values
from augspec_conformance.mutants.mutant import Mutant
from augspec_conformance.mutants.running import Go, Running, Work

__all__ = ["MUTANTS"]


class _LabelBy(MixStep):
    """Mixes labels by another weight than images."""

    def __init__(self, weight: Callable[[Array], Array]) -> None:
        self.weight = weight

    def apply(self, on: Pixels, stage: Mix, state: State, params: Any, at: str) -> State:
        new: State = super().apply(on, stage, state, params, at)
        if LABEL not in state:
            return new
        labels, partner = state[LABEL], params[f"{at}.partner"]
        weight, both = self.weight(params[f"{at}.weight"]), [labels, of_partners(on.xp, labels, partner)]
        return {**new, LABEL: mixed_labels(on.xp, both, [weight, WHOLE - weight])}


class OtherWayRound(Faulty):
    """Gives the label of the partner the weight of the sample."""

    steps: ClassVar[Steps] = {**STEPS, Mix: _LabelBy(lambda weight: WHOLE - weight)}


class CoarseLabels(Faulty):
    """Rounds the weights of labels to hundredths."""

    steps: ClassVar[Steps] = {
        **STEPS,
        Mix: _LabelBy(lambda weight: (weight * 100 + WHOLE // 2) // WHOLE * WHOLE // 100),
    }


class _AreaAsDrawn(MixStep):
    def prepare(self, to: Preparation, stage: Mix, at: str, height: int, width: int) -> None:
        super().prepare(to, stage, at, height, width)
        if stage.drawn("area") in to.draws:
            root = to.draws[stage.drawn("area")].astype(np.int64)
            applied = to.applied(stage.leaf)
            weight = (WHOLE - (root * root >> 33)).astype(np.int32)
            to.params[f"{at}.weight"] = weight if applied is None else np.where(applied, weight, np.int32(WHOLE))


class AreaAsDrawn(Faulty):
    """Takes the weight of a pasted rectangle as it was drawn, though the image's edge has clipped it."""

    steps: ClassVar[Steps] = {**STEPS, Mix: _AreaAsDrawn()}


class _MixesThird(MixStep):
    def apply(self, on: Pixels, stage: Mix, state: State, params: Any, at: str) -> State:
        image, partner = on.working(on.now(state["image"])), params[f"{at}.partner"]
        behind = of_partners(on.xp, of_partners(on.xp, image, partner), partner)
        new: State = super().apply(on, stage, state, params, at)
        mixed = new["image"] + on.numbers().weigh(behind - new["image"], np.full((1, 1, 1, 1), 512, np.int32))
        return {**new, "image": mixed}


class MixesThird(Faulty):
    """Lets the partner's partner shine through, as mixing a batch that is mixed already does."""

    steps: ClassVar[Steps] = {**STEPS, Mix: _MixesThird()}


class _MasksStay(MixStep):
    def apply(self, on: Pixels, stage: Mix, state: State, params: Any, at: str) -> State:
        new: State = super().apply(on, stage, state, params, at)
        return {**new, "mask": state["mask"]} if "mask" in state else new


class MasksStay(Faulty):
    """Pastes images and leaves masks."""

    steps: ClassVar[Steps] = {**STEPS, Mix: _MasksStay()}


class RollsByOne(Faulty):
    """Mixes each sample with its neighbour in the batch, whatever the key."""

    def drawn(self, values: Values) -> Values:
        return {
            path: np.roll(np.arange(len(array), dtype=np.int32), 1) if path.endswith("/partner") else array
            for path, array in values.items()
        }


class OneWeight(Faulty):
    """Mixes all samples of a batch alike where each should draw for itself."""

    def drawn(self, values: Values) -> Values:
        return {
            path: array * 0 + array[:1] if path.split("/")[-1] in ("lambda", "area") and len(array) else array
            for path, array in values.items()
        }


class SignedIds(Running, Backend):
    """Reads class ids of 8 bits as signed ones."""

    def running(self, go: Go, work: Work, keys: Any, arrays: Mapping[str, Array]) -> Values:
        label = arrays.get(LABEL)
        if label is None or label.dtype != np.uint8:
            return go(keys, arrays)
        return go(keys, {**arrays, LABEL: label.view(np.int8)})


class _KeepsPlain(PointwiseStep):
    def apply(self, on: Pixels, stage: Pointwise, state: State, params: Any, at: str) -> State:
        return {**super().apply(on, stage, state, params, at), "plain": state["image"]}


class _MixesPlain(MixStep):
    def apply(self, on: Pixels, stage: Mix, state: State, params: Any, at: str) -> State:
        if "plain" not in state:
            return super().apply(on, stage, state, params, at)
        own, plain = on.working(on.now(state["image"])), on.working(on.now(state["plain"]))
        image = own.copy()
        for i in range(len(own)):  # each sample as it is now, among others as they were
            among = plain.copy()
            among[i] = own[i]
            image[i] = super().apply(on, stage, {**state, "image": among}, params, at)["image"][i]
        return {**super().apply(on, stage, state, params, at), "image": image}


class MixesPlain(Faulty):
    """Mixes partners in as they were before their colours were changed."""

    steps: ClassVar[Steps] = {**STEPS, Pointwise: _KeepsPlain(), Mix: _MixesPlain()}


class TakesNegativeIds(Faulty):
    """Takes a negative class id for the first class."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        label = sample.get(LABEL) if isinstance(sample, Mapping) else None
        if isinstance(label, np.ndarray) and label.dtype.kind == "i" and label.ndim == 1:
            sample = {**sample, LABEL: np.maximum(label, 0)}
        return run(key, sample, index)


MUTANTS = (
    Mutant(
        "M190",
        "mixing",
        "weighs labels the other way round",
        "A picture that is nine tenths cat is trained as a dog.",
        OtherWayRound,
        ("B9", "N1"),
    ),
    Mutant(
        "M190b",
        "mixing",
        "rounds the weights of labels to hundredths",
        "Labels are not what images show.",
        CoarseLabels,
        ("B9", "N1"),
    ),
    Mutant(
        "M190c",
        "mixing",
        "weighs a pasted rectangle by the area that was drawn, not by what is left of it",
        "Labels promise more of the partner than anyone can see.",
        AreaAsDrawn,
        ("B9", "N1"),
    ),
    Mutant(
        "M191",
        "mixing",
        "mixes a third sample in",
        "An image holds what its label does not know.",
        MixesThird,
        ("B9", "N1"),
    ),
    Mutant(
        "M191b",
        "mixing",
        "takes the neighbour in the batch for the partner",
        "The same images meet in every epoch, and the order of a batch counts.",
        RollsByOne,
        ("B9", "R18", "B2"),
    ),
    Mutant(
        "M191c",
        "mixing",
        "pastes images and leaves masks",
        "A segmentation model learns the labels of what is hidden.",
        MasksStay,
        ("B9", "N1"),
    ),
    Mutant(
        "M192",
        "mixing",
        "mixes all samples of a batch alike",
        "A batch is mixed a lot or not at all, and gradients are noisier.",
        OneWeight,
        ("R18", "B2"),
    ),
    Mutant(
        "M307",
        "mixing",
        "reads class ids of 8 bits as signed ones",
        "Half of the classes train nothing but NaN.",
        SignedIds,
        ("B9",),
        tier="full",
    ),
    Mutant(
        "M308",
        "mixing",
        "takes negative class ids",
        "What was marked as unlabelled is trained as the first class.",
        TakesNegativeIds,
        ("S10",),
    ),
    Mutant(
        "M468",
        "mixing",
        "mixes partners in as they were before their colours were changed",
        "Half of a mixed picture is never augmented.",
        MixesPlain,
        ("N1", "N14"),
    ),
)
