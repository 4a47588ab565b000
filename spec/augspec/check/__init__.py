"""check: every mismatch between a policy and what it is to run on, told before a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from augspec.check.problem import Problem
    from augspec.language.policy import Policy

__all__ = ["check"]


def check(
    policy: Policy,
    *,
    shape: tuple[int, ...] | None = None,
    dtype: str = "uint8",
    targets: Iterable[str] = (),
    backend: str = "numpy",
    layout: str | None = None,
    mode: str = "auto",
    value_range: tuple[float, float] = (0.0, 1.0),
    frames: bool = False,
) -> tuple[Problem, ...]:
    """Return everything that would go wrong with a policy, in the order of the document; empty if nothing does.

    No pixel is computed, and a backend of ours is asked without importing its framework.

    Args:
        policy: what is to run, in training and in evaluation.
        shape: of the images, in the layout: (B, H, W, C), (H, W, C), or (H, W) where the channels do not matter; with
            `frames`, of the stacks: (B, T, H, W, C), (T, H, W, C), or (H, W).
            Without it, sizes and channels are not checked.
        dtype: of the images.
        targets: what the samples hold besides the image, each with its format: "mask:int32",
            "boxes:xyxy", "boxes:cxcywh:normalized", "keypoints:index"; other names pass through.
        backend: as for `augspec.compile`.
        layout: "NHWC" or "NCHW"; the framework's habit by default.
        mode: as for `augspec.compile`.
        value_range: (low, high) of float images.
        frames: as for `augspec.compile`.

    Raises:
        TypeError: it is no policy.
    """
    from augspec.check import backends, document, pixels, samples, sizes
    from augspec.check.setting import read
    from augspec.language.policy import Policy

    if not isinstance(policy, Policy):
        raise TypeError(f"check() takes a Policy (from augspec.load, loads or parse), got {type(policy).__name__}")
    setting, problems = read(
        shape=shape,
        dtype=dtype,
        targets=tuple(targets),
        backend=backend,
        layout=layout,
        mode=mode,
        value_range=value_range,
        frames=frames,
    )
    for part in (backends, document, sizes, pixels, samples):
        problems += part.problems(policy, setting)
    return tuple(dict.fromkeys(problems))
