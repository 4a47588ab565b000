"""Verbs of other packages: named by entry points of the group `augspec.cli`, imported only when one of them is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from typer import Typer
from typer.core import TyperCommand
from typer.main import get_command

from augspec.errors import AugspecError

__all__ = ["Verb", "verbs"]

_OURS = {"conformance": "augspec_conformance.cli:app"}
"""Known without an installation, as in a checkout; the wheel registers the same."""

_HELP = {"conformance": "Check backends against the laws: run, replay, laws, mutants, report."}


def verbs() -> dict[str, Verb]:
    """Return the verbs that are known, by name."""
    from importlib.metadata import entry_points

    found = _OURS | {entry.name: entry.value for entry in entry_points(group="augspec.cli")}
    return {name: Verb(name, target) for name, target in sorted(found.items())}


class Verb(TyperCommand):
    """A verb that stands in for the real one until it is used.

    Args:
        name: what is typed.
        target: `module:attribute` of a Typer app or a command.
    """

    def __init__(self, name: str, target: str) -> None:
        super().__init__(name, help=_HELP.get(name, f"From the package {target.partition('.')[0].partition(':')[0]}."))
        self.target = target

    def load(self) -> Any:
        """Import the real command.

        Raises:
            AugspecError: there is nothing of this name.
        """
        module, _, attribute = self.target.partition(":")
        try:
            found = import_module(module)
            for part in attribute.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError) as error:
            raise AugspecError(f"augspec {self.name}: {self.target} cannot be imported ({error})") from error
        return get_command(found) if isinstance(found, Typer) else found

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Hand everything to the real command."""
        return self.load().make_context(info_name, args, parent=parent, **extra)
