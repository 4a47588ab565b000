"""Albumentations' transforms, with what its documentation says of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from augspec_conformance.peers.peer import Transform

__all__ = ["transforms"]

_ALL = ("mask", "boxes", "keypoints")
_BOTH = ("uint8", "float32")


def _brighter(before: Any, after: Any) -> float:
    return float(np.sign(np.mean(after.astype(np.float64)) - np.mean(before.astype(np.float64))))


def _flips(before: Any, after: Any) -> tuple[bool, bool]:
    """Tell which of the two flips was applied."""
    for horizontal in (False, True):
        for vertical in (False, True):
            flipped = before[:: -1 if vertical else 1, :: -1 if horizontal else 1]
            if np.array_equal(flipped, after):
                return horizontal, vertical
    raise ValueError("the image is none of the four flips of the given one")


def transforms() -> tuple[Transform, ...]:
    """Return the transforms that are asked."""
    import albumentations as A  # noqa: N812 (its documentation's own alias)
    import cv2

    def one(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
        words = frozenset({"range", *claims.split()})
        return Transform(name=name, build=make, claims=words, batch=False, **{"dtypes": _BOTH, **more})

    def moved(name: str, make: Any, claims: str = "", **more: Any) -> Transform:
        return one(name, make, claims, **{"targets": _ALL, **more})

    sure = {"p": 1.0}
    white: dict[str, Any] = {"dtypes": ("float32",), "targets": (), "options": {"level": 1.0}}
    return (
        moved("HorizontalFlip()", lambda: A.HorizontalFlip(), "moves random", probability=0.5),
        moved("HorizontalFlip(p=1)", lambda: A.HorizontalFlip(**sure), "moves fixed twice dtypes", probability=1.0),
        moved("VerticalFlip(p=1)", lambda: A.VerticalFlip(**sure), "moves fixed twice", probability=1.0),
        moved("VerticalFlip(p=0)", lambda: A.VerticalFlip(p=0.0), "fixed neutral", probability=0.0),
        one(
            "Compose([HorizontalFlip(), VerticalFlip()])",
            lambda: [A.HorizontalFlip(), A.VerticalFlip()],
            "random",
            probability=0.5,
            dtypes=("uint8",),
            options={"both": _flips, "gates": "two"},
        ),
        moved("Transpose(p=1)", lambda: A.Transpose(**sure), "moves fixed twice"),
        moved("D4(p=1)", lambda: A.D4(**sure), "moves random"),
        moved("RandomRotate90(p=1)", lambda: A.RandomRotate90(**sure), "moves random"),
        moved("Rotate(30, p=1)", lambda: A.Rotate(30, **sure), "random"),
        moved("Rotate((20, 20), p=1)", lambda: A.Rotate((20, 20), **sure), "fixed dtypes"),
        moved("Rotate((0, 0), p=1)", lambda: A.Rotate((0, 0), **sure), "fixed neutral"),
        moved("Rotate((20, 20), fill=1, p=1)", lambda: A.Rotate((20, 20), fill=1.0, **sure), "fixed constant", **white),
        moved(
            "Affine(rotate=(-20, 20), fill=1, p=1)",
            lambda: A.Affine(rotate=(-20, 20), fill=1.0, **sure),
            "random constant",
            **white,
        ),
        moved("Perspective(fill=1, p=1)", lambda: A.Perspective(fill=1.0, **sure), "random constant", **white),
        moved("SafeRotate(30, p=1)", lambda: A.SafeRotate(30, **sure), "random"),
        moved(
            "Affine(scale=(0.8, 1.2), translate_percent=0.1, rotate=20, shear=10, p=1)",
            lambda: A.Affine(scale=(0.8, 1.2), translate_percent=0.1, rotate=(-20, 20), shear=(-10, 10), **sure),
            "random",
        ),
        moved("Affine(p=1), neutral", lambda: A.Affine(scale=1.0, rotate=0, shear=0, **sure), "fixed neutral"),
        moved("ShiftScaleRotate(p=1)", lambda: A.ShiftScaleRotate(border_mode=cv2.BORDER_CONSTANT, **sure), "random"),
        moved("Perspective(p=1)", lambda: A.Perspective(**sure), "random"),
        moved("ElasticTransform(20, 5, p=1)", lambda: A.ElasticTransform(20, 5, **sure), "random", targets=("mask",)),
        moved("GridDistortion(p=1)", lambda: A.GridDistortion(**sure), "random", targets=("mask",)),
        moved("OpticalDistortion(p=1)", lambda: A.OpticalDistortion(**sure), "random", targets=("mask",)),
        moved("RandomCrop(14, 11)", lambda: A.RandomCrop(14, 11, **sure), "moves random", options={"size": (14, 11)}),
        moved("CenterCrop(14, 11)", lambda: A.CenterCrop(14, 11, **sure), "moves fixed", options={"size": (14, 11)}),
        moved(
            "PadIfNeeded(60, 60)",
            lambda: A.PadIfNeeded(60, 60, border_mode=cv2.BORDER_CONSTANT, **sure),
            "moves fixed",
        ),
        moved("Resize(30, 17)", lambda: A.Resize(30, 17, **sure), "fixed constant dtypes", options={"size": (30, 17)}),
        moved(
            "Compose([Resize(30, 17)], mask_interpolation=INTER_NEAREST_EXACT)",
            lambda: A.Resize(30, 17, **sure),
            "fixed",
            targets=("mask",),
            options={"compose": {"mask_interpolation": cv2.INTER_NEAREST_EXACT}},
        ),
        moved(
            "Compose([Resize(30, 17)], mask_interpolation=INTER_LINEAR)",
            lambda: A.Resize(30, 17, **sure),
            "fixed",
            targets=("mask",),
            options={"compose": {"mask_interpolation": cv2.INTER_LINEAR}},
        ),
        moved(
            "RandomResizedCrop((20, 20))",
            lambda: A.RandomResizedCrop((20, 20), **sure),
            "random constant",
            options={"size": (20, 20)},
        ),
        moved("RandomScale(0.3, p=1)", lambda: A.RandomScale(0.3, **sure), "random", targets=("mask", "boxes")),
        moved("LongestMaxSize(30, p=1)", lambda: A.LongestMaxSize(30, **sure), "fixed constant"),
        moved("SmallestMaxSize(30, p=1)", lambda: A.SmallestMaxSize(30, **sure), "fixed constant"),
        moved("Pad(3, p=1)", lambda: A.Pad(3, **sure), "moves fixed"),
        moved(
            "CropAndPad(px=(2, 3, 4, 5), keep_size=False, p=1)",
            lambda: A.CropAndPad(px=(2, 3, 4, 5), keep_size=False, sample_independently=False, **sure),
            "moves fixed",
        ),
        moved("SquareSymmetry(p=1)", lambda: A.SquareSymmetry(**sure), "moves random"),
        moved("RandomCropFromBorders(p=1)", lambda: A.RandomCropFromBorders(**sure), "moves random"),
        moved(
            "RandomSizedCrop((10, 18), (20, 16), p=1)",
            lambda: A.RandomSizedCrop((10, 18), (20, 16), **sure),
            "random constant",
            options={"size": (20, 16)},
        ),
        moved(
            "BBoxSafeRandomCrop(p=1)",
            lambda: A.BBoxSafeRandomCrop(**sure),
            "moves random",
            targets=("mask", "boxes"),
        ),
        moved("PiecewiseAffine(p=1)", lambda: A.PiecewiseAffine(**sure), "random", targets=("mask",)),
        moved("ThinPlateSpline(p=1)", lambda: A.ThinPlateSpline(**sure), "random", targets=("mask",)),
        moved("Morphological(p=1)", lambda: A.Morphological(**sure), "random constant", targets=()),
        one("AdvancedBlur(p=1)", lambda: A.AdvancedBlur(**sure), "random constant"),
        one("RandomGravel(p=1)", lambda: A.RandomGravel(**sure)),
        moved("SafeRotate((0, 0), p=1)", lambda: A.SafeRotate((0, 0), **sure), "fixed neutral"),
        moved(
            "OpticalDistortion((0, 0), p=1)",
            lambda: A.OpticalDistortion((0, 0), **sure),
            "fixed neutral",
            targets=("mask",),
        ),
        moved(
            "OpticalDistortion((0, 0), mode='fisheye', p=1)",
            lambda: A.OpticalDistortion((0, 0), mode="fisheye", **sure),
            "fixed neutral",
            targets=("mask",),
        ),
        moved(
            "GridDistortion(distort_limit=(0, 0), p=1)",
            lambda: A.GridDistortion(distort_limit=(0, 0), **sure),
            "fixed neutral",
            targets=("mask",),
        ),
        moved(
            "PiecewiseAffine((1e-6, 1e-6), p=1)",
            lambda: A.PiecewiseAffine((1e-6, 1e-6), **sure),
            "neutral",
            targets=("mask",),
        ),
        moved(
            "ElasticTransform(0, 5, p=1)", lambda: A.ElasticTransform(0, 5, **sure), "fixed neutral", targets=("mask",)
        ),
        moved("Perspective((0, 0), p=1)", lambda: A.Perspective((0, 0), **sure), "fixed neutral"),
        moved("ThinPlateSpline((0, 0), p=1)", lambda: A.ThinPlateSpline((0, 0), **sure), "neutral", targets=("mask",)),
        moved("NoOp(p=1)", lambda: A.NoOp(**sure), "moves fixed neutral"),
        moved("Crop(2, 3, 12, 17, p=1)", lambda: A.Crop(2, 3, 12, 17, **sure), "moves fixed"),
        moved(
            "RandomSizedBBoxSafeCrop(20, 16, p=1)",
            lambda: A.RandomSizedBBoxSafeCrop(20, 16, **sure),
            "random constant",
            targets=("mask", "boxes"),
            options={"size": (20, 16)},
        ),
        moved(
            "GridElasticDeform((4, 4), 3, p=1)",
            lambda: A.GridElasticDeform((4, 4), 3, **sure),
            "random",
            targets=("mask",),
        ),
        moved("GridElasticDeform((2, 2), 2, p=1)", lambda: A.GridElasticDeform((2, 2), 2, **sure), "random"),
        one("XYMasking(p=1)", lambda: A.XYMasking((1, 2), (1, 2), (2, 4), (2, 4), **sure), "random"),
        one("ChromaticAberration(p=1)", lambda: A.ChromaticAberration(**sure), "random"),
        one("RandomFog(p=1)", lambda: A.RandomFog(**sure), "random"),
        one("RingingOvershoot(p=1)", lambda: A.RingingOvershoot(**sure), "random constant"),
        one("Superpixels(p=1)", lambda: A.Superpixels(**sure), "random constant"),
        one("Spatter(p=1)", lambda: A.Spatter(**sure), "random"),
        one("HEStain(p=1)", lambda: A.HEStain(**sure), "random"),
        one(
            "OneOf([HorizontalFlip(p=1), VerticalFlip(p=1)], p=0.5)",
            lambda: A.OneOf([A.HorizontalFlip(**sure), A.VerticalFlip(**sure)], p=0.5),
            "random",
            probability=0.5,
        ),
        one(
            "Sequential([HorizontalFlip()], p=0.5)",
            lambda: A.Sequential([A.HorizontalFlip()], p=0.5),
            "random",
            probability=0.25,
        ),
        one("InvertImg(p=1)", lambda: A.InvertImg(**sure), "fixed twice dtypes", probability=1.0),
        one("Posterize(3, p=1)", lambda: A.Posterize(3, **sure), "fixed dtypes"),
        one("Solarize((0.5, 0.5), p=1)", lambda: A.Solarize((0.5, 0.5), **sure), "fixed dtypes"),
        one("Equalize(p=1)", lambda: A.Equalize(**sure), "fixed dtypes"),
        one("AutoContrast(p=1)", lambda: A.AutoContrast(**sure), "fixed dtypes constant"),
        one("CLAHE((2, 2), p=1)", lambda: A.CLAHE((2, 2), **sure), "fixed"),
        one("ToGray(p=1)", lambda: A.ToGray(**sure), "fixed grey dtypes"),
        one("ToSepia(p=1)", lambda: A.ToSepia(**sure), "fixed dtypes"),
        one(
            "RandomBrightnessContrast(0.2, 0.2, p=1)",
            lambda: A.RandomBrightnessContrast(0.2, 0.2, **sure),
            "random",
        ),
        one(
            "RandomBrightnessContrast(0, 0, p=1)",
            lambda: A.RandomBrightnessContrast((0.0, 0.0), (0.0, 0.0), **sure),
            "fixed neutral",
        ),
        one(
            "RandomBrightnessContrast(0.2, 0, p=0.5)",
            lambda: A.RandomBrightnessContrast(0.2, (0.0, 0.0), p=0.5),
            "random",
            probability=0.5,
            side=_brighter,
        ),
        one("RandomGamma((100, 100), p=1)", lambda: A.RandomGamma((100, 100), **sure), "fixed neutral"),
        one("RandomGamma((70, 70), p=1)", lambda: A.RandomGamma((70, 70), **sure), "fixed dtypes"),
        one("HueSaturationValue(0, 0, 0, p=1)", lambda: A.HueSaturationValue(0, 0, 0, **sure), "fixed neutral grey"),
        one(
            "HueSaturationValue((20, 20), 0, 0, p=1)",
            lambda: A.HueSaturationValue((20, 20), 0, 0, **sure),
            "fixed grey dtypes",
        ),
        one("RGBShift((20, 20), p=1)", lambda: A.RGBShift((20, 20), (20, 20), (20, 20), **sure), "fixed"),
        one("ColorJitter(p=1)", lambda: A.ColorJitter(**sure), "random"),
        one(
            "ColorJitter((1, 1), (1, 1), (1, 1), (0, 0), p=1)",
            lambda: A.ColorJitter((1, 1), (1, 1), (1, 1), (0, 0), **sure),
            "fixed neutral",
        ),
        one(
            "ColorJitter(contrast=(1.5, 1.5), p=1)",
            lambda: A.ColorJitter((1, 1), (1.5, 1.5), (1, 1), (0, 0), **sure),
            "fixed dtypes",
        ),
        one(
            "ColorJitter(saturation=(1.5, 1.5), p=1)",
            lambda: A.ColorJitter((1, 1), (1, 1), (1.5, 1.5), (0, 0), **sure),
            "fixed dtypes grey",
        ),
        one(
            "ColorJitter(hue=(0.25, 0.25), p=1)",
            lambda: A.ColorJitter((1, 1), (1, 1), (1, 1), (0.25, 0.25), **sure),
            "fixed dtypes grey",
        ),
        one("Sharpen(p=1)", lambda: A.Sharpen(**sure), "random"),
        one("Emboss(p=1)", lambda: A.Emboss(**sure), "random"),
        one("Blur((5, 5), p=1)", lambda: A.Blur((5, 5), **sure), "fixed constant dtypes"),
        one(
            "GaussianBlur((5, 5), (1, 1), p=1)",
            lambda: A.GaussianBlur((5, 5), (1.0, 1.0), **sure),
            "fixed constant dtypes",
        ),
        one(
            "GaussianBlur((13, 13), (2, 2), p=1)",
            lambda: A.GaussianBlur((13, 13), (2.0, 2.0), **sure),
            "fixed",
            options={"sigma": 2},
        ),
        one("MedianBlur((5, 5), p=1)", lambda: A.MedianBlur((5, 5), **sure), "fixed constant dtypes"),
        one("MotionBlur((5, 5), p=1)", lambda: A.MotionBlur((5, 5), **sure), "random constant"),
        one("GlassBlur(p=1)", lambda: A.GlassBlur(**sure), "random"),
        one("Defocus((3, 3), p=1)", lambda: A.Defocus((3, 3), **sure), "constant"),
        one("ZoomBlur(p=1)", lambda: A.ZoomBlur(**sure), "random constant"),
        one("GaussNoise(p=1)", lambda: A.GaussNoise(**sure), "random"),
        one("ISONoise(p=1)", lambda: A.ISONoise(**sure), "random"),
        one("MultiplicativeNoise(p=1)", lambda: A.MultiplicativeNoise(**sure), "random"),
        one("ShotNoise(p=1)", lambda: A.ShotNoise(**sure), "random"),
        one("SaltAndPepper(p=1)", lambda: A.SaltAndPepper(**sure), "random"),
        one("ChannelShuffle(p=1)", lambda: A.ChannelShuffle(**sure), "random grey"),
        one("ChannelDropout(p=0.5)", lambda: A.ChannelDropout(p=0.5), "random", probability=0.5),
        one("PixelDropout(p=1)", lambda: A.PixelDropout(**sure), "random"),
        one("FancyPCA(p=1)", lambda: A.FancyPCA(**sure), "random"),
        one("PlanckianJitter(p=1)", lambda: A.PlanckianJitter(**sure), "random"),
        one("RandomToneCurve(p=1)", lambda: A.RandomToneCurve(**sure), "random"),
        one("ImageCompression((50, 50), p=1)", lambda: A.ImageCompression(quality_range=(50, 50), **sure), "fixed"),
        one("Downscale((0.5, 0.5), p=1)", lambda: A.Downscale((0.5, 0.5), **sure), "fixed constant dtypes"),
        one("UnsharpMask(p=1)", lambda: A.UnsharpMask(**sure), "random constant"),
        one("RandomShadow(p=1)", lambda: A.RandomShadow(**sure), "random"),
        one("RandomRain(p=1)", lambda: A.RandomRain(**sure), "random"),
        one("RandomSnow(p=1)", lambda: A.RandomSnow(**sure), "random"),
        one("RandomSunFlare(p=1)", lambda: A.RandomSunFlare(**sure), "random"),
        one("PlasmaBrightnessContrast(p=1)", lambda: A.PlasmaBrightnessContrast(**sure), "random"),
        one("PlasmaShadow(p=1)", lambda: A.PlasmaShadow(**sure), "random"),
        one("Illumination(p=1)", lambda: A.Illumination(**sure), "random"),
        one("AdditiveNoise(p=1)", lambda: A.AdditiveNoise(**sure), "random"),
        one("CoarseDropout(p=1)", lambda: A.CoarseDropout(**sure), "random"),
        one(
            "CoarseDropout(p=0.5)",
            lambda: A.CoarseDropout(p=0.5),
            "random",
            probability=0.5,
            options={"shape": (1, 32, 32, 3)},
        ),
        one("Erasing(p=1)", lambda: A.Erasing(**sure), "random"),
        one("GridDropout(p=1)", lambda: A.GridDropout(**sure), "random"),
        moved(
            "RandomGridShuffle((3, 2), p=1)",
            lambda: A.RandomGridShuffle((3, 2), **sure),
            "moves random",
            targets=("mask", "keypoints"),
        ),
    )
