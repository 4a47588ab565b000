"""Parts of the image under a fill: which pixels, decided in integers, and what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from augspec.namespace import Array
from augspec.ops.base import OccludeOp
from augspec.plan.stages import Occlude
from augspec_backends.generic.noise import Field
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["OccludeStep"]


class OccludeStep(Step):
    """Asks the op which pixels it hides, and fills these."""

    def prepare(self, to: Preparation, stage: Occlude, at: str, height: int, width: int) -> None:
        """Prepare what tells hidden pixels from others, who applies the op, and the key of noise."""
        op = stage.leaf.op
        assert isinstance(op, OccludeOp)
        for name, array in op.prepare(to.parameters(stage.leaf), to.arithmetic, height, width).items():
            to.params[f"{at}.hole.{name}"] = array
        applied = to.applied(stage.leaf)
        if applied is not None:
            to.params[f"{at}.on"] = applied
        if op.noisy():
            to.params[f"{at}.key"] = to.noise_key(stage.leaf)

    def apply(self, on: Pixels, stage: Occlude, state: State, params: Params, at: str) -> State:
        """Fill the image, and what else the op's fields name."""
        xp, op = on.xp, stage.leaf.op
        assert isinstance(op, OccludeOp)
        _, height, width, _ = on.shape(state["image"])
        own = {name: array for name, array in params.items() if name.startswith(f"{at}.")}
        columns = xp.reshape(xp.arange(width) * 2 + (1 - width), (1, 1, width))
        rows = xp.reshape(xp.arange(height) * 2 + (1 - height), (1, height, 1))

        def hidden() -> Array:
            return _hidden(on, op, columns, rows, own, at)

        new: State = {"image": self._filled(on, op, state["image"], hidden, own, at)}
        for name in on.masks(state) if op.fill_mask else ():
            new[name] = xp.where(hidden()[..., None], on.outside(state, name), state[name])
        if op.hide_keypoints and "keypoints" in state:
            # The pixel that holds a point; one far outside is in no pixel, and stays a small number.
            x, y = (
                xp.astype(xp.floor(xp.clip(state["keypoints"][..., i], -1.0, side + 1.0)), "int32")
                for i, side in enumerate((float(width), float(height)))
            )
            there = _hidden(on, op, (x * 2 + (1 - width))[:, None, :], (y * 2 + (1 - height))[:, None, :], own, at)
            seen = xp.logical_and(state["keypoints_visible"], xp.logical_not(there[:, 0, :]))
            new["keypoints_visible"] = seen
        return {**state, **new}

    def _filled(self, on: Pixels, op: OccludeOp, image: Any, hidden: Any, own: Params, at: str) -> Any:
        """Return the image with hidden pixels filled."""
        xp, m = on.xp, on.numbers()
        if op.fill == "mean":
            once = on.working(on.once(image, next(iter(own.values()))))
            return xp.where(hidden()[..., None], m.mean(once), once)
        if op.fill == "noise":
            old = on.working(on.now(image))
            field = Field(xp, own[f"{at}.key"], xp.shape(old)[1:])
            return xp.where(hidden()[..., None], m.zero() + m.offset(field.uniform(per_channel=True)), old)
        fill: Any = op.fill  # a number, or one per channel

        def new() -> Array:
            old, colour = on.filled(on.now(image), fill)
            return xp.where(hidden()[..., None], colour, old)

        return on.later(lambda: on.working(new()), on.shape(image), image) if on.waits(image) else new()


def _hidden(on: Pixels, op: OccludeOp, x: Array, y: Array, own: Params, at: str) -> Array:
    """Return which pixels are hidden: those that the op names, of samples that apply it."""
    xp, start = on.xp, f"{at}.hole."
    prepared = {
        name.removeprefix(start): xp.reshape(array, (-1, *xp.shape(array)[1:], 1, 1))
        for name, array in own.items()
        if name.startswith(start)
    }
    found = op.hides(x, y, prepared, xp)
    applied = own.get(f"{at}.on")
    return found if applied is None else xp.logical_and(found, xp.reshape(applied, (-1, 1, 1)))
