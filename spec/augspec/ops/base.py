"""What an op is: its fields, what it draws, how it lowers to a stage; one subclass in one file per op."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args, get_origin

from pydantic import Field

from augspec.errors import SampleError
from augspec.language.model import Model
from augspec.language.parameters import Border, Fill, Filling, Parameter, Probability, WarpInterpolation
from augspec.moves import Flip, Move
from augspec.namespace import Array, Namespace, Noise, Numbers, Places, Plane, Transform

__all__ = [
    "Combinator",
    "DegradeOp",
    "FilterOp",
    "FlipOp",
    "HolesOp",
    "Macro",
    "MoveOp",
    "NoiseOp",
    "OccludeOp",
    "Op",
    "PixelOp",
    "PointwiseOp",
    "RemapOp",
    "ResampleOp",
    "TypeOp",
    "WarpOp",
    "bounds",
    "largest",
    "sheared",
]

Identity = Annotated[
    str | None,
    Field(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?(#[0-9]+)?$",
        max_length=64,
        description="Names the op's random streams; default `type#k`, k counting siblings of the same type.",
    ),
]


_GEOMETRY = ("mask", "boxes", "keypoints")
"""Targets that follow the geometry of an image (C14)."""


class Op(Model):
    """Any element of a policy's `ops`."""

    stage: ClassVar[str]
    """The kind of stage it lowers to (see `augspec.plan.stages`)."""

    channels: ClassVar[tuple[int, ...] | None] = None
    """Channel counts it accepts; None for any."""

    tolerance: ClassVar[str] = "point-f"
    """Numeric class of its float pixels; uint8 is equality for every op."""

    jumps: ClassVar[bool] = False
    """Whether a tiny change of a pixel may change the result by much more."""

    linear: ClassVar[bool] = False
    """Whether the result is linear in the image, as long as nothing is clamped or filled in."""

    monotone: ClassVar[bool] = False
    """Whether it never turns the order of two pixels of a channel around."""

    resizes: ClassVar[bool] = False
    """Whether the result has another size than the image."""

    changes: ClassVar[Literal["always", "sometimes", "never"]] = "always"
    """Whether it changes images of noise, at parameters that are not neutral."""

    ideal: ClassVar[Literal["real", "integers"]] = "real"
    """What uint8 pixels are measured against (E8): real mathematics, rounded once, or integers that define the op."""

    by_channel: ClassVar[bool] = False
    """Whether it treats channels differently, by their place."""

    reflects: ClassVar[bool] = False
    """Whether it may make left of right, so that pairs of keypoints exchange places (T4)."""

    across: ClassVar[bool] = False
    """Whether the result of a sample depends on others of its batch: such an op stands last, and needs a batch."""

    partners: ClassVar[int] = 0
    """With how many other samples of the batch, the next ones in a drawn order, each one is mixed."""

    rows: ClassVar[int] = 1
    """How many times as many boxes and keypoints it gives: those of other samples come together with its own."""

    edges: ClassVar[bool] = False
    """Whether it decides about pixels by rounded places, so that one on an edge may end on either side of it."""

    sees: ClassVar[bool] = False
    """Whether it depends on the boxes as they are when the op is reached; it then gets them among the draws."""

    needs: ClassVar[tuple[str, ...]] = ()
    """Targets that it looks at besides the image: a sample without one of them is refused."""

    needs_one: ClassVar[tuple[str, ...]] = ()
    """Targets of which a sample must have at least one."""

    refuses: ClassVar[tuple[str, ...]] = ()
    """Targets for which it has no meaning: a sample with one of them is refused."""

    id: Identity = None
    p: Probability = 1.0

    @property
    def tag(self) -> str:
        """Return the op's name in documents."""
        return str(self.op)  # type: ignore[attr-defined]

    @classmethod
    def parameters(cls) -> Iterator[tuple[str, Parameter]]:
        """Yield the drawable fields, in the order of declaration."""
        for name, field in cls.model_fields.items():
            for mark in (*field.metadata, *_nested_metadata(field.annotation)):
                if isinstance(mark, Parameter):
                    yield name, mark

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield (name, parameter, constant or distribution, entries) of the parameters that are set."""
        for name, mark in self.parameters():
            value = getattr(self, name)
            if value is not None:
                yield name, mark, value, 1

    def accepts(self, channels: int) -> bool:
        """Return whether the op is defined on images of so many channels."""
        return self.channels is None or channels in self.channels

    def knows_colours(self) -> bool:
        """Return whether red, green and blue mean different things to it."""
        return not self.accepts(2)

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size of the result, from that of the image.

        Raises:
            SampleError: the op is not defined on images of this size.
        """
        return height, width

    def accepts_size(self, height: int, width: int) -> bool:
        """Return whether the op is defined on images of this size."""
        try:
            self.output_size(height, width)
        except SampleError:
            return False
        return True

    def accepted(self) -> str:
        """Return the accepted channel counts in words."""
        return "any number of" if self.channels is None else " or ".join(str(count) for count in self.channels)

    def neutral(self) -> Mapping[str, float] | None:
        """Return the parameter values at which the op changes nothing, or None if there are none."""
        values = {name: mark.quantity.neutral for name, mark in self.parameters()}
        if not values or any(value is None for value in values.values()):
            return None
        return {name: float(value) for name, value in values.items() if value is not None}

    def random(self) -> bool:
        """Return whether the op draws anything at all."""
        return self.noisy() or self.p < 1 or any(hasattr(value, "support") for _, _, value, _ in self.draws())

    def noisy(self) -> bool:
        """Return whether the op draws numbers for every pixel (R16)."""
        return False

    def touches(self) -> tuple[str, ...]:
        """Return the targets besides the image that it may change; none if pixels stay where they are."""
        return ()

    def refused(self) -> tuple[str, ...]:
        """Return the targets for which it has no meaning, with these fields and members."""
        return self.refuses


