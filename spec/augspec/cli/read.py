"""Reads what commands are given: policies ('-' is standard input) and photographs."""

from __future__ import annotations

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
    "check_photograph",
    "full_check",
    "opened_image",
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
    pipelines = (("ops", full.ops, policy.ops), ("eval", full.eval or (), policy.eval or ()))
    for name, ops, written in pipelines:
        try:
            build(ops, name, written=written)
            program(ops, name, written=written)
        except PolicyError as error:
            problems += error.problems
    if problems:
        raise PolicyError(problems)


@contextmanager
def opened_image(path: Path) -> Iterator[Any]:
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
    with opened_image(path) as image:
        # To 8 bits such an image would go by cutting off: everything above 255 would be white.
        if image.mode[0] in "IF":
            raise typer.BadParameter(f"{path} has more than 8 bits per channel (mode {image.mode}); convert it first")


def photograph(path: Path, largest: int | None = None) -> Any:
    """Return an image file as uint8 (H, W, 3), upright as its camera says; reduced to `largest` if given."""
    from PIL import Image, ImageOps

    check_photograph(path)
    with opened_image(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    if largest is not None:
        upright.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return np.array(upright)
