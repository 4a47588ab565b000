"""A badge: one small static SVG that says what was found."""

from __future__ import annotations

from xml.sax.saxutils import escape

from augspec_conformance.report.junit import xml_text
from augspec_conformance.report.model import Report

__all__ = ["badge", "verdict"]

_COLOURS = {"red": "#b42318", "amber": "#8a5a00", "grey": "#57606a", "green": "#1a7f37"}
_LABEL = "augspec conformance"

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{alt}">
  <title>{alt}</title>
  <clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{left}" height="20" fill="#32383f"/>
    <rect x="{left}" width="{right}" height="20" fill="{colour}"/>
  </g>
  <g fill="#fff" font-family="Verdana, DejaVu Sans, Geneva, sans-serif" font-size="11" text-anchor="middle">
    <text x="{left_centre}" y="14" textLength="{left_text}">{label}</text>
    <text x="{right_centre}" y="14" textLength="{right_text}">{text}</text>
  </g>
</svg>
"""


def verdict(report: Report) -> tuple[str, str]:
    """Return what a report comes to in a few words, and "green", "amber", "red" or "grey"."""
    held, waived = report.held(), report.laws("waived")
    cut = {law for _, law in report.inconclusive()}
    for status, word in (("failed", "broken"), ("errored", "errored"), ("xpassed", "waived in vain")):
        if report.laws(status):
            return " · ".join((f"{_laws(len(report.laws(status)))} {word}", *_modes(report), report.tier)), "red"
    if not held and not waived and not cut:
        return "nothing ran", "grey"
    rest = [f"{len(waived)} waived"] * bool(waived) + [f"{len(cut)} inconclusive"] * bool(cut) + _modes(report)
    return " · ".join((_laws(len(held)), *rest, report.tier)), "amber" if rest else "green"


def _modes(report: Report) -> list[str]:
    return [f"{mode} unproven" for mode in report.unproven()]


def badge(report: Report) -> str:
    """Return the badge as SVG, without a font or an image from elsewhere."""
    text, colour = verdict(report)
    left_text, right_text = _width(_LABEL), _width(text)
    left, right = left_text + 12, right_text + 12
    return _SVG.format(
        width=left + right,
        left=left,
        right=right,
        left_centre=left / 2,
        right_centre=left + right / 2,
        left_text=left_text,
        right_text=right_text,
        colour=_COLOURS[colour],
        label=_LABEL,
        text=escape(xml_text(text)),
        alt=escape(xml_text(f"{_LABEL}, {report.backend}: {text}"), {'"': "&quot;"}),
    )


def _laws(count: int) -> str:
    return f"{count} law" if count == 1 else f"{count} laws"


def _width(text: str) -> int:
    """Return about how wide a text is, in pixels, at 11 pixels of Verdana; `textLength` makes it exact."""
    return round(sum(4.0 if letter in " ijl·,.:f" else 7.0 for letter in text))
