"""Examining one backend at one tier: modes are proven before they count, waivers apply, the first failure is shrunk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from augspec_conformance.checking import check_case
from augspec_conformance.law import Case, Law, Tier
from augspec_conformance.planning import PROOF, plan_cases, select_laws
from augspec_conformance.report import BROKEN, Result
from augspec_conformance.shrink import shrunk
from augspec_conformance.subject import Subject
from augspec_conformance.waivers import Waiver
from augspec_conformance.waiving import Waiving

__all__ = ["Examination", "OnFail", "unpassed"]

OnFail = Literal["collect", "first", "raise"]


class Examination:
    """One backend, in some of its modes, at one tier.

    Args:
        subjects: the backend in each mode of this run.
        laws: the laws of this run.
        tier: the tier.
        waivers: known failures.
        on_fail: "collect" runs on, "first" leaves each law at its first failure, "raise" raises the first one.
        prove: whether nothing counts in a mode of which C4 does not hold.
        seed: the run seed; 0 is the pinned run.
    """

    def __init__(
        self,
        subjects: Sequence[Subject],
        laws: Sequence[Law],
        tier: Tier,
        *,
        waivers: Sequence[Waiver] = (),
        on_fail: OnFail = "collect",
        prove: bool = True,
        seed: int = 0,
    ) -> None:
        self.seed = seed
        self.subjects, self.laws, self.tier, self.prove = tuple(subjects), tuple(laws), tier, prove
        self._on_fail: OnFail = on_fail
        self._waiving = Waiving(waivers, subjects, laws)
        self._proofs: dict[str, list[Result]] = {}

    def plan(self) -> list[tuple[Law, Subject, int]]:
        """Return law, subject and number of cases of what is to be run, in order.

        It goes mode by mode, and begins each compiled one with the proof that it is one, asked for or not.
        """
        found: list[tuple[Law, Subject, int]] = []
        for number, subject in enumerate(self.subjects):
            mine = [law for law in self.laws if law.scope == "modes" or not number]
            if self.prove and subject.mode != "eager":
                mine = [*select_laws([PROOF]), *(law for law in mine if law.id != PROOF)]
            found += [(law, subject, len(self._cases(law, subject))) for law in mine]
        return [entry for entry in found if entry[2]]

    def planned(self) -> dict[str, dict[str, int]]:
        """Return by mode, then by law, how many cases are to be run."""
        found: dict[str, dict[str, int]] = {}
        for law, subject, count in self.plan():
            found.setdefault(subject.mode, {})[law.id] = count
        return found

    def results(self, law: Law, subject: Subject, step: Callable[[Result], None] | None = None) -> list[Result]:
        """Run the cases of one law in one mode; return one result per planned case.

        Args:
            law: the law.
            subject: one of the subjects.
            step: called with each result.

        Raises:
            LawViolation: with `on_fail="raise"`; or whatever exception a case ended in.
        """
        if law.id == PROOF:
            return self._proof(subject, step)
        unproven = self.unproven(subject)
        return [_counted(result, unproven) for result in self._run(law, subject, step)]

    def unproven(self, subject: Subject) -> str:
        """Return why nothing counts in a mode: C4 does not hold of it; empty if it does, or is not claimed."""
        if not self.prove or subject.mode == "eager":
            return ""
        for result in self._proof(subject):
            if result.status in BROKEN or result.status == "waived":
                said = [line.strip() for line in result.message.splitlines() if line.strip()]
                return f"nothing counts in the mode {result.mode}, which is not proven real: {' '.join(said[:2])}"
        return ""

    def faults(self) -> tuple[Result, ...]:
        """Return one result per waiver that is in order no more."""
        return self._waiving.faults()

    def faults_of(self, law: Law, subject: Subject) -> tuple[Result, ...]:
        """Return the same of one law and mode, where laws are run one by one."""
        planned = [(case, one) for one in self.subjects for case in self._cases(law, one)]
        return self._waiving.faults_of(law, subject, planned)

    def _cases(self, law: Law, subject: Subject) -> tuple[Case, ...]:
        return tuple(plan_cases(law, subject, self.tier, seed=self.seed))

    def _proof(self, subject: Subject, step: Callable[[Result], None] | None = None) -> list[Result]:
        if subject.mode not in self._proofs:
            (proof,) = select_laws([PROOF])
            self._proofs[subject.mode] = self._run(proof, subject, step)
        return self._proofs[subject.mode]

    def _run(self, law: Law, subject: Subject, step: Callable[[Result], None] | None = None) -> list[Result]:
        found: list[Result] = []
        left = ""
        for case in self._cases(law, subject):
            if left:
                result = Result(law.id, case.name, case.digest(), subject.mode, "not-run", left)
            else:
                checked = check_case(law, subject, case)
                result = self._waiving.judged(law, case, subject, checked.result)
                if result.status in ("failed", "errored"):
                    if self._on_fail == "raise" and checked.error is not None:
                        raise checked.error
                    if self._on_fail == "first":
                        left = f"left out after the first failure, {case.name or case.digest()}"
                    elif not any(earlier.status == "failed" for earlier in found):
                        result = shrunk(law, subject, result)
            found.append(result)
            if step is not None:
                step(result)
        return found


def _counted(result: Result, unproven: str) -> Result:
    """Return a result as it counts: what passed in a mode that is not proven is `unproven`."""
    return replace(result, status="unproven", message=unproven) if unproven and result.status == "passed" else result


def unpassed(results: Sequence[Result], tier: Tier) -> str:
    """Return why not one case of a law passed, with the word for it; empty if one did."""
    if any(result.status == "passed" for result in results):
        return ""
    words = [word for word in ("unproven", "waived", "not-run") if any(result.status == word for result in results)]
    reasons = sorted({result.message.partition("\n")[0] for result in results})
    reasons = reasons or [f"no case at tier {tier} is for this mode"]
    return f"{', '.join(words).replace('-', ' ') or 'not claimed'}: {'; '.join(reasons)}"
