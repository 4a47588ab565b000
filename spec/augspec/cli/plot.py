"""A sheet of histograms, drawn with Pillow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from augspec.cli.lettering import cut, draw_text
from augspec.explanation.values import number
from augspec.statistics.result import Statistics, Summary

__all__ = ["Panel", "panels", "plot"]

_WIDTH, _HEIGHT, _MARGIN, _HEAD, _FOOT, _COLUMNS = 300, 120, 24, 26, 40, 3
_PAPER, _INK, _SOFT, _BAR, _RULE = (255, 255, 255), (28, 32, 38), (104, 112, 124), (37, 99, 176), (222, 226, 232)


@dataclass(frozen=True)
class Panel:
    """One histogram.

    Attributes:
        title: what is counted.
        summary: the numbers.
        scale: what they are multiplied by when they are written.
        unit: written after them.
    """

    title: str
    summary: Summary
    scale: float = 1.0
    unit: str = ""


def panels(found: Statistics) -> list[Panel]:
    """Return the panels of a policy's statistics."""
    shown = [
        Panel("image in sight", found.area, 100, " %"),
        Panel("boxes that stay valid", found.boxes, 100, " %"),
        Panel("change of brightness", found.brightness, 1, " levels"),
    ]
    return shown + [Panel(one.path.removeprefix("sample/"), one.summary) for one in found.parameters]


def plot(shown: Sequence[Panel], title: str) -> Image.Image:
    """Return a sheet with a panel per histogram, three in a row."""
    rows = -(-len(shown) // _COLUMNS)
    tall = _HEAD + _HEIGHT + _FOOT
    size = (_MARGIN + _COLUMNS * (_WIDTH + _MARGIN), 2 * _MARGIN + 20 + rows * (tall + _MARGIN))
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw_text(draw, (_MARGIN, _MARGIN + 16), cut(title, 18, size[0] - 2 * _MARGIN), 18, _INK)
    for place, panel in enumerate(shown):
        row, column = divmod(place, _COLUMNS)
        _panel(draw, panel, _MARGIN + column * (_WIDTH + _MARGIN), 2 * _MARGIN + 20 + row * (tall + _MARGIN))
    return sheet


def _panel(draw: ImageDraw.ImageDraw, panel: Panel, left: int, top: int) -> None:
    summary = panel.summary
    draw_text(draw, (left, top + 16), cut(panel.title, 14, _WIDTH), 14, _INK)
    floor = top + _HEAD + _HEIGHT
    draw.line((left, floor, left + _WIDTH, floor), fill=_RULE)
    if not summary.count:
        draw_text(draw, (left, floor - 10), "never", 13, _SOFT)
        return
    most, wide = max(summary.histogram), _WIDTH / len(summary.histogram)
    for n, count in enumerate(summary.histogram):
        if count:
            high = max(1, round(_HEIGHT * count / most))
            draw.rectangle((left + n * wide, floor - high, left + (n + 1) * wide - 2, floor - 1), fill=_BAR)
    low, mean, high_end = (
        number(panel.scale * value, 3) + panel.unit for value in (summary.low, summary.mean, summary.high)
    )
    draw_text(draw, (left, floor + 16), low, 12, _SOFT)
    draw_text(draw, (left, floor + 32), f"mean {mean}", 12, _SOFT)
    end = draw_text(ImageDraw.Draw(Image.new("RGB", (1, 1))), (0, 0), high_end, 12, _SOFT)
    draw_text(draw, (left + _WIDTH - end, floor + 16), high_end, 12, _SOFT)
