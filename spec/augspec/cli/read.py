"""Reads what commands are given: policies ('-' is standard input), photographs, masks, boxes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import typer

import augspec
from augspec.errors import PolicyError, PolicyProblem, Unsupported
from augspec.language.limits import MAX_BYTES
from augspec.language.policy import Policy

__all__ = [
    "KINDS",
    "boxes_file",
    "check_photograph",
    "full_check",
    "mask_file",
    "photo_policy",
    "photograph",
    "policy_file",
    "policy_text",
]

KINDS = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""Suffixes of the files that are taken for images."""


def policy_text(name: str) -> bytes:
    """Return the bytes of a file, or of standard input for "-"."""
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)  # one more than allowed is enough to refuse it
    path = Path(name)
    if path.is_dir():
        raise typer.BadParameter(f"{name} is a folder; give policy files, such as {name.rstrip('/')}/policy.json")
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise typer.BadParameter(f"no such file: {name}") from None


def policy_file(name: str) -> Policy:
    """Return a checked policy.

    Raises:
        PolicyError: it is wrong.
    """
    policy = augspec.loads(policy_text(name))
    full_check(policy)
    return policy


def photo_policy(name: str) -> Policy:
    """Return a checked policy for photos that come one by one, without labels.

    Raises:
        PolicyError: it is wrong.
        Unsupported: it mixes samples of a batch.
    """
    policy = policy_file(name)
    mixer = next((op for op in policy.ops if op.across), None)
    if mixer is not None:
        raise Unsupported(
            mixer.tag, "it mixes samples of a batch and their labels, and photos come one by one", "Leave it out."
        )
    return policy


def full_check(policy: Policy) -> None:
    """Check what only a plan shows: matrices within the exact range, tables without too long tails."""
    from augspec.normalize import normalize
    from augspec.plan.build import build
    from augspec.plan.program import program

    full = normalize(policy)
    problems: list[PolicyProblem] = []
    for name, ops in (("ops", full.ops), ("eval", full.eval or ())):
        try:
            build(ops, name)
            program(ops, name)
        except PolicyError as error:
            problems += error.problems
    if problems:
        raise PolicyError(problems)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open an image file; what cannot be read, now or while the block decodes it, is wrong usage."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            yield image
    except FileNotFoundError:
        raise typer.BadParameter(f"no such file: {path}") from None
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise typer.BadParameter(f"{path} is not an image that can be read ({error})") from None


def check_photograph(path: Path) -> None:
    """Refuse, by its head alone, a file that `photograph` cannot read."""
    with _opened(path) as image:
        # To 8 bits such an image would go by cutting off: everything above 255 would be white.
        if image.mode[0] in "IF":
            raise typer.BadParameter(f"{path} has more than 8 bits per channel (mode {image.mode}); convert it first")


def photograph(path: Path, largest: int | None = None) -> Any:
    """Return an image file as uint8 (H, W, 3), upright as its camera says; reduced to `largest` if given."""
    from PIL import Image, ImageOps

    check_photograph(path)
    with _opened(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    if largest is not None:
        upright.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return np.array(upright)


def mask_file(path: Path, size: tuple[int, int]) -> Any:
    """Return an integer mask (H, W), brought to the photograph's size by nearest neighbours.

    Args:
        path: an image of class numbers: grey or palette; of colours, every colour is a class.
        size: (height, width).
    """
    from PIL import Image

    with _opened(path) as image:
        plain = image if image.mode in ("1", "L", "P", "I", "I;16") else image.convert("RGB").quantize(8)
        resized = plain.resize((size[1], size[0]), Image.Resampling.NEAREST)
    labels = np.array(resized).astype(np.int32)
    return np.searchsorted(np.unique(np.append(labels, 0)), labels).astype(np.int32)


def boxes_file(path: Path, scale: float) -> dict[str, Any]:
    """Return boxes and keypoints, xyxy and xy in the photograph's pixels, from a JSON file.

    Args:
        path: `[[x0, y0, x1, y1], …]`, or `{"boxes": …, "keypoints": [[x, y], …]}`.
        scale: by how much the photograph was reduced.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        entries = found if isinstance(found, dict) else {"boxes": found}
        arrays = {
            name: np.array(entries[name], np.float32).reshape(-1, width) * np.float32(scale)
            for name, width in (("boxes", 4), ("keypoints", 2))
            if name in entries
        }
    except FileNotFoundError:
        raise typer.BadParameter(f"no such file: {path}") from None
    except (ValueError, TypeError, RecursionError):
        arrays = {}
    if not arrays:
        raise typer.BadParameter(f'{path}: give [[x0, y0, x1, y1], …] or {{"boxes": […], "keypoints": [[x, y], …]}}')
    return arrays
