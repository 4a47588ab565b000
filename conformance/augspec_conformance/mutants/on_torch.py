"""The torch backend with faults."""

# ruff: noqa: D102
# Hooks are described where they are declared.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from augspec.namespace import Array
from augspec.plan.stages import Choose
from augspec_backends.generic.augmenter import Augmenter
from augspec_backends.torch.backend import Backend
from augspec_conformance.mutants.faulty import HookedAugmenter, Hooks, Run, Values, image_of, with_entry
from augspec_conformance.mutants.running import Go, Running, Work

__all__ = [
    "BreaksGraph",
    "CompiledIsEager",
    "CompilesAgain",
    "DeniesGradients",
    "DoublesGradients",
    "FollowsContext",
    "FollowsPrecision",
    "ForgetsOptions",
    "GlobalGenerator",
    "LeavesGradOff",
    "LosesGradients",
    "LosesGradientsOfChoices",
    "Reseeds",
    "ReturnsUnchanged",
    "ReusesBuffer",
    "WorkerNumber",
    "WritesGrad",
    "WritesThroughData",
]


class WritesThroughData(Hooks, Backend):
    """Writes into the input through `.data`, so that its version does not change."""

    def result(self, out: Any, sample: Any) -> Any:
        old, new = image_of(sample), image_of(out)
        if old.shape == new.shape and old.dtype == new.dtype:
            old.data.copy_(new)
        return out


class ReturnsUnchanged(Hooks, Backend):
    """Returns the input tensor where nothing was applied."""

    def result(self, out: Any, sample: Any) -> Any:
        old, new = image_of(sample), image_of(out)
        if old.shape == new.shape and old.dtype == new.dtype and torch.equal(old, new):
            return with_entry(out, "image", old)
        return out


class ReusesBuffer(Hooks, Backend):
    """Writes every result of one shape into one tensor."""

    def __init__(self) -> None:
        self.buffers: dict[Any, torch.Tensor] = {}

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        buffer = self.buffers.setdefault((image.shape, image.dtype), torch.empty_like(image))
        return with_entry(out, "image", buffer.copy_(image))


class GlobalGenerator(Hooks, Backend):
    """Draws its gates from torch's global generator."""

    def drawn(self, values: Values) -> Values:
        return {
            path: (torch.rand(tuple(array.shape)) < 0.5).int().numpy() if path.endswith("/apply") else array
            for path, array in values.items()
        }


class Reseeds(Hooks, Backend):
    """Reseeds torch's global generator."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        torch.manual_seed(7)
        return run(key, sample, index)


class LeavesGradOff(Hooks, Backend):
    """Leaves gradients switched off."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        torch.set_grad_enabled(False)
        return run(key, sample, index)


class LosesGradients(Hooks, Backend):
    """Detaches the pixels and claims gradients: all of them are zero."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(sample)
        if not image.requires_grad:
            return out
        return with_entry(out, "image", image_of(out).detach() + 0 * image.sum())


class LosesGradientsOfChoices(Hooks, Backend):
    """Compiled, a choice is a node of which nobody knows the slope: nothing flows back through it."""

    def run_pixels(
        self, augmenter: Any, runner: Any, xp: Any, params: Mapping[str, Array], arrays: Mapping[str, Array]
    ) -> dict[str, Array]:
        out: dict[str, Array] = super().run_pixels(augmenter, runner, xp, params, arrays)
        image, given = out["image"], arrays["image"]
        chooses = any(isinstance(stage, Choose) for stage in runner.pipeline.fused.stages)
        if augmenter.options.mode != "compiled" or not chooses or not given.requires_grad:
            return out
        return {**out, "image": image.detach() + 0 * given.sum()}


class DeniesGradients(Hooks, Backend):
    """Says that nothing flows back, and lets it flow."""

    capabilities = replace(Backend.capabilities, differentiable=False)


class FollowsContext(Hooks, Backend):
    """Draws otherwise in inference mode."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(key.view(key.of_view ^ torch.is_inference_mode_enabled()), sample, index)


class CompiledIsEager(Running, Backend):
    """Takes the eager road in the compiled mode."""

    def moving(self, go: Go, work: Work, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> Values:
        return work.runner.pixels(work.xp, params, arrays)


class BreaksGraph(Running, Backend):
    """Compiles with a break in the graph, and lets the pixels run between its halves."""

    def moving(self, go: Go, work: Work, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> Values:
        if work.mode != "compiled":
            return go(params, arrays)

        def broken(given: dict[str, Array], images: dict[str, Array]) -> Values:
            images = {name: x + 0 for name, x in images.items()}
            return {name: x + 0 for name, x in _aside(work, given, images).items()}

        compiled = work.augmenter.compiled(work.runner, lambda: torch.compile(broken, backend="eager"), "broken")
        result: Values = compiled(dict(params), dict(arrays))
        return result


@torch.compiler.disable
def _aside(work: Work, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> Values:
    return work.runner.pixels(work.xp, params, arrays)


class CompilesAgain(Running, Backend):
    """Forgets what it has compiled."""

    def moving(self, go: Go, work: Work, params: Mapping[str, Array], arrays: Mapping[str, Array]) -> Values:
        work.augmenter._compiled.clear()  # noqa: SLF001 (a fault)
        return go(params, arrays)


class DoublesGradients(Hooks, Backend):
    """Gives twice the gradient."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        if not image.requires_grad:
            return out
        return with_entry(out, "image", image + (image - image.detach()))


class WritesGrad(Hooks, Backend):
    """Leaves a gradient of zeros in the caller's image."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        image = image_of(sample)
        if image.requires_grad and image.is_leaf and image.grad is None:
            image.grad = torch.zeros_like(image)
        return run(key, sample, index)


class FollowsPrecision(Hooks, Backend):
    """Computes floats otherwise where coarse products are allowed."""

    def result(self, out: Any, sample: Any) -> Any:
        image = image_of(out)
        if torch.get_float32_matmul_precision() == "highest" or not image.is_floating_point():
            return out
        return with_entry(out, "image", image * 0.999)


class WorkerNumber(Hooks, Backend):
    """Counts a worker's own samples instead of reading their ids."""

    def __init__(self) -> None:
        self.count = 0

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        if image_of(sample).dim() != 3:
            return run(key, sample, index)
        self.count += 1
        return run(key, sample, self.count)


class ForgetsOptions(Hooks, Backend):
    """Comes back from a pickle with the default layout."""

    def compile(self, policy: Any, **options: Any) -> Augmenter:
        real = super().compile(policy, **options)
        return _Forgetful(real.policy, self, real.options)


class _Forgetful(HookedAugmenter):
    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.policy, self.backend, replace(self.options, layout="NHWC"))
