"""The image alone, resampled onto its own canvas: nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.ops.base import DegradeOp
from augspec.plan.stages import Degrade
from augspec_backends.generic.resample import resample_pixels
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["DegradeStep"]


class DegradeStep(Step):
    """Prepares taps and weights of both axes, and adds pixels up."""

    def prepare(self, to: Preparation, stage: Degrade, at: str, height: int, width: int) -> None:
        """Prepare the taps, and which samples change at all: those where some pixel reads another one (C11)."""
        xp, op = to.xp, stage.leaf.op
        assert isinstance(op, DegradeOp)
        draw, changed = to.parameters(stage.leaf), to.zeros
        for name, side in (("columns", width), ("rows", height)):
            first, weights = op.axis(draw, side, to.arithmetic)
            to.params[f"{at}.{name}"], to.params[f"{at}.{name}_weights"] = first, weights
            own = xp.reshape(xp.arange(side), (1, side)) == first
            alone = xp.astype(xp.logical_and(own, weights[:, :, 0] == 32768), "int32")
            changed = changed + side - xp.sum(alone, 1)
        to.params[f"{at}.changed"] = changed > 0

    def apply(self, on: Pixels, stage: Degrade, state: State, params: Params, at: str) -> State:
        """Resample the image."""
        columns, rows = ((params[f"{at}.{name}"], params[f"{at}.{name}_weights"]) for name in ("columns", "rows"))
        image = on.once(state["image"], columns[0])
        new = resample_pixels(on.numbers(), image, columns, rows)
        changed = on.pixelwise(params[f"{at}.changed"])
        return {**state, "image": on.xp.where(changed, new, on.working(image))}
