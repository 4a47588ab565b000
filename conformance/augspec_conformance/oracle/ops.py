"""One function for each op of the vocabulary, in the table `OPS`.

All share one signature: `(state, op, draws) -> state`, with `op` the normalized document of the op and
`draws` seen from inside it. The formulas stand in the file of their subject; here the policy's fields meet
them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from augspec_conformance.oracle import colour, filters, flecks, jpeg, levels, matrices, noise, tints, veils
from augspec_conformance.oracle.arrays import FloatArray
from augspec_conformance.oracle.distributions import support
from augspec_conformance.oracle.draws import Draws, Op
from augspec_conformance.oracle.occlusion import OCCLUSIONS
from augspec_conformance.oracle.remap import REMAPS
from augspec_conformance.oracle.resizing import RESIZING
from augspec_conformance.oracle.state import Settings, State, join, settle
from augspec_conformance.oracle.windows import MOVES

OpFunction: TypeAlias = Callable[[State, Op, Draws], State]
PixelFunction: TypeAlias = Callable[[FloatArray, Op, Draws], FloatArray]


def perform(state: State, op: Op, outer: Draws) -> State:
    """Carry out one op of a list, seen from outside it."""
    return OPS[op["op"]](state, op, outer.into(op))


# Flips and warps: they join the waiting run, applied or not.


def flip(matrix: Callable[..., FloatArray]) -> OpFunction:
    """Make an exact flip of its matrix; it joins whatever run it stands beside."""

    def function(state: State, op: Op, draws: Draws) -> State:
        return join(state, matrix(state.size) if draws.applied(op) else None, None)

    return function


def warp(matrix: Callable[..., FloatArray], *fields: str) -> OpFunction:
    """Make a warp of the function for its matrix and the fields that this takes after the canvas."""

    def function(state: State, op: Op, draws: Draws) -> State:
        fill = op["fill"]
        settings = Settings(
            interpolation=op["interpolation"],
            border=op["border"],
            fill=_plain(fill),
        )
        if not draws.applied(op):
            return join(state, None, settings)
        return join(state, matrix(state.size, *(draws.optional(op, name) for name in fields)), settings)

    return function


def _plain(fill: float | Sequence[float]) -> float | tuple[float, ...]:
    """Return a fill, as one number where it is the same in every channel."""
    each = tuple(float(f) for f in fill) if isinstance(fill, Sequence) else (float(fill),)
    return each[0] if len(set(each)) == 1 else each


# Pixels: everything that leaves geometry alone. It ends the run, applied or not (C10), and clamps (C3).


def pixels(function: PixelFunction) -> OpFunction:
    """Make an op of a function on the image; the result is clamped to the unit range."""

    def wrapped(state: State, op: Op, draws: Draws) -> State:
        state = settle(state)
        if state.image is None or not draws.applied(op):
            return state
        return replace(state, image=np.clip(function(state.image, op, draws), 0.0, 1.0))

    return wrapped


def jump(formula: Callable[..., FloatArray], *fields: str, shifts: tuple[str, ...] = ("shift",)) -> OpFunction:
    """Make an op of a formula that jumps; it takes `shifts`, which may put pixels on the other side of a step."""

    def function(state: State, op: Op, draws: Draws) -> State:
        shifted = partial(formula, **{name: getattr(state, name) for name in shifts})
        read = pixels(lambda image, op, draws: shifted(image, *(_field(op, draws, name) for name in fields)))
        return read(state, op, draws)

    return function


def _field(op: Op, draws: Draws, name: str) -> Any:
    return op[name] if isinstance(op[name], str) else draws.number(op, name)


def colour_op(formula: Callable[..., FloatArray], *fields: str) -> OpFunction:
    """Make a colour op of its formula and the numeric fields that this takes after the image."""
    return pixels(lambda image, op, draws: formula(image, *(draws.number(op, name) for name in fields)))


def autocontrast(state: State, op: Op, draws: Draws) -> State:
    """Stretch channels, with the levels that are counted after a shift."""

    def function(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
        del draws
        return levels.autocontrast(image, op["cutoff"], counted=state.counted)

    return pixels(function)(state, op, draws)


def clahe(state: State, op: Op, draws: Draws) -> State:
    """Equalize tiles, with the levels that a shift makes."""

    def function(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
        return levels.clahe(image, draws.number(op, "clip"), op["tiles"], shift=state.shift, counted=state.counted)

    return pixels(function)(state, op, draws)


def contrast(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Contrast about the policy's pivot."""
    return colour.contrast(image, draws.number(op, "factor"), op["pivot"])


