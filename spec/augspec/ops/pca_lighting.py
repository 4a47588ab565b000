"""The op `pca_lighting`."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import Normal, NormalParameters
from augspec.language.parameters import Parameter, Std
from augspec.namespace import Array, Numbers
from augspec.ops.base import PointwiseOp, largest

__all__ = ["PcaLighting"]

_VALUES = (0.2175, 0.0188, 0.0045)
_VECTORS = ((-0.5675, 0.7192, 0.4009), (-0.5808, -0.0045, -0.8140), (-0.5836, -0.6948, 0.4203))


class PcaLighting(PointwiseOp):
    """Add to every pixel the same colour, drawn along the principal axes of the colours of ImageNet. RGB only.

    The colour is Σ_k z_k · std · λ_k · p_k, with three standard normals z, drawn per sample and cut off at ±5, and the
    eigenvalues λ and eigenvectors p of the RGB covariance. Source: A. Krizhevsky, I. Sutskever and G. Hinton, ImageNet
    classification with deep convolutional neural networks, NIPS 2012 (there `std` is 0.1); the numbers are those of
    facebook/fb.resnet.torch (`datasets/imagenet.lua`): λ = 0.2175, 0.0188, 0.0045,
    p_1 = (−0.5675, −0.5808, −0.5836), p_2 = (0.7192, −0.0045, −0.6948), p_3 = (0.4009, −0.8140, 0.4203).
    """

    channels: ClassVar[tuple[int, ...] | None] = (3,)
    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"

    op: Literal["pca_lighting"]
    std: Std
    """Standard deviation along each axis, in its eigenvalue: 0 changes nothing."""

    def draws(self) -> Iterator[tuple[str, Parameter, Any, int]]:
        """Yield the strength and a normal for each axis."""
        yield from super().draws()
        yield "axes", Parameter("normal"), Normal(normal=NormalParameters(mean=0, std=1, low=-5, high=5)), 3

    def random(self) -> bool:
        """Return True: the axes are drawn even if the strength is not."""
        return True

    def coarse(self, *, exact: bool) -> float:
        """Three products λ·p in 2⁻¹⁵, times 5 deviations; and an offset in 1/65280."""
        return 3 * 2.0**-16 * 5 * largest(self.std) + 0.6 / 65280

    def prepare(self, draw: Mapping[str, Array], arithmetic: Any) -> Mapping[str, Array]:
        """Return the three offsets in 1/65280 of the range, (B, 3).

        z·std is at most 5 · 65280, and the λ·p of one channel add up to 0.14 · 2¹⁵: their products to 1.5·10⁹.
        """
        xp = arithmetic.xp
        std = xp.reshape(draw["std"], (-1, 1))
        along = xp.shr(std * draw["axes"] + 2048, 12)

        def offset(vector: tuple[float, ...]) -> Array:
            weights = [round(value * entry * 32768) for value, entry in zip(_VALUES, vector, strict=True)]
            total = along[:, 0] * weights[0] + along[:, 1] * weights[1] + along[:, 2] * weights[2]
            return xp.shr(total + 16384, 15)

        return {"offsets": xp.stack([offset(vector) for vector in _VECTORS], 1)}

    def pixels(self, x: Array, draw: Mapping[str, Array], m: Numbers) -> Array:
        """Return the shifted channels, clamped."""
        return m.clamp(x + m.offset(m.xp.reshape(draw["offsets"], (-1, 1, 1, 3))))
