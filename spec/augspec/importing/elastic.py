"""Elastic fields of other libraries: uniform noise, smoothed and multiplied, as a deviation in pixels."""

from __future__ import annotations

import math

from augspec.importing.fields import Json, NotImported

__all__ = ["elastic"]


def elastic(noise: float, sigma: float) -> Json:
    """Return the op, without interpolation and border; its limits are the language's to check.

    Args:
        noise: what multiplies uniform noise of ±1 after its smoothing, in pixels.
        sigma: of the smoothing, in pixels.

    Raises:
        NotImported: nothing is smoothed.
    """
    if sigma <= 0:
        raise NotImported("a field that is not smoothed has no counterpart")
    # Noise in ±1 deviates by 1/√3; a Gaussian over both axes leaves 1/(2·√π·sigma) of that.
    return {"op": "elastic", "alpha": round(noise / (math.sqrt(12 * math.pi) * sigma), 9), "sigma": sigma}
