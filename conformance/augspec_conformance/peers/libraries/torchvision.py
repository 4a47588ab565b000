"""torchvision.transforms.v2: tv_tensors; a batch of images has one draw, as its documentation says."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from augspec_conformance.peers.peer import Arrays, Call, Transform

__all__ = ["Library", "compiled", "load_v2"]

_ALL = ("mask", "boxes", "keypoints")
_BOTH = ("uint8", "float32")


class Library:
    """torchvision v2 on CPU tensors."""

    library = "torchvision"
    packages = ("torchvision", "torch")
    modes = ("eager", "torch.compile")
    layouts = ("NCHW",)
    generators = ("torch",)
    ranges: Mapping[str, tuple[float, float]] = {
        "float32": (0.0, 1.0),
        "float16": (0.0, 1.0),
        "uint8": (0.0, 255.0),
        "int32": (0.0, 2.0**31 - 1),
    }
    silent: Mapping[str, str] = {
        "B8": "documented: all images of a batch get the same transform",
    }

    def __init__(self, engine: str = "") -> None:
        self.name = "torchvision"

    def missing(self) -> str:
        """Name what is not installed."""
        return ", ".join(name for name in ("torchvision", "torch") if find_spec(name) is None)

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked."""
        import torch

        v2 = load_v2()

        def one(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
            words = {"range", "shared", *claims.split()}
            # The documentation speaks of torch.compile on individual transforms; random ones draw otherwise there.
            words |= {"compiled"} if "fixed" in words else set()
            return Transform(name=name, build=make, claims=frozenset(words), **{"dtypes": _BOTH, **more})

        def moved(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
            return one(name, make, claims, **{"targets": _ALL, **more})

        bilinear = {"interpolation": v2.InterpolationMode.BILINEAR}
        white: dict[str, Any] = {"dtypes": ("float32",), "targets": (), "options": {"level": 1.0}}
        return (
            moved("RandomHorizontalFlip()", lambda: v2.RandomHorizontalFlip(), "moves random", probability=0.5),
            moved(
                "RandomHorizontalFlip(1)", lambda: v2.RandomHorizontalFlip(1.0), "moves fixed twice", probability=1.0
            ),
            moved("RandomVerticalFlip(1)", lambda: v2.RandomVerticalFlip(1.0), "moves fixed twice", probability=1.0),
            moved("RandomVerticalFlip(0)", lambda: v2.RandomVerticalFlip(0.0), "fixed neutral", probability=0.0),
            moved("RandomRotation(30, BILINEAR)", lambda: v2.RandomRotation(30, **bilinear), "random"),
            moved(
                "RandomRotation((20, 20), BILINEAR)", lambda: v2.RandomRotation((20, 20), **bilinear), "fixed dtypes"
            ),
            moved("RandomRotation((180, 180))", lambda: v2.RandomRotation((180, 180)), "fixed moves twice"),
            moved(
                "RandomRotation((90, 90), expand=True)", lambda: v2.RandomRotation((90, 90), expand=True), "fixed moves"
            ),
            moved("RandomRotation(0)", lambda: v2.RandomRotation(0), "fixed neutral"),
            moved(
                "RandomRotation((30, 30), BILINEAR, expand=True)",
                lambda: v2.RandomRotation((30, 30), expand=True, **bilinear),
                "fixed",
            ),
            moved(
                "RandomAffine(20, (0.1, 0.1), (0.8, 1.2), 10, BILINEAR)",
                lambda: v2.RandomAffine(20, (0.1, 0.1), (0.8, 1.2), 10, **bilinear),
                "random",
            ),
            moved(
                "RandomRotation((20, 20), BILINEAR, fill=1)",
                lambda: v2.RandomRotation((20, 20), fill=1, **bilinear),
                "fixed constant",
                **white,
            ),
            moved(
                "RandomAffine(20, BILINEAR, fill=1)",
                lambda: v2.RandomAffine(20, fill=1, **bilinear),
                "random constant",
                **white,
            ),
            moved(
                "RandomPerspective(0.3, p=1, fill=1)",
                lambda: v2.RandomPerspective(0.3, p=1.0, fill=1),
                "random constant",
                **white,
            ),
            moved(
                "ElasticTransform(20, 2, fill=1)",
                lambda: v2.ElasticTransform(20.0, 2.0, fill=1),
                "random constant",
                **white,
            ),
            moved(
                "RandomRotation((20, 20), fill=1)",
                lambda: v2.RandomRotation((20, 20), fill=1),
                "fixed constant",
                **white,
            ),
            moved(
                "Pad(3, fill=1)",
                lambda: v2.Pad(3, fill=1),
                "fixed constant",
                **white,
            ),
            moved("RandomAffine(0)", lambda: v2.RandomAffine(0), "fixed neutral"),
            moved("RandomPerspective(0.3, p=1)", lambda: v2.RandomPerspective(0.3, p=1.0), "random", probability=1.0),
            moved("RandomPerspective()", lambda: v2.RandomPerspective(), "random", probability=0.5, targets=("mask",)),
            moved("ElasticTransform(20, 2)", lambda: v2.ElasticTransform(20.0, 2.0), "random", targets=("mask",)),
            moved("ElasticTransform(0, 2)", lambda: v2.ElasticTransform(0.0, 2.0), "fixed neutral"),
            moved("RandomCrop((14, 11))", lambda: v2.RandomCrop((14, 11)), "moves random", options={"size": (14, 11)}),
            moved("RandomCrop((14, 11), padding=3)", lambda: v2.RandomCrop((14, 11), padding=3), "moves random"),
            moved("CenterCrop((14, 11))", lambda: v2.CenterCrop((14, 11)), "moves fixed", options={"size": (14, 11)}),
            moved("Pad((1, 2, 3, 4))", lambda: v2.Pad((1, 2, 3, 4)), "moves fixed"),
            moved(
                "Pad(3, padding_mode='reflect')",
                lambda: v2.Pad(3, padding_mode="reflect"),
                "fixed constant",
                targets=("mask",),
            ),
            moved("Resize((30, 17))", lambda: v2.Resize((30, 17)), "fixed constant dtypes", options={"size": (30, 17)}),
            moved("Resize((12, 10), antialias=False)", lambda: v2.Resize((12, 10), antialias=False), "fixed constant"),
            *(
                moved(f"{name}, labels above 2**24", make, "random", targets=("mask",), options={"ids": 2**24})
                for name, make in (
                    ("RandomRotation(30)", lambda: v2.RandomRotation(30)),
                    ("RandomResizedCrop((20, 20))", lambda: v2.RandomResizedCrop((20, 20))),
                    ("RandomCrop((14, 11), padding=3)", lambda: v2.RandomCrop((14, 11), padding=3)),
                )
            ),
            moved(
                "RandomResizedCrop((20, 20))",
                lambda: v2.RandomResizedCrop((20, 20)),
                "random constant",
                options={"size": (20, 20)},
            ),
            moved("ScaleJitter((30, 30))", lambda: v2.ScaleJitter((30, 30)), "random constant"),
            moved("RandomZoomOut(p=1)", lambda: v2.RandomZoomOut(p=1.0), "moves random"),
            one("RandomInvert(1)", lambda: v2.RandomInvert(1.0), "fixed twice dtypes", probability=1.0),
            one("RandomPosterize(3, p=1)", lambda: v2.RandomPosterize(3, p=1.0), "fixed dtypes", probability=1.0),
            one("RandomSolarize(128 or 128 / 255)", lambda: _solarize(v2), "fixed dtypes own", probability=1.0),
            one("RandomAutocontrast(1)", lambda: v2.RandomAutocontrast(1.0), "fixed constant dtypes"),
            one("RandomEqualize(1)", lambda: v2.RandomEqualize(1.0), "fixed dtypes"),
            one("RandomAdjustSharpness(2, 1)", lambda: v2.RandomAdjustSharpness(2, 1.0), "fixed constant dtypes"),
            one("RandomAdjustSharpness(1, 1)", lambda: v2.RandomAdjustSharpness(1, 1.0), "fixed neutral"),
            one("RandomGrayscale(1)", lambda: v2.RandomGrayscale(1.0), "fixed grey dtypes", probability=1.0),
            one("RandomGrayscale(0.3)", lambda: v2.RandomGrayscale(0.3), "random", probability=0.3),
            one("ColorJitter(0.4, 0.4, 0.4, 0.2)", lambda: v2.ColorJitter(0.4, 0.4, 0.4, 0.2), "random"),
            one("ColorJitter(brightness=(1, 1))", lambda: v2.ColorJitter(brightness=(1.0, 1.0)), "fixed neutral"),
            one("ColorJitter(contrast=(1, 1))", lambda: v2.ColorJitter(contrast=(1.0, 1.0)), "fixed neutral"),
            one("ColorJitter(saturation=(1, 1))", lambda: v2.ColorJitter(saturation=(1.0, 1.0)), "fixed neutral"),
            one("ColorJitter(hue=(0, 0))", lambda: v2.ColorJitter(hue=(0.0, 0.0)), "fixed neutral"),
            one("ColorJitter(saturation=(2, 2))", lambda: v2.ColorJitter(saturation=(2.0, 2.0)), "fixed grey dtypes"),
            one("ColorJitter(hue=(0.25, 0.25))", lambda: v2.ColorJitter(hue=(0.25, 0.25)), "fixed grey dtypes"),
            one("ColorJitter(brightness=(1.3, 1.3))", lambda: v2.ColorJitter(brightness=(1.3, 1.3)), "fixed dtypes"),
            one("ColorJitter(contrast=(1.5, 1.5))", lambda: v2.ColorJitter(contrast=(1.5, 1.5)), "fixed dtypes"),
            one("RandomPhotometricDistort(p=1)", lambda: v2.RandomPhotometricDistort(p=1.0), "random"),
            one("RandomChannelPermutation()", lambda: v2.RandomChannelPermutation(), "random grey"),
            one("GaussianBlur(5, 1.5)", lambda: v2.GaussianBlur(5, 1.5), "fixed constant dtypes"),
            one("GaussianBlur(13, 2)", lambda: v2.GaussianBlur(13, 2.0), "fixed", options={"sigma": 2}),
            one("GaussianNoise()", lambda: v2.GaussianNoise(), "random", dtypes=_BOTH),
            one("RandomErasing(1)", lambda: v2.RandomErasing(1.0), "random", probability=1.0),
            one("RandomErasing(0.5)", lambda: v2.RandomErasing(0.5), "random", probability=0.5),
            one("RandAugment()", lambda: v2.RandAugment(), "random"),
            one("TrivialAugmentWide()", lambda: v2.TrivialAugmentWide(), "random"),
            one("AugMix()", lambda: v2.AugMix(), "random"),
            one(
                "Compose([ToDtype(uint8, scale=True), ToDtype(float32, scale=True)]), float16",
                lambda: v2.Compose([v2.ToDtype(torch.uint8, scale=True), v2.ToDtype(torch.float32, scale=True)]),
                "constant",
                **{**white, "dtypes": ("float16",)},
            ),
            one(
                "Compose([ToDtype(uint16, scale=True), ToDtype(float32, scale=True)])",
                lambda: v2.Compose([v2.ToDtype(torch.uint16, scale=True), v2.ToDtype(torch.float32, scale=True)]),
                "constant",
                **white,
            ),
            one(
                "Resize((30, 17), NEAREST), int32",
                lambda: v2.Resize((30, 17), v2.InterpolationMode.NEAREST),
                "constant",
                **{**white, "dtypes": ("int32",)},
            ),
            one(
                "ColorJitter(brightness=(1.3, 1.3)), int32",
                lambda: v2.ColorJitter(brightness=(1.3, 1.3)),
                "constant",
                **{**white, "dtypes": ("int32",)},
            ),
            one("RandomShortestSize(20)", lambda: v2.RandomShortestSize(20), "fixed constant"),
            one("RandomResize(15, 30)", lambda: v2.RandomResize(15, 30), "random constant"),
            one("Grayscale(3)", lambda: v2.Grayscale(3), "fixed grey dtypes"),
            one("RGB()", lambda: v2.RGB(), "fixed neutral"),
            one("RandomAdjustSharpness(0, 1)", lambda: v2.RandomAdjustSharpness(0, 1.0), "fixed constant dtypes"),
            one("AutoAugment()", lambda: v2.AutoAugment(), "random"),
        )

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return the transform, and seed torch's generator, which is its documented source."""
        made = transform.build()
        return _seeded(compiled(made) if mode == "torch.compile" else made, seed)

    def pickled(self, transform: Transform, *, seed: int) -> Call:
        """Return the transform after a way through bytes."""
        return _seeded(pickle.loads(pickle.dumps(transform.build())), seed)  # noqa: S301 (our own bytes)

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return tv_tensors: boxes and keypoints of the whole batch in one, because the batch has one draw."""
        import torch

        load_v2()
        from torchvision import tv_tensors

        size = sample["image"].shape[1:3]
        native: dict[str, Any] = {"image": tv_tensors.Image(torch.tensor(np.moveaxis(sample["image"], -1, 1).copy()))}
        if "mask" in sample:
            native["mask"] = tv_tensors.Mask(torch.tensor(sample["mask"][..., 0].copy()))
        if "boxes" in sample:
            boxes = torch.tensor(sample["boxes"].reshape(-1, 4).copy())
            native["boxes"] = tv_tensors.BoundingBoxes(boxes, format="XYXY", canvas_size=size)
        if "keypoints" in sample:
            points = torch.tensor(sample["keypoints"].reshape(-1, 2).copy())
            native["keypoints"] = tv_tensors.KeyPoints(points, canvas_size=size)
        return native

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return NumPy arrays."""
        found = {"image": np.moveaxis(np.array(native["image"]), 1, -1)}
        batch = len(found["image"])
        if "mask" in native:
            found["mask"] = np.array(native["mask"])[..., None]
        if "boxes" in native:
            found["boxes"] = np.array(native["boxes"]).reshape(batch, -1, 4)
        if "keypoints" in native:
            found["keypoints"] = np.array(native["keypoints"]).reshape(batch, -1, 2)
        return found


def _seeded(made: Any, seed: int) -> Call:
    import torch

    torch.manual_seed(seed)
    return lambda native: made(native)


def compiled(made: Any) -> Any:
    """Return a callable that Dynamo captures and AOTAutograd runs; Inductor, 10 seconds a transform, is left out."""
    import torch

    # All transforms share one `forward`, and Dynamo gives up on code that it compiled too many times.
    torch.compiler.reset()
    return torch.compile(made, backend="aot_eager")


def _solarize(v2: Any) -> Any:
    """Solarize at half of either range: the threshold is in the image's own unit."""

    class Both(v2.Transform):
        def transform(self, inpt: Any, params: dict[str, Any]) -> Any:
            threshold = 128 / 255 if inpt.is_floating_point() else 128
            return v2.functional.solarize(inpt, threshold)

    return Both()


def load_v2() -> Any:
    """Import `torchvision.transforms.v2`; on builds whose compiled operators do not load their names are declared.

    None of the transforms asked here uses those operators.

    Raises:
        RuntimeError: importing failed for another reason.
    """
    import torch

    while True:
        try:
            from torchvision.transforms import v2
        except RuntimeError as error:
            found = re.fullmatch(r"operator (torchvision::\w+) does not exist", str(error))
            if found is None:
                raise
            torch.library.define(found[1], "(Tensor x) -> Tensor")
        else:
            return v2
