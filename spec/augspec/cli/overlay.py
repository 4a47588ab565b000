"""Draws masks, boxes and keypoints onto a picture, in colours that stay with the class or the row."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageDraw

__all__ = ["COLOURS", "corners", "picture", "with_boxes", "with_keypoints", "with_mask"]

COLOURS = (
    (230, 80, 40),
    (30, 130, 220),
    (40, 170, 90),
    (240, 180, 20),
    (160, 90, 210),
    (20, 180, 190),
    (230, 90, 150),
    (130, 140, 40),
)
"""Distinct on photographs, and for the common kinds of colour blindness told apart by lightness."""


def picture(image: Any) -> Image.Image:
    """Return a uint8 array (H, W, C) with one or three channels as a picture."""
    array = np.asarray(image)
    if array.dtype != np.uint8:  # after a change of type: squeeze what is beyond the unit range into what can be seen
        low, high = min(float(array.min()), 0.0), max(float(array.max()), 1.0)
        array = ((array - low) * (255.0 / (high - low)) + 0.5).astype(np.uint8)
    return Image.fromarray(array[..., 0] if array.shape[-1] == 1 else np.ascontiguousarray(array[..., :3])).convert(
        "RGB"
    )


def with_mask(image: Image.Image, mask: Any, first: int = 0) -> Image.Image:
    """Tint every class of an integer mask; 0 is background. The classes' edges are drawn firmly.

    Args:
        image: the picture.
        mask: (H, W).
        first: which colour class 1 has.
    """
    labels = np.asarray(mask)
    pixels = np.asarray(image).astype(np.float32)
    for label in np.unique(labels[labels != 0]):
        inside = labels == label
        core = inside.copy()
        for axis in (0, 1):
            for step in (-1, 1):
                core &= np.roll(inside, step, axis)
        colour = np.array(COLOURS[(int(label) - 1 + first) % len(COLOURS)], np.float32)
        pixels[inside] += 0.42 * (colour - pixels[inside])
        pixels[inside & ~core] = colour
    return Image.fromarray((pixels + 0.5).astype(np.uint8))


def with_boxes(image: Image.Image, boxes: Any, valid: Any) -> Image.Image:
    """Draw the valid boxes: (N, 4), xyxy in pixels, or (N, 5), centre, sides and angle."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    line = max(2, round(max(image.size) / 130))
    for row, (box, good) in enumerate(zip(np.asarray(boxes), np.asarray(valid), strict=True)):
        if good and len(box) == 5:
            outline = [(float(x), float(y)) for x, y in corners(box)]
            colour = COLOURS[row % len(COLOURS)]
            draw.line([*outline, outline[0], outline[1]], fill=colour, width=line, joint="curve")
        elif good:
            x0, y0, x1, y1 = (float(side) for side in box)
            draw.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), outline=COLOURS[row % len(COLOURS)], width=line)
    return image


def corners(box: Any) -> Any:
    """Return the corners (4, 2) of a box of centre, width, height and degrees counter-clockwise (T9)."""
    x, y, width, height, degrees = (float(number) for number in box)
    angle = np.deg2rad(degrees)
    along, down = np.array([np.cos(angle), -np.sin(angle)]), np.array([np.sin(angle), np.cos(angle)])
    steps = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    return np.array([x, y]) + steps[:, :1] * width * along + steps[:, 1:] * height * down


def with_keypoints(image: Image.Image, points: Any, visible: Any) -> Image.Image:
    """Draw the visible keypoints (K, 2) as dots with a white rim."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    radius = max(3, round(max(image.size) / 70))
    for row, (point, good) in enumerate(zip(np.asarray(points), np.asarray(visible), strict=True)):
        if good:
            x, y = (float(place) for place in point)
            draw.ellipse(
                (x - radius, y - radius, x + radius, y + radius),
                fill=COLOURS[row % len(COLOURS)],
                outline=(255, 255, 255),
                width=max(1, radius // 3),
            )
    return image
