"""stats: what a policy does to samples, counted over many draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from augspec.language.policy import Policy
    from augspec.statistics.result import Statistics

__all__ = ["stats"]


def stats(policy: Policy, *, samples: int = 4096, shape: tuple[int, int] = (480, 640), seed: int = 0) -> Statistics:
    """Return counts over draws of the training pipeline: no image is needed, and NumPy alone is used.

    Args:
        policy: what draws.
        samples: how many draws; ids 0 … samples − 1 of the key `seed`. The geometry, which costs most, is followed on
            fewer of them where the images are large: the first `Statistics.followed`.
        shape: (height, width) of the images.
        seed: the key.

    Raises:
        TypeError: it is no policy.
        SampleError: an op is not defined on images of this size.
        ValueError: less than one sample.
    """
    from augspec.language.policy import Policy
    from augspec.statistics.counts import counted
    from augspec.statistics.light import brightness
    from augspec.statistics.result import Statistics
    from augspec.statistics.sight import followed, sight

    if not isinstance(policy, Policy):
        raise TypeError(f"stats() takes a Policy (from augspec.load, loads or parse), got {type(policy).__name__}")
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    ops, parameters, identity = counted(policy, samples, seed)
    count = followed(samples, shape)
    area, boxes = sight(policy, count, shape, seed)
    shift = brightness(policy, samples, seed)
    return Statistics(samples, count, shape, seed, identity, ops, parameters, area, boxes, shift)
