"""torchvision v2, one sample after the other: on tensors, or on PIL images as most training code has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import missing
from benchmarks.workloads import Json, Samples, Workload

NOTE = "one transform after the other, each of which rounds to uint8; one RandomAffine for several warps"


def available() -> str | None:
    """Tell why torchvision cannot run here, or None."""
    return missing("torchvision")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Loop over the samples, because a batch would share one draw; results are stacked, channels last."""
    import torch
    from PIL import Image

    from augspec_conformance.peers.libraries.torchvision import load_v2

    v2 = load_v2()
    steps: list[Any] = []
    warp: Json = {}
    for op in work.ops:
        if op["op"] in ("rotate", "scale"):
            warp |= {"degrees": work.degrees} if op["op"] == "rotate" else {"scale": work.scale}
        else:
            steps += _steps(v2, op, work)
    if warp:
        steps.insert(0, v2.RandomAffine(**warp, interpolation=v2.InterpolationMode.BILINEAR))
    if road == "pil" and work.dtype == "float32":
        steps.insert(-2, v2.PILToTensor())
    augment = v2.Compose(steps)
    tensors = torch.from_numpy(samples["image"]).permute(0, 3, 1, 2).contiguous()
    images = [Image.fromarray(pixels) for pixels in samples["image"]] if road == "pil" else list(tensors)

    def call(step: int) -> Any:
        torch.manual_seed(step)
        out = [augment(image) for image in images]
        if isinstance(out[0], torch.Tensor):
            return torch.stack(out).permute(0, 2, 3, 1)
        return torch.from_numpy(np.stack([np.asarray(image) for image in out]))

    return call


def _steps(v2: Any, op: Json, work: Workload) -> list[Any]:
    """Return the transforms that stand for one op."""
    import torch

    kind, p = op["op"], op.get("p", 1.0)
    if kind == "sequence":
        (inner,) = op["ops"]
        return [v2.RandomApply(_steps(v2, inner, work), p=p)]
    if kind == "brightness_scale":
        return [v2.ColorJitter(brightness=work.brightness, contrast=work.contrast)]
    if kind == "gaussian_blur":
        low, high = op["sigma"]["uniform"]
        return [v2.RandomApply([v2.GaussianBlur(2 * int(3 * high + 0.999) + 1, (low, high))], p=p)]
    made: dict[str, Callable[[], list[Any]]] = {
        "color_jitter": lambda: [
            v2.ColorJitter(**{n: op[n]["uniform"] for n in ("brightness", "contrast", "saturation", "hue")})
        ],
        "contrast": list,  # with the brightness before it
        "cutout": lambda: [v2.RandomErasing(p=1.0, scale=(op["size"] ** 2,) * 2, ratio=(1.0, 1.0))],
        "grayscale": lambda: [v2.RandomGrayscale(p)],
        "horizontal_flip": lambda: [v2.RandomHorizontalFlip(p)],
        "normalize": lambda: [v2.ToDtype(torch.float32, scale=True), v2.Normalize(op["mean"], op["std"])],
        "pad": lambda: [v2.Pad(op["top"])],
        "random_crop": lambda: [v2.RandomCrop(op["size"])],
        "random_resized_crop": lambda: [
            v2.RandomResizedCrop(op["size"], scale=op["area"]["uniform"], antialias=op["antialias"])
        ],
        "preset": lambda: [v2.RandAugment(2, 9) if "randaugment" in op["name"] else v2.TrivialAugmentWide()],
    }
    return made[kind]()
