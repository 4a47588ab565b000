"""augmax, jitted, with one key per sample; its chains resample once for all geometric steps in a row."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.peers import by_hand, missing
from benchmarks.workloads import Json, Range, Samples, Workload

NOTE = (
    "scale comes from RandomSizedCrop, which shifts as well, draws no aspect ratio, and is kept within the image's "
    "height; brightness and contrast are pointwise curves without any mean; ColorJitter leaves saturation as it is; "
    "blur has a fixed sigma and 3x3 pixels; cutout by hand; boxes go as their corners; road map: lax.map over "
    "samples, not vmap"
)


def available() -> str | None:
    """Tell why augmax cannot run here, or None."""
    return missing("augmax", "jax")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Batch the chain by `vmap`, as its documentation does, or by `lax.map`."""
    import augmax
    import jax
    import jax.numpy as jnp

    kinds = {name: _KINDS[name] for name in samples}
    steps = [step for op in work.ops if op["op"] != "cutout" for step in _steps(augmax, op, work)]
    chain = augmax.Chain(augmax.ByteToFloat(), *steps, input_types=kinds)
    holes = [op["size"] for op in work.ops if op["op"] == "cutout"]

    def augment(key: Any, sample: Any) -> Any:
        found = chain(key, sample)
        image = found["image"]
        for size in holes:
            image = by_hand.cutout(jax.random.fold_in(key, 1), image, round(size * min(work.size)))
        if work.dtype == "uint8":
            image = jnp.round(jnp.clip(image, 0.0, 1.0) * 255.0).astype(jnp.uint8)
        found["image"] = image
        if "boxes" in found:
            corners = found["boxes"].reshape(-1, 4, 2)
            found["boxes"] = jnp.concatenate([corners.min(1), corners.max(1)], -1)[:, (1, 0, 3, 2)]
        return found

    def mapped(keys: Any, batch: Any) -> Any:
        return jax.lax.map(lambda sample: augment(*sample), (keys, batch))

    given = {name: jnp.asarray(array) for name, array in samples.items()}
    if "boxes" in given:  # x, y of two corners to rows and columns of four
        given["boxes"] = given["boxes"][..., (1, 0, 1, 2, 3, 2, 3, 0)].reshape(work.batch, -1, 2)
        given["keypoints"] = given["keypoints"][..., ::-1]
    run = jax.jit(jax.vmap(augment) if road == "vmap" else mapped)
    return lambda step: run(jax.random.split(jax.random.key(step), work.batch), given)


_KINDS = {"image": "image", "mask": "mask", "boxes": "keypoints", "keypoints": "keypoints"}


def _steps(a: Any, op: Json, work: Workload) -> list[Any]:
    """Return the transforms that stand for one op."""
    kind, p = op["op"], op.get("p", 1.0)
    height, width = work.shape[1:3]

    def sized(zoom: Range) -> Any:
        return a.RandomSizedCrop(width, height, zoom_range=zoom, prevent_underzoom=False)

    if kind == "sequence":
        (inner,) = op["ops"]
        return _steps(a, {**inner, "p": p}, work)
    made: dict[str, Callable[[], list[Any]]] = {
        "affine": lambda: [a.Rotate(op["degrees"]["uniform"]), sized(op["scale"]["uniform"])],
        "brightness_scale": lambda: [a.RandomBrightness(_curve(op), p=1.0)],
        "color_jitter": lambda: [a.ColorJitter(**_widths(op), p=p)],
        "contrast": lambda: [a.RandomContrast(_curve(op), p=1.0)],
        "gaussian_blur": lambda: [a.GaussianBlur(sum(op["sigma"]["uniform"]) / 2, p=p)],
        "grayscale": lambda: [a.RandomGrayscale(p)],
        "horizontal_flip": lambda: [a.HorizontalFlip(p)],
        "normalize": lambda: [a.Normalize(op["mean"], op["std"])],
        "pad": lambda: [a.CenterCrop(work.size[1] + 2 * op["left"], work.size[0] + 2 * op["top"])],
        "random_crop": lambda: [a.RandomCrop(width, height)],
        "random_resized_crop": lambda: [sized(_zooms(op, work))],
        "rotate": lambda: [a.Rotate(work.degrees)],
        "scale": lambda: [sized(work.scale)],
    }
    return made[kind]()


def _curve(op: Json) -> Range:
    """Return the range of a colour op, which halves what it is given."""
    low, high = op["factor"]["uniform"]
    return 2 * (low - 1.0), 2 * (high - 1.0)


def _widths(op: Json) -> dict[str, float]:
    """Return how far each of the four goes to either side."""
    return {
        "hue": op["hue"]["uniform"][1],
        **{name: op[name]["uniform"][1] - 1.0 for name in ("brightness", "contrast", "saturation")},
    }


def _zooms(op: Json, work: Workload) -> Range:
    """Return the zooms of a square window that covers a share of the image's area."""
    (low, high), (height, width) = op["area"]["uniform"], work.size
    sides = [min(math.sqrt(share * height * width), height) for share in (high, low)]
    return op["size"][0] / sides[0], op["size"][0] / sides[1]
