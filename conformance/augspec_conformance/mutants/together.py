"""Faults that need two things at once, and those of an augmenter that is used more than once."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

import augspec
from augspec.draws import Draws
from augspec.language.policy import Policy
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.options import Options
from augspec_backends.generic.pipeline import Runner
from augspec_conformance.law import Tier
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, HookedRunner, Run, image_of
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]


class _Own(Faulty):
    """Makes augmenters of its own kind."""

    kind: ClassVar[type[HookedAugmenter]] = HookedAugmenter

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        return self.kind(policy, self, Options.checked(self.name, self.capabilities, options))


class _Forgets(HookedAugmenter):
    """Compiles with other options where its backend says so."""

    backend: _Forgetful

    def _make_runner(self, training: Any, signature: Any) -> Runner:
        pipeline = self._training if training else self._evaluation
        forgets = self.backend.where(self.options, training=training)
        options = replace(self.options, **self.backend.instead) if forgets else self.options
        return HookedRunner(self.backend, pipeline, signature, options)


class _Forgetful(_Own):
    kind = _Forgets
    instead: ClassVar[Mapping[str, Any]] = {}

    def where(self, options: Options, *, training: bool) -> bool:
        raise NotImplementedError


class EvaluatesBetweenZeroAndOne(_Forgetful):
    """Forgets the range of floats in evaluation."""

    instead = {"value_range": (0.0, 1.0)}  # noqa: RUF012

    def where(self, options: Options, *, training: bool) -> bool:
        return not training


class StacksBetweenZeroAndOne(EvaluatesBetweenZeroAndOne):
    """Forgets the range of floats in stacks."""

    def where(self, options: Options, *, training: bool) -> bool:
        return options.frames


class StacksInPixels(StacksBetweenZeroAndOne):
    """Takes normalised boxes for pixels in stacks."""

    instead = {"box_units": "pixels"}  # noqa: RUF012


class ChannelsFirstAtCorners(_Forgetful):
    """Takes indices of pixels for continuous keypoints where channels come first."""

    instead = {"keypoint_format": "xy"}  # noqa: RUF012

    def where(self, options: Options, *, training: bool) -> bool:
        return options.layout == "NCHW"


class _AppliesInPixels(HookedAugmenter):
    def apply(self, draws: Any, sample: Any) -> Any:
        plain = HookedAugmenter(self.policy, self.backend, replace(self.options, box_units="pixels"))
        return plain.apply(draws, sample)


class AppliesInPixels(_Own):
    """Takes normalised boxes for pixels where draws are given."""

    kind = _AppliesInPixels


class _LosesEvaluation(HookedAugmenter):
    def __reduce__(self) -> Any:
        policy = augspec.parse({**self.policy.to_dict(), "eval": []})
        return type(self), (policy, self.backend, self.options)


class LosesEvaluationInPickles(_Own):
    """Forgets what evaluation does when it is pickled."""

    kind = _LosesEvaluation


class SignedIds(Faulty):
    """Reads ids of eight bits as signed ones."""

    def native_ids(self, index: Any, batch: int) -> Any:
        if isinstance(index, np.ndarray) and index.dtype == np.uint8:
            index = index.view(np.int8).astype(np.int64) % 2**32
        return super().native_ids(index, batch)


class NativeOrder(Faulty):
    """Reads ids of another byte order as if they were of the machine's."""

    def native_ids(self, index: Any, batch: int) -> Any:
        if isinstance(index, np.ndarray) and not index.dtype.isnative:
            index = index.view(index.dtype.newbyteorder("=")) & 0x7FFFFFFF
        return super().native_ids(index, batch)


class _KeepsDraws(HookedAugmenter):
    def draw(self, key: Any, index: Any) -> Draws:
        known = self.__dict__.setdefault("known", {})
        name = f"{key!r} {np.asarray(index).tolist()}"
        if name not in known:
            known[name] = super().draw(key, index)
        found: Draws = known[name]
        return found


class KeepsDraws(_Own):
    """Hands out the draws of an equal call before, the very arrays."""

    kind = _KeepsDraws


class ReadOnlyFlags(Faulty):
    """Gives flags that nobody can write to."""

    def result(self, out: Any, sample: Any) -> Any:
        if isinstance(out, dict):
            for name in {"boxes_valid", "keypoints_visible"} & set(out):
                out[name].setflags(write=False)
        return out


class _RemembersTraining(HookedAugmenter):
    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        if key is None:
            return super().__call__(key, sample, index, training=training)
        self.now = training
        time.sleep(0.0005)
        return super().__call__(key, sample, index, training=self.now)


class RemembersTraining(_Own):
    """Keeps in an attribute whether it trains, for as long as a call takes."""

    kind = _RemembersTraining


