"""Which files are changed, and which changes of each are tried: a sample that depends on the source alone."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

from source_mutation.operators import KINDS, Edit, applied, edits

__all__ = ["FOLDERS", "ROOT", "Mutant", "Target", "changes_of", "compiled", "mutants_of", "targets"]

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = {
    "spec/augspec": ("spec/augspec/*.py",),
    "spec/augspec/language": ("spec/augspec/language/*.py",),
    "spec/augspec/ops": ("spec/augspec/ops/*.py",),
    "spec/augspec/jpeg": ("spec/augspec/jpeg/*.py",),
    "spec/augspec/plan": ("spec/augspec/plan/*.py",),
    "spec/augspec/random": ("spec/augspec/random/*.py",),
    "spec/augspec/explanation": ("spec/augspec/explanation/*.py",),
    "spec/augspec/schema": ("spec/augspec/schema/*.py",),
    "spec/augspec/presets": ("spec/augspec/presets/*.py",),
    "spec/augspec/check": ("spec/augspec/check/*.py",),
    "spec/augspec/lint": ("spec/augspec/lint/*.py",),
    "spec/augspec/statistics": ("spec/augspec/statistics/*.py",),
    "spec/augspec/difference": ("spec/augspec/difference/*.py",),
    "spec/augspec/importing": ("spec/augspec/importing/*.py",),
    "spec/augspec/cli": ("spec/augspec/cli/*.py",),
    "backends/augspec_backends/generic": ("backends/augspec_backends/generic/*.py",),
    "backends/augspec_backends/generic/stages": ("backends/augspec_backends/generic/stages/*.py",),
    "backends/augspec_backends/generic/targets": ("backends/augspec_backends/generic/targets/*.py",),
    "backends/augspec_backends/numpy": ("backends/augspec_backends/numpy/*.py",),
    "conformance/augspec_conformance/oracle": ("conformance/augspec_conformance/oracle/*.py",),
}
"""The rows of the table, and the files of each."""

_EACH = 10
"""Changes tried per file."""

_OTHER = {
    "spec/augspec/ops": 6,  # declarations and a line or two of formula each
    **dict.fromkeys((f"spec/augspec/{name}" for name in ("check", "lint", "statistics", "difference", "importing")), 6),
    "spec/augspec/cli": 3,  # what it prints is for people's eyes
    "spec/augspec/random": 16,
    "backends/augspec_backends/numpy": 16,
}
_KERNELS = ("filters", "numbers", "noise", "pixels", "plane", "points", "resample", "sample", "warp")
_OF_KERNELS = 16


@dataclass(frozen=True)
class Target:
    """A file, the module that it is, and how many of its changes are tried."""

    path: Path
    folder: str

    @property
    def name(self) -> str:
        """Return the path from the repository's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        """Return the dotted name by which Python imports the file."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts[1:]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def count(self) -> int:
        """Return how many changes are tried."""
        kernel = "generic" in self.folder and self.path.stem in _KERNELS
        return _OF_KERNELS if kernel else _OTHER.get(self.folder, _EACH)


@dataclass(frozen=True)
class Mutant:
    """A change of a file, with an id that other edits of the file do not move."""

    id: str
    target: Target
    edit: Edit


def targets() -> Iterator[Target]:
    """Yield every file, folder by folder; `__main__` starts a process and is no module."""
    for folder, patterns in FOLDERS.items():
        for pattern in patterns:
            for path in sorted(ROOT.glob(pattern)):
                if path.name != "__main__.py":
                    yield Target(path, folder)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def changes_of(target: Target) -> tuple[Mutant, ...]:
    """Return all changes of a file, in the order in which they are tried."""
    found, seen = [], dict[tuple[str, ...], int]()
    for edit in edits(_tree(target.path)):
        what = (target.name, edit.function, edit.kind, edit.before, edit.after)
        seen[what] = seen.get(what, 0) + 1
        name = hashlib.sha256("\0".join([*what, str(seen[what])]).encode()).hexdigest()[:8]
        found.append(Mutant(name, target, edit))
    return tuple(_spread(found))


def mutants_of(target: Target) -> tuple[Mutant, ...]:
    """Return the sample of a file's changes."""
    return changes_of(target)[: target.count]


def _spread(found: list[Mutant]) -> list[Mutant]:
    """Return the changes by hash, one of each kind after the other: constants are many and calls are easy."""
    kinds: dict[str, list[Mutant]] = {}
    for mutant in sorted(found, key=lambda mutant: mutant.id):
        kinds.setdefault(mutant.edit.kind, []).append(mutant)
    order = sorted((rank, list(KINDS).index(kind), m) for kind, ones in kinds.items() for rank, m in enumerate(ones))
    return [mutant for _, _, mutant in order]


def compiled(mutant: Mutant) -> CodeType:
    """Return the changed module's code."""
    with applied(mutant.edit), warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # what a change makes of the source need not be sensible
        return compile(_tree(mutant.target.path), str(mutant.target.path), "exec")
