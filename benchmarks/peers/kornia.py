"""Kornia: one affine and the colour ops, parameters per sample, eager or under `torch.compile`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import missing
from benchmarks.workloads import Samples, Workload

NOTE = (
    "ColorJitter in fixed order has our formulas; the light roads take RandomBrightness (additive) and "
    "RandomContrast (no mean), which is less work; compiled roads wrap the whole pipeline in torch.compile"
)


def available() -> str | None:
    """Tell why Kornia cannot run here, or None."""
    return missing("kornia", "torch")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Convert to float NCHW, augment, convert back: Kornia works on nothing else."""
    batch = samples["image"]
    import kornia.augmentation as ka
    import torch

    channels_last = batch.shape[-1] == 3
    ops: list[Any] = [ka.RandomAffine(degrees=work.degrees, scale=work.scale, p=1.0)]
    if road.endswith("light"):
        ops += [ka.RandomBrightness(work.brightness), ka.RandomContrast(work.contrast)]
    else:
        ops += [ka.ColorJitter(brightness=work.brightness, contrast=work.contrast, order=(0, 1))]

    def augment(images: Any) -> Any:
        # The permuted view keeps its strides through float(): no extra copy, and the quicker road here.
        values = (images.permute(0, 3, 1, 2) if channels_last else images).float() / 255.0
        for op in ops:
            values = op(values)
        levels = (values * 255.0).round().clamp(0.0, 255.0).to(torch.uint8)
        return levels.permute(0, 2, 3, 1).contiguous() if channels_last else levels.contiguous()

    run: Callable[[Any], Any] = torch.compile(augment) if road.startswith("compiled") else augment
    images = torch.from_numpy(batch.copy())

    def call(step: int) -> Any:
        torch.manual_seed(step)
        with torch.no_grad():
            return run(images)

    return call
