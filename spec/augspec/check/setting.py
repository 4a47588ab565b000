"""What a policy is to run on, as it was declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from augspec.bind import capabilities
from augspec.check.problem import Problem
from augspec.errors import BackendUnavailable, nearest, show
from augspec.formats import CHOICES

__all__ = ["Setting", "read"]


@dataclass(frozen=True)
class Setting:
    """A declaration, read.

    Attributes:
        shape: of the images, or None.
        dtype: of the images.
        targets: format words of every target besides the image, by name.
        backend: its name.
        able: what the backend can do, or None if that cannot be told here.
        install: the line that installs what the backend lacks here; empty if nothing.
        layout: "NHWC" or "NCHW".
        mode: an execution mode, or "auto".
        value_range: of float images.
        frames: whether samples are stacks of images.
    """

    shape: tuple[int, ...] | None
    dtype: str
    targets: Mapping[str, tuple[str, ...]]
    backend: str
    able: Any
    install: str
    layout: str
    mode: str
    value_range: tuple[float, float]
    frames: bool = False

    @property
    def single(self) -> str:
        """Return the axes of one sample's image, such as HWC."""
        return ("T" if self.frames else "") + self.layout[1:]

    @property
    def size(self) -> tuple[int, int] | None:
        """Return the (height, width), if it is known."""
        if self.shape is None or len(self.shape) not in (2, len(self.single), len(self.single) + 1):
            return None
        if len(self.shape) == 2 or self.layout == "NCHW":
            return self.shape[-2], self.shape[-1]
        return self.shape[-3], self.shape[-2]

    @property
    def channels(self) -> int | None:
        """Return the number of channels, if it is known."""
        if self.size is None or self.shape is None or len(self.shape) == 2:
            return None
        return self.shape[-3] if self.layout == "NCHW" else self.shape[-1]

    @property
    def batched(self) -> bool:
        """Return whether whole batches are given."""
        return self.shape is not None and len(self.shape) == len(self.single) + 1


def read(
    *,
    shape: tuple[int, ...] | None,
    dtype: str,
    targets: tuple[str, ...],
    backend: str,
    layout: str | None,
    mode: str,
    value_range: tuple[float, float],
    frames: bool,
) -> tuple[Setting, list[Problem]]:
    """Return a declaration, and what is wrong with it by itself."""
    problems: list[Problem] = []
    able, install = None, ""
    try:
        able, install = capabilities(backend)
    except BackendUnavailable as error:
        problems.append(Problem("backend", show(backend), f"a backend that is here ({error.reason})", _how(error)))
    habit = "NHWC" if able is None else able.default_layout
    words = CHOICES["layout"]
    form = habit if layout is None else layout.upper()
    if form not in words:
        problems.append(Problem("layout", show(layout), " or ".join(words), nearest(form, words)))
        form = habit
    found: dict[str, tuple[str, ...]] = {}
    for text in targets:
        name, *formats = text.split(":")
        if name in found:
            problems.append(Problem(f"target {name}", "it twice", "every target once"))
        found[name] = tuple(formats)
    setting = Setting(shape, dtype, found, backend, able, install, form, mode, value_range, frames)
    return setting, problems


def _how(error: BackendUnavailable) -> str:
    return f"Install it with: {error.install}" if error.install else error.fix
