"""Whole pixels beside other libraries: windows, padding, turns, channels, holes; and what is resized, then placed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from augspec_conformance.distances.bounds import ROUNDED, WEIGHTS32
from augspec_conformance.distances.calls import albumentations, opencv, pillow, tensorflow, torchvision
from augspec_conformance.distances.images import SIZE
from augspec_conformance.distances.libraries import ALBUMENTATIONS, OPENCV, PILLOW, TENSORFLOW, TORCHVISION
from augspec_conformance.distances.pair import Array, Call, Library, Pair

__all__ = ["pairs"]

_HEIGHT, _WIDTH = SIZE
_TOP, _LEFT, _HIGH, _WIDE = 15, 33, 80, 100
_SIDES = (3, 11, 7, 5)
"""Of padding: top, right, bottom, left."""
_ORDER = [0.7, 0.1, 0.4, *(0.9,) * 13]
"""Numbers of which the first three have the ranks (2, 0, 1)."""


def _place(offset: int, free: int) -> float:
    """Return the middle of the draws that give an offset of 0 … free."""
    return (offset + 0.5) / (free + 1)


def _crops() -> Iterator[Pair]:
    calls: tuple[tuple[Library, str, Call], ...] = (
        (PILLOW, "Image.crop", pillow(lambda im: im.crop((_LEFT, _TOP, _LEFT + _WIDE, _TOP + _HIGH)))),
        (TORCHVISION, "functional.crop", torchvision(lambda F, x: F.crop(x, _TOP, _LEFT, _HIGH, _WIDE))),
        (
            TENSORFLOW,
            "crop_to_bounding_box",
            tensorflow(lambda tf, x: tf.image.crop_to_bounding_box(x, _TOP, _LEFT, _HIGH, _WIDE)),
        ),
        (
            ALBUMENTATIONS,
            "Crop()",
            albumentations(lambda A: A.Crop(_LEFT, _TOP, _LEFT + _WIDE, _TOP + _HIGH, p=1)),
        ),
    )
    fixed = {"op": "crop", "top": _TOP, "left": _LEFT, "height": _HIGH, "width": _WIDE}
    drawn = {"op": "random_crop", "size": [_HIGH, _WIDE]}
    values = {"top": _place(_TOP, _HEIGHT - _HIGH), "left": _place(_LEFT, _WIDTH - _WIDE)}
    for library, text, call in calls:
        yield Pair(library, text, fixed, "uint8", call, 0.0, "none")
        yield Pair(library, text, drawn, "uint8", call, 0.0, "none", values)


def _around(cv2: Any, image: Any, border: str) -> Any:
    flag = {
        "constant": cv2.BORDER_CONSTANT,
        "edge": cv2.BORDER_REPLICATE,
        "mirror": cv2.BORDER_REFLECT_101,
        "symmetric": cv2.BORDER_REFLECT,
        "wrap": cv2.BORDER_WRAP,
    }[border]
    top, right, bottom, left = _SIDES
    return cv2.copyMakeBorder(image, top, bottom, left, right, flag, value=0)


def _pads() -> Iterator[Pair]:
    top, right, bottom, left = _SIDES
    sides = {"top": top, "right": right, "bottom": bottom, "left": left}
    theirs = {"constant": "constant", "edge": "edge", "mirror": "reflect", "symmetric": "symmetric"}
    for border in ("constant", "edge", "mirror", "symmetric", "wrap"):
        op = {"op": "pad", **sides, "border": border}
        call = opencv(lambda cv2, x, border=border: _around(cv2, x, border))  # type: ignore[misc]
        yield Pair(OPENCV, f"copyMakeBorder, {border}", op, "uint8", call, 0.0, "none")
        if border in theirs:
            mode = theirs[border]
            call = torchvision(lambda F, x, mode=mode: F.pad(x, [left, top, right, bottom], 0, mode))  # type: ignore[misc]
            yield Pair(TORCHVISION, f"functional.pad, {mode}", op, "uint8", call, 0.0, "none")
    call = pillow(lambda im: _ops().expand(im, (left, top, right, bottom)))
    op = {"op": "pad", **sides, "border": "constant"}
    yield Pair(PILLOW, "ImageOps.expand", op, "uint8", call, 0.0, "none")


def _ops() -> Any:
    from PIL import ImageOps

    return ImageOps


def _transposed(name: str) -> Call:
    def call(image: Any) -> Any:
        from PIL import Image

        return image.transpose(Image.Transpose[name])

    return pillow(call)


def _turns() -> Iterator[Pair]:
    names = {1: "COUNTERCLOCKWISE", 2: "180", 3: "CLOCKWISE"}
    for turns, name in names.items():
        op: dict[str, Any] = {"op": "rot90", "turns": turns}
        flag = f"ROTATE_{name if turns == 2 else '90_' + name}"
        calls: tuple[tuple[Library, str, Call], ...] = (
            (PILLOW, f"transpose(ROTATE_{90 * turns})", _transposed(f"ROTATE_{90 * turns}")),
            (OPENCV, f"rotate({flag})", opencv(lambda cv2, x, flag=flag: cv2.rotate(x, getattr(cv2, flag)))),  # type: ignore[misc]
            (TENSORFLOW, f"rot90({turns})", tensorflow(lambda tf, x, turns=turns: tf.image.rot90(x, turns))),  # type: ignore[misc]
        )
        for library, text, call in calls:
            yield Pair(library, text, op, "uint8", call, 0.0, "none", square=True)
    op = {"op": "transpose"}
    swaps: tuple[tuple[Library, str, Call], ...] = (
        (PILLOW, "transpose(TRANSPOSE)", _transposed("TRANSPOSE")),
        (OPENCV, "transpose", opencv(lambda cv2, x: cv2.transpose(x))),
        (TENSORFLOW, "transpose", tensorflow(lambda tf, x: tf.image.transpose(x))),
        (ALBUMENTATIONS, "Transpose()", albumentations(lambda A: A.Transpose(p=1))),
    )
    for library, text, call in swaps:
        yield Pair(library, text, op, "uint8", call, 0.0, "none", square=True)


def _permuted(image: Array) -> Any:
    import torch
    from torchvision.transforms.v2 import functional

    given = torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0)))
    return np.moveaxis(functional.permute_channels(given, [2, 0, 1]).numpy(), 0, -1)


def _dropped(image: Array) -> Any:
    from albumentations.augmentations.dropout import functional

    return functional.channel_dropout(image, (1,), 0)


def _shuffled(image: Array) -> Any:
    from albumentations.augmentations.pixel import functional

    return functional.channel_shuffle(image, [2, 0, 1])


def _channels() -> Iterator[Pair]:
    op: dict[str, Any] = {"op": "channel_shuffle"}
    values = {"order": _ORDER}
    yield Pair(TORCHVISION, "v2.functional.permute_channels", op, "uint8", _permuted, 0.0, "none", values)
    yield Pair(ALBUMENTATIONS, "functional.channel_shuffle", op, "uint8", _shuffled, 0.0, "none", values)
    op = {"op": "channel_drop"}
    yield Pair(ALBUMENTATIONS, "functional.channel_dropout", op, "uint8", _dropped, 0.0, "none", values)


def _filled(image: Array, holes: Sequence[tuple[int, int, int, int]]) -> Any:
    """Return an image with holes (left, top, right, bottom) of Albumentations."""
    from albumentations.augmentations.dropout import functional

    return functional.cutout(image, np.array(holes), 0, np.random.default_rng(0))


def _holes() -> Iterator[Pair]:
    area, ratio = _HIGH * _WIDE / (_HEIGHT * _WIDTH), _WIDE / _HIGH
    values: dict[str, Any] = {"area": [area] * 10, "ratio": [ratio] * 10}
    values |= {"top": _place(_TOP, _HEIGHT - _HIGH), "left": _place(_LEFT, _WIDTH - _WIDE)}
    op: dict[str, Any] = {"op": "random_erasing", "area": 0.5, "ratio": 1.0}
    call = torchvision(lambda F, x: F.erase(x, _TOP, _LEFT, _HIGH, _WIDE, _zero()))
    yield Pair(TORCHVISION, "functional.erase", op, "uint8", call, 0.0, "none", values)
    window = (_LEFT, _TOP, _LEFT + _WIDE, _TOP + _HIGH)

    def erased(image: Array) -> Any:
        return _filled(image, [window])

    yield Pair(ALBUMENTATIONS, "functional.cutout", op, "uint8", erased, 0.0, "none", values)
    # A side of 30 of the 120 rows: the first square lies inside, the second is cut off at the upper left.
    side, rows, columns = 30, (40, 3), (90, 10)
    op = {"op": "cutout", "size": side / _HEIGHT, "count": 2}
    values = {
        "top": [_place(row, _HEIGHT - 1) for row in rows],
        "left": [_place(column, _WIDTH - 1) for column in columns],
    }
    corners = [(column - side // 2, row - side // 2) for row, column in zip(rows, columns, strict=True)]
    holes = [(max(left, 0), max(top, 0), left + side, top + side) for left, top in corners]

    def cut(image: Array) -> Any:
        return _filled(image, holes)

    yield Pair(ALBUMENTATIONS, "functional.cutout", op, "uint8", cut, 0.0, "none", values)
    # Cells of 40 pixels, a whole number of them each way, and holes of 16 at the upper left of each.
    op = {"op": "grid_mask", "cell": 40 / _HEIGHT, "ratio": 0.4}
    call = albumentations(
        lambda A: A.GridDropout(
            0.4, holes_number_xy=(_HEIGHT // 40, _WIDTH // 40), random_offset=False, shift_xy=(0, 0), fill=0, p=1
        )
    )
    # The grid is about the centre, (60, 80): there a cell ends downwards by 20 pixels, and one to the right begins.
    values = {"top": 20 / 40, "left": 0.0}
    yield Pair(ALBUMENTATIONS, "GridDropout()", op, "uint8", call, 0.0, "none", values)


def _zero() -> Any:
    import torch

    return torch.tensor(0, dtype=torch.uint8)


def _pasted(size: tuple[int, int], top: int, left: int, canvas: tuple[int, int]) -> Call:
    """Return Pillow's way to resize to (height, width), and to put the result at a place of a black canvas."""

    def call(image: Any) -> Any:
        from PIL import Image

        found = Image.new("RGB", canvas[::-1])
        found.paste(image.resize(size[::-1], Image.Resampling.BILINEAR), (left, top))
        return found

    return pillow(call)


