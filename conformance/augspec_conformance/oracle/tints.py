"""Colour ops that tint, bend or saturate, on images (H, W, C) of unit range; none clamps here, `ops.py` does (C3)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from augspec_conformance.oracle.arrays import FloatArray

SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
"""Source: W3C, Filter Effects Module Level 1, sepia(1)."""

EIGENVALUES = np.array([0.2175, 0.0188, 0.0045])
EIGENVECTORS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
"""In columns. Source: facebook/fb.resnet.torch, datasets/imagenet.lua."""

LINEAR_SRGB = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
"""From XYZ. Source: IEC 61966-2-1."""


def rgb_shift(image: FloatArray, red: float, green: float, blue: float) -> FloatArray:
    """Return the image with a number added to each channel."""
    return np.asarray(image + np.array([red, green, blue]))


def sepia(image: FloatArray) -> FloatArray:
    """Return the image under the matrix of sepia."""
    return np.asarray(image @ SEPIA.T)


def pca_lighting(image: FloatArray, std: float, axes: FloatArray) -> FloatArray:
    """Return x + P·(std · z · λ), z the three drawn normals."""
    return np.asarray(image + EIGENVECTORS @ (std * axes * EIGENVALUES))


def black_body(kelvin: float) -> FloatArray:
    """Return the light of a black body in linear sRGB, (3,), of luminance 1, for 1667 to 25000 K.

    Source: B. Kang et al., Design of advanced color temperature control system for HDTV applications, Journal of the
    Korean Physical Society 41, 2002.
    """
    k = kelvin
    if k <= 4000:
        x = -0.2661239e9 / k**3 - 0.2343589e6 / k**2 + 0.8776956e3 / k + 0.179910
    else:
        x = -3.0258469e9 / k**3 + 2.1070379e6 / k**2 + 0.2226347e3 / k + 0.240390
    if k <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif k <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return np.asarray(LINEAR_SRGB @ np.array([x / y, 1.0, (1.0 - x - y) / y]))


def temperature(image: FloatArray, kelvin: float) -> FloatArray:
    """Return the image under another light than that of 6500 K; linear between multiples of 20 K."""
    places = (20.0 * np.floor(kelvin / 20), 20.0 * np.floor(kelvin / 20) + 20.0)
    first, second = (light / light[1] for light in (black_body(k) / black_body(6500.0) for k in places))
    return np.asarray(image * (first + (second - first) * (kelvin - places[0]) / 20))


def tone_curve(image: FloatArray, shadows: float, highlights: float) -> FloatArray:
    """Return the cubic Bézier curve over each pixel, by de Casteljau's halving of the control polygon."""
    t = np.clip(image, 0.0, 1.0)
    points = [np.zeros_like(t), np.full_like(t, shadows), np.full_like(t, highlights), np.ones_like(t)]
    while len(points) > 1:
        points = [(1 - t) * one + t * other for one, other in pairwise(points)]
    return points[0]


def saturation(image: FloatArray, factor: float) -> FloatArray:
    """Return the image with its HSV saturation multiplied, at most 1; hue and value stay."""
    image = np.clip(image, 0.0, 1.0)
    value = image.max(-1, keepdims=True)
    chroma = value - image.min(-1, keepdims=True)
    old = np.divide(chroma, value, out=np.zeros_like(value), where=value > 0)
    new = np.minimum(old * factor, 1.0)
    ratio = np.divide(new, old, out=np.ones_like(value), where=old > 0)
    return np.asarray(value - (value - image) * ratio)
