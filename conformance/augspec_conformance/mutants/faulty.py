"""The real backends, opened at the joints: a fault overrides one hook and leaves everything else as it is."""

# ruff: noqa: FBT001
# The signatures are those of the real backend.

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from augspec.draws import Draws
from augspec.language.policy import Policy
from augspec.namespace import Array, Namespace
from augspec.ops.base import Op
from augspec.plan.program import Draw
from augspec.plan.stages import leaves
from augspec.random.keys import stream
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.generic.backend import GenericBackend
from augspec_backends.generic.numbers import FixedNumbers, FloatNumbers
from augspec_backends.generic.options import Options
from augspec_backends.generic.pipeline import Pipeline, Runner
from augspec_backends.generic.pixels import Pixels
from augspec_backends.generic.prepare import Preparation
from augspec_backends.generic.sample import Signature
from augspec_backends.generic.stages import STEPS, Steps
from augspec_backends.numpy.backend import Backend

__all__ = ["Faulty", "HookedAugmenter", "Hooks", "Restreamed", "image_of", "paths_of", "with_entry"]

Values = dict[str, Array]
Run = Callable[[Any, Any, Any], Any]


class Hooks(GenericBackend):
    """A backend mixin: every hook does what the real backend does until a fault overrides it."""

    pixels: ClassVar[type[Pixels]] = Pixels
    steps: ClassVar[Steps] = STEPS
    exact: ClassVar[type[FixedNumbers]] = FixedNumbers
    floats: ClassVar[type[FloatNumbers]] = FloatNumbers

    def compile(self, policy: Policy, **options: Any) -> Augmenter:
        """Bind a policy."""
        return HookedAugmenter(policy, self, Options.checked(self.name, self.capabilities, options))

    def program(self, draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
        """Return what is drawn."""
        return draws

    def drawn(self, values: Values) -> Values:
        """Return the drawn parameters."""
        return values

    def parameters(self, pipeline: Pipeline, values: Values) -> Values:
        """Return drawn and constant parameters on their way to the pixels."""
        return values

    def prepared(self, values: Values) -> Values:
        """Return what `Preparation` made: matrices, windows, weights."""
        return values

    def finished(self, runner: Runner, xp: Namespace, state: Values) -> Values:
        """Return the canonical state after the last stage."""
        return state

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        """Run one call; `run(key, sample, index)` does the work."""
        return run(key, sample, index)

    def result(self, out: Any, sample: Any) -> Any:
        """Return what the caller gets."""
        return out


class HookedAugmenter(Augmenter):
    """An augmenter that asks its backend's hooks."""

    backend: Hooks

    def __init__(self, policy: Policy, backend: Hooks, options: Options) -> None:
        super().__init__(policy, backend, options)
        self._training = replace(self._training, draws=backend.program(self._training.draws))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.policy, self.backend, self.options)

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        """Return the augmented sample."""
        real = super().__call__

        def run(key: Any, sample: Any, index: Any) -> Any:
            return real(key, sample, index, training=training)

        return self.backend.result(self.backend.call(run, key, sample, index), sample)

    def apply(self, draws: Draws, sample: Any) -> Any:
        """Return the sample augmented as `draws` say."""
        return self.backend.result(super().apply(draws, sample), sample)

    def _make_runner(self, training: bool, signature: Signature) -> Runner:
        pipeline = self._training if training else self._evaluation
        return HookedRunner(self.backend, pipeline, signature, self.options)


class HookedRunner(Runner):
    """A runner that asks its backend's hooks."""

    def __init__(self, hooks: Hooks, pipeline: Pipeline, signature: Signature, options: Options) -> None:
        super().__init__(pipeline, signature, options)
        self.hooks = hooks

    def channels_last(self) -> Runner:
        """Return the same runner for arrays with channels last."""
        return HookedRunner(self.hooks, self.pipeline, self.signature, replace(self.options, layout="NHWC"))

    def draw(self, xp: Namespace, key: Array, id_lo: Array, id_hi: Array | None) -> Values:
        """Return the drawn parameters."""
        return self.hooks.drawn(super().draw(xp, key, id_lo, id_hi))

    def prepare(self, xp: Namespace, draws: Mapping[str, Array], zeros: Array) -> Values:
        """Return what pixels need."""
        return self.hooks.prepared(super().prepare(xp, draws, zeros))

    def preparation(self, xp: Namespace, everything: Mapping[str, Array], zeros: Array) -> Preparation:
        """Return what prepares parameters."""
        made = super().preparation(xp, self.hooks.parameters(self.pipeline, dict(everything)), zeros)
        made.steps = self.hooks.steps
        return made

    def pixels(self, xp: Namespace, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> Values:
        """Return the moved targets."""
        if self.hooks.pixels is Pixels and self.hooks.steps is STEPS:
            return super().pixels(xp, params, arrays)  # where laws count how often it runs
        pixels = self.hooks.pixels(
            xp,
            self._numbers(xp),
            self.pipeline.policy.targets,
            value_range=self.options.value_range,
            steps=self.hooks.steps,
        )
        start = self._enter(xp, arrays)
        return self._leave(xp, pixels.run(self.pipeline.fused.stages, start, params), start, arrays)

    def _leave(
        self, xp: Namespace, state: Mapping[str, Array], start: Mapping[str, Array], arrays: Mapping[str, Array]
    ) -> Values:
        return super()._leave(xp, self.hooks.finished(self, xp, dict(state)), start, arrays)

    def _numbers(self, xp: Namespace) -> FixedNumbers | FloatNumbers | None:
        numbers = super()._numbers(xp)
        if isinstance(numbers, FixedNumbers):
            return self.hooks.exact(xp)
        if isinstance(numbers, FloatNumbers):
            return self.hooks.floats(xp, numbers.low, numbers.high, dtype=numbers.dtype)
        return None


class Faulty(Hooks, Backend):
    """The NumPy backend with hooks: the base of most mutants."""


@dataclass(frozen=True)
class Restreamed(Draw):
    """A draw that takes its words from the stream of another path."""

    of: str = ""

    @property
    def stream(self) -> tuple[int, int]:
        """Return the stream words of the other path."""
        return stream(self.of)

    @classmethod
    def like(cls, draw: Draw, of: str) -> Restreamed:
        """Return `draw` on the stream of `of`."""
        return cls(draw.path, draw.quantity, draw.map, draw.entries, draw.words, draw.source, draw.leader, of)


def paths_of(pipeline: Pipeline, op: type[Op], *names: str) -> list[str]:
    """Return the draw paths of some fields of all ops of one class."""
    found = [leaf.path for leaf in leaves(pipeline.fused.stages) if isinstance(leaf.op, op)]
    return [f"{path}/{name}" for path in found for name in names]


def image_of(sample: Any) -> Any:
    """Return the image of a sample or a result; None where it has none."""
    return sample.get("image") if isinstance(sample, Mapping) else sample


def with_entry(out: Any, name: str, array: Any) -> Any:
    """Return a result with one entry exchanged; a bare result is its image."""
    if not isinstance(out, Mapping):
        return array if name == "image" else out
    return {**out, name: array}
