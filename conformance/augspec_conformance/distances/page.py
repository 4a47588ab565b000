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
    "tf.image `adjust_saturation` and Kornia's scale the S of HSV, which is `space: hsv` here; the default is a blend.",
    "Pillow `GaussianBlur` and `UnsharpMask` are three box blurs; scikit-image `rgb2gray` has the weights of BT.709.",
    "scikit-image `unsharp_mask` reaches 4σ and repeats the border pixel; Albumentations' has a soft threshold.",
    'Pillow `convert("HSV")` and OpenCV\'s HSV of uint8 have 256 and 180 hues; ours has all that floats have.',
    "Albumentations `GridDistortion` has cells of whole pixels and counts the ends of each twice.",
    "Albumentations `CLAHE` equalizes L of Lab; Kornia's blends half a pixel earlier. Ours is OpenCV's, by channel.",
    "Albumentations `Defocus` smooths its disc by a Gaussian, and `MotionBlur` draws its line of whole pixels.",
    "Albumentations `ImageCompression` hands RGB to an encoder that takes BGR, and so codes other colours.",
    "Kornia `jpeg_codec_differentiable` rounds by a polynomial, so that it has gradients.",
    "Pillow `resize(BOX)` and torch `interpolate(area)` count whole pixels; `downscale` counts shares of them.",
    "Kornia `resize(antialias=True)` blurs by a Gaussian before it samples.",
    "Kornia `adjust_contrast` multiplies pixels.",
    "Albumentations `Affine` translates by whole pixels: a share of the size is cut off to them.",
    "tf.image `adjust_jpeg_quality` decodes by a faster, less accurate transform unless `dct_method` says otherwise.",
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
        "Kornia and Albumentations; those of OpenCV and torch are what explains the numbers. Where an op draws what no",
        "field says (a place, corners, an order), it is given what the library's call is told.",
        "",
        "First the largest distance of each op, then all of them.",
        "",
    )
    notes: dict[str, str] = {}
    sections = _measured(results)
    yield from _overview(sections)
    for op, measured in sections.items():
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


Measured = list[tuple[Pair, dict[str, Any]]]


def _measured(results: dict[str, Any]) -> dict[str, Measured]:
    """Return comparisons and their rows, by op; those whose library was there."""
    found: dict[str, Measured] = {}
    for pair in sorted(pairs(), key=lambda pair: pair.op["op"]):
        rows = results["libraries"][pair.library.name].get("pairs", {})
        if pair.name in rows:
            found.setdefault(pair.op["op"], []).append((pair, rows[pair.name]))
    return found


def _overview(sections: dict[str, Measured]) -> Iterator[str]:
    """Yield one row for each op: which libraries stand beside it, and the largest distance for each dtype."""
    yield "| op | beside | largest with uint8 | largest with float32 |"
    yield "|---|---|---|---|"
    for op, measured in sections.items():
        names = {pair.library.name: None for pair, _ in measured}
        largest = {
            dtype: max(
                (value for pair, row in measured if pair.dtype == dtype for value, _ in row.values()), default=None
            )
            for dtype in ("uint8", "float32")
        }
        cells = ["" if value is None else _number(value) for value in largest.values()]
        yield f"| [{op}](#{op}) | {', '.join(names)} | {' | '.join(cells)} |"
    yield ""


def _section(op: str, measured: Measured, ours: dict[str, Any]) -> Iterator[str]:
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
    return ", ".join(f"{name} {_plain(value)}" for name, value in fields.items())


def _plain(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def _number(value: float) -> str:
    """Return three decimals, or the first digit that is not zero."""
    return f"{value:.3f}" if value >= 0.001 or value == 0 else f"{value:.0e}"
