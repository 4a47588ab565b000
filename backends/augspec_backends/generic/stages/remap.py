"""Maps of the plane that are no matrices: one position per pixel, one resampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.namespace import Array
from augspec.ops.base import RemapOp
from augspec.plan.program import noise_path
from augspec.plan.stages import Remap
from augspec_backends.generic.noise import Field
from augspec_backends.generic.numbers import FixedNumbers
from augspec_backends.generic.places import PlacesOf
from augspec_backends.generic.stages.step import Params, State, Step
from augspec_backends.generic.warp import sample_nearest, warp_pixels

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["RemapStep"]


class RemapStep(Step):
    """Prepares what an op's map needs, and reads every pixel at its source."""

    def prepare(self, to: Preparation, stage: Remap, at: str, height: int, width: int) -> None:
        """Prepare the op's own arrays, which samples it changes, and the key of the pixels if it has one."""
        op = stage.leaf.op
        assert isinstance(op, RemapOp)
        assert to.applied(stage.leaf) is None  # its gate is a choice around it
        for name, array in op.prepare(to.parameters(stage.leaf), to.arithmetic, height, width).items():
            to.params[f"{at}.{name}"] = array
        if op.noisy():
            to.params[f"{at}.key"] = to.draws[noise_path(stage.leaf.path, stage.leaf.step)]

    def apply(self, on: Pixels, stage: Remap, state: State, params: Params, at: str) -> State:
        """Move all targets."""
        xp, m, op = on.xp, on.numbers(), stage.leaf.op
        assert isinstance(op, RemapOp)
        own = {name[len(at) + 1 :]: array for name, array in params.items() if name.startswith(f"{at}.")}
        image = on.once(state["image"], next(array for array in own.values() if xp.dtype(array) == "int32"))
        shape = xp.shape(image)
        _, height, width, channels = shape
        places = PlacesOf(xp, height, width)
        if op.noisy():
            own |= op.field(own, places, Field(xp, own["key"], shape[1:]))
        sx, sy = op.sources(own, places)
        fills = op.fill if isinstance(op.fill, tuple) else (op.fill,)
        fill = tuple(m.fill(value) for value in (fills * channels if len(fills) == 1 else fills))

        def remapped() -> Array:
            pixels = warp_pixels(m, image, sx, sy, op.interpolation, op.border, fill)
            if isinstance(m, FixedNumbers):
                return pixels
            return xp.where(on.pixelwise(own["changed"]), pixels, image)

        new = {"image": on.later(remapped, shape, image)}
        for name in on.masks(state):
            new[name] = sample_nearest(xp, state[name], sx, sy, op.border, on.outside(state, name))

        def move(x: Array, y: Array) -> tuple[Array, Array]:
            return op.move(x, y, own, places)

        return {**state, **new, **on.moved(state, move, height, width, changed=own["changed"], between=op.between)}
