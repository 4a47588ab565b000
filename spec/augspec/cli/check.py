"""`augspec check`: every mismatch between a policy and what it is to run on, before a run."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import augspec
from augspec.check.problem import Problem
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption, PolicyArgument
from augspec.cli.read import policy_text
from augspec.errors import PolicyError

__all__ = ["check", "shape_of"]


def check(
    policy: PolicyArgument,
    shape: Annotated[
        str | None,
        typer.Option("--shape", metavar="3x480x640", help="Of the images, in the layout; or height x width."),
    ] = None,
    dtype: Annotated[str, typer.Option("--dtype", help="Of the images.")] = "uint8",
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="NAME[:FORMAT]",
            help="What samples hold besides the image: mask:int32, boxes:xyxy, boxes:cxcywh:normalized …",
        ),
    ] = None,
    backend: Annotated[str, typer.Option("--backend", help="What it is to run on.")] = "numpy",
    layout: Annotated[
        str | None, typer.Option("--layout", help="nhwc or nchw; the framework's habit by default.")
    ] = None,
    mode: Annotated[str, typer.Option("--mode", help="eager, compiled, or what else the backend knows.")] = "auto",
    value_range: Annotated[
        tuple[float, float], typer.Option("--value-range", metavar="LOW HIGH", help="What float images mean.")
    ] = (0.0, 1.0),
    frames: Annotated[bool, typer.Option("--frames", help="Samples are stacks of images, such as videos.")] = False,
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """List everything that would go wrong with a policy on what it is to run on; no framework is imported."""
    try:
        read = augspec.loads(policy_text(policy))
    except PolicyError as error:
        found = tuple(map(Problem.of, error.problems))
    else:
        found = augspec.check(
            read,
            shape=None if shape is None else shape_of(shape),
            dtype=dtype,
            targets=target or (),
            backend=backend,
            layout=layout,
            mode=mode,
            value_range=value_range,
            frames=frames,
        )
    if format is Format.json:
        talk.json_out({"file": policy, "ok": not found, "problems": [vars(problem) for problem in found]})
    else:
        _print(policy, found)
    if found:
        raise typer.Exit(1)


def shape_of(text: str) -> tuple[int, ...]:
    """Return a shape written as 3x480x640."""
    parts = text.lower().replace("×", "x").split("x")
    if not all(part.isdecimal() and len(part) < 10 for part in parts) or not 2 <= len(parts) <= 5:
        raise typer.BadParameter(
            f"{text!r} is no shape; write 480x640, 3x480x640, 8x3x480x640 or, of stacks, 8x16x3x480x640"
        )
    return tuple(map(int, parts))


def _print(name: str, found: tuple[Any, ...]) -> None:
    if not found:
        talk.out((name, "bold"), ": ", ("fine", "green"), ", nothing is in the way of a run")
        return
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    talk.out((name, "bold"), ": ", (count, "red"))
    for problem in found:
        talk.out("  ", (problem.path or "the whole document", "bold"))
        talk.out(("    got      ", "dim"), problem.value)
        talk.out(("    allowed  ", "dim"), problem.allowed)
        if problem.fix:
            talk.out(("    fix      ", "dim"), (problem.fix, "yellow"))
