"""bind, first half: from draws to the small per-sample arrays that pixels need: matrices, windows, weights, flags.

Everything here has shape (B,) or (B, few) and is integer arithmetic, apart from the float matrices of boxes and
keypoints. It runs on the host or inside a graph, and gives the same bits in both.
"""

from __future__ import annotations

from collections.abc import Mapping

from augspec.namespace import Array, Namespace
from augspec.ops.base import Op
from augspec.plan.program import noise_path
from augspec.plan.stages import Leaf, Stage
from augspec_backends.generic.arithmetic import Arithmetic
from augspec_backends.generic.stages import STEPS, Steps, output_size

__all__ = ["Preparation"]


class Preparation:
    """Prepares a plan's stages for one canvas size.

    Args:
        xp: the namespace.
        draws: every drawn and constant parameter by path.
        zeros: (B,) int32 zeros, from which everything takes its batch axis.
        domain: "fixed", "float" or "move" (nothing but exact moves).
        points: whether boxes or keypoints are present.
        mask: whether a mask is present.
        frames: how many images each sample has; rows of one sample are neighbours (T7).
        shared_noise: whether they have the same noise.
        steps: how each kind of stage is prepared.
    """

    def __init__(
        self,
        xp: Namespace,
        draws: Mapping[str, Array],
        zeros: Array,
        *,
        domain: str,
        points: bool,
        mask: bool,
        frames: int = 1,
        shared_noise: bool = False,
        steps: Steps = STEPS,
    ) -> None:
        self.xp, self.draws, self.zeros, self.steps = xp, draws, zeros, steps
        self.domain, self.points, self.mask = domain, points, mask
        self.frames, self.shared_noise = frames, shared_noise
        self.arithmetic = Arithmetic(xp)
        self.params: dict[str, Array] = {}

    def run(self, stages: tuple[Stage, ...], height: int, width: int, prefix: str = "") -> dict[str, Array]:
        """Return the arrays of every stage under keys `<position>.<name>`."""
        for position, stage in enumerate(stages):
            self.steps[type(stage)].prepare(self, stage, f"{prefix}{position}", height, width)
            height, width = output_size((stage,), height, width)
        return self.params

    def entry(self, path: str, entry: int | None) -> Array:
        """Return a drawn scalar, or one entry of a drawn vector, (B,)."""
        array = self.draws[path]
        return array if entry is None else array[:, entry]

    def parameters(self, leaf: Leaf) -> dict[str, Array]:
        """Return an op's parameters by field name: (B,), or (B, entries) where it asks for several."""
        found = {}
        for name, _, _, count in leaf.op.draws():
            array = self.draws[f"{leaf.path}/{name}"]
            if leaf.step is not None:
                array = array[:, leaf.step * count : (leaf.step + 1) * count]
                array = array if count > 1 else array[:, 0]
            found[name] = array
        return found

    def noise_key(self, leaf: Leaf) -> Array:
        """Return the key of a leaf's noise (see `Field`), (B, 3), or (B, 4) where frames have noise of their own."""
        key = self.draws[noise_path(leaf.path, leaf.step)]
        if self.frames == 1 or self.shared_noise:
            return key
        return self.xp.concat([key, self.xp.reshape(self.frame(), (-1, 1))], 1)

    def partners(self, path: str) -> Array:
        """Return the row of every row's partner: the same frame of the sample that was drawn, (B,)."""
        return self.draws[path] if self.frames == 1 else self.draws[path] * self.frames + self.frame()

    def frame(self) -> Array:
        """Return the number of every row's image in its stack, (B,) int32."""
        xp = self.xp
        numbers = xp.reshape(self.zeros, (-1, self.frames)) + xp.reshape(xp.arange(self.frames), (1, -1))
        return xp.reshape(numbers, (-1,))

    def applied(self, leaf: Leaf) -> Array | None:
        """Return whether each sample applies a leaf, (B,) bool; None when all do."""
        if leaf.gate is None:
            return None
        return self.entry(leaf.gate, leaf.step) == 1

    def changes(self, op: Op, draw: Mapping[str, Array], applied: Array | None) -> Array | None:
        """Return which of the samples that apply an op have drawn parameters that are not all neutral; None for all."""
        marks = dict(op.parameters())
        differs: Array | None = None
        for name, value in (op.neutral() or {}).items():
            other = draw[name] != marks[name].quantity.quantise(value)
            differs = other if differs is None else self.xp.logical_or(differs, other)
        if applied is None or differs is None:
            return differs if applied is None else applied
        return self.xp.logical_and(applied, differs)
