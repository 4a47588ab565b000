"""Choices: every sample runs the branch that it drew, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from augspec.errors import SampleError
from augspec.namespace import Array, Namespace
from augspec.plan.stages import Choose, Move, Selector, Stage
from augspec_backends.generic.numbers import FixedNumbers, levels_out
from augspec_backends.generic.stages.step import Params, SizeOf, State, Step

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["Branch", "ChooseStep"]


@dataclass(frozen=True)
class Branch:
    """One of the branches of a choice, as a function of rows of state and of parameters.

    Attributes:
        on: runs its stages.
        stages: what it is.
        at: the prefix of its parameters' names.
        form: the dtype in which exact images come and go; empty where they are left as they are.
    """

    on: Pixels
    stages: tuple[Stage, ...]
    at: str
    form: str = ""

    def __call__(self, rows: Mapping[str, Array], some: Params) -> State:
        """Return the new state of rows that chose it."""
        xp, state = self.on.xp, dict(rows)
        if self.form == "uint16":
            state["image"] = xp.astype(state["image"], "int32")
        state = dict(self.on.run(self.stages, state, some, self.at))
        if self.form == "uint8":
            state["image"] = levels_out(xp, state["image"])
        elif self.form:
            state["image"] = xp.astype(self.on.fixed(state["image"]), self.form)
        return state

    def under(self, xp: Namespace) -> Branch:
        """Return the same under another namespace."""
        return replace(self, on=self.on.under(xp))


class ChooseStep(Step):
    """Runs other stages inside."""

    def prepare(self, to: Preparation, stage: Choose, at: str, height: int, width: int) -> None:
        """Prepare the branch numbers and every branch."""
        to.params[f"{at}.branch"] = _branch(to, stage.selector, len(stage.branches))
        for number, branch in enumerate(stage.branches):
            to.run(branch, height, width, f"{at}.{number}.")

    def apply(self, on: Pixels, stage: Choose, state: State, params: Params, at: str) -> State:
        """Run the chosen branches."""
        image, form = on.now(state["image"]), ""
        if isinstance(on.m, FixedNumbers) and not _only_moves(stage):
            form = self._form(on, stage, image)
            image = image if form == "uint8" else on.xp.astype(on.fixed(image), form)
        state = {**state, "image": image}
        inner = {name: array for name, array in params.items() if name.startswith(f"{at}.") and name != f"{at}.branch"}
        branches = [Branch(on, stages, f"{at}.{number}.", form) for number, stages in enumerate(stage.branches)]
        found = dict(on.xp.choose(params[f"{at}.branch"], branches, state, inner))
        return {**found, "image": on.xp.astype(found["image"], "int32")} if form == "uint16" else found

    def _form(self, on: Pixels, stage: Choose, image: Array) -> str:
        """Return how exact images go into branches and come out of them: in as few bytes as they fit into.

        What is rounded to levels after a choice may be rounded inside (E1); all levels between fit into 16 bits.
        """
        if stage is on.end and on.xp.dtype(image) == "uint8":
            return "uint8"
        return "uint16" if on.xp.recomputes(image) else "int32"

    def size(self, stage: Choose, height: int, width: int, inner: SizeOf) -> tuple[int, int]:
        """Return the size that all branches give."""
        sizes = {inner(branch, height, width) for branch in stage.branches}
        if len(sizes) > 1:
            raise SampleError(
                "image", "a size that every member of a choice turns into the same one", f"{height}×{width}"
            )
        return sizes.pop()


def _branch(to: Preparation, selector: Selector, count: int) -> Array:
    """Return the number of the branch each sample takes, (B,); `count` means none."""
    branch = to.zeros if selector.branch is None else to.entry(selector.branch, selector.branch_entry)
    if selector.gate is None:
        return branch
    opened = to.entry(selector.gate, selector.gate_entry) >= selector.least
    return to.xp.where(opened, branch, branch * 0 + count)


def _only_moves(stage: Choose) -> bool:
    """Return whether levels stay levels in every branch."""
    inside = [inner for branch in stage.branches for inner in branch]
    return all(isinstance(inner, Move) and not np.any(getattr(inner.leaf.op, "fill", 0.0)) for inner in inside)