class MoveOp(Op):
    """An exact move of pixels: bit for bit in every dtype (C11)."""

    stage: ClassVar[str] = "move"
    linear: ClassVar[bool] = True
    tolerance: ClassVar[str] = "move"

    @abstractmethod
    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the elementary moves, the first one first, on a canvas of this size.

        Raises:
            SampleError: the op does not fit the size.
        """

    @property
    def mirrors(self) -> Literal["horizontal", "vertical"] | None:
        """Return the axis it mirrors, if it is a flip; flips join a warp beside them (C10)."""
        return None

    def touches(self) -> tuple[str, ...]:
        """Return all targets that follow geometry."""
        return _GEOMETRY

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size after the moves, from the size before."""
        for move in self.moves(height, width):
            height, width = move.size(height, width)
        return height, width

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the arrays that the moves name, (B,) or (B, 16), from drawn parameters."""
        return {}


class FlipOp(MoveOp):
    """A mirroring of one axis."""

    reflects: ClassVar[bool] = True
    axis: ClassVar[Literal["horizontal", "vertical"]]

    @property
    def mirrors(self) -> Literal["horizontal", "vertical"] | None:
        """Return the axis."""
        return self.axis

    def moves(self, height: int, width: int) -> tuple[Move, ...]:
        """Return the flip."""
        return (Flip(self.axis),)


class WarpOp(Op):
    """A movement of the plane; neighbours with equal interpolation, border and fill become one (C10)."""

    stage: ClassVar[str] = "warp"
    linear: ClassVar[bool] = True
    tolerance: ClassVar[str] = "interp-f"

    interpolation: WarpInterpolation = "bilinear"
    border: Border = "constant"
    fill: Fill = 0.0

    @abstractmethod
    def transform(self, draw: Mapping[str, Array], plane: Plane) -> Transform:
        """Return the movement for drawn parameters of shape (B,)."""

    @abstractmethod
    def growth(self) -> tuple[float, float, float]:
        """Return bounds for the planner (E2): row sums of inverse and forward matrix, shift in sides."""

    def stretch(self) -> tuple[float, float]:
        """Return by how much the inverse and the forward matrix can lengthen a vector: their 2-norms, or more."""
        back, ahead, _ = self.growth()
        return math.sqrt(2) * back, math.sqrt(2) * ahead

    def touches(self) -> tuple[str, ...]:
        """Return all targets that follow geometry."""
        return _GEOMETRY


class RemapOp(Op):
    """A movement of the plane that is no matrix: a resampling of its own, which ends a run of warps (C10)."""

    stage: ClassVar[str] = "remap"
    linear: ClassVar[bool] = True
    tolerance: ClassVar[str] = "interp-f"
    edges: ClassVar[bool] = True

    between: ClassVar[int] = 0
    """How many points of each side of a box its hull takes in, besides the corners: lines may become curves (T3)."""

    interpolation: WarpInterpolation = "bilinear"
    border: Border = "constant"
    fill: Fill = 0.0

    @abstractmethod
    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return what positions and points need, (B, …), from drawn parameters, and `changed`.

        `changed`, (B,) bool, says which samples the op moves at all; at least one array is int32.
        """

    def field(self, prepared: Mapping[str, Array], places: Places, noise: Noise) -> Mapping[str, Array]:
        """Return what positions and points need of random numbers of each pixel, (B, H, W, …), made once.

        Only an op that is `noisy` is asked; it finds these arrays among what was prepared.
        """
        return {}

    @abstractmethod
    def sources(self, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return the columns and rows that pixels come from, (B, H, W) each, in 2⁻¹² half pixels from pixel 0.

        Where `changed` is false they must be the pixels' own places, to within one of these steps.
        """

    @abstractmethod
    def move(self, x: Array, y: Array, prepared: Mapping[str, Array], places: Places) -> tuple[Array, Array]:
        """Return where points go: float32 pixels (B, N), for any finite x and y."""

    def touches(self) -> tuple[str, ...]:
        """Return all targets that follow geometry."""
        return _GEOMETRY


class ResampleOp(Op):
    """A window of the image, resampled to a place on a canvas of static size; antialiased as a rule (C8)."""

    stage: ClassVar[str] = "resample"
    linear: ClassVar[bool] = True
    tolerance: ClassVar[str] = "interp-f"
    resizes: ClassVar[bool] = True

    @abstractmethod
    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return the size of the result."""

    @abstractmethod
    def window(self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any) -> tuple[Array, ...] | None:
        """Return what is read, per-sample integers (left, top, width, height), each (B,); None for the whole image.

        An op that sees finds `boxes` (B, N, 4), corners in 2⁻ᵇ pixel, and `boxes_seen` (B, N) bool in `draw`, with b
        such that a side has at most 2¹³ of them: `arithmetic.box_bits`.
        """

    def placement(
        self, draw: Mapping[str, Array], height: int, width: int, arithmetic: Any
    ) -> tuple[Array, ...] | None:
        """Return where the window lands, (left, top, width, height), each (B,); None for all of the canvas.

        It may reach beyond the canvas, with sides up to 16384 pixels; what it leaves free shows the op's `fill`.
        """
        return None

    def least(self, height: int, width: int) -> tuple[int, int]:
        """Return sides that no placement is below, (height, width)."""
        return self.output_size(height, width)

    def touches(self) -> tuple[str, ...]:
        """Return all targets that follow geometry."""
        return _GEOMETRY


class PixelOp(Op):
    """Changes pixels and moves none: base of what follows."""

    def steepness(self) -> float:
        """Return by how much the op may enlarge a difference between two inputs, over all that it can draw."""
        return 1.0

    def enlarges(self) -> float:
        """Return by how much a last step enlarges what the steps before it were off by."""
        return 1.0

    def coarse(self, *, exact: bool) -> float:
        """Return what rounded coefficients, or a table, may add to a pixel of either domain, in the unit range."""
        return 0.0

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return what the pixels need, once per sample, from drawn parameters (B,): by default these themselves."""
        return draw


class PointwiseOp(PixelOp):
    """A function of each pixel, the sample's parameters and, perhaps, a statistic of the sample (E5)."""

    stage: ClassVar[str] = "pointwise"

    @property
    def statistic(self) -> bool:
        """Return whether the op needs a statistic of the image first."""
        return False

    @abstractmethod
    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return new pixels (B, H, W, C) from pixels and prepared integers, (B, 1, 1, 1) where they were (B,)."""


class NoiseOp(PixelOp):
    """A pixel function with counter-based random numbers of its own (R16)."""

    stage: ClassVar[str] = "noise"

    def deviation(self) -> float:
        """Return by how much a normal is multiplied at most, in the unit range; 0 if it uses none."""
        return 0.0

    def noisy(self) -> bool:
        """Return True."""
        return True

    @abstractmethod
    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers, noise: Noise) -> Array:
        """Return new pixels (B, H, W, C)."""


class FilterOp(PixelOp):
    """A function of each pixel and its neighbours; weights, where it has some, sum to exactly 2¹⁵ (E7)."""

    stage: ClassVar[str] = "filter"
    tolerance: ClassVar[str] = "interp-f"

    flat: ClassVar[bool] = True
    """Whether an image of one colour stays as it is."""

    @abstractmethod
    def reach(self) -> int:
        """Return the static number of pixels that it reaches to each side."""

    @abstractmethod
    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return new pixels (B, H, W, C) from pixels and what was prepared."""


class DegradeOp(Op):
    """The image alone is resampled onto its own canvas: it loses detail, and nothing moves."""

    stage: ClassVar[str] = "degrade"
    linear: ClassVar[bool] = True
    tolerance: ClassVar[str] = "interp-f"

    @abstractmethod
    def reach(self) -> int:
        """Return how far the pixels are that it reads, along one axis, and how many at most."""

    @abstractmethod
    def axis(self, draw: Mapping[str, Array], side: int, arithmetic: Any) -> tuple[Array, Array]:
        """Return what makes a line of `side` pixels of itself: first indices (B, side), weights (B, side, T).

        Weights are not negative and sum to 2¹⁵ (E7); those of pixels outside are 0.
        """


class OccludeOp(Op):
    """Hides parts of the image under a fill; every pixel is hidden, or is as it was (C11).

    Nothing moves. Masks, boxes and keypoints say where things are, be they seen or not, and stay as they are: boxes
    always, the other two unless a field asks for more. What is hidden is decided in integers (E4).
    """

    stage: ClassVar[str] = "occlude"

    fill: Filling = 0.0
    fill_mask: bool = False
    """Whether masks show `targets.mask.fill` where the image is hidden."""

    hide_keypoints: bool = False
    """Whether keypoints in hidden pixels turn invisible."""

    @property
    def statistic(self) -> bool:
        """Return whether the op needs a statistic of the image first."""
        return self.fill == "mean"

    @property
    def per_channel(self) -> bool:
        """Return whether each channel has numbers of its own."""
        return self.noisy()

    def noisy(self) -> bool:
        """Return whether the fill is noise."""
        return self.fill == "noise"

    def touches(self) -> tuple[str, ...]:
        """Return what the fields ask for: masks, keypoints, both or none."""
        asked = {"mask": self.fill_mask, "keypoints": self.hide_keypoints}
        return tuple(name for name, wanted in asked.items() if wanted)

    @abstractmethod
    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return what tells hidden pixels from others, (B,) or (B, n) int32, from drawn parameters."""

    @abstractmethod
    def hides(self, x: Array, y: Array, prepared: Mapping[str, Array], xp: Namespace) -> Array:
        """Return which pixels are hidden, bool, of the shape to which the arrays broadcast.

        Args:
            x: columns j of pixels, int32 as 2j + 1 − W, (B or 1, …, …).
            y: rows i of pixels, int32 as 2i + 1 − H.
            prepared: what `prepare` returned: (B, 1, 1), or (B, n, 1, 1).
            xp: the namespace.
        """


class HolesOp(OccludeOp):
    """Hides rectangles of whole pixels."""

    @abstractmethod
    def holes(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> tuple[Array, ...]:
        """Return (left, top, width, height) in pixels, (B,) or (B, n) int32; what lies outside of the image is cut."""

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> Mapping[str, Array]:
        """Return the edges of the holes."""
        edges: Mapping[str, Array] = arithmetic.rectangles(self.holes(draw, arithmetic, height, width), height, width)
        return edges

    def hides(self, x: Array, y: Array, prepared: Mapping[str, Array], xp: Namespace) -> Array:
        """Return which pixels lie in some hole."""
        found = None
        for i in range(xp.shape(prepared["left"])[1]):
            left, right, top, bottom = (prepared[name][:, i, ...] for name in ("left", "right", "top", "bottom"))
            across, down = xp.logical_and(x >= left, x < right), xp.logical_and(y >= top, y < bottom)
            here = xp.logical_and(across, down)
            found = here if found is None else xp.logical_or(found, here)
        return found


class TypeOp(Op):
    """Changes what the numbers mean; must come last (C3)."""

    stage: ClassVar[str] = "type"

    @abstractmethod
    def scaling(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return what is subtracted, and what is divided by, in the unit range: one per channel, or one for all."""

    def steepness(self) -> float:
        """Return by how much the op enlarges a difference between two inputs."""
        return 1.0 / min(self.scaling()[1])


class Combinator(Op):
    """Holds other ops in its field `ops`."""

    stage: ClassVar[str] = "combinator"

    chooses: ClassVar[bool] = False
    """Whether it draws which members act, or when: then no run of warps reaches into it or out of it (C10)."""

    keeps_size: ClassVar[bool] = False
    """Whether no member may change the size, because how often and when it acts is drawn."""

    computes: ClassVar[bool] = False
    """Whether it computes pixels itself, besides running its members."""

    ops: tuple[AnyOp, ...]

    @property
    def anew(self) -> bool:
        """Return whether its members draw anew for each of its `turns`."""
        return False

    def turns(self) -> int:
        """Return how many steps its plan has at which every member may act."""
        return 1

    def touches(self) -> tuple[str, ...]:
        """Return what some member may change."""
        found = {name for member in self.ops for name in member.touches()}
        return tuple(name for name in _GEOMETRY if name in found)


class Macro(Op):
    """Stands for other ops: `normalize` puts them in its place, a document and its hash keep the macro."""

    stage: ClassVar[str] = "macro"

    @abstractmethod
    def expansion(self) -> Combinator:
        """Return what it stands for: a combinator of the same `id` and `p`, whose members may have ids of their own."""


if TYPE_CHECKING:
    AnyOp = Op
    """The closed union of all ops, tagged by `op`; the registry fills it in once every op is known."""


def _nested_metadata(annotation: Any) -> Iterator[Any]:
    """Yield what `Annotated` types inside a union carry: `Factor | None` hides it one level down."""
    for inner in get_args(annotation):
        if get_origin(inner) is Annotated:
            yield from get_args(inner)[1:]


def bounds(value: Any) -> tuple[float, float]:
    """Return the smallest and largest number that a constant or distribution can be."""
    return value.support() if hasattr(value, "support") else (float(value), float(value))


def largest(value: Any) -> float:
    """Return the largest magnitude that a constant or distribution can have."""
    low, high = bounds(value)
    return max(abs(low), abs(high))


def sheared(tangent: float) -> float:
    """Return the 2-norm of [1 k; 0 1], the larger root of σ² − |k|·σ − 1."""
    return (tangent + math.sqrt(tangent * tangent + 4)) / 2
