"""What a kind of stage is to a backend: its output size, what it prepares of the draws, what it does to the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from augspec.namespace import Array
from augspec.plan.stages import Stage

if TYPE_CHECKING:
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.prepare import Preparation

__all__ = ["Params", "SizeOf", "State", "Step"]

State = dict[str, Array]
"""The targets on their way, as `augspec_backends.generic.pixels` describes them."""

Params = Mapping[str, Array]
"""Prepared arrays by `<position>.<name>`."""


SizeOf = Callable[[tuple[Stage, ...], int, int], tuple[int, int]]
"""Returns the size after some stages, from the size before."""


class Step:
    """One kind of stage; subclasses hold no state, and one object serves every plan."""

    def size(self, stage: Any, height: int, width: int, inner: SizeOf) -> tuple[int, int]:
        """Return the static (height, width) after the stage; `inner` tells that of stages inside it.

        Raises:
            SampleError: an op does not fit the size.
        """
        return height, width

    def prepare(self, to: Preparation, stage: Any, at: str, height: int, width: int) -> None:
        """Put the stage's arrays, (B,) or (B, few), into `to.params` under `<at>.<name>`."""
        raise NotImplementedError(type(self).__name__)

    def apply(self, on: Pixels, stage: Any, state: State, params: Params, at: str) -> State:
        """Return the state after the stage, from what was prepared."""
        raise NotImplementedError(type(self).__name__)
