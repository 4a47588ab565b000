"""Four samples of a batch around a point of one canvas, and all that belongs to them (T2–T5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.mixing import FINE, TileOp
from augspec.namespace import Array, Namespace
from augspec.plan.stages import Tile
from augspec_backends.generic.labels import LABEL, LABELS
from augspec_backends.generic.merging import Tiles, merged
from augspec_backends.generic.mixing import mixed_labels, of_partners, who_follow
from augspec_backends.generic.resample import Axis, axis_weights, nearest_index, resample_pixels
from augspec_backends.generic.stages.mix import drawn
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.arithmetic import Arithmetic
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["TileStep"]

INSTANCES = "mask:instance_masks"
"""The masks in which each box has a channel of its own."""


class TileStep(Step):
    """`mosaic`: along each axis a first and a second tile meet, so that the two axes say all."""

    def prepare(self, to: Preparation, stage: Tile, at: str, height: int, width: int) -> None:
        """Prepare partners and weights, and for both axes which pixels are read and where points go."""
        op = stage.leaf.op
        assert isinstance(op, TileOp)
        draw = drawn(to, stage)
        crossing, sides = (f(draw, to.arithmetic, height, width) for f in (op.crossing, op.tile))
        found: dict[str, Array] = {}
        for name, meet, tile, side in zip(("columns", "rows"), crossing, sides, (width, height), strict=True):
            made = self.axis(to.xp, op, meet, tile, side, points=to.points, mask=to.mask)
            found |= {f"{name}_{what}": array for what, array in made.items()}
        found["weights"] = self.weights(to.arithmetic, *(found.pop(f"{name}_seen") for name in ("columns", "rows")))
        applied = to.applied(stage.leaf)
        if applied is not None:
            found["on"] = applied
            alone = to.xp.constant([[FINE, 0, 0, 0]])
            found["weights"] = to.xp.where(applied[:, None], found["weights"], alone)
        to.params[f"{at}.partner"] = to.partners(stage.partner)
        to.params.update({f"{at}.{name}": array for name, array in found.items()})

    def axis(
        self, xp: Namespace, op: TileOp, meet: Array, tile: Array, side: int, *, points: bool, mask: bool
    ) -> dict[str, Array]:
        """Return what one axis of the canvas reads of two images of `side` pixels, one behind the other.

        Args:
            xp: the namespace.
            op: for its interpolation.
            meet: (B,) where the tiles meet, 0 … side.
            tile: (B,) pixels of a tile.
            side: of the image and of the canvas.
            points: whether boxes or keypoints are there.
            mask: whether a mask is there.
        """
        low, high = op.scales()
        length = tile * 0 + side
        first, second = (
            Axis(length * part, length, side, side, None, tile, offset, op.least(side))
            for part, offset in enumerate((meet - tile, meet))
        )
        before = xp.reshape(xp.arange(side), (1, side)) < xp.reshape(meet, (-1, 1))
        found: dict[str, Array] = {}
        exact = op.interpolation == "nearest" or low == high == 1
        if not exact:
            one, other = (
                axis_weights(xp, axis, kernel=op.interpolation, antialias=op.antialias) for axis in (first, second)
            )
            found["first"] = xp.where(before, one[0], other[0])
            found["weights"] = xp.where(before[..., None], one[1], other[1])
        if mask or exact:
            found["nearest"] = xp.where(before, nearest_index(xp, first), nearest_index(xp, second))
        if low < 1:
            found["inside"] = xp.where(before, first.inside(xp), second.inside(xp))
        ends = (xp.maximum(meet - tile, 0), meet, xp.minimum(meet + tile, side))
        found["seen"] = xp.stack([ends[1] - ends[0], ends[2] - ends[1]], 1)
        if points:
            enlarged = xp.astype(tile, "float32") / float(side)
            shift = [xp.astype(offset, "float32") for offset in (meet - tile, meet)]
            found["move"] = xp.stack([enlarged, *shift], 1)
            found["ends"] = xp.astype(xp.stack(ends, 1), "float32")
        return found

    def weights(self, arithmetic: Arithmetic, columns: Array, rows: Array) -> Array:
        """Return the tiles' shares of all pixels that show one, (B, 4) in 2⁻²⁰, from how many of each axis do, (B, 2).

        The sums of their areas are rounded, so that the shares sum to one; each is off by at most 2⁻²⁰.
        """
        xp = arithmetic.xp
        whole = (columns[:, 0] + columns[:, 1]) * (rows[:, 0] + rows[:, 1])  # at most 2²⁶, the largest image
        area, before, found = whole * 0, whole * 0, []
        for row in range(2):
            for column in range(2):
                area = area + columns[:, column] * rows[:, row]
                until = arithmetic.portion(area, whole, 4)
                found.append(until - before)
                before = until
        return xp.stack(found, 1)

    def apply(self, on: Pixels, stage: Tile, state: State, params: Params, at: str) -> State:
        """Put the tiles together."""
        xp, op = on.xp, stage.leaf.op
        assert isinstance(op, TileOp)
        own = {name[len(at) + 1 :]: array for name, array in params.items() if name.startswith(f"{at}.")}
        partner = own["partner"]
        who = [xp.cumulative_sum(partner * 0 + 1, 0) - 1, *who_follow(xp, partner, op.partners)]
        image = on.once(state["image"], partner)
        new = {"image": self.image(on, op, image, who, own)}
        for name in on.masks(state):
            if name == INSTANCES:
                new[name] = _side_by_side(xp, state[name], who, own, on.outside(state, name))
            else:
                new[name] = _where_inside(xp, _read(xp, state[name], who, own), own, on.outside(state, name))
        applied = own.get("on")
        if applied is not None:
            old = on.working(image) if xp.dtype(new["image"]) != xp.dtype(image) else image
            new["image"] = xp.where(on.pixelwise(applied), new["image"], old)
            for name in on.masks(state):
                old = state[name]
                if name == INSTANCES:
                    old = xp.concat(
                        [old, *[xp.where(on.pixelwise(applied), old, xp.constant([0], xp.dtype(old)))] * 3], 3
                    )
                new[name] = xp.where(on.pixelwise(applied), new[name], old)
        if LABEL in state:
            labels = [state[LABEL], *(of_partners(xp, state[LABEL], one) for one in who[1:])]
            new[LABEL] = mixed_labels(xp, labels, [own["weights"][:, k] for k in range(len(who))], FINE)
        return {**state, **new, **self.rows(xp, state, who, own)}

    def rows(self, xp: Namespace, state: State, who: list[Array], own: Params) -> State:
        """Return boxes, keypoints and what belongs to them, of all samples."""
        if "boxes" not in state and "keypoints" not in state:
            return {}
        x, y = ((own[f"{axis}_move"], own[f"{axis}_ends"]) for axis in ("columns", "rows"))
        return merged(xp, state, Tiles(who, *x, *y, own.get("on")), (LABELS,))

    def image(self, on: Pixels, op: TileOp, image: Array, who: list[Array], own: Params) -> Array:
        """Return the tiles' pixels (B, H, W, C)."""
        xp = on.xp
        if "columns_first" not in own:
            found = _read(xp, image, who, own)
        else:
            grid = xp.concat([xp.concat([of_partners(xp, image, k) for k in row], 2) for row in (who[:2], who[2:])], 1)
            columns, rows = ((own[f"{axis}_first"], own[f"{axis}_weights"]) for axis in ("columns", "rows"))
            found = resample_pixels(on.numbers(), grid, columns, rows, lobes=op.interpolation == "bicubic")
        if "columns_inside" not in own:
            return found
        found, fill = on.filled(found, op.fill)
        return _where_inside(xp, found, own, fill)