def _placed() -> Iterator[Pair]:
    bound = 2 * ROUNDED + WEIGHTS32
    why = "rounded after each of the two axes, weights of 22 bits"
    op: dict[str, Any] = {"op": "zoom_out", "factor": 2.5}
    small = (48, 64)
    values = {"top": _place(20, _HEIGHT - small[0]), "left": _place(71, _WIDTH - small[1])}
    call = _pasted(small, 20, 71, SIZE)
    yield Pair(PILLOW, "resize(BILINEAR), paste", op, "uint8", call, bound, why, values)
    # Into 96 × 96, an image of 120 × 160 fits with 72 × 96 pixels.
    for factor, sides in ((1.5, (108, 144)), (0.75, (54, 72))):
        op = {"op": "scale_jitter", "size": [96, 96], "factor": factor}
        free = [max(side - 96, 0) for side in sides]
        top, left = min(5, free[0]), min(30, free[1])
        values = {"top": _place(top, free[0]), "left": _place(left, free[1])}
        call = _pasted(sides, -top, -left, (96, 96))
        yield Pair(PILLOW, "resize(BILINEAR), paste", op, "uint8", call, bound, why, values)


def pairs() -> Iterator[Pair]:
    """Yield whole pixels, and what is resized and then placed."""
    yield from _crops()
    yield from _pads()
    yield from _turns()
    yield from _channels()
    yield from _holes()
    yield from _placed()
