"""A grey over the image, as thick at every pixel as the op says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.namespace import Array
from augspec.plan.program import noise_path
from augspec.plan.stages import Veil
from augspec.veil import VeilOp
from augspec_backends.generic.noise import Field
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["VeilStep"]


class VeilStep(Step):
    """Asks the op how thick the veil is, once for all channels, and blends."""

    def prepare(self, to: Preparation, stage: Veil, at: str, height: int, width: int) -> None:
        """Prepare what the thickness is made of, who applies the op, and the key of noise."""
        op = stage.leaf.op
        assert isinstance(op, VeilOp)
        draw = to.parameters(stage.leaf)
        for name, array in op.prepare(draw, to.arithmetic, height, width).items():
            to.params[f"{at}.veil.{name}"] = array
        applied = to.applied(stage.leaf)
        if to.domain == "float":  # a clamp would change pixels outside of the range (C11)
            applied = to.changes(op, draw, applied)
        if applied is not None:
            to.params[f"{at}.on"] = applied
        if op.noisy():
            to.params[f"{at}.key"] = to.draws[noise_path(stage.leaf.path, stage.leaf.step)]

    def apply(self, on: Pixels, stage: Veil, state: State, params: Params, at: str) -> State:
        """Blend the image with the grey."""
        xp, op, m = on.xp, stage.leaf.op, on.numbers()
        assert isinstance(op, VeilOp)
        image = on.working(on.now(state["image"]))
        _, height, width, _ = xp.shape(image)
        start = f"{at}.veil."
        prepared = {
            name.removeprefix(start): xp.reshape(array, (-1, *xp.shape(array)[1:], 1, 1))
            for name, array in params.items()
            if name.startswith(start)
        }
        guard = params[f"{start}grey"]
        field = Field(xp, params.get(f"{at}.key", guard), xp.shape(image)[1:])
        x = xp.reshape(xp.arange(width) * 2 + (1 - width), (1, 1, width))
        y = xp.reshape(xp.arange(height) * 2 + (1 - height), (1, height, 1))

        def weight() -> Array:
            return op.weight(x, y, prepared, field, xp)

        once = xp.materialise(weight, guard, (height, width), "int32")[..., None]
        grey = m.zero() + m.offset(on.pixelwise(guard))
        return {**state, "image": on.where_on(params, at, m.clamp(m.cover(image, grey, once)), image)}
