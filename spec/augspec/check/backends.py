"""The backend: installed here, and able to do what is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from augspec.check.problem import Problem
from augspec.check.setting import Setting
from augspec.errors import nearest, show

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["problems"]


def problems(_policy: Policy, setting: Setting) -> list[Problem]:
    """Return what the backend lacks, for this declaration."""
    return [*_installed(setting), *_able(setting), *_range(setting)]


def _installed(setting: Setting) -> Iterator[Problem]:
    if setting.install:
        yield Problem(
            "backend",
            show(setting.backend),
            "a backend whose framework is installed here",
            f"Install it with: {setting.install}",
        )


def _able(setting: Setting) -> Iterator[Problem]:
    able = setting.able
    if able is None:
        return
    if setting.layout not in able.layouts:
        yield Problem("layout", setting.layout, f"{', '.join(able.layouts)} on the backend {setting.backend!r}")
    modes = ("auto", *able.modes)
    if setting.mode not in modes:
        allowed = f"{', '.join(modes)} on the backend {setting.backend!r}"
        yield Problem("mode", show(setting.mode), allowed, nearest(setting.mode, modes))


def _range(setting: Setting) -> Iterator[Problem]:
    pair = setting.value_range
    if not all(math.isfinite(end) for end in pair) or not -1e9 < pair[0] < pair[1] < 1e9:
        yield Problem(
            "value_range", ", ".join(f"{end:g}" for end in pair), "a pair of finite numbers, the lower one first"
        )
