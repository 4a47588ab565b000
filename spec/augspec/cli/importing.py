"""`augspec import`: a policy from a file of another library, or from one of timm's strings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption
from augspec.cli.read import policy_text
from augspec.importing import is_timm, read, timm

__all__ = ["import_"]

_STYLES = {"exact": "green", "approximate": "yellow", "unsupported": "red"}


def import_(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Of Albumentations or Keras, JSON or YAML; '-' for input. Or a string of timm: rand-m9-mstd0.5-inc1.",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="POLICY", help="Where the policy goes.")
    ] = None,
    white: Annotated[float, typer.Option("--white", help="What its fills call white: 255, or 1 for floats.")] = 255.0,
    strict: Annotated[bool, typer.Option("--strict", help="Leave with 1 unless every transform is exact.")] = False,
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """Write a policy from another library's file, as data; a table says how exact each transform is."""
    named = is_timm(file) and not Path(file).exists()
    if not named and file != "-" and not Path(file).exists():
        raise typer.BadParameter(
            f"{file} is no file, and no string of timm that is known, such as rand-m9-mstd0.5-inc1"
        )
    found = timm(file) if named else read(policy_text(file), white=white)
    if output is not None:
        if output.exists():
            raise typer.BadParameter(f"{output} exists; give another file")
        augspec.dump(found.policy, output)
    if format is Format.json:
        talk.json_out(found.to_dict())
    else:
        if output is None:
            talk.json_out(found.policy.to_dict())
        for row in found.rows:
            ops = ", ".join(row.ops) or "nothing"
            text = f"{row.status:<12} {row.path} {row.transform}: {ops}" + (f" ({row.reason})" if row.reason else "")
            if output is None:
                talk.note(text)
            else:
                talk.out((text, _STYLES[row.status]))
        for note in found.notes:
            talk.note(note)
    if strict and not found.exact:
        raise typer.Exit(1)