def _read(xp: Namespace, x: Array, who: list[Array], own: Params) -> Array:
    """Return for every pixel (B, H, W, C) one of its tile's sample, as it is: whole lines first, then their pixels."""
    _, height, width, channels = xp.shape(x)
    rows = own["rows_nearest"]
    lower = rows >= height
    line, halves = xp.where(lower, rows - height, rows), []
    for above, below in zip(who[:2], who[2:], strict=True):
        sample = xp.where(lower, xp.reshape(below, (-1, 1)), xp.reshape(above, (-1, 1)))
        index = xp.reshape(sample * height + line, (1, -1))
        lines = xp.gather_axis(xp.reshape(x, (1, -1, width * channels, 1)), index, 1)
        halves.append(xp.reshape(lines, (-1, height, width, channels)))
    return xp.gather_axis(xp.concat(halves, 2), own["columns_nearest"], 2)


def _side_by_side(xp: Namespace, x: Array, who: list[Array], own: Params, fill: Array) -> Array:
    """Return masks of instances (B, H, W, 4N): those of each sample where its tile is, the fill elsewhere."""
    _, height, width, _ = xp.shape(x)
    parts = []
    for k, sample in enumerate(who):
        rest, places = x if k == 0 else of_partners(xp, x, sample), []
        for axis, second, side, number in (("columns", k % 2, width, 2), ("rows", k // 2, height, 1)):
            index = own[f"{axis}_nearest"] - side * second
            rest = xp.gather_axis(rest, xp.clip(index, 0, side - 1), number)
            places.append(xp.logical_and(index >= 0, index < side))
        here = xp.logical_and(places[1][:, :, None, None], places[0][:, None, :, None])
        parts.append(_where_inside(xp, xp.where(here, rest, fill), own, fill))
    return xp.concat(parts, 3)


def _where_inside(xp: Namespace, x: Array, own: Params, fill: Array) -> Array:
    """Return pixels (B, H, W, C) with the fill where there is no tile."""
    if "columns_inside" not in own:
        return x
    inside = xp.logical_and(own["rows_inside"][:, :, None, None], own["columns_inside"][:, None, :, None])
    return xp.where(inside, x, fill)
