"""The verb `augspec conformance peers`."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["show_peers"]


def show_peers(
    *,
    run: Annotated[bool, typer.Option("--run", help="Ask the installed libraries first; this takes minutes.")] = False,
    peer: Annotated[list[str] | None, typer.Option("--peer", metavar="NAME", help="Only this (several times).")] = None,
) -> None:
    """Print the page; leave with 1 if something is broken that nobody has judged."""
    from augspec_conformance.peers.__main__ import main

    arguments = ["--run"] if run else []
    raise typer.Exit(main([*arguments, *(part for name in peer or () for part in ("--peer", name))]))
