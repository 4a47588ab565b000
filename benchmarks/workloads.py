"""The work that every contender does: what is drawn, and the images it is done to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Images = npt.NDArray[np.uint8]
Range = tuple[float, float]


@dataclass(frozen=True)
class Workload:
    """Rotate, scale, brightness and contrast, one draw of each per sample.

    Peers read the ranges, augspec reads `policy`, so that nobody repeats the numbers.
    """

    name: str = "W1"
    batch: int = 64
    side: int = 224
    degrees: Range = (-15.0, 15.0)
    scale: Range = (0.8, 1.2)
    brightness: Range = (0.8, 1.2)
    contrast: Range = (0.8, 1.2)

    @property
    def policy(self) -> dict[str, Any]:
        """The same work as a policy document."""
        return {
            "augspec": 1,
            "name": self.name.lower(),
            "ops": [
                {"op": "rotate", "degrees": {"uniform": list(self.degrees)}},
                {"op": "scale", "factor": {"uniform": list(self.scale)}},
                {"op": "brightness_scale", "factor": {"uniform": list(self.brightness)}},
                {"op": "contrast", "factor": {"uniform": list(self.contrast)}, "pivot": "grey_mean"},
            ],
        }

    def images(self, *, seed: int = 0) -> Images:
        """Photo-like images (B, H, W, 3): a 1/f spectrum, as natural scenes have, and a few hard edges."""
        rng = np.random.default_rng(seed)
        side = self.side
        fy, fx = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :]
        falloff = 1.0 / np.maximum(np.hypot(fy, fx), 1.0 / side)
        grain = rng.standard_normal((self.batch, 4, side, side))
        planes = np.fft.irfft2(np.fft.rfft2(grain) * falloff, s=(side, side))
        planes /= planes.std(axis=(2, 3), keepdims=True)
        # A shared luminance plane and weaker colour planes: channels of a photo are strongly correlated.
        pictures = np.moveaxis(planes[:, :1] + 0.3 * planes[:, 1:], 1, -1) * 45.0
        pictures += rng.uniform(80.0, 170.0, (self.batch, 1, 1, 3))
        for picture in pictures:
            for _ in range(3):
                top, left = rng.integers(0, side - 40, 2)
                height, width = rng.integers(20, side // 2, 2)
                picture[top : top + height, left : left + width] += rng.uniform(-70.0, 70.0, 3)
        return np.clip(np.rint(pictures), 0, 255).astype(np.uint8)


W1 = Workload()
