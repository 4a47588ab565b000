"""A module for the device: augments while training, runs the `eval` pipeline (or nothing) in evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

import augspec
from augspec.errors import SampleError

__all__ = ["Augment"]


class Augment(nn.Module):
    """A policy as a layer: `.train()` augments on the tensors' own device, `.eval()` does not.

    It has no parameters. Its one buffer counts the samples augmented so far, and a sample's number is its id:
    every call gives new samples, and a state_dict resumes in the middle of a training. A caller who knows the
    samples' ids and the epoch passes them instead: the result then depends on nothing else, and the counter
    stands still.

    Copies of a module with one seed draw the same: in distributed training give every rank a `view` of its
    own (`seed=augspec.Key(7).view(rank)`), or pass ids.

    A policy that mixes samples (`mixup`, `cutmix`, `mosaic`) takes batches with their labels,
    `layer({"image": images, "label": ids})`, and gives soft labels, (B, K) float32; in evaluation labels stay.
    `mosaic` brings the boxes of four samples together, and the entry `labels` of these.

    Example:
        >>> import torch, augspec
        >>> policy = augspec.loads('{"augspec": 1, "ops": [{"op": "rotate", "degrees": 15}]}')
        >>> layer = Augment(policy, seed=7)
        >>> images = torch.zeros(4, 3, 8, 8, dtype=torch.uint8)
        >>> layer(images).shape
        torch.Size([4, 3, 8, 8])
        >>> layer.counter
        tensor(4)

    Args:
        policy: what `augspec.load` returns.
        seed: an int, or an `augspec.Key`.
        **options: of `augspec.compile`: `layout` (default "NCHW"), `value_range`, `mode`, `frames` and more.
    """

    counter: torch.Tensor

    def __init__(self, policy: augspec.Policy, *, seed: int | augspec.Key = 0, **options: Any) -> None:
        super().__init__()
        self.augment = augspec.compile(policy, "torch", **options)
        self.key = seed if isinstance(seed, augspec.Key) else augspec.Key(seed)
        self.register_buffer("counter", torch.zeros((), dtype=torch.int64))
        self._known: tuple[torch.Tensor, int, int] | None = None

    def forward(self, sample: Any, index: Any = None, *, epoch: int | None = None) -> Any:
        """Return the augmented sample, or in evaluation what the `eval` pipeline makes of it.

        Args:
            sample: images (B, C, H, W) or (C, H, W), with `frames=True` stacks (B, T, C, H, W) or (T, C, H, W), or a
                dict of targets.
            index: the samples' ids, (B,); by default the numbers that follow the last call's.
            epoch: folded into the key; by default the key's own.
        """
        if not self.training:
            return self.augment(None, sample, training=False)
        key = self.key if epoch is None else self.key.fold(epoch)
        if index is not None:
            return self.augment(key, sample, index)
        image = sample["image"] if isinstance(sample, Mapping) and "image" in sample else sample
        if not isinstance(image, torch.Tensor):
            raise SampleError("sample", "a tensor, or a dict with an entry 'image'", type(sample).__name__)
        batch = image.shape[0] if image.ndim == len(self.augment.options.batch) else 1
        if torch.compiler.is_compiling():
            out = self.augment(key, sample, self.counter + torch.arange(batch, device=self.counter.device))
            self.counter.add_(batch)
            self._known = None  # compiled code may write without counting
            return out
        start = self._count()
        out = self.augment(key, sample, range(start, start + batch))
        self.counter.add_(batch)
        self._known = None if self.counter.is_inference() else (self.counter, _version(self.counter), start + batch)
        return out

    def _count(self) -> int:
        """Return the counter, without waiting for the device where nobody else has written it since."""
        if self._known is not None:
            tensor, version, value = self._known
            if tensor is self.counter and version == _version(tensor):
                return value
        return int(self.counter)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_known": None}

    def extra_repr(self) -> str:
        """Return the policy's name, or its ops, and the settings, for `print(model)`."""
        policy = self.augment.policy
        name = policy.title or ", ".join(op.tag for op in policy.ops)
        return f"{name}, seed={self.key.seed}, layout={self.augment.options.layout!r}"


def _version(tensor: torch.Tensor) -> int:
    """Return how often a tensor has been written to."""
    return tensor._version  # noqa: SLF001 (torch has no other name for it)
