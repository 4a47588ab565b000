"""Keeps what the laws' tests find, and writes it as reports when pytest is done; it imports nothing heavy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from augspec_conformance.law import Tier
    from augspec_conformance.report.model import Report, Result
    from augspec_conformance.subject import Subject

__all__ = ["Recorder", "conformance_record", "tier_and_seed"]

_WHOLE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
_CARRIED, _PLAN = "augspec_reports", "augspec_plan"


def tier_and_seed(config: pytest.Config) -> tuple[Tier, int]:
    """Return the tier and the run seed of a pytest run."""
    from augspec_conformance.planning import known_tier

    return known_tier(config.getoption("augspec_tier") or "full"), int(config.getoption("augspec_seed") or 0)


class Recorder:
    """A pytest plugin of one session; with pytest-xdist, of the controller and of each worker."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.reports: dict[str, Report] = {}
        self.plan: dict[str, dict[str, dict[str, int]]] = {}
        self.said = "nothing was checked: no report"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note by backend, mode and law how many cases the chosen tests are to run."""
        from augspec_conformance.planning import plan_cases

        tier, seed = tier_and_seed(self.config)
        for item in session.items:
            given = getattr(getattr(item, "callspec", None), "params", {})
            subject, law = given.get("conformance_subject"), given.get("conformance_law")
            if subject is None or law is None or getattr(item, "originalname", "") != "test_law":
                continue
            count = sum(1 for _ in plan_cases(law, subject, tier, seed=seed))
            if count:
                self.plan.setdefault(subject.name, {}).setdefault(subject.mode, {})[law.id] = count

    def record(self, subject: Subject, results: Iterable[Result]) -> None:
        """Keep results of a subject."""
        from augspec_conformance.facts import facts
        from augspec_conformance.report.model import Report

        name = subject.name
        if name not in self.reports:
            tier, seed = tier_and_seed(self.config)
            self.reports[name] = Report(name, tier, (), {**facts(subject.backend, subject.source), "seed": seed})
        self._add(name, tuple(results))

    def _add(self, name: str, results: tuple[Result, ...]) -> None:
        from dataclasses import replace

        self.reports[name] = replace(self.reports[name], results=self.reports[name].results + results)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take over what a worker of pytest-xdist has found."""
        from augspec_conformance.report.model import Report

        del error
        output = getattr(node, "workeroutput", {})
        self.plan |= output.get(_PLAN, {})  # every worker has collected all of the tests
        for text in output.get(_CARRIED, ()):
            report = Report.from_json_lines(text)
            if report.backend in self.reports:
                self._add(report.backend, report.results)
            else:
                self.reports[report.backend] = report

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Hand the results to the controller, or write them."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[_CARRIED] = [report.to_json_lines() for report in self.reports.values()]
            self.config.workeroutput[_PLAN] = self.plan
            return
        if exitstatus not in _WHOLE:
            self.said = "the run was cut off: no report"
            return
        folder = Path(str(self.config.getoption("augspec_report")))
        for report in self.reports.values():
            _sorted(_whole(report, self.plan.get(report.backend, {}))).write(folder)
            self.said = f"the report is in {folder / 'index.html'}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the reports are."""
        terminalreporter.write_line(f"augspec conformance: {self.said}")


def _whole(report: Report, plan: dict[str, dict[str, int]]) -> Report:
    """Return the report with its plan, and with a result for each planned case that was not run."""
    from dataclasses import replace

    from augspec_conformance.report.model import Result

    found = Counter((result.mode, result.law) for result in report.results if result.kind == "case")
    left = [
        Result(law, f"case {number + 1}", "", mode, "not-run", "the session ended before it, or its test errored")
        for mode, laws in plan.items()
        for law, count in laws.items()
        for number in range(found[mode, law], count)
    ]
    return replace(report, results=(*report.results, *left), planned=plan)


def _sorted(report: Report) -> Report:
    """Return the report in the suite's order: workers and random order have mixed it."""
    from dataclasses import replace

    from augspec_conformance.laws import all_laws

    laws = {law.id: place for place, law in enumerate(all_laws())}
    modes = list(report.facts["capabilities"]["modes"])
    results = sorted(report.results, key=lambda result: (modes.index(result.mode), laws[result.law]))
    return replace(report, results=tuple(results))


@pytest.fixture(scope="session")
def conformance_record(pytestconfig: pytest.Config) -> Callable[[Subject, Iterable[Result]], None]:
    """Return what a test calls with its subject and results; it keeps them if a report is wanted."""
    recorder = pytestconfig.pluginmanager.get_plugin("augspec-recorder")
    return recorder.record if recorder is not None else lambda _subject, _results: None
