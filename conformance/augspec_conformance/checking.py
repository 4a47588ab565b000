"""One case of one law: what became of it, in words that show and replay it."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass

import numpy as np

from augspec_conformance.headroom import measured
from augspec_conformance.law import Case, Law, LawViolation, replay_line
from augspec_conformance.report.model import Result
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["Checked", "check_case", "run_case"]


@dataclass(frozen=True)
class Checked:
    """A result, and the exception behind it; None where the case passed or is not claimed."""

    result: Result
    error: Exception | None = None


def run_case(law: Law, subject: Subject, case: Case) -> Result:
    """Run one case and return what became of it."""
    return check_case(law, subject, case).result


def check_case(law: Law, subject: Subject, case: Case) -> Checked:
    """Run one case; return what became of it, and the exception that says so."""
    start = time.perf_counter()
    error: Exception | None = None
    status, message = "passed", ""
    with measured() as meter:
        try:
            message = law.needs(subject, case)
            if message:
                status = "not-claimed"
            else:
                with np.errstate(all="ignore"):
                    law.check(subject, case)
        except Unclaimed as unclaimed:
            status, message = "not-claimed", str(unclaimed)
        except LawViolation as violation:
            violation.of(law, case, subject.source, subject.mode).measured_as(meter.bound, meter.share)
            status, message, error = "failed", str(violation), violation
        except Exception as exception:
            status, message, error = "errored", _errored(law, subject, case, exception), exception
    text = "" if status == "passed" else case.with_(mode=subject.mode).to_json()
    seconds = round(time.perf_counter() - start, 4)
    share = None if meter.share is None else round(meter.share, 4)
    return Checked(Result(law.id, case.name, case.digest(), subject.mode, status, message, seconds, text, share), error)


def _errored(law: Law, subject: Subject, case: Case, error: Exception) -> str:
    shown = case.with_(mode=subject.mode)
    lines = traceback.format_exception(error, limit=-6)
    said = f"{law.id} {law.sentence}\n  case {shown.to_json()}\n"
    return said + f"  replay: {replay_line(law.id, shown, subject.source)}\n" + "".join(lines)[-4000:]
