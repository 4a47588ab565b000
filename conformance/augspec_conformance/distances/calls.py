"""Calls of other libraries on single images: each takes (H, W, C) and gives (H, W, C), its library imported late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from augspec_conformance.distances.pair import Array, Call

__all__ = ["albumentations", "kornia", "opencv", "pillow", "scipy", "tensorflow", "torchvision"]

Function = Callable[[Any, Any], Any]
"""Of a module and an image in the module's own form."""


def pillow(function: Callable[[Any], Any]) -> Call:
    """Return a call on `PIL.Image.Image` as one on arrays."""

    def call(image: Array) -> Any:
        from PIL import Image

        return np.asarray(function(Image.fromarray(np.ascontiguousarray(image))))

    return call


def torchvision(function: Function) -> Call:
    """Return a call of `torchvision.transforms.functional` on tensors (C, H, W) as one on arrays."""

    def call(image: Array) -> Any:
        import torch
        from torchvision.transforms import functional

        given = torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0)))
        return np.moveaxis(function(functional, given).numpy(), 0, -1)

    return call


def tensorflow(function: Function) -> Call:
    """Return a call of TensorFlow on tensors (H, W, C) as one on arrays."""

    def call(image: Array) -> Any:
        import tensorflow as tf

        return np.asarray(function(tf, tf.constant(image)))

    return call


def opencv(function: Function) -> Call:
    """Return a call of OpenCV."""

    def call(image: Array) -> Any:
        import cv2

        return function(cv2, np.ascontiguousarray(image))

    return call


def kornia(function: Function) -> Call:
    """Return a call of Kornia on tensors (1, C, H, W) as one on arrays."""

    def call(image: Array) -> Any:
        import kornia
        import torch

        given = torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0)))[None]
        return np.moveaxis(function(kornia, given)[0].numpy(), 0, -1)

    return call


def albumentations(make: Callable[[Any], Any]) -> Call:
    """Return the call of a transform of Albumentations, made of its module."""

    def call(image: Array) -> Any:
        import albumentations

        return make(albumentations)(image=np.ascontiguousarray(image))["image"]

    return call


def scipy(function: Function) -> Call:
    """Return a call of `scipy.ndimage` on float64 planes (H, W) as one on arrays."""

    def call(image: Array) -> Any:
        from scipy import ndimage

        return np.stack([function(ndimage, image[..., k].astype(np.float64)) for k in range(image.shape[2])], -1)

    return call
