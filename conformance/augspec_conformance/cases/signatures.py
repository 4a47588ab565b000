"""The catalogue of shapes and dtypes: a small one, so that compiled modes compile little."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SIGNATURES", "Signature"]


@dataclass(frozen=True)
class Signature:
    """Shape (B, H, W, C) and dtype of a batch of images; sides differ, and one of them is odd."""

    shape: tuple[int, int, int, int]
    dtype: str

    @property
    def integer(self) -> bool:
        """Return whether pixels are integers."""
        return self.dtype.startswith("uint")

    @property
    def top(self) -> float:
        """Return the largest value of the range (C1)."""
        return {"uint8": 255.0, "uint16": 65535.0}.get(self.dtype, 1.0)


SIGNATURES = {
    "small-u8": Signature((2, 12, 9, 3), "uint8"),
    "odd-f32": Signature((3, 33, 17, 3), "float32"),
    "medium-u8": Signature((6, 37, 50, 3), "uint8"),
    "medium-f32": Signature((4, 30, 41, 3), "float32"),
    "dot-u8": Signature((1, 1, 1, 3), "uint8"),
    "dot-f32": Signature((1, 1, 1, 1), "float32"),
    "grey-u8": Signature((3, 16, 24, 1), "uint8"),
    "grey-f32": Signature((5, 16, 24, 1), "float32"),
    "two-u8": Signature((2, 8, 11, 2), "uint8"),
    "four-u8": Signature((2, 7, 10, 4), "uint8"),
    "seven-f32": Signature((2, 9, 8, 7), "float32"),
    "bands-u8": Signature((2, 6, 5, 13), "uint8"),
    "empty-u8": Signature((0, 12, 9, 3), "uint8"),
    "empty-f32": Signature((0, 12, 9, 3), "float32"),
    "row-u8": Signature((2, 1, 9, 3), "uint8"),
    "column-f32": Signature((2, 12, 1, 3), "float32"),
    "large-u8": Signature((1, 160, 144, 3), "uint8"),
    "large-f32": Signature((1, 96, 128, 3), "float32"),
    "square-u8": Signature((3, 14, 14, 3), "uint8"),
    "square-f32": Signature((3, 14, 14, 3), "float32"),
    "thirty-one-u8": Signature((31, 5, 7, 3), "uint8"),
    "many-u8": Signature((64, 6, 7, 3), "uint8"),
    "batch-u8": Signature((512, 6, 7, 3), "uint8"),
    "wide-u8": Signature((1, 129, 640, 3), "uint8"),
    "crowd-u8": Signature((4100, 2, 3, 3), "uint8"),
    "mega-u8": Signature((1, 1000, 1056, 3), "uint8"),
    "one-u8": Signature((1, 12, 9, 3), "uint8"),
    "one-f32": Signature((1, 12, 9, 3), "float32"),
    "small-u16": Signature((2, 12, 9, 3), "uint16"),
    "small-f32": Signature((2, 12, 9, 3), "float32"),
    "small-f16": Signature((2, 12, 9, 3), "float16"),
    "small-bf16": Signature((2, 12, 9, 3), "bfloat16"),
    "small-f64": Signature((2, 12, 9, 3), "float64"),
}
"""By name. `large-*` hold at least 64 KiB: small arrays are copied where large ones are aliased. `wide-u8` has over
2¹⁶ pixels, and rows of more than 512. `batch-u8` and `mega-u8` are for the tier stress, `crowd-u8` has more rows than a
block of work has, `one-*` are for shrunk failures."""
