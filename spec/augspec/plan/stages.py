"""The stages of a plan: frozen, printable, free of data and of any framework."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from augspec.ops.base import Op

__all__ = [
    "Chains",
    "Choose",
    "Degrade",
    "Filter",
    "Leaf",
    "Mix",
    "Move",
    "Noise",
    "Occlude",
    "Plan",
    "Pointwise",
    "Remap",
    "Resample",
    "Selector",
    "Stage",
    "Tile",
    "Type",
    "Veil",
    "Warp",
    "leaves",
    "partner_path",
    "scoped",
    "warps",
]


@dataclass(frozen=True)
class Leaf:
    """One op at its place.

    Attributes:
        op: the normalized op.
        path: its path in draws, e.g. `sample/one_of#0/rotate#0` (R6).
        step: which step of a choice with replacement it belongs to; None outside.
        gated: whether its own `apply` flag decides; False where a `Choose` already decided.
    """

    op: Op
    path: str
    step: int | None = None
    gated: bool = True

    @property
    def gate(self) -> str | None:
        """Return the path of the flag that says whether the op is applied, or None if it always is."""
        return f"{self.path}/apply" if self.gated and self.op.p < 1 else None


@dataclass(frozen=True)
class Move:
    """Exact moves of pixels, bit for bit in every dtype (C11)."""

    leaf: Leaf


@dataclass(frozen=True)
class Warp:
    """One transform of the plane, the product of its members' matrices, resampled once (C10)."""

    members: tuple[Leaf, ...]
    interpolation: str
    border: str
    fill: float | tuple[float, ...]


@dataclass(frozen=True)
class Remap:
    """A movement of the plane that is no matrix, resampled by itself."""

    leaf: Leaf


@dataclass(frozen=True)
class Resample:
    """A window, resampled to a static size; `mirrors` are flips after it that were folded in."""

    leaf: Leaf
    mirrors: tuple[Leaf, ...] = ()


@dataclass(frozen=True)
class Pointwise:
    """A run of pixel functions: one pass over memory, except that statistics need the image first (E5)."""

    members: tuple[Leaf, ...]


@dataclass(frozen=True)
class Noise:
    """A pixel function with a random number per pixel (R16)."""

    leaf: Leaf


@dataclass(frozen=True)
class Filter:
    """A function of each pixel and its neighbours: a convolution of rows and columns, or of a few taps (E7)."""

    leaf: Leaf


@dataclass(frozen=True)
class Degrade:
    """The image alone, resampled onto its own canvas (E7)."""

    leaf: Leaf


@dataclass(frozen=True)
class Occlude:
    """Parts of the image under a fill; nothing moves."""

    leaf: Leaf


@dataclass(frozen=True)
class Veil:
    """A grey over the image, here thicker, there thinner; nothing moves."""

    leaf: Leaf


@dataclass(frozen=True)
class Mix:
    """A mixture of each sample with its partner in the batch, labels as well; nothing but a `Type` follows."""

    leaf: Leaf

    @property
    def partner(self) -> str:
        """Return the path of the drawn partners (R6)."""
        return partner_path(self.leaf.path)

    def drawn(self, name: str) -> str:
        """Return the path of another drawn parameter: of the sample's own, or of the batch's scope (R7)."""
        return f"{scoped(self.leaf.op, self.leaf.path)}/{name}"


@dataclass(frozen=True)
class Tile(Mix):
    """Four samples side by side, with all that belongs to them."""


def scoped(op: Op, path: str) -> str:
    """Return the path of an op's draws in their scope."""
    return path.replace("sample/", "batch/", 1) if getattr(op, "scope", "sample") == "batch" else path


def partner_path(path: str) -> str:
    """Return the path of the partners that an op draws: always one order for the whole batch."""
    return path.replace("sample/", "batch/", 1) + "/partner"


@dataclass(frozen=True)
class Type:
    """A change of what the numbers mean; the last stage."""

    leaf: Leaf


@dataclass(frozen=True)
class Selector:
    """Which branch a sample takes.

    Attributes:
        branch: path of the drawn branch number, or None if there is one branch only.
        gate: path of the flag without which no branch is taken, or None.
        branch_entry: which entry of a drawn vector is meant, such as a step's branch; None for scalars.
        gate_entry: the same of the flag.
        least: from which number on the gate is open: 1 for a flag; a depth that has this step is as large.
    """

    branch: str | None
    gate: str | None
    branch_entry: int | None = None
    gate_entry: int | None = None
    least: int = 1


@dataclass(frozen=True)
class Choose:
    """Each sample runs the branch it drew, or nothing; never all of them."""

    selector: Selector
    branches: tuple[tuple[Stage, ...], ...]


@dataclass(frozen=True)
class Chains:
    """The weighted mean of the image and of several chains that begin at it, one computed after the other.

    Attributes:
        leaf: the op that mixes them; it draws their weights, and is never gated here.
        chains: the stages of each.
    """

    leaf: Leaf
    chains: tuple[tuple[Stage, ...], ...]


Stage = (
    Move
    | Warp
    | Remap
    | Resample
    | Pointwise
    | Noise
    | Filter
    | Degrade
    | Occlude
    | Veil
    | Mix
    | Tile
    | Type
    | Choose
    | Chains
)


@dataclass(frozen=True)
class Plan:
    """What a policy does, in order."""

    stages: tuple[Stage, ...]


def leaves(stages: tuple[Stage, ...]) -> Iterator[Leaf]:
    """Yield every leaf of a plan, in order."""
    for stage in stages:
        if isinstance(stage, Choose):
            for branch in stage.branches:
                yield from leaves(branch)
        elif isinstance(stage, Chains):
            yield stage.leaf
            for chain in stage.chains:
                yield from leaves(chain)
        elif isinstance(stage, (Warp, Pointwise)):
            yield from stage.members
        elif isinstance(stage, Resample):
            yield stage.leaf
            yield from stage.mirrors
        else:
            yield stage.leaf


def warps(stages: tuple[Stage, ...]) -> Iterator[Warp]:
    """Yield every warp of a plan, in order."""
    for stage in stages:
        if isinstance(stage, Choose):
            for branch in stage.branches:
                yield from warps(branch)
        elif isinstance(stage, Chains):
            for chain in stage.chains:
                yield from warps(chain)
        elif isinstance(stage, Warp):
            yield stage
