"""Laws as parameters of a test of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from augspec_conformance.examination import Examination, unpassed
from augspec_conformance.law import Law, LawViolation, Tier
from augspec_conformance.planning import select_laws
from augspec_conformance.report import BROKEN
from augspec_conformance.runner import subjects_of
from augspec_conformance.subject import Subject
from augspec_conformance.waivers import Waiver

if TYPE_CHECKING:
    import pytest

__all__ = ["LawCheck", "parametrize_laws"]


class LawCheck:
    """One law of one backend in one mode; calling it runs its cases."""

    def __init__(self, examination: Examination, subject: Subject, law: Law) -> None:
        self.examination, self.subject, self.law = examination, subject, law

    def __repr__(self) -> str:
        return f"{self.subject.name}-{self.subject.mode}-{self.law.id}"

    def __call__(self) -> None:
        """Run the law's cases.

        Raises:
            LawViolation: a case broke the law; the text says which, where, and how to replay it. Or a waiver of this
                law is in order no more.
            pytest.skip.Exception: no case passed, because the backend claims nothing of what the law asks, the mode is
                not proven real, or all of it is waived.
        """
        import pytest

        results = self.examination.results(self.law, self.subject)
        for result in (*results, *self.examination.faults_of(self.law, self.subject)):
            if result.status in BROKEN:
                raise LawViolation(result.message)
        if reason := unpassed(results, self.examination.tier):
            pytest.skip(reason)


def parametrize_laws(
    backend: Any,
    *,
    tier: Tier = "smoke",
    laws: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    waivers: Sequence[Waiver] = (),
    seed: int = 0,
) -> pytest.MarkDecorator:
    """Return a decorator that gives a test every law, as a callable `check`.

    Example:
        >>> from augspec_conformance import parametrize_laws
        >>> @parametrize_laws("numpy", tier="kat")
        ... def test_backend(check):
        ...     check()

    Args:
        backend: as in `check_backend`.
        tier: "kat", "smoke", "full", "stat" or "stress".
        laws: ids of the laws; all of them by default.
        modes: modes; all that the backend claims by default.
        waivers: known failures, as in `check_backend`; their witnesses are run at once.
        seed: the run seed; 0 is the pinned run.

    Raises:
        ValueError: a law or a mode is unknown.
    """
    import pytest

    examination = Examination(subjects_of(backend, modes), select_laws(laws), tier, waivers=waivers, seed=seed)
    checks = [LawCheck(examination, subject, law) for law, subject, _ in examination.plan()]
    return pytest.mark.parametrize("check", checks, ids=repr)
