"""Arguments that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["Format", "FormatOption", "PolicyArgument", "SeedOption"]


class Format(StrEnum):
    """How a result is written."""

    text = "text"
    json = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="How the result is written.")]
PolicyArgument = Annotated[str, typer.Argument(metavar="POLICY", help="A policy file; '-' for standard input.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, max=2**64 - 1, help="The key of the draws.")]
