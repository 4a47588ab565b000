"""Keeps what the laws' tests find, and writes it as reports when pytest is done; it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from augspec_conformance.report.model import Report, Result
    from augspec_conformance.subject import Subject

__all__ = ["Recorder", "conformance_record"]

_WHOLE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
_CARRIED = "augspec_reports"


class Recorder:
    """A pytest plugin of one session; with pytest-xdist, of the controller and of each worker."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.reports: dict[str, Report] = {}
        self.said = "nothing was checked: no report"

    def record(self, subject: Subject, results: Iterable[Result]) -> None:
        """Keep results of a subject."""
        from augspec_conformance.facts import facts
        from augspec_conformance.report.model import Report

        name = subject.name
        if name not in self.reports:
            tier = str(self.config.getoption("augspec_tier") or "full")
            seed = int(self.config.getoption("augspec_seed") or 0)
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
        for text in getattr(node, "workeroutput", {}).get(_CARRIED, ()):
            report = Report.from_json_lines(text)
            if report.backend in self.reports:
                self._add(report.backend, report.results)
            else:
                self.reports[report.backend] = report

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Hand the results to the controller, or write them."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput[_CARRIED] = [report.to_json_lines() for report in self.reports.values()]
            return
        if exitstatus not in _WHOLE:
            self.said = "the run was cut off: no report"
            return
        folder = Path(str(self.config.getoption("augspec_report")))
        for report in self.reports.values():
            _sorted(report).write(folder)
            self.said = f"the report is in {folder / 'index.html'}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say where the reports are."""
        terminalreporter.write_line(f"augspec conformance: {self.said}")


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
