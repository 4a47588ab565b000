"""Chains of ops that all begin at one image, and their weighted mean with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from augspec.namespace import Array, Namespace
from augspec.plan.stages import Chains, Stage
from augspec_backends.generic.stages.step import Params, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["ChainsStep"]


_STEP = "step"
"""Where the one choice that stands for all steps finds what was prepared."""


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
        xp, m = on.xp, on.numbers()
        image = on.working(on.once(state["image"], params[f"{at}.weights"]))
        # All steps of all chains are one choice among the same members, by other numbers.
        (choice, *_), *_ = stage.chains
        step = on.steps[type(choice)]

        def one_step(end: State, given: Params) -> State:
            return {"image": on.now(step.apply(on, choice, end, given, _STEP)["image"])}

        def one_chain(mixed: State, given: Params) -> State:
            inner = {name: array for name, array in given.items() if name != "weight"}
            end = _fold(xp, one_step, {"image": image}, inner)["image"]
            return {"total": mixed["total"] + m.part(image, end, on.pixelwise(given["weight"]))}

        every = _stacked(xp, [_steps(xp, chain, params, f"{at}.{n}.") for n, chain in enumerate(stage.chains)])
        every["weight"] = xp.transpose(params[f"{at}.weights"], (1, 0))
        nothing = m.part(image, image, on.pixelwise(params[f"{at}.weights"][:, 0] * 0))
        total = _fold(xp, one_chain, {"total": nothing}, every)["total"]
        return {**state, "image": m.with_parts(image, total)}


def _steps(xp: Namespace, chain: tuple[Stage, ...], params: Params, at: str) -> dict[str, Array]:
    """Return what was prepared for the steps of a chain, under the names of one step, (steps, B, …)."""
    found = []
    for number in range(len(chain)):
        prefix = f"{at}{number}."
        own = {name: array for name, array in params.items() if name.startswith(prefix)}
        found.append({f"{_STEP}.{name.removeprefix(prefix)}": array for name, array in own.items()})
    return _stacked(xp, found)


def _stacked(xp: Namespace, several: list[dict[str, Array]]) -> dict[str, Array]:
    return {name: xp.stack([one[name] for one in several], 0) for name in several[0]}


def _fold(xp: Namespace, run: Callable[[State, Params], State], start: State, params: Params) -> State:
    """Return what is left of a state after `run` for each row of the params' first axis, in order.

    A namespace may have a way of its own: without it, a compiler compiles every turn by itself.
    """
    own = getattr(xp, "fold", None)
    if own is not None:
        return dict(own(run, start, params))
    for turn in range(xp.shape(next(iter(params.values())))[0]):
        start = run(start, {name: array[turn, ...] for name, array in params.items()})
    return start
