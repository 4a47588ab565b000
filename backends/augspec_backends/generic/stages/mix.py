"""Mixtures of each sample with its partner in the batch, the labels by the same weight (T5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.mixing import WHOLE, BlendOp, MixOp
from augspec.namespace import Array
from augspec.plan.stages import Mix
from augspec_backends.generic.labels import LABEL
from augspec_backends.generic.mixing import mixed_labels, of_partners
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["MixStep", "drawn"]


def drawn(to: Preparation, stage: Mix) -> dict[str, Array]:
    """Return what an op that mixes has drawn beside the partners, (B,) each, by name."""
    assert isinstance(stage.leaf.op, MixOp)
    return {name: to.draws[stage.drawn(name)] for name, _, _, _ in stage.leaf.op.draws()}


class MixStep(Step):
    """`mixup` and its like: pixels of two samples at one place become one."""

    def prepare(self, to: Preparation, stage: Mix, at: str, height: int, width: int) -> None:
        """Prepare the partners, the weights, and what the op's pixels need."""
        xp, op = to.xp, stage.leaf.op
        assert isinstance(op, BlendOp)
        prepared = dict(op.prepare(drawn(to, stage), to.arithmetic, height, width))
        applied = to.applied(stage.leaf)
        if applied is not None:
            prepared["weight"] = xp.where(applied, prepared["weight"], prepared["weight"] * 0 + WHOLE)
        to.params[f"{at}.partner"] = to.partners(stage.partner)
        to.params.update({f"{at}.{name}": array for name, array in prepared.items()})

    def apply(self, on: Pixels, stage: Mix, state: State, params: Params, at: str) -> State:
        """Mix images, masks and labels."""
        xp, op = on.xp, stage.leaf.op
        assert isinstance(op, BlendOp)
        partner, weight = params[f"{at}.partner"], params[f"{at}.weight"]
        draw = {
            name[len(at) + 1 :]: on.pixelwise(array)
            for name, array in params.items()
            if name.startswith(f"{at}.") and name != f"{at}.partner"
        }
        own = on.once(state["image"], partner)
        image, other = on.working(own), on.working(of_partners(xp, own, partner))
        new = {"image": _certain(on, weight, image, other, op.pixels(image, other, draw, on.numbers()))}
        for name in on.masks(state):
            mask, other = state[name], of_partners(xp, state[name], partner)
            new[name] = _certain(on, weight, mask, other, op.mask(mask, other, draw, xp))
        if LABEL in state:
            labels = state[LABEL]
            new[LABEL] = mixed_labels(xp, [labels, of_partners(xp, labels, partner)], [weight, WHOLE - weight])
        return {**state, **new}


def _certain(on: Pixels, weight: Array, own: Array, other: Array, mixed: Array) -> Array:
    """Return pixels of which a weight of one or zero mixes nothing: the other's NaN stays away (C11, C13)."""
    xp, weight = on.xp, on.pixelwise(weight)
    return xp.where(weight == WHOLE, own, xp.where(weight == 0, other, mixed))
