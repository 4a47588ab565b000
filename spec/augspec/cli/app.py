"""The commands of `augspec`. Exit codes: 0 fine, 1 findings, 2 wrong usage."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import augspec
from augspec.cli import talk
from augspec.cli.apply import apply
from augspec.cli.check import check
from augspec.cli.diff import diff
from augspec.cli.importing import import_
from augspec.cli.inspect import explain, hash_, schema
from augspec.cli.lint import lint
from augspec.cli.ops import ops
from augspec.cli.presets import presets
from augspec.cli.preview import preview
from augspec.cli.stats import stats
from augspec.cli.validate import validate
from augspec.cli.verbs import verbs

__all__ = ["app"]


class _Group(TyperGroup):
    """Says our own errors plainly, without a traceback, and knows the verbs of other packages."""

    def list_commands(self, ctx: Any) -> list[str]:
        own = super().list_commands(ctx)
        return own + [name for name in verbs() if name not in own]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, cmd_name) or verbs().get(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except augspec.AugspecError as error:
            talk.error(str(error))
            raise typer.Exit(1) from None
        except BrokenPipeError:
            raise typer.Exit(0) from None
        except OSError as error:
            talk.error(str(error))
            raise typer.Exit(2) from None


app = typer.Typer(
    cls=_Group,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="One JSON policy declares an image augmentation; look at it, check it, run it on a folder.",
    epilog="Exit codes: 0 fine, 1 findings, 2 wrong usage. A policy '-' is read from standard input.",
)


def _version(value: bool) -> None:
    if value:
        talk.out(f"augspec {augspec.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Hold the options of the whole program."""


for name, command in (
    ("validate", validate),
    ("check", check),
    ("lint", lint),
    ("diff", diff),
    ("stats", stats),
    ("import", import_),
    ("explain", explain),
    ("preview", preview),
    ("apply", apply),
    ("ops", ops),
    ("presets", presets),
    ("schema", schema),
    ("hash", hash_),
):
    app.command(name)(command)
