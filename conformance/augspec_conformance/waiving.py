"""Waivers at work: witnesses first, then each covered case; what is in order no more is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from augspec_conformance.checking import run_case
from augspec_conformance.law import Case, Law
from augspec_conformance.report.model import Result
from augspec_conformance.subject import Subject
from augspec_conformance.waivers import Waiver

__all__ = ["Waiving"]


class Waiving:
    """The waivers of one run.

    Args:
        waivers: known failures. One that has ended, or whose witness does not fail as it says, waives nothing.
        subjects: the backend in the modes of this run.
        laws: the laws of this run.
    """

    def __init__(self, waivers: Sequence[Waiver], subjects: Sequence[Subject], laws: Sequence[Law]) -> None:
        faults = {waiver: waiver.ended() or _unwitnessed(waiver, subjects, laws) for waiver in waivers}
        self._faults = [_fault(waiver, fault) for waiver, fault in faults.items() if fault]
        self._active = [waiver for waiver, fault in faults.items() if not fault]
        self._used: set[Waiver] = set()

    def judged(self, law: Law, case: Case, subject: Subject, result: Result) -> Result:
        """Return a case's result in the light of the waivers: waived, passed against one, or as it was."""
        for waiver in self._active:
            if not waiver.covers(law, case, subject) or result.status == "not-claimed":
                continue
            self._used.add(waiver)
            if result.status == "passed":
                text = f"passed, against the {waiver}: remove it, or let it name fewer cases"
                return replace(result, status="xpassed", message=text)
            if waiver.raises in result.message:
                return replace(result, status="waived", message=f"{waiver}\n{result.message}")
        return result

    def faults_of(self, law: Law, subject: Subject, planned: Sequence[tuple[Case, Subject]]) -> tuple[Result, ...]:
        """Return the same of one law and mode alone, before or after it was run.

        Args:
            law: the law.
            subject: the backend in the mode.
            planned: all cases of the law, each with the backend in a mode: what covers none of them matches nothing.
        """
        idle = (waiver for waiver in self._active if not any(waiver.covers(law, case, one) for case, one in planned))
        found = (*self._faults, *(_fault(waiver, "it covers no case") for waiver in idle))
        return tuple(fault for fault in found if fault.law == law.id and fault.mode in ("", subject.mode))

    def faults(self) -> tuple[Result, ...]:
        """Return one result per waiver that is in order no more: ended, without its witness, or without a case."""
        unused = (waiver for waiver in self._active if waiver not in self._used)
        return (*self._faults, *(_fault(waiver, "it matched nothing that was run") for waiver in unused))


def _fault(waiver: Waiver, why: str) -> Result:
    text = f"{waiver}: {why}"
    return Result(waiver.law, waiver.case or "waiver", "", waiver.mode, "errored", text, kind="waiver")


def _unwitnessed(waiver: Waiver, subjects: Sequence[Subject], laws: Sequence[Law]) -> str:
    """Run the witness; return what is wrong with it, or nothing if it fails as the waiver says."""
    from augspec_conformance.replay import read_case

    law = next((law for law in laws if law.id == waiver.law), None)
    if law is None:
        return ""  # of a law that is not asked: it will have matched nothing
    try:
        witness = read_case(waiver.witness, backend=subjects[0].source, of=law.id)
    except (OSError, ValueError) as error:
        return f"its witness cannot be read: {error}"
    if witness.law != law.id:
        return f"its witness is of the law {witness.law}"
    mode = witness.case.mode or waiver.mode
    subject = next((one for one in subjects if one.mode == mode), None if mode else subjects[0])
    if subject is None:
        return f"its witness is of the mode {mode!r}, which was not run"
    result = run_case(law, subject, witness.case)
    if result.status not in ("failed", "errored"):
        return f"its witness {result.status.replace('-', ' ')}: the failure is gone, so must the waiver be"
    if waiver.raises not in result.message:
        return f"its witness fails otherwise, without the words {waiver.raises!r}:\n{result.message}"
    return ""
