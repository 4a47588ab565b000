"""Maps of the plane that are no matrices, beside other libraries: homographies, lenses, unequal grids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np

from augspec_conformance.distances.bounds import FLOAT32, POSITION32, ROUNDED, TRUNCATED
from augspec_conformance.distances.calls import kornia, opencv, pillow, torchvision
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import KORNIA, OPENCV, PILLOW, SKIMAGE, TORCHVISION
from augspec_conformance.distances.pair import Array, Call, Pair

__all__ = ["pairs"]

_DTYPES: tuple[Literal["uint8", "float32"], ...] = ("uint8", "float32")
_HEIGHT, _WIDTH = SIZE
_TILT: dict[str, Any] = {"op": "perspective", "distortion": 0.5}
_INSETS: dict[str, list[float]] = {"x": [0.1, 0.35, 0.22, 0.05], "y": [0.3, 0.12, 0.41, 0.2]}
"""How far the corners move, as shares of half the side: top left, top right, bottom right, bottom left."""
_LENSES = ({"op": "lens", "k1": 0.3, "k2": -0.08}, {"op": "lens", "k1": -0.2, "k2": 0.05})
_GRID: dict[str, Any] = {"op": "grid_distortion", "steps": 4, "limit": 0.5, "border": "edge"}
_PARTS = {"x": [0.3, -0.2, 0.45, -0.35], "y": [-0.4, 0.1, 0.25, -0.05]}
_POSITIONS = "positions in float32"
_GIVEN = "they are given float32"
_FAR = 2 * POSITION32
"""Quotients and polynomials round more often than sums do."""


def _corners() -> tuple[Array, Array]:
    """Return the corners of the picture and where they go, (4, 2) each, in pixels from the top left."""
    whole = np.array([[0, 0], [_WIDTH, 0], [_WIDTH, _HEIGHT], [0, _HEIGHT]], np.float64)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    moved = whole + inwards * np.array([_INSETS["x"], _INSETS["y"]]).T * np.array([_WIDTH, _HEIGHT]) / 2
    return whole, moved


def _habit(dtype: str) -> tuple[float, str]:
    whole = dtype == "uint8"
    return _FAR + (ROUNDED if whole else FLOAT32), _POSITIONS + (", result rounded" if whole else "")


def _back() -> Array:
    """Return the eight coefficients of the homography from the output's plane to the input's; the ninth is 1."""
    whole, moved = _corners()
    rows, right = [], []
    for (x, y), (u, v) in zip(moved, whole, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.linalg.solve(np.array(rows), np.array(right))


def _surrounded(height: int, width: int) -> Array:
    """Tell which results are made of four pixels of the image: where its middle, half a pixel smaller, appears."""
    back = np.append(_back(), 1.0).reshape(3, 3)
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    u, v, w = np.moveaxis(np.stack([x, y, np.ones_like(x)], -1) @ back.T, -1, 0)
    u, v = u / w, v / w
    return np.asarray((u >= 0.5) & (u <= width - 0.5) & (v >= 0.5) & (v <= height - 0.5))


def _pillow(image: Any) -> Any:
    """Call `transform` with eight coefficients, from the output to the input."""
    from PIL import Image

    back = _back().tolist()
    return image.transform(image.size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BILINEAR)


def _slanted(cv2: Any, image: Any) -> Any:
    whole, moved = ((corners - 0.5).astype(np.float32) for corners in _corners())
    matrix = cv2.getPerspectiveTransform(whole, moved)
    return cv2.warpPerspective(image, matrix, (_WIDTH, _HEIGHT), flags=cv2.INTER_LINEAR)


def _tilted(K: Any, image: Any) -> Any:
    import torch

    whole, moved = (torch.tensor(corners[None] - 0.5, dtype=torch.float32) for corners in _corners())
    matrix = K.geometry.transform.get_perspective_transform(whole, moved)
    return K.geometry.transform.warp_perspective(image, matrix, SIZE, align_corners=True)


def _projected(image: Array) -> Any:
    from skimage import transform

    whole, moved = (corners - 0.5 for corners in _corners())
    back = transform.ProjectiveTransform.from_estimate(moved, whole)
    return transform.warp(image.astype(np.float64), back, order=1, mode="constant", cval=0.0)


def _perspectives() -> Iterator[Pair]:
    whole, moved = (corners.tolist() for corners in _corners())
    text = "Image.transform(PERSPECTIVE, BILINEAR)"
    yield Pair(
        PILLOW,
        text,
        _TILT,
        "uint8",
        pillow(_pillow),
        TRUNCATED,
        "result cut off, not rounded (bilinear_filter8)",
        _INSETS,
        inside=_surrounded,
        outside="pixels beside the border: theirs repeat the edge up to it and do not fade into the fill",
    )
    for dtype in _DTYPES:
        call = torchvision(lambda F, x: F.perspective(x, whole, moved))
        yield Pair(TORCHVISION, "functional.perspective", _TILT, dtype, call, *_habit(dtype), _INSETS)
        yield Pair(OPENCV, "warpPerspective", _TILT, dtype, opencv(_slanted), *_habit(dtype), _INSETS)
    call = kornia(_tilted)
    yield Pair(KORNIA, "transform.warp_perspective", _TILT, "float32", call, *_habit("float32"), _INSETS)
    yield Pair(SKIMAGE, "transform.warp(ProjectiveTransform)", _TILT, "float32", _projected, FLOAT32, _GIVEN, _INSETS)


def _camera(op: Mapping[str, Any]) -> tuple[Array, Array]:
    """Return a camera's matrix, whose focal length reaches from the centre to the corner, and its coefficients."""
    focal = float(np.hypot(_WIDTH, _HEIGHT)) / 2
    matrix = np.array([[focal, 0, (_WIDTH - 1) / 2], [0, focal, (_HEIGHT - 1) / 2], [0, 0, 1]])
    return matrix, np.array([op["k1"], op["k2"], 0.0, 0.0])


