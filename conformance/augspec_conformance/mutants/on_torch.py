"""The torch backend with faults."""

# ruff: noqa: D102
# Hooks are described where they are declared.

# ruff: noqa: D102
from __future__ import annotations

from typing import Any

import torch

from augspec_backends.torch.backend import Backend
from augspec_conformance.mutants.faulty import Hooks, Run, Values, image_of, with_entry

__all__ = [
    "FollowsContext",
    "GlobalGenerator",
    "LeavesGradOff",
    "LosesGradients",
    "Reseeds",
    "ReturnsUnchanged",
    "ReusesBuffer",
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


class FollowsContext(Hooks, Backend):
    """Draws otherwise in inference mode."""

    def call(self, run: Run, key: Any, sample: Any, index: Any) -> Any:
        return run(key.view(key.of_view ^ torch.is_inference_mode_enabled()), sample, index)
