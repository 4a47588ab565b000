"""What an augmenter is compiled for: layout, value range, formats and mode, declared and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from augspec.errors import Unsupported, nearest
from augspec.formats import CHOICES, ROTATED

__all__ = ["Capabilities", "Options"]


@dataclass(frozen=True)
class Capabilities:
    """What a backend can do; the conformance suite holds it to this, in both directions.

    Attributes:
        dtypes: image dtypes of any op; other dtypes take exact moves only.
        layouts: image layouts.
        modes: execution modes besides "auto".
        default_layout: the framework's habit.
        auto: the mode that "auto" means.
        differentiable: whether gradients flow to float images.
        devices: where it runs.
        framework: the module that has to be installed; empty if that is the backend's own affair.
    """

    dtypes: tuple[str, ...]
    layouts: tuple[str, ...]
    modes: tuple[str, ...]
    default_layout: str
    auto: str
    differentiable: bool
    devices: tuple[str, ...]
    framework: str = ""


@dataclass(frozen=True)
class Options:
    """The keyword options of `augspec.compile`, checked.

    Attributes:
        layout: "NHWC" or "NCHW"; single samples are "HWC" or "CHW" accordingly.
        value_range: (low, high) of float images; uint8 and uint16 always use their whole range.
        box_format: "xyxy", "xywh", "cxcywh", "yxyx", or "cxcywhr" with an angle in degrees.
        box_units: "pixels" or "normalized" by the image's sides.
        keypoint_format: "xy" continuous, or "index" for pixel indices (shifted by ½).
        mode: an execution mode of the backend.
        frames: whether a sample is a stack of images, (T, H, W, C), that share one draw (T7).
    """

    layout: str
    value_range: tuple[float, float]
    box_format: str
    box_units: str
    keypoint_format: str
    mode: str
    frames: bool = False

    @property
    def single(self) -> str:
        """Return the axes of one sample's image, such as HWC."""
        return ("T" if self.frames else "") + self.layout[1:]

    @property
    def batch(self) -> str:
        """Return the axes of a batch of images, such as NHWC."""
        return f"N{self.single}"

    @classmethod
    def checked(cls, backend: str, capabilities: Capabilities, given: dict[str, Any]) -> Options:
        """Return the options, or raise `Unsupported` naming the option, its value and what is allowed."""
        defaults: dict[str, Any] = {
            "layout": None,
            "value_range": (0.0, 1.0),
            "box_format": "xyxy",
            "box_units": "pixels",
            "keypoint_format": "xy",
            "mode": "auto",
            "frames": False,
        }
        for name in given:
            if name not in defaults:
                raise Unsupported(
                    f"compile(…, {name}=…)", f"no such option; allowed: {', '.join(defaults)}", nearest(name, defaults)
                )
        options = {**defaults, **given}
        if options["layout"] is None:
            options["layout"] = capabilities.default_layout
        modes = ("auto", *capabilities.modes)
        for name, words in {**CHOICES, "layout": capabilities.layouts, "mode": modes}.items():
            if options[name] not in words:
                raise Unsupported(
                    f"compile(…, {name}={options[name]!r})",
                    f"the backend {backend!r} knows {', '.join(words)}",
                    nearest(str(options[name]), words),
                )
        if options["box_format"] in ROTATED and options["box_units"] != "pixels":
            raise Unsupported(
                f"compile(…, box_format={options['box_format']!r}, box_units={options['box_units']!r})",
                "an angle means nothing where both axes have units of their own",
                "Give such boxes in pixels.",
            )
        if not isinstance(options["frames"], bool):
            raise Unsupported(f"compile(…, frames={options['frames']!r})", "whether samples are stacks: true or false")
        if options["mode"] == "auto":
            options["mode"] = capabilities.auto
        options["value_range"] = _range(options["value_range"])
        return cls(**options)


def _range(value: Any) -> tuple[float, float]:
    pair: tuple[Any, ...] = tuple(value) if isinstance(value, (Sequence, np.ndarray)) else ()
    ends = [float(end) for end in pair if isinstance(end, (int, float, np.integer, np.floating))]
    if len(pair) != 2 or len(ends) != 2 or not -1e9 < ends[0] < ends[1] < 1e9:
        raise Unsupported(f"compile(…, value_range={value!r})", "a pair of finite numbers (low, high), low < high")
    return ends[0], ends[1]