def _lensed(op: Mapping[str, Any]) -> Call:
    def call(cv2: Any, image: Any) -> Any:
        matrix, bend = _camera(op)
        maps = cv2.initUndistortRectifyMap(matrix, bend, None, matrix, (_WIDTH, _HEIGHT), cv2.CV_32FC1)
        return cv2.remap(image, *maps, cv2.INTER_LINEAR)

    return opencv(call)


def _undistorted(op: Mapping[str, Any]) -> Call:
    def call(K: Any, image: Any) -> Any:
        import torch

        matrix, bend = (torch.tensor(one[None], dtype=torch.float32) for one in _camera(op))
        return K.geometry.calibration.undistort_image(image, matrix, bend)

    return kornia(call)


def _lenses() -> Iterator[Pair]:
    for op in _LENSES:
        for dtype in _DTYPES:
            text = "initUndistortRectifyMap, remap"
            yield Pair(OPENCV, text, op, dtype, _lensed(op), *_habit(dtype))
        text = "calibration.undistort_image"
        yield Pair(KORNIA, text, op, "float32", _undistorted(op), *_habit("float32"))


def _ends(axis: str, side: int) -> tuple[Array, Array]:
    """Return the ends of an axis' cells on the canvas, and of the picture's parts that they show, in pixels."""
    parts = 1.0 + np.array(_PARTS[axis])
    ends = np.append(0.0, np.cumsum(parts)) * side / parts.sum()
    return np.linspace(0, side, len(parts) + 1), ends


def _piecewise(image: Array) -> Any:
    from skimage import transform

    (cells_x, parts_x), (cells_y, parts_y) = _ends("x", _WIDTH), _ends("y", _HEIGHT)
    canvas, picture = (
        np.stack(np.meshgrid(x, y), -1).reshape(-1, 2) - 0.5 for x, y in ((cells_x, cells_y), (parts_x, parts_y))
    )
    back = transform.PiecewiseAffineTransform.from_estimate(canvas, picture)
    return transform.warp(image.astype(np.float64), back, order=1, mode="edge")


def _remapped(cv2: Any, image: Any) -> Any:
    columns, rows = (
        np.interp(np.arange(side) + 0.5, *_ends(axis, side)).astype(np.float32) - np.float32(0.5)
        for axis, side in (("x", _WIDTH), ("y", _HEIGHT))
    )
    return cv2.remap(image, *np.meshgrid(columns, rows), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _grids() -> Iterator[Pair]:
    text = "transform.warp(PiecewiseAffineTransform)"
    yield Pair(SKIMAGE, text, _GRID, "float32", _piecewise, FLOAT32, _GIVEN, _PARTS)
    for dtype in _DTYPES:
        yield Pair(OPENCV, "remap", _GRID, dtype, opencv(_remapped), *_habit(dtype), _PARTS)


def pairs() -> Iterator[Pair]:
    """Yield perspective, lens and grid distortion."""
    yield from _perspectives()
    yield from _lenses()
    yield from _grids()
