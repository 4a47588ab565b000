"""`augspec diff`: what two policies mean differently."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

import augspec
from augspec.cli import talk
from augspec.cli.options import Format, FormatOption
from augspec.cli.read import policy_file
from augspec.difference.result import Change, Difference
from augspec.errors import printable

__all__ = ["diff"]

_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "moved": ("~", "cyan"), "changed": ("~", "yellow")}


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A policy file; '-' for standard input.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    format: FormatOption = Format.text,  # noqa: A002 (the option's name)
) -> None:
    """Show what two policies mean differently, and which draws change; leaves with 1 if anything does."""
    if first == second == "-":
        raise typer.BadParameter("only one of the two can be standard input")
    found = augspec.diff(policy_file(first), policy_file(second))
    if format is Format.json:
        talk.json_out(found.to_dict())
    else:
        _print(found, (first, second))
    if not found.equal:
        raise typer.Exit(1)


def _print(found: Difference, names: tuple[str, str]) -> None:
    for sign, name, digest in zip("-+", names, found.hashes, strict=True):
        talk.out((f"{sign} {name}", "bold"), f"  {digest[:12]}")
    if found.equal:
        talk.out(("equal", "green"), ": the same samples")
        return
    for change in found.changes:
        sign, style = _SIGNS[change.kind]
        talk.out((f"{sign} {change.path}", style), f"  {_text(change)}")
    if found.equal_draws:
        talk.out("draws: the same")
        return
    talk.out("draws:")
    for stream in found.streams:
        sign, style = _SIGNS[stream.kind]
        tail = "  same words, another distribution" if stream.kind == "changed" else ""
        talk.out((f"{sign} {stream.path}", style), tail)


def _text(change: Change) -> str:
    if change.kind == "moved":
        return f"place {change.old} → {change.new}"
    if change.kind == "changed":
        return f"{_json(change.old)} → {_json(change.new)}"
    return _json(change.old if change.kind == "removed" else change.new)


def _json(value: Any) -> str:
    return "nothing" if value is None else printable(json.dumps(value, ensure_ascii=False))
