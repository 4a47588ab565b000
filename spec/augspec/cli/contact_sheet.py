"""A contact sheet: pictures in rows on white, each with what was done to it below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from augspec.cli.lettering import cut, draw_text, text_width, wrapped

__all__ = ["Tile", "contact_sheet"]

Colour = tuple[int, int, int]

_PAPER: Colour = (255, 255, 255)
_INK: Colour = (28, 32, 38)
_SOFT: Colour = (104, 112, 124)
_ACCENT: Colour = (37, 99, 176)
_RULE: Colour = (222, 226, 232)
_BED: Colour = (244, 246, 248)

_MARGIN, _GAP, _TITLE, _SUBTITLE, _LABEL, _TEXT = 40, 26, 30, 17, 16, 15
_LINE = 21


@dataclass(frozen=True)
class Tile:
    """One picture of a sheet.

    Attributes:
        image: the picture; shown whole, never stretched.
        label: a word above the caption, e.g. "original" or "draw 3".
        caption: phrases, e.g. ("rotate 12.3°", "flip").
        first: whether it is an original, set off from the draws by its colour.
    """

    image: Image.Image
    label: str
    caption: tuple[str, ...]
    first: bool = False


def contact_sheet(
    rows: Sequence[Sequence[Tile]], *, title: str, subtitle: str = "", footer: str = "", tile: int = 256
) -> Image.Image:
    """Return the sheet.

    Args:
        rows: the pictures; rows may differ in length.
        title: the headline.
        subtitle: a line below it.
        footer: a line at the end.
        tile: side of the square in which each picture is shown, in pixels.
    """
    columns = max(len(row) for row in rows)
    blocks = [[wrapped(entry.caption, _TEXT, tile) for entry in row] for row in rows]
    heights = [tile + 30 + _LINE * max(1, *(len(lines) for lines in block)) + 14 for block in blocks]
    width = 2 * _MARGIN + columns * tile + (columns - 1) * _GAP
    header = _MARGIN + _TITLE + (_SUBTITLE + 14 if subtitle else 0) + 38
    height = header + sum(heights) + _GAP * (len(rows) - 1) + (40 if footer else 0) + _MARGIN - 14
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    _head(draw, width, title, subtitle)
    top = header
    for row, block, tall in zip(rows, blocks, heights, strict=True):
        for column, (entry, lines) in enumerate(zip(row, block, strict=True)):
            _place(sheet, draw, entry, lines, (_MARGIN + column * (tile + _GAP), top), tile)
        top += tall + _GAP
    if footer:
        draw_text(draw, (_MARGIN, height - _MARGIN + 4), cut(footer, _TEXT, width - 2 * _MARGIN), _TEXT, _SOFT)
    return sheet


def _head(draw: ImageDraw.ImageDraw, width: int, title: str, subtitle: str) -> None:
    room = width - 2 * _MARGIN
    line = _MARGIN + _TITLE - 6
    draw_text(draw, (_MARGIN, line), cut(title, _TITLE, room), _TITLE, _INK)
    if subtitle:
        line += _SUBTITLE + 14
        draw_text(draw, (_MARGIN, line), cut(subtitle, _SUBTITLE, room), _SUBTITLE, _SOFT)
    draw.line((_MARGIN, line + 18, width - _MARGIN, line + 18), fill=_RULE, width=1)


def _place(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    entry: Tile,
    lines: list[str],
    at: tuple[int, int],
    tile: int,
) -> None:
    left, top = at
    picture = _fitted(entry.image, tile)
    draw.rectangle((left, top, left + tile - 1, top + tile - 1), fill=_BED)
    sheet.paste(picture, (left + (tile - picture.width) // 2, top + (tile - picture.height) // 2))
    base = top + tile + 22
    end = draw_text(draw, (left, base), entry.label, _LABEL, _ACCENT if entry.first else _INK)
    size = f"{entry.image.width} × {entry.image.height}"
    if end + 12 + text_width(size, _TEXT - 2) <= left + tile:
        draw_text(draw, (left + tile - text_width(size, _TEXT - 2), base), size, _TEXT - 2, _SOFT)
    for number, line in enumerate(lines, start=1):
        draw_text(draw, (left, base + number * _LINE), line, _TEXT, _SOFT)


def _fitted(image: Image.Image, tile: int) -> Image.Image:
    """Return the whole picture as large as the tile allows, its aspect ratio kept."""
    scale = tile / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if size == image.size:
        return image.convert("RGB")
    # Small pictures (digits, icons) keep their pixels sharp when enlarged.
    method = Image.Resampling.NEAREST if scale >= 3 else Image.Resampling.LANCZOS
    return image.convert("RGB").resize(size, method)
