"""Kornia: float images, own draws for every sample, targets through `AugmentationSequential`."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from augspec_conformance.peers.libraries.torchvision import compiled
from augspec_conformance.peers.peer import Arrays, Call, Transform

__all__ = ["Library"]

_ALL = ("mask", "boxes", "keypoints")
_KEYS = {"image": "input", "mask": "mask", "boxes": "bbox_xyxy", "keypoints": "keypoints"}


def _brighter(before: Any, after: Any) -> float:
    return float(np.sign(np.mean(after) - np.mean(before)))


def _fish() -> Any:
    import torch

    return torch.tensor([-0.1, 0.1])


class Library:
    """Kornia on CPU tensors."""

    library = "kornia"
    packages = ("kornia", "torch")
    modes = ("eager", "torch.compile")
    layouts = ("NCHW",)
    generators = ("torch",)
    ranges: Mapping[str, tuple[float, float]] = {"float32": (0.0, 1.0)}
    silent: Mapping[str, str] = {}

    def __init__(self, engine: str = "") -> None:
        self.name = "kornia"

    def missing(self) -> str:
        """Name what is not installed."""
        return ", ".join(name for name in ("kornia", "torch") if find_spec(name) is None)

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is asked."""
        import kornia.augmentation as ka
        from kornia.augmentation import auto

        def one(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
            words = set(claims.split())
            words |= {"compiled"} if "fixed" in words else set()
            return Transform(name=name, build=make, claims=frozenset(words), **more)

        def moved(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
            options = {"undo": self._undo, **more.pop("options", {})}
            return one(name, make, f"range {claims}", options=options, **{"targets": _ALL, **more})

        sure = {"p": 1.0}
        return (
            moved(
                "RandomHorizontalFlip()",
                lambda: ka.RandomHorizontalFlip(),
                "moves random per-sample inverse",
                probability=0.5,
            ),
            moved(
                "RandomHorizontalFlip(p=1)",
                lambda: ka.RandomHorizontalFlip(**sure),
                "moves fixed twice",
                probability=1.0,
            ),
            moved(
                "RandomVerticalFlip(p=1)", lambda: ka.RandomVerticalFlip(**sure), "moves fixed twice", probability=1.0
            ),
            moved("RandomVerticalFlip(p=0)", lambda: ka.RandomVerticalFlip(p=0.0), "fixed neutral", probability=0.0),
            moved("RandomRotation(30, p=1)", lambda: ka.RandomRotation(30.0, **sure), "random per-sample inverse"),
            moved(
                "RandomRotation(30, p=0.5)",
                lambda: ka.RandomRotation(30.0, p=0.5),
                "random",
                probability=0.5,
                targets=("mask",),
            ),
            moved("RandomRotation((0, 0), p=1)", lambda: ka.RandomRotation((0.0, 0.0), **sure), "fixed neutral"),
            moved(
                "RandomRotation90((1, 1), p=1)", lambda: ka.RandomRotation90((1, 1), **sure), "fixed", targets=("mask",)
            ),
            moved(
                "RandomAffine(20, (0.1, 0.1), (0.8, 1.2), 10, p=1)",
                lambda: ka.RandomAffine(20.0, (0.1, 0.1), (0.8, 1.2), 10.0, **sure),
                "random per-sample",
            ),
            moved(
                "RandomAffine(20, padding_mode='fill', fill_value=1, p=1)",
                lambda: ka.RandomAffine(20.0, padding_mode="fill", fill_value=1.0, **sure),
                "random constant",
                options={"level": 1.0},
                targets=(),
            ),
            moved("RandomAffine(0, p=1)", lambda: ka.RandomAffine(0.0, **sure), "fixed neutral"),
            moved("RandomShear(10, p=1)", lambda: ka.RandomShear(10.0, **sure), "random"),
            moved(
                "RandomTranslate((0.1, 0.1), p=1)", lambda: ka.RandomTranslate((0.1, 0.1), (0.1, 0.1), **sure), "fixed"
            ),
            moved("RandomPerspective(0.3, p=1)", lambda: ka.RandomPerspective(0.3, **sure), "random per-sample"),
            moved(
                "RandomCrop((14, 11), p=1)",
                lambda: ka.RandomCrop((14, 11), **sure),
                "random",
                options={"size": (14, 11)},
            ),
            moved(
                "RandomCrop((14, 11), p=1, cropping_mode='resample')",
                lambda: ka.RandomCrop((14, 11), cropping_mode="resample", **sure),
                "random",
                options={"size": (14, 11)},
            ),
            moved(
                "CenterCrop((14, 12), p=1)",
                lambda: ka.CenterCrop((14, 12), **sure),
                "fixed moves",
                options={"size": (14, 12)},
            ),
            moved(
                "CenterCrop((13, 11), p=1)",
                lambda: ka.CenterCrop((13, 11), **sure),
                "fixed",
                options={"size": (13, 11)},
            ),
            moved(
                "PadTo((30, 28))", lambda: ka.PadTo((30, 28)), "fixed", options={"size": (30, 28)}, targets=("mask",)
            ),
            moved(
                "Resize((30, 17), p=1)",
                lambda: ka.Resize((30, 17), **sure),
                "fixed constant",
                options={"size": (30, 17)},
            ),
            moved(
                "RandomResizedCrop((20, 20), p=1)",
                lambda: ka.RandomResizedCrop((20, 20), **sure),
                "random constant per-sample",
                options={"size": (20, 20)},
            ),
            moved(
                "RandomElasticTransform(p=1)", lambda: ka.RandomElasticTransform(**sure), "random", targets=("mask",)
            ),
            moved("RandomThinPlateSpline(p=1)", lambda: ka.RandomThinPlateSpline(**sure), "random", targets=("mask",)),
            moved(
                "RandomErasing(p=1)", lambda: ka.RandomErasing(**sure), "random per-sample", probability=1.0, targets=()
            ),
            moved("RandomErasing(p=0.5)", lambda: ka.RandomErasing(p=0.5), "random", probability=0.5, targets=()),
            one("RandomInvert(p=1)", lambda: ka.RandomInvert(**sure), "range fixed twice", probability=1.0),
            one("RandomGrayscale(p=0.3)", lambda: ka.RandomGrayscale(p=0.3), "range random grey", probability=0.3),
            one("RandomGrayscale(p=1)", lambda: ka.RandomGrayscale(**sure), "range fixed grey", probability=1.0),
            one("RandomPosterize((3, 3), p=1)", lambda: ka.RandomPosterize((3.0, 3.0), **sure), "range fixed"),
            one("RandomSolarize(0.1, 0.1, p=1)", lambda: ka.RandomSolarize(0.1, 0.1, **sure), "range random"),
            one("RandomEqualize(p=1)", lambda: ka.RandomEqualize(**sure), "range fixed constant"),
            one("RandomAutoContrast(p=1)", lambda: ka.RandomAutoContrast(**sure), "range fixed constant"),
            one("RandomClahe(p=1)", lambda: ka.RandomClahe(**sure), "range fixed"),
            one("RandomSharpness(0.5, p=1)", lambda: ka.RandomSharpness(0.5, **sure), "range random constant"),
            one(
                "RandomBrightness((1, 1), p=1)", lambda: ka.RandomBrightness((1.0, 1.0), **sure), "range fixed neutral"
            ),
            one(
                "RandomBrightness((0.7, 1.3), p=1)",
                lambda: ka.RandomBrightness((0.7, 1.3), **sure),
                "range random",
                side=_brighter,
            ),
            one("RandomContrast((1, 1), p=1)", lambda: ka.RandomContrast((1.0, 1.0), **sure), "range fixed neutral"),
            one("RandomContrast((0.7, 1.3), p=1)", lambda: ka.RandomContrast((0.7, 1.3), **sure), "range random"),
            one(
                "RandomSaturation((1, 1), p=1)",
                lambda: ka.RandomSaturation((1.0, 1.0), **sure),
                "range fixed neutral grey",
            ),
            one("RandomSaturation((2, 2), p=1)", lambda: ka.RandomSaturation((2.0, 2.0), **sure), "range fixed grey"),
            one("RandomHue((0, 0), p=1)", lambda: ka.RandomHue((0.0, 0.0), **sure), "range fixed neutral"),
            one("RandomHue((0.25, 0.25), p=1)", lambda: ka.RandomHue((0.25, 0.25), **sure), "range fixed grey"),
            one(
                "RandomGamma((1, 1), (1, 1), p=1)",
                lambda: ka.RandomGamma((1.0, 1.0), (1.0, 1.0), **sure),
                "range fixed neutral",
            ),
            one("RandomGamma((0.7, 1.3), p=1)", lambda: ka.RandomGamma((0.7, 1.3), **sure), "range random"),
            one(
                "ColorJitter(0.3, 0.3, 0.3, 0.1, p=1)",
                lambda: ka.ColorJitter(0.3, 0.3, 0.3, 0.1, **sure),
                "range random per-sample",
            ),
            one("ColorJitter(p=1)", lambda: ka.ColorJitter(**sure), "range fixed neutral"),
            one(
                "ColorJiggle(0.3, 0.3, 0.3, 0.1, p=1)",
                lambda: ka.ColorJiggle(0.3, 0.3, 0.3, 0.1, **sure),
                "range random per-sample",
            ),
            one("ColorJiggle(p=1)", lambda: ka.ColorJiggle(**sure), "range fixed neutral"),
            one("RandomChannelShuffle(p=1)", lambda: ka.RandomChannelShuffle(**sure), "range random grey"),
            one("RandomChannelDropout(p=0.5)", lambda: ka.RandomChannelDropout(p=0.5), "range random", probability=0.5),
            one("RandomRGBShift(p=1)", lambda: ka.RandomRGBShift(**sure), "range random"),
            one("RandomPlanckianJitter(p=1)", lambda: ka.RandomPlanckianJitter(**sure), "range random"),
            one("RandomPlasmaBrightness(p=1)", lambda: ka.RandomPlasmaBrightness(**sure), "range random"),
            one("RandomPlasmaContrast(p=1)", lambda: ka.RandomPlasmaContrast(**sure), "range random"),
            one("RandomPlasmaShadow(p=1)", lambda: ka.RandomPlasmaShadow(**sure), "range random"),
            one("RandomGaussianIllumination(p=1)", lambda: ka.RandomGaussianIllumination(**sure), "range random"),
            one("RandomLinearIllumination(p=1)", lambda: ka.RandomLinearIllumination(**sure), "range random"),
            one("RandomSaltAndPepperNoise(p=1)", lambda: ka.RandomSaltAndPepperNoise(**sure), "range random"),
            one("RandomGaussianNoise(p=1)", lambda: ka.RandomGaussianNoise(**sure), "random"),
            one("RandomSnow(p=1)", lambda: ka.RandomSnow(**sure), "range fixed"),
            one(
                "RandomRain(p=1)",
                lambda: ka.RandomRain(number_of_drops=(3, 5), drop_height=(2, 4), drop_width=(-2, 2), **sure),
                "range random",
            ),
            one(
                "RandomGaussianBlur((5, 5), (1, 1), p=1)",
                lambda: ka.RandomGaussianBlur((5, 5), (1.0, 1.0), **sure),
                "range fixed constant",
            ),
            one(
                "RandomGaussianBlur((5, 5), (0.1, 2), p=1)",
                lambda: ka.RandomGaussianBlur((5, 5), (0.1, 2.0), **sure),
                "range random per-sample constant",
            ),
            one(
                "RandomGaussianBlur((13, 13), (2, 2), p=1)",
                lambda: ka.RandomGaussianBlur((13, 13), (2.0, 2.0), **sure),
                "range fixed",
                options={"sigma": 2},
            ),
            one("RandomBoxBlur((3, 3), p=1)", lambda: ka.RandomBoxBlur((3, 3), **sure), "range fixed constant"),
            one("RandomMedianBlur((3, 3), p=1)", lambda: ka.RandomMedianBlur((3, 3), **sure), "range fixed"),
            one("RandomMotionBlur(3, 35, 0.5, p=1)", lambda: ka.RandomMotionBlur(3, 35.0, 0.5, **sure), "range random"),
            moved("LongestMaxSize(30)", lambda: ka.LongestMaxSize(30), "fixed constant", targets=("mask",)),
            moved("SmallestMaxSize(30)", lambda: ka.SmallestMaxSize(30), "fixed constant", targets=("mask",)),
            moved(
                "RandomFisheye(p=1)",
                lambda: ka.RandomFisheye(_fish(), _fish(), _fish(), **sure),
                "random",
                targets=(),
            ),
            one("RandAugment(n=2, m=9)", lambda: auto.RandAugment(n=2, m=9), "range random"),
            one("TrivialAugment()", lambda: auto.TrivialAugment(), "range random"),
            one("AutoAugment('imagenet')", lambda: auto.AutoAugment("imagenet"), "range random"),
            one("RandomJPEG((50, 50), p=1)", lambda: ka.RandomJPEG((50.0, 50.0), **sure), "range fixed", options={}),
        )

    def start(self, transform: Transform, *, seed: int, mode: str = "", layout: str = "NHWC") -> Call:
        """Return the module, and seed torch's generator, which is its documented source."""
        return self._seeded(transform.build(), seed, compiles=mode == "torch.compile")

    def pickled(self, transform: Transform, *, seed: int) -> Call:
        """Return the module after a way through bytes."""
        return self._seeded(pickle.loads(pickle.dumps(transform.build())), seed)  # noqa: S301 (our own bytes)

    @staticmethod
    def _seeded(made: Any, seed: int, *, compiles: bool = False) -> Call:
        import kornia.augmentation as ka
        import torch

        torch.manual_seed(seed)
        ready = compiled if compiles else lambda module: module

        def call(native: Any) -> Any:
            with torch.no_grad():
                if set(native) == {"image"}:
                    return {"image": ready(made)(native["image"])}
                keys = [_KEYS[name] for name in native]
                found = ready(ka.AugmentationSequential(made, data_keys=keys))(*native.values())
            return dict(zip(native, found, strict=True))

        return call

    def native(self, transform: Transform, sample: Arrays, *, layout: str = "NHWC") -> Any:
        """Return tensors by target; boxes hold their last pixel, as the container's documentation says."""
        import torch

        def tensor(name: str, value: Any) -> Any:
            if name == "boxes":
                value = value - np.array([0, 0, 1, 1], np.float32)
            if name in ("image", "mask"):
                value = np.moveaxis(value, -1, 1)
            return torch.tensor(np.array(value, np.float32))

        return {name: tensor(name, value) for name, value in sample.items()}

    def arrays(self, transform: Transform, native: Any, *, layout: str = "NHWC") -> Arrays:
        """Return NumPy arrays; masks, which Kornia holds as floats, as they are."""
        found = {}
        for name, value in native.items():
            array = np.array(getattr(value, "data", value))
            if name == "boxes":
                array = array + np.array([0, 0, 1, 1], np.float32)
            found[name] = np.moveaxis(array, 1, -1) if name in ("image", "mask") else array
        return found

    @staticmethod
    def _undo(transform: Transform, native: Any, seed: int) -> Any:
        """Return the images after a call and the container's own `inverse`."""
        import kornia.augmentation as ka
        import torch

        torch.manual_seed(seed)
        chain = ka.AugmentationSequential(transform.build(), data_keys=["input"])
        with torch.no_grad():
            there = chain(native["image"])
            return {"image": chain.inverse(there)}
