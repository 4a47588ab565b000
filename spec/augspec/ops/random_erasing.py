"""The op `random_erasing`."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from augspec.language.distributions import LogUniform, Uniform
from augspec.language.parameters import Area, Aspect
from augspec.namespace import Array
from augspec.ops.base import HolesOp
from augspec.windows import WindowOp

__all__ = ["RandomErasing"]


class RandomErasing(WindowOp, HolesOp):
    """Hide a rectangle of random area and aspect ratio at a random place inside the image.

    Ten candidates w = √(A·r), h = √(A/r), rounded half-up, are drawn at once; the first that fits into the image is
    taken, and the image stays as it is if none does (C12). The offset is uniform over every place that fits.

    Source: Z. Zhong et al., Random erasing data augmentation, AAAI 2020; ranges and ten tries of torchvision 0.20
    (RandomErasing), whose ratio is height over width and whose random values are normals.
    """

    changes: ClassVar[Literal["always", "sometimes", "never"]] = "sometimes"

    op: Literal["random_erasing"]
    area: Area = Uniform(uniform=(0.02, 0.33))
    """Area of the rectangle."""

    ratio: Aspect = LogUniform(log_uniform=(0.3, 3.3))
    """Aspect ratio of the rectangle."""

    def holes(self, draw: Mapping[str, Array], arithmetic: Any, height: int, width: int) -> tuple[Array, ...]:
        """Return the first candidate that fits."""
        w, h, _ = arithmetic.first_window(draw["area"], draw["ratio"], height, width)
        return arithmetic.place(draw["left"], width - w), arithmetic.place(draw["top"], height - h), w, h
