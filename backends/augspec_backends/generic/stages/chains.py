"""Chains of ops that all begin at one image, and their weighted mean with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from augspec.plan.stages import Chains
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["ChainsStep"]


class ChainsStep(Step):
    """Runs one chain after the other, and adds them up as they come."""

    def prepare(self, to: Preparation, stage: Chains, at: str, height: int, width: int) -> None:
        """Prepare the weights of the chains in the result, (B, chains) in 2⁻¹⁵, and every chain.

        Each is the product of the share, at most 2¹⁵, and the weight among the chains, rounded half-up: no more than
        the latter, so that together they are at most 2¹⁵. What is missing to that is the image's own.
        """
        xp, draw = to.xp, to.parameters(stage.leaf)
        among = xp.reshape(draw["weights"], (-1, len(stage.chains)))
        to.params[f"{at}.weights"] = xp.shr(xp.reshape(draw["share"], (-1, 1)) * among + 16384, 15)
        for number, chain in enumerate(stage.chains):
            to.run(chain, height, width, f"{at}.{number}.")

    def apply(self, on: Pixels, stage: Chains, state: State, params: Params, at: str) -> State:
        """Run the chains on the image alone: where samples have another target, no member changes it."""
        m, weights = on.numbers(), params[f"{at}.weights"]
        image = on.working(on.once(state["image"], weights))
        total = None
        for number, chain in enumerate(stage.chains):
            end = on.working(on.run(chain, {"image": image}, params, f"{at}.{number}.")["image"])
            part = m.part(image, end, on.pixelwise(weights[:, number]))
            total = part if total is None else total + part
        return {**state, "image": m.with_parts(image, total)}
