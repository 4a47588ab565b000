"""What judges a change: cases of laws on the NumPy backend, and tests that need no other framework."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from source_mutation.targets import ROOT, Mutant

__all__ = ["CACHE", "TESTS", "Check", "Checks", "read", "write"]

CACHE = ROOT / ".source_mutation.json"
"""Which check runs which lines; made by `cover`, and not kept in the repository."""

TESTS = (
    "spec/tests/test_limits.py",
    "spec/tests/test_load.py",
    "spec/tests/test_policy.py",
    "spec/tests/test_random.py",
    "spec/tests/test_draws.py",
    "spec/tests/test_distributions.py",
    "spec/tests/test_explain_pinned.py",
    "spec/tests/test_mixing.py",
    "spec/tests/test_sides.py",
    "spec/tests/test_windows.py",
    "spec/tests/test_augmix.py",
    "spec/tests/test_color_jitter.py",
    "conformance/tests/test_oracle.py",
    "conformance/tests/test_oracle_blocks.py",
    "conformance/tests/test_oracle_choices.py",
    "conformance/tests/test_oracle_composition.py",
    "conformance/tests/test_oracle_edges.py",
    "conformance/tests/test_oracle_elastic.py",
    "conformance/tests/test_oracle_flecks.py",
    "conformance/tests/test_oracle_jpeg.py",
    "conformance/tests/test_oracle_mosaic.py",
    "conformance/tests/test_oracle_moves.py",
    "conformance/tests/test_oracle_occlusion.py",
    "conformance/tests/test_oracle_pixels.py",
    "conformance/tests/test_oracle_remap.py",
    "conformance/tests/test_oracle_resample.py",
    "conformance/tests/test_oracle_targets.py",
    "conformance/tests/test_oracle_tones.py",
    "conformance/tests/test_oracle_veils.py",
    "conformance/tests/test_oracle_warps.py",
    "conformance/tests/test_reflections.py",
    "conformance/tests/test_steepness.py",
    "conformance/tests/test_touches.py",
    "backends/tests/test_growth.py",
    "backends/tests/test_exact_edges.py",
    "backends/tests/test_edges.py",
    "backends/tests/test_rims.py",
    "backends/tests/test_degrade.py",
    "backends/tests/test_displacement.py",
    "backends/tests/test_histograms.py",
    "backends/tests/test_jpeg.py",
    "backends/tests/test_mixing.py",
    "backends/tests/test_mosaic.py",
    "backends/tests/test_mosaic_targets.py",
    "backends/tests/test_moves.py",
    "backends/tests/test_placements.py",
    "backends/tests/test_projective.py",
    "backends/tests/test_radial.py",
    "backends/tests/test_rounding.py",
    "backends/tests/test_stretch.py",
    "backends/tests/test_to_float.py",
    "backends/tests/test_tones.py",
    "backends/tests/test_toy_framework.py",
    "backends/tests/test_veils.py",
    "backends/tests/test_vendor_op.py",
    "spec/tests/test_plan.py",
    "spec/tests/test_messages.py",
    "spec/tests/test_bind.py",
    "spec/tests/test_cli.py",
    "spec/tests/test_cli_parts.py",
    "spec/tests/test_cli_tools.py",
    "spec/tests/test_presets.py",
    "spec/tests/test_check.py",
    "spec/tests/test_lint.py",
    "spec/tests/test_stats.py",
    "spec/tests/test_diff.py",
    "spec/tests/test_vendors.py",
    "spec/tests/test_importing.py",
    "spec/tests/test_importing_albumentations.py",
    "spec/tests/test_importing_keras.py",
    "spec/tests/test_importing_kornia.py",
    "spec/tests/test_importing_torchvision.py",
    "conformance/tests/test_importing_effects.py",
    "conformance/tests/test_importing_elastic.py",
    "conformance/tests/test_importing_timm.py",
    "spec/tests/test_dump.py",
    "spec/tests/test_explain.py",
    "spec/tests/test_imports.py",
    "spec/tests/test_schema.py",
)
"""Files of tests; those that start processes or time themselves are left out by `cover`."""

# Laws that compare with published values, with the float64 ideal or with formulas say most, and are asked first.
_FIRST = ("J8", "K5", "N1", "N2", "G", "F", "S", "R", "J", "N")
_TESTS, _STRONG = 8, 3
"""Of so many tests and cases of a strong law there is room before there is for a second case of another law."""

_NAMED = 40
"""So many tests of a file that is named after the changed one, or its folder, find room before anything else."""


@dataclass(frozen=True)
class Check:
    """One case of a law, or one test.

    Attributes:
        name: `LAW digest` or the test's node id.
        law: the law's id; empty for a test.
        case: the case, as JSON; empty for a test.
        seconds: how long it took when its lines were recorded.
        lines: {file from the repository's root: lines that it ran}.
    """

    name: str
    law: str
    case: str
    seconds: float
    lines: dict[str, frozenset[int]]

    @classmethod
    def of(cls, row: list[Any]) -> Check:
        """Return the check of plain JSON values, in the order of the attributes."""
        name, law, case, seconds, lines = row
        return cls(name, law, case, seconds, {file: frozenset(numbers) for file, numbers in lines.items()})

    def runs(self, mutant: Mutant) -> bool:
        """Say whether the check runs the changed place."""
        first, last = mutant.edit.lines
        return not self.lines.get(mutant.target.name, frozenset()).isdisjoint(range(first, last + 1))


@dataclass(frozen=True)
class Checks:
    """All checks, and the lines that run when modules are imported."""

    all: tuple[Check, ...]
    at_import: dict[str, frozenset[int]]

    def of(self, mutant: Mutant, *, seconds: float) -> list[Check]:
        """Return the checks that a change is asked, strongest and fastest first; none if nothing runs its place.

        What runs at import has no lines of its own in a check: those that run anything of the file are asked, or of any
        file if the file holds no functions.

        Args:
            mutant: the change.
            seconds: how long the checks may have taken together when their lines were recorded.
        """
        found = [check for check in self.all if check.runs(mutant)]
        if not found and self.imports(mutant):
            found = [check for check in self.all if mutant.target.name in check.lines] or list(self.all)
        return _few(found, seconds, about={mutant.target.path.stem, mutant.target.path.parent.name})

    def imports(self, mutant: Mutant) -> bool:
        """Say whether importing modules runs the changed place."""
        first, last = mutant.edit.lines
        return not self.at_import.get(mutant.target.name, frozenset()).isdisjoint(range(first, last + 1))


def _few(found: Iterable[Check], most: float, *, about: Collection[str]) -> list[Check]:
    """Return the fastest checks of each law and of the tests, then the next ones of each, as long as time allows."""
    taken: dict[str, int] = {}
    rounds = []
    for check in sorted(found, key=lambda check: check.seconds):
        named = Path(check.name.partition("::")[0]).stem.removeprefix("test_") in about
        number = taken[f"{check.law}{named}"] = taken.get(f"{check.law}{named}", -1) + 1
        at_once = _TESTS if not check.law else _STRONG if _rank(check) < len(_FIRST) else 1
        turn = -1 if named and number < _NAMED else number // at_once
        rounds.append((turn, _rank(check), check.seconds, check.name, check))
    chosen: list[Check] = []
    seconds = 0.0
    for *_, check in sorted(rounds):
        seconds += check.seconds
        if chosen and seconds > most:
            break
        chosen.append(check)
    return sorted(chosen, key=lambda check: (_rank(check), check.seconds))


def _rank(check: Check) -> int:
    if not check.law:
        return len(_FIRST) + 1
    return next((rank for rank, prefix in enumerate(_FIRST) if check.law.startswith(prefix)), len(_FIRST))


def write(checks: Checks, path: Path = CACHE) -> None:
    """Keep the checks in a file."""
    value = {
        "at_import": {name: sorted(lines) for name, lines in checks.at_import.items()},
        "all": [
            [check.name, check.law, check.case, check.seconds, {name: sorted(ls) for name, ls in check.lines.items()}]
            for check in checks.all
        ],
    }
    path.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")


def read(path: Path = CACHE) -> Checks:
    """Return the checks of a file.

    Raises:
        SystemExit: there is none yet.
    """
    if not path.exists():
        raise SystemExit(f"{path.name} is not there: run `python -m source_mutation cover` first")
    value = json.loads(path.read_text(encoding="utf-8"))
    return Checks(
        tuple(Check.of(row) for row in value["all"]),
        {name: frozenset(lines) for name, lines in value["at_import"].items()},
    )
