"""`augspec lint`: what people regret about a policy that is valid."""

from __future__ import annotations

from typing import Annotated

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption, PolicyArgument
from augspec.cli.read import policy_file

__all__ = ["lint"]


def lint(
    policy: PolicyArgument,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="ID", help="A rule that is not asked, such as W101.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="NAME", help="What samples hold, such as keypoints.")
    ] = None,
    class_: Annotated[
        list[str] | None, typer.Option("--class", metavar="NAME", help="A class's name, such as 'left hand'.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Leave with 1 if there is a warning.")] = False,
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """Warn of what people regret, each with the reason and what to do; a wrong policy is an error."""
    checked = policy_file(policy)
    names = [name for text in ignore or () for name in text.split(",")]
    targets = [text.partition(":")[0] for text in target or ()]
    try:
        found = augspec.lint(checked, targets=targets, classes=class_ or (), ignore=names)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if format is Format.json:
        talk.json_out([vars(one) for one in found])
    else:
        for one in found:
            talk.out((one.id, "yellow"), " ", (one.path, "bold"), f": {one.what}")
            talk.out(("    why  ", "dim"), one.why)
            talk.out(("    fix  ", "dim"), one.fix)
        count = "no warning" if not found else "1 warning" if len(found) == 1 else f"{len(found)} warnings"
        talk.note(f"{policy}: {count}")
    if strict and found:
        raise typer.Exit(1)