def gaussian_blur(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Blur by the drawn sigma, with the radius of the largest one possible."""
    return filters.gaussian_blur(image, draws.number(op, "sigma"), support(op["sigma"])[1])


def unsharp_mask(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Sharpen by the drawn sigma, with the radius of the largest one possible."""
    sigma, amount = (draws.number(op, name) for name in ("sigma", "amount"))
    return filters.unsharp_mask(image, sigma, support(op["sigma"])[1], amount)


def downscale(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Shrink and enlarge again."""
    return filters.downscale(image, draws.number(op, "factor"), op["method"])


def gaussian_noise(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Add noise of the words that the sample's key gives."""
    key = draws.noise()
    return noise.gaussian_noise(image, draws.number(op, "std"), key, per_channel=op["per_channel"])


def speckle(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Multiply by noise around 1."""
    return noise.speckle(image, draws.number(op, "std"), draws.noise(), per_channel=op["per_channel"])


def shot_noise(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Add the noise of counted photons."""
    return noise.shot_noise(image, draws.number(op, "scale"), draws.noise(), per_channel=op["per_channel"])


def pixel_dropout(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Blacken pixels whose words fall below the amount."""
    return noise.pixel_dropout(image, draws.number(op, "amount"), draws.noise())


def saturation(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Saturation about grey, or that of HSV."""
    return {"blend": colour.saturation, "hsv": tints.saturation}[op.get("space", "blend")](
        image, draws.number(op, "factor")
    )


def pca_lighting(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Add a colour along the drawn axes."""
    return tints.pca_lighting(image, draws.number(op, "std"), draws.drawn("axes", 3))


def salt_pepper(image: FloatArray, op: Op, draws: Draws) -> FloatArray:
    """Replace pixels whose words fall below the amounts."""
    key = draws.noise()
    return noise.salt_pepper(image, draws.number(op, "amount"), draws.number(op, "ratio"), key)


def normalize(state: State, op: Op, draws: Draws) -> State:
    """Normalize each channel: the one op that does not clamp (C3)."""
    state = settle(state)
    if state.image is None or not draws.applied(op):
        return state
    return replace(state, image=colour.normalize(state.image, op["mean"], op["std"]), normalized=True)


def to_float(state: State, op: Op, draws: Draws) -> State:
    """Leave the unit range as it is, for good: what follows maps it to no other."""
    state = settle(state)
    return replace(state, normalized=True) if draws.applied(op) else state


# Combinators.


def sequence(state: State, op: Op, draws: Draws) -> State:
    """Carry out the members in order.

    To runs it is as if they stood in the place of the sequence, unless it has a gate: then it is a choice.
    """
    gated = op.get("p", 1) != 1
    state = settle(state) if gated else state
    if not draws.applied(op):
        return state
    for member in op["ops"]:
        state = perform(state, member, draws)
    return settle(state) if gated else state


def one_of(state: State, op: Op, draws: Draws) -> State:
    """Carry out the member that was drawn; no run reaches into a choice or out of it."""
    state = settle(state)
    if not draws.applied(op):
        return state
    branch = int(draws.drawn("branch")[0])
    return settle(perform(state, op["ops"][branch], draws))


def some_of(state: State, op: Op, draws: Draws) -> State:
    """Carry out the drawn members, each as a choice of its own.

    Without replacement there is a flag for each member, and they act in listing order; with replacement there
    is a branch for each step, and a member's parameters hold one value for each step.
    """
    state = settle(state)
    if not draws.applied(op):
        return state
    if op.get("replace", False):
        for step, branch in enumerate(draws.every("branch") if op["n"] else ()):
            state = settle(perform(state, op["ops"][int(branch)], draws.at_step(step)))
        return state
    members = op["ops"]
    for member, chosen in zip(members, draws.drawn("member", len(members)), strict=True):
        if chosen:
            state = settle(perform(state, member, draws))
    return state


def random_order(state: State, op: Op, draws: Draws) -> State:
    """Carry out all members, at each step the one whose number was drawn, each as a choice of its own."""
    state = settle(state)
    if not draws.applied(op):
        return state
    members = op["ops"]
    for position in draws.drawn("order", len(members)):
        state = settle(perform(state, members[int(position)], draws))
    return state


def augmix(state: State, op: Op, draws: Draws) -> State:
    """Mix the image with chains that begin at it; each step carries out a drawn member, with numbers of its own.

    There is a branch, and a value of every parameter of a member, for each step of each chain; of a chain that is
    shorter than the longest one, the last are left alone.
    """
    state = settle(state)
    if not draws.applied(op):
        return state
    chains, most = op["chains"], int(support(op["depth"])[1])
    branches, depths = draws.drawn("branch", chains * most), draws.numbers(op, "depth", chains)
    weights = draws.drawn("weights", chains) if chains > 1 else np.ones(1)
    mixture = None
    for chain in range(chains):
        end = state
        for turn in range(chain * most, chain * most + int(depths[chain])):
            end = settle(perform(end, op["ops"][int(branches[turn])], draws.at_step(turn)))
        if end.image is not None:
            mixture = (0.0 if mixture is None else mixture) + weights[chain] * end.image
    if state.image is None or mixture is None:
        return state
    share = draws.number(op, "share")
    return replace(state, image=(1.0 - share) * state.image + share * mixture)


OPS: dict[str, OpFunction] = {
    "horizontal_flip": flip(matrices.horizontal_flip),
    "vertical_flip": flip(matrices.vertical_flip),
    "rotate": warp(matrices.rotate, "degrees"),
    "translate": warp(matrices.translate, "x", "y"),
    "scale": warp(matrices.scale, "factor", "x", "y"),
    "shear": warp(matrices.shear, "x", "y"),
    "affine": warp(matrices.affine, "degrees", "translate_x", "translate_y", "scale", "shear_x", "shear_y"),
    **REMAPS,
    **RESIZING,
    **MOVES,
    **OCCLUSIONS,
    "brightness_scale": colour_op(colour.brightness_scale, "factor"),
    "brightness_shift": colour_op(colour.brightness_shift, "delta"),
    "contrast": pixels(contrast),
    "saturation": pixels(saturation),
    "grayscale": colour_op(colour.grayscale),
    "hue": colour_op(colour.hue, "turns"),
    "gamma": colour_op(colour.gamma, "gamma", "gain"),
    "invert": colour_op(colour.invert),
    "solarize": jump(colour.solarize, "threshold"),
    "solarize_add": jump(colour.solarize_add, "delta", "threshold"),
    "posterize": jump(levels.posterize, "bits"),
    "autocontrast": autocontrast,
    "equalize": jump(levels.equalize, "method", shifts=("shift", "counted", "ends")),
    "clahe": clahe,
    "rgb_shift": colour_op(tints.rgb_shift, "red", "green", "blue"),
    "sepia": colour_op(tints.sepia),
    "temperature": colour_op(tints.temperature, "kelvin"),
    "tone_curve": colour_op(tints.tone_curve, "shadows", "highlights"),
    "pca_lighting": pixels(pca_lighting),
    "speckle": pixels(speckle),
    "shot_noise": pixels(shot_noise),
    "pixel_dropout": pixels(pixel_dropout),
    "median_blur": colour_op(filters.median_blur),
    "motion_blur": colour_op(filters.motion_blur, "length", "degrees"),
    "defocus": colour_op(filters.defocus, "radius"),
    "box_blur": colour_op(filters.box_blur, "radius"),
    "unsharp_mask": pixels(unsharp_mask),
    "emboss": colour_op(filters.emboss, "share", "strength"),
    "sharpness": colour_op(filters.sharpness, "factor"),
    "salt_pepper": pixels(salt_pepper),
    "downscale": pixels(downscale),
    "gaussian_blur": pixels(gaussian_blur),
    "jpeg": jump(jpeg.jpeg, "quality"),
    "gaussian_noise": pixels(gaussian_noise),
    "fog": pixels(veils.fog),
    "rain": pixels(flecks.rain),
    "snow": pixels(flecks.snow),
    "shadow": pixels(veils.shadow),
    "sun_flare": pixels(veils.sun_flare),
    "normalize": normalize,
    "to_float": to_float,
    "sequence": sequence,
    "one_of": one_of,
    "some_of": some_of,
    "random_order": random_order,
    "augmix": augmix,
}
