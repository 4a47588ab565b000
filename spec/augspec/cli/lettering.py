"""Text on a sheet, with Pillow's own font: it lacks a few signs that captions need, so those are drawn."""

from __future__ import annotations

import unicodedata
from functools import cache

from PIL import ImageDraw, ImageFont

__all__ = ["cut", "draw_text", "text_width", "wrapped"]

Colour = tuple[int, int, int]
_DRAWN = {"×": 0.62, "−": 0.64}
"""Signs that are drawn as lines, and their widths in font sizes."""

_PLAIN = {"–": "-", "’": "'", "→": ">", "½": "1/2", "\u202f": " ", "\u00a0": " "}


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _plain(text: str) -> str:
    """Replace what the font lacks by what comes nearest to it."""
    text = "".join(_PLAIN.get(sign, sign) for sign in text)
    known = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return "".join(sign if sign in _DRAWN or sign in "°·…±" or sign.isascii() else "?" for sign in known)


def _parts(text: str) -> list[str]:
    parts = [""]
    for sign in _plain(text):
        if sign in _DRAWN:
            parts += [sign, ""]
        else:
            parts[-1] += sign
    return [part for part in parts if part]


def text_width(text: str, size: int) -> float:
    """Return the width of a line in pixels."""
    return sum(_DRAWN[part] * size if part in _DRAWN else _font(size).getlength(part) for part in _parts(text))


def draw_text(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: Colour) -> float:
    """Write a line with its baseline at `at`; return where it ends."""
    x, y = at
    for part in _parts(text):
        if part not in _DRAWN:
            draw.text((x, y), part, font=_font(size), fill=colour, anchor="ls")
            x += _font(size).getlength(part)
            continue
        width, middle, half = _DRAWN[part] * size, y - 0.3 * size, 0.2 * size
        centre, line = x + width / 2, max(1, round(size / 13))
        if part == "−":
            draw.line((centre - 1.2 * half, middle, centre + 1.2 * half, middle), fill=colour, width=line)
        else:
            draw.line((centre - half, middle - half, centre + half, middle + half), fill=colour, width=line)
            draw.line((centre - half, middle + half, centre + half, middle - half), fill=colour, width=line)
        x += width
    return x


def wrapped(parts: tuple[str, ...], size: int, width: float, between: str = "  ·  ") -> list[str]:
    """Join phrases into lines no wider than `width`, broken between phrases; longer phrases are cut."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}{between}{part}" if lines else part
        if lines and text_width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(cut(part, size, width))
    return lines


def cut(text: str, size: int, width: float) -> str:
    """Return the text, shortened with an ellipsis if it is wider than `width`."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
