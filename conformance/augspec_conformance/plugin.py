"""The pytest plugin: prefixed options, and one test per law, backend and mode; it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from augspec_conformance.recorder import Recorder, conformance_record, tier_and_seed

if TYPE_CHECKING:
    from augspec_conformance.examination import Examination
    from augspec_conformance.subject import Subject

__all__ = [
    "conformance_examination",
    "conformance_record",
    "pytest_addoption",
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_report_header",
]

TIERS = ("kat", "smoke", "full", "stat", "stress")
"""The tiers with a plan; `augspec conformance run --tier explore` has a budget instead."""

_SUBJECTS: pytest.StashKey[list[tuple[Any, bool]]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("augspec", "augspec conformance")
    group.addoption(
        "--augspec-backend",
        action="append",
        default=None,
        metavar="NAME",
        help="backend to check: a name or module:attribute; may be given several times (default: all installed)",
    )
    group.addoption("--augspec-tier", default=None, choices=TIERS, help="how much to run (default: full)")
    group.addoption(
        "--augspec-waivers", default=None, metavar="FILE", help="known failures, as TOML; they count neither way"
    )
    group.addoption(
        "--augspec-seed",
        default=None,
        metavar="N|random",
        help="the run seed: other keys, ids and pixels for the same laws (default: 0, the pinned cases)",
    )
    group.addoption(
        "--augspec-report",
        default=None,
        metavar="DIR",
        help="write JSON lines, JUnit, Markdown, badge, failures and one HTML page about the laws into DIR",
    )


def _asked(config: pytest.Config) -> bool:
    return any(config.getoption(f"augspec_{name}") for name in ("backend", "tier", "seed"))


def pytest_configure(config: pytest.Config) -> None:
    """Decide on the run seed, once for all workers, and keep results if a report is wanted."""
    given = config.getoption("augspec_seed")
    if given is not None:
        from augspec_conformance.seeds import read_seed

        try:
            config.option.augspec_seed = str(read_seed(given))
        except ValueError as error:
            raise pytest.UsageError(f"--augspec-seed: {error}") from None
    if config.getoption("augspec_report"):
        config.pluginmanager.register(Recorder(config), "augspec-recorder")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which backends are checked, where they are."""
    if not _asked(config):
        return []
    names = config.getoption("augspec_backend") or ["all installed"]
    tier, seed = tier_and_seed(config)
    return [f"augspec conformance: backends {', '.join(names)}, tier {tier}, seed {seed}"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests that take `conformance_subject` and `conformance_law` every pair of them."""
    if not {"conformance_subject", "conformance_law"} <= set(metafunc.fixturenames):
        return
    from augspec_conformance.laws import all_laws
    from augspec_conformance.planning import plan_cases

    pairs: list[Any] = []
    stash, tier = metafunc.config.stash, tier_and_seed(metafunc.config)[0]
    if _SUBJECTS not in stash:  # all tests share them, and with them what they compiled
        stash[_SUBJECTS] = _subjects(metafunc.config)
    for subject, first in stash[_SUBJECTS]:
        for law in all_laws():
            if metafunc.function.__name__ == "test_search" and not law.search:
                continue
            if tier in ("stat", "stress") and not any(True for _ in plan_cases(law, subject, tier)):
                continue  # tiers of their own laws
            if law.scope == "modes" or first:
                pairs.append(pytest.param(subject, law, id=f"{subject.name}-{subject.mode}-{law.id}"))
    metafunc.parametrize(("conformance_subject", "conformance_law"), pairs)


def _subjects(config: pytest.Config) -> list[tuple[Any, bool]]:
    """Return every subject, and whether it is its backend's first one."""
    import augspec
    from augspec_conformance.order import in_order
    from augspec_conformance.subject import Subject

    named = config.getoption("augspec_backend")
    names = named or in_order(augspec.backends())
    found: list[tuple[Any, bool]] = []
    for name in dict.fromkeys(names):
        try:
            backend = augspec.get_backend(name)
        except augspec.BackendUnavailable:
            if named:
                raise
            continue
        family: dict[str, Subject] = {}
        modes = backend.capabilities.modes
        found += [(Subject(backend, mode, family, source=name), number == 0) for number, mode in enumerate(modes)]
    return found


@pytest.fixture(scope="session")
def conformance_examination(pytestconfig: pytest.Config) -> Callable[[Subject], Examination]:
    """Return what gives each subject the examination of its backend: tests share proofs, waivers and their witnesses.

    Raises:
        ValueError: the waivers' file holds none.
    """
    from pathlib import Path

    from augspec_conformance.examination import Examination
    from augspec_conformance.laws import all_laws
    from augspec_conformance.waivers import read_waivers

    tier, seed = tier_and_seed(pytestconfig)
    path = pytestconfig.getoption("augspec_waivers")
    waivers = read_waivers(Path(path)) if path else ()
    found: dict[str, Examination] = {}

    def of(subject: Subject) -> Examination:
        if subject.source not in found:
            subjects = [subject.sibling(mode) for mode in subject.capabilities.modes]
            mine = [waiver for waiver in waivers if waiver.backend in ("", subject.name)]
            found[subject.source] = Examination(subjects, all_laws(), tier, waivers=mine, seed=seed)
        return found[subject.source]

    return of