class _KnowsItsRank(HookedAugmenter):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.rank = int(os.environ.get("RANK", "0"))

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        own = key.fold(self.rank) if self.rank and isinstance(key, augspec.Key) else key
        return super().__call__(own, sample, index, training=training)


class KnowsItsRank(_Own):
    """Draws otherwise for the workers of a launcher, whose number it reads when it is compiled."""

    kind = _KnowsItsRank


class ConfiguresLogging(Faulty):
    """Configures the root logger when it is called."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        logging.basicConfig()
        return run(key, sample, index)


class EightBands(Faulty):
    """Leaves the channels of images from the ninth on as they were."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        before, after = image_of(sample), image_of(out)
        if after.shape == before.shape and after.dtype == before.dtype and after.shape[-1] > 8:
            after[..., 8:] = before[..., 8:]
        return out


class SharesOfOne(Faulty):
    """Makes soft labels sum to one before they are mixed."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        soft = sample.get("label") if isinstance(sample, dict) else None
        if isinstance(soft, np.ndarray) and soft.ndim == 2:
            total = soft.sum(1, keepdims=True)
            sample = {**sample, "label": (soft / np.where(total == 0, 1, total)).astype(soft.dtype)}
        return run(key, sample, index)


class HalfFlags(Faulty):
    """Sees whether keypoints are on the canvas when they have been rounded to the dtype in which they came."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        out = run(key, sample, index)
        points = out.get("keypoints") if isinstance(out, dict) else None
        if points is not None and points.dtype.itemsize == 2 and sample.get("keypoints_visible") is None:
            height, width = image_of(out).shape[-3:-1]
            inside = (points >= 0) & (points < np.array([width, height]))
            out = {**out, "keypoints_visible": inside.all(-1)}
        return out


def _mutant(number: int, title: str, wrong: str, make: type[Faulty], *killers: str, tier: Tier = "full") -> Mutant:
    return Mutant(f"M{number}", "together", title, wrong, make, killers, tier=tier)


MUTANTS = (
    _mutant(
        451,
        "forgets the range of floats in evaluation",
        "What was trained on numbers up to 255 is tested on others.",
        EvaluatesBetweenZeroAndOne,
        "N14",
    ),
    _mutant(
        452,
        "forgets the range of floats in stacks",
        "Videos are clipped to white.",
        StacksBetweenZeroAndOne,
        "N14",
    ),
    _mutant(
        453,
        "takes normalised boxes for pixels in stacks",
        "The boxes of a video shrink into a corner.",
        StacksInPixels,
        "N14",
    ),
    _mutant(
        454,
        "takes indices of pixels for continuous keypoints where channels come first",
        "Points are half a pixel off on one framework.",
        ChannelsFirstAtCorners,
        "N14",
    ),
    _mutant(
        455,
        "takes normalised boxes for pixels where draws are given",
        "A replay has other boxes than what it replays.",
        AppliesInPixels,
        "N14",
    ),
    _mutant(
        456,
        "forgets what evaluation does when it is pickled",
        "In a worker, test images keep their size.",
        LosesEvaluationInPickles,
        "N14",
    ),
    _mutant(
        457,
        "reads ids of eight bits as signed ones",
        "Half of a small data set has other draws than it should.",
        SignedIds,
        "P19",
    ),
    _mutant(
        458,
        "reads ids of another byte order as the machine's",
        "A file of ids that another machine wrote names other samples.",
        NativeOrder,
        "P19",
    ),
    _mutant(
        459,
        "hands out the draws of an equal call before, the very arrays",
        "Who changes draws changes those of the next call.",
        KeepsDraws,
        "P19",
    ),
    _mutant(
        460,
        "gives flags that nobody can write to",
        "A line that drops boxes raises ValueError.",
        ReadOnlyFlags,
        "P19",
    ),
    _mutant(
        461,
        "keeps in an attribute whether it trains",
        "A validation thread trains on test images.",
        RemembersTraining,
        "P11",
    ),
    _mutant(
        462,
        "draws otherwise for each worker of a launcher",
        "A sample depends on who augments it.",
        KnowsItsRank,
        "P14",
    ),
    _mutant(
        463,
        "configures the root logger when it is called",
        "The application's own logging settings do nothing any more.",
        ConfiguresLogging,
        "P8",
    ),
    _mutant(
        464,
        "leaves the channels of images from the ninth on as they were",
        "Satellites see nothing of the augmentation in the infrared.",
        EightBands,
        "N1",
    ),
    _mutant(
        465,
        "makes soft labels sum to one before they are mixed",
        "Pictures of several things at once lose half of each.",
        SharesOfOne,
        "B9",
    ),
    _mutant(
        466,
        "sees whether keypoints are visible when they have been rounded to float16",
        "A point in the last column is there, and is not seen.",
        HalfFlags,
        "F5",
    ),
)
