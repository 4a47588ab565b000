"""Pixel functions, alone or in a run; with statistics, neighbours or a random number per pixel (E5, E7, R16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from augspec.namespace import Array
from augspec.ops.base import FilterOp, NoiseOp, PixelOp, PointwiseOp
from augspec.plan.stages import Filter, Leaf, Noise, Pointwise
from augspec_backends.generic.noise import Field
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["FilterStep", "NoiseStep", "PointwiseStep"]


class PointwiseStep(Step):
    """A run of pixel functions in one pass, except where one needs the whole image first."""

    def prepare(self, to: Preparation, stage: Pointwise, at: str, height: int, width: int) -> None:
        """Prepare every member's parameters."""
        for number, leaf in enumerate(stage.members):
            _prepare(to, leaf, f"{at}.{number}")

    def apply(self, on: Pixels, stage: Pointwise, state: State, params: Params, at: str) -> State:
        """Run the members one after the other."""
        image = state["image"]
        for number, leaf in enumerate(stage.members):
            image = self.member(on, leaf, image, params, f"{at}.{number}")
        return {**state, "image": image}

    def member(self, on: Pixels, leaf: Leaf, image: Any, params: Params, at: str) -> Any:
        """Run one member."""
        op, m = leaf.op, on.numbers()
        assert isinstance(op, PointwiseOp)
        if op.statistic:
            image = on.once(image, next(array for name, array in params.items() if name.startswith(f"{at}.")))

        def new() -> Array:
            old = on.working(on.now(image))
            return on.where_on(params, at, op.pixels(old, _draw(on, params, at), m), old)

        return on.later(new, on.shape(image), image)


class NoiseStep(Step):
    """A pixel function with random numbers of its own per pixel."""

    def prepare(self, to: Preparation, stage: Noise, at: str, height: int, width: int) -> None:
        """Prepare parameters and the key of the pixels."""
        _prepare(to, stage.leaf, at)
        to.params[f"{at}.key"] = to.noise_key(stage.leaf)

    def apply(self, on: Pixels, stage: Noise, state: State, params: Params, at: str) -> State:
        """Run the function."""
        op = stage.leaf.op
        assert isinstance(op, NoiseOp)
        image = on.working(on.now(state["image"]))
        field = Field(on.xp, params[f"{at}.key"], on.xp.shape(image)[1:])
        new = op.pixels(image, _draw(on, params, at), on.numbers(), field)
        return {**state, "image": on.where_on(params, at, new, image)}


class FilterStep(Step):
    """A function of each pixel and its neighbours."""

    def prepare(self, to: Preparation, stage: Filter, at: str, height: int, width: int) -> None:
        """Prepare weights and parameters."""
        _prepare(to, stage.leaf, at)

    def apply(self, on: Pixels, stage: Filter, state: State, params: Params, at: str) -> State:
        """Run the function."""
        op = stage.leaf.op
        assert isinstance(op, FilterOp)
        prepared = _draw(on, params, at)
        image = on.working(on.once(state["image"], next(iter(prepared.values()))))
        return {**state, "image": on.where_on(params, at, op.pixels(image, prepared, on.numbers()), image)}


def _prepare(to: Preparation, leaf: Leaf, at: str) -> None:
    """Put an op's parameters, and who applies it, into the params."""
    xp, op = to.xp, leaf.op
    assert isinstance(op, PixelOp)
    draw = to.parameters(leaf)
    applied = to.applied(leaf)
    neutral = op.neutral()
    marks = dict(op.parameters())
    quantised = {name: marks[name].quantity.quantise(value) for name, value in (neutral or {}).items()}
    if neutral is not None and to.domain == "fixed" and applied is not None:
        # In the exact domain the neutral parameter changes nothing: cheaper than a selection of pixels.
        for name, value in quantised.items():
            draw[name] = xp.where(applied, draw[name], draw[name] * 0 + value)
        applied = None
    elif neutral is not None and to.domain == "float":
        applied = to.changes(op, draw, applied)
    prepared = op.prepare(draw, to.arithmetic)
    for name, array in (prepared or {"guard": to.zeros}).items():  # what is computed once hangs on an array of the run
        to.params[f"{at}.{name}"] = array
    if applied is not None:
        to.params[f"{at}.on"] = applied


def _draw(on: Pixels, params: Params, at: str) -> dict[str, Array]:
    """Return what was prepared for an op by its names; numbers of a sample broadcast against pixels."""
    xp, found = on.xp, {}
    for name, array in params.items():
        if name.startswith(f"{at}.") and name != f"{at}.on":
            one = len(xp.shape(array)) == 1
            found[name[len(at) + 1 :]] = xp.reshape(array, (-1, 1, 1, 1)) if one else array
    return found
