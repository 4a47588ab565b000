"""docs/accuracy.md, from the results file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from augspec_conformance.distances.libraries import LIBRARIES
from augspec_conformance.distances.pair import Pair
from augspec_conformance.distances.pairs import ELSEWISE, pairs
from augspec_conformance.tolerances import LEVELS, MEAN_LEVELS

__all__ = ["OTHER_FORMULAS", "page"]

OTHER_FORMULAS = (
    "Bicubic has a = −0.75 in OpenCV and in torch without antialias, −1 in Pillow's `transform`. Ours has −0.5.",
    "OpenCV `INTER_AREA` and scikit-image `resize(anti_aliasing=True)`: other filters than the widened triangle.",
    "torchvision `affine` with shear on both axes is y after x; ours is x after y.",
    "torchvision `center_crop` rounds half of an odd margin to even; ours is the floor.",
    "torchvision `rotate` and `affine` with a `fill` fade the border twice; without one they fade into 0 as ours do.",
    "Pillow `transform` repeats the edge up to the border; ours fades into the fill over one pixel.",
    "tf.image `adjust_saturation` scales the S of HSV; ours blends with grey.",
    "Pillow `GaussianBlur` is three box blurs; scikit-image `rgb2gray` has the weights of BT.709.",
    "Kornia `resize(antialias=True)` blurs by a Gaussian before it samples.",
    "Kornia `adjust_saturation` scales the S of HSV, and its `adjust_contrast` multiplies pixels.",
    "Albumentations `Affine` translates by whole pixels: a share of the size is cut off to them.",
    "tf.image `crop_and_resize` puts the corners of its box on pixel centres and never antialiases.",
)
"""What looks the same and is not, so that it is not in the table."""


def page(results: dict[str, Any]) -> str:
    """Return the page."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: dict[str, Any]) -> Iterator[str]:
    height, width, _ = results["image"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    yield from (
        "# Accuracy",
        "",
        "By `python -m augspec_conformance.distances`, which measures all of this and writes it here and into",
        f"[accuracy.json](accuracy.json). {results['system']}, {versions}.",
        "",
        "All distances are in levels, of which the range has 255. The *ideal* is the oracle of the conformance suite:",
        "every op in float64, written apart from the backends, not rounded. Any uint8 result is up to half a level",
        "from it, 0.25 on average, because it is rounded.",
        "",
        "## Our uint8 images",
        "",
        f"Rule E8: at most {LEVELS:g} level at any pixel and less than {MEAN_LEVELS:g} on average. All backends give",
        "the same bytes, so this table holds for each of them. Measured on noise (the worst there is) and on ramps,",
        "with drawn parameters. Where `nearest` stands on the edge of two pixels, either counts. `normalize` is",
        "measured before it divides by `std`.",
        "",
        "| op | largest | mean | of its variants the worst | largest | mean |",
        "|---|---|---|---|---|---|",
    )
    for op, variants in results["reference"].items():
        own, others = variants[""], {name: value for name, value in variants.items() if name}
        cells = [f"{own[0]:.3f}", f"{own[1]:.3f}", "", "", ""]
        if others:
            worst = max(others, key=lambda name: others[name])
            cells[2:] = [f"`{worst}`", f"{others[worst][0]:.3f}", f"{others[worst][1]:.3f}"]
        yield f"| {op} | {' | '.join(cells)} |"
    yield from (
        "",
        "## The ideal beside other libraries",
        "",
        "Where a formula is theirs, the oracle is held to it, with parameters that mean the same (centres of pixels,",
        f"direction, inverse maps). Images of {height}×{width}×3: noise, where neighbours have nothing in common, and",
        "soft spots. A library that is given float32 gets the unit range. *May be* is the bound that the reason gives;",
        "the tests hold the oracle to it. The reasons were read in the sources of Pillow, torchvision, tf.image,",
        "Kornia and Albumentations; those of OpenCV and torch are what explains the numbers.",
        "",
    )
    notes: dict[str, str] = {}
    for op in sorted({pair.op["op"] for pair in pairs()}):
        measured = [
            (pair, results["libraries"][pair.library.name]["pairs"][pair.name])
            for pair in pairs()
            if pair.op["op"] == op and pair.name in results["libraries"][pair.library.name].get("pairs", {})
        ]
        if measured:
            yield from _section(op, measured, results["reference"].get(op, {}))
        for pair, _ in measured:
            if pair.outside:
                notes.setdefault(f"{pair.library.name} {pair.call}", pair.outside)
    yield "## What is not in the tables"
    yield from ("", "Left out of the comparisons:", "", *(f"- {call}: {why}." for call, why in notes.items()))
    yield from ("", "Not compared, and why:", "", *(f"- `{op}`: {why}." for op, why in ELSEWISE.items()))
    alone = sorted(set(results["reference"]) - {pair.op["op"] for pair in pairs()} - set(ELSEWISE))
    yield from (f"- `{op}`: no library has been put beside it yet." for op in alone)
    yield from ("", "The same name and another formula:", "", *(f"- {text}" for text in OTHER_FORMULAS))
    yield from ("", "Versions:", "")
    for library in LIBRARIES:
        found = results["libraries"][library.name]
        yield f"- {library.name}: {found.get('version') or 'not measured. ' + found['missing']}"


def _section(op: str, measured: list[tuple[Pair, dict[str, Any]]], ours: dict[str, Any]) -> Iterator[str]:
    """Yield one op's table; fields that all of its rows share stand above it."""
    documents = [_fields(pair) for pair, _ in measured]
    shared = {name: value for name, value in documents[0].items() if all(d.get(name) == value for d in documents)}
    yield f"### {op}"
    yield ""
    said = f" with {_listed(shared)}" if shared else ""
    own = f"; our uint8 images: {_number(ours[''][0])} largest, {_number(ours[''][1])} mean" if "" in ours else ""
    yield f"{op}{said}{own}."
    yield ""
    yield "| ours | library's call | given | noise: largest | mean | soft: largest | mean | may be | why not zero |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for (pair, row), fields in zip(measured, documents, strict=True):
        numbers = [_number(value) for name in ("noise", "smooth") for value in row[name]]
        own_fields = _listed({name: value for name, value in fields.items() if name not in shared})
        cells = [own_fields, f"{pair.library.name} `{pair.call}`", pair.dtype, *numbers, _number(pair.bound)]
        yield f"| {' | '.join([*cells, pair.reason])} |"
    yield ""


def _fields(pair: Pair) -> dict[str, Any]:
    return {name: value for name, value in pair.op.items() if name not in ("op", "p")}


def _listed(fields: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fields.items())


def _number(value: float) -> str:
    """Return three decimals, or the first digit that is not zero."""
    return f"{value:.3f}" if value >= 0.001 or value == 0 else f"{value:.0e}"
