"""Reads what belongs to a photograph: masks, masks of instances, boxes, keypoints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import typer

from augspec.cli.read import opened_image
from augspec.language.policy import Policy

__all__ = ["BOXES", "POINTS", "instances_file", "mask_files", "rows_files"]

BOXES = "[[x0, y0, x1, y1], …], [[cx, cy, w, h, degrees], …]"
"""What stands in a file of boxes, in pixels of the photograph."""

POINTS = "[[x, y], …]"
"""What stands in a file of keypoints."""

_WIDTHS = {"boxes": (4, 5), "keypoints": (2,)}


def mask_files(given: Sequence[str], policy: Policy, size: tuple[int, int]) -> dict[str, Any]:
    """Return integer masks (H, W) by the names of their entries in a sample.

    Args:
        given: files, or NAME=FILE where `targets.masks` of the policy has the name.
        policy: the policy.
        size: (height, width) of the photograph as it is shown.
    """
    found: dict[str, Any] = {}
    known = ("mask", *policy.targets.masks)
    for one in given:
        name, named, file = one.partition("=")
        name, file = (name, file) if named else ("mask", one)
        if name not in known:
            names = ", ".join(known[1:]) or "none"
            raise typer.BadParameter(f"no mask is called {name!r}; targets.masks of the policy names {names}")
        if name in found:
            raise typer.BadParameter(f"two files for {name}; a sample has one mask of each name")
        found[name] = _classes(Path(file), size)
    return found


def instances_file(path: Path, size: tuple[int, int]) -> Any:
    """Return masks of instances, uint8 (N, H, W), from an image of their numbers, in which 0 is background."""
    labels = _classes(path, size)
    numbers = np.unique(labels[labels != 0])
    if not len(numbers):
        raise typer.BadParameter(f"{path}: it holds no instance: all its pixels are 0")
    return (labels == numbers[:, None, None]).astype(np.uint8)


def rows_files(boxes: Path | None, keypoints: Path | None, scale: float) -> dict[str, Any]:
    """Return boxes (N, 4) as xyxy or (N, 5) as cxcywhr, and keypoints (K, 2), float32, in pixels as they are shown.

    Args:
        boxes: a JSON file of rows, or of {"boxes": …, "keypoints": …}.
        keypoints: a JSON file of rows.
        scale: by how much the photograph was reduced.
    """
    found: dict[str, Any] = {}
    if boxes is not None:
        given = _json(boxes)
        entries = given if isinstance(given, Mapping) else {"boxes": given}
        found = {name: _rows(entries[name], name) for name in _WIDTHS if name in entries}
        if not found or any(rows is None for rows in found.values()):
            raise typer.BadParameter(f'{boxes}: give {BOXES} or {{"boxes": …, "keypoints": {POINTS}}}')
    if keypoints is not None:
        if "keypoints" in found:
            raise typer.BadParameter(f"keypoints stand in both files, {boxes} and {keypoints}; leave one out")
        found["keypoints"] = _rows(_json(keypoints), "keypoints")
        if found["keypoints"] is None:
            raise typer.BadParameter(f"{keypoints}: give {POINTS}")
    for rows in found.values():
        rows[:, :4] *= np.float32(scale)  # an angle stays
    return found


def _rows(value: Any, name: str) -> Any:
    """Return an array of rows, or None where it is something else."""
    try:
        rows = np.array(value, np.float32)
    except (ValueError, TypeError):
        return None
    if rows.size == 0:
        return np.zeros((0, _WIDTHS[name][0]), np.float32)
    good = rows.ndim == 2 and rows.shape[1] in _WIDTHS[name] and bool(np.isfinite(rows).all())
    return rows if good else None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise typer.BadParameter(f"no such file: {path}") from None
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{path} is no JSON that can be read ({error})") from None


def _classes(path: Path, size: tuple[int, int]) -> Any:
    """Return an int32 mask (H, W), brought to the photograph's size by nearest neighbours.

    Args:
        path: an image of class numbers: grey or palette; of colours, every colour is a class.
        size: (height, width).
    """
    from PIL import Image

    with opened_image(path) as image:
        plain = image if image.mode in ("1", "L", "P", "I", "I;16") else image.convert("RGB").quantize(8)
        resized = plain.resize((size[1], size[0]), Image.Resampling.NEAREST)
    labels = np.array(resized).astype(np.int32)
    return np.searchsorted(np.unique(np.append(labels, 0)), labels).astype(np.int32)
