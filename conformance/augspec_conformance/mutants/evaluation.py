"""Faults of evaluation: `training=False` that trains, chooses, or does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from augspec.errors import SampleError
from augspec.language.policy import MaskTarget, Policy
from augspec.mixing import MixOp
from augspec.random.keys import Key
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.options import Options
from augspec_backends.generic.pipeline import Pipeline
from augspec_conformance.mutants.faulty import Faulty, HookedAugmenter, image_of, with_entry
from augspec_conformance.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

Run = Callable[..., Any]


class _Evaluating(HookedAugmenter):
    """An augmenter whose backend has a hook for evaluation."""

    backend: Evaluates

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        """Return the augmented sample."""
        if training:
            return super().__call__(key, sample, index)
        return self.backend.evaluate(super().__call__, self.policy, key, sample, index)


class Evaluates(Faulty):
    """The real backend, with a hook for evaluation."""

    def augmenter(self, policy: Policy, options: Options) -> Augmenter:
        return _Evaluating(policy, self, options)

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        return self.augmenter(policy, Options.checked(self.name, self.capabilities, options))

    def evaluate(self, run: Run, policy: Policy, key: Any, sample: Any, index: Any) -> Any:
        """Run one evaluation."""
        del policy
        return run(key, sample, index, training=False)


class IgnoresTraining(Evaluates):
    """Augments in evaluation, too."""

    def evaluate(self, run: Run, policy: Policy, key: Any, sample: Any, index: Any) -> Any:
        return run(0 if key is None else key, sample, index, training=True)


class EvaluatesByKey(Evaluates):
    """Crops where the key says, when it is given one."""

    def evaluate(self, run: Run, policy: Policy, key: Any, sample: Any, index: Any) -> Any:
        out = run(None, sample, index, training=False)
        image = image_of(out)
        moved = key.seed % 3 if isinstance(key, Key) else 0
        return with_entry(out, "image", np.roll(image, moved, image.ndim - 2))


class EvaluatesById(Evaluates):
    """Mirrors samples of odd ids."""

    def evaluate(self, run: Run, policy: Policy, key: Any, sample: Any, index: Any) -> Any:
        out = run(None, sample, None, training=False)
        image = image_of(out)
        odd = np.asarray([0] if index is None else index) % 2 == 1
        if image.ndim != 4 or len(odd) != len(image):
            return out
        return with_entry(out, "image", np.where(odd[:, None, None, None], image[:, :, ::-1], image))


class SkipsPipeline(Evaluates):
    """Takes evaluation for the identity although the policy declares a pipeline."""

    def evaluate(self, run: Run, policy: Policy, key: Any, sample: Any, index: Any) -> Any:
        out = run(None, sample, index, training=False)
        return with_entry(out, "image", image_of(sample).copy()) if policy.eval else out


class RefusesSingles(Evaluates):
    """Refuses single samples in evaluation too, where only training mixes."""

    def evaluate(self, run: Run, policy: Policy, key: Any, sample: Any, index: Any) -> Any:
        if any(isinstance(op, MixOp) for op in policy.ops) and image_of(sample).ndim == 3:
            raise SampleError("image", "a batch, because samples are mixed", "a single sample")
        return run(key, sample, index, training=False)


class ReturnsInput(Evaluates):
    """Returns its input where evaluation has nothing to do."""

    def evaluate(self, run: Run, policy: Policy, key: Any, sample: Any, index: Any) -> Any:
        out = run(None, sample, index, training=False)
        return out if policy.eval else with_entry(out, "image", image_of(sample))


class _Forgetting(HookedAugmenter):
    """Evaluates by a policy that says less of its targets."""

    backend: _Forgets

    def __init__(self, policy: Policy, backend: _Forgets, options: Options) -> None:
        super().__init__(policy, backend, options)
        self._evaluation = Pipeline.of(backend.less(policy), training=False)


class _Forgets(Faulty):
    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        return _Forgetting(policy, self, Options.checked(self.name, self.capabilities, options))

    def less(self, policy: Policy) -> Policy:
        """Return the policy of evaluation."""
        return policy


class ForgetsFills(_Forgets):
    """Fills masks with 0 in evaluation."""

    def less(self, policy: Policy) -> Policy:
        targets = policy.targets.model_copy(update={"mask": MaskTarget()})
        return policy.model_copy(update={"targets": targets})


class ForgetsPairs(_Forgets):
    """Exchanges no pairs of keypoints in evaluation."""

    def less(self, policy: Policy) -> Policy:
        keypoints = policy.targets.keypoints.model_copy(update={"swap_pairs": ()})
        return policy.model_copy(update={"targets": policy.targets.model_copy(update={"keypoints": keypoints})})


def _mutant(letter: str, title: str, wrong: str, make: type[Evaluates]) -> Mutant:
    return Mutant(f"M80{letter}", "evaluation", title, wrong, make, ("P18",))


MUTANTS = (
    _mutant(
        "", "augments although training=False", "Validation scores are those of augmented images.", IgnoresTraining
    ),
    _mutant("b", "evaluates by the key", "Two evaluations of one model differ.", EvaluatesByKey),
    _mutant("c", "evaluates by the ids", "The score depends on how the files are numbered.", EvaluatesById),
    _mutant("d", "ignores the eval pipeline", "The model is given sizes that it never saw.", SkipsPipeline),
    _mutant("e", "returns its input in evaluation", "Working on a result changes the data set.", ReturnsInput),
    Mutant(
        "M346",
        "evaluation",
        "refuses single samples in evaluation where training mixes",
        "A model that was trained with mixup cannot be asked about one picture.",
        RefusesSingles,
        ("P18",),
    ),
    Mutant(
        "M363",
        "evaluation",
        "fills masks with 0 in evaluation",
        "Validation counts the padding as the first class.",
        ForgetsFills,
        ("P18",),
    ),
    Mutant(
        "M364",
        "evaluation",
        "exchanges no keypoints in evaluation",
        "In mirrored pictures left is right, only in the score.",
        ForgetsPairs,
        ("P18",),
    ),
)
