"""Laws as parameters of a test of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import augspec
from augspec_conformance.law import Law, LawViolation, Tier
from augspec_conformance.runner import plan_cases, run_case, select_laws, unclaimed
from augspec_conformance.subject import Subject

if TYPE_CHECKING:
    import pytest

__all__ = ["LawCheck", "parametrize_laws"]


class LawCheck:
    """One law of one backend in one mode; calling it runs its cases."""

    def __init__(self, subject: Subject, law: Law, tier: Tier, *, seed: int = 0) -> None:
        self.subject, self.law, self.tier, self.seed = subject, law, tier, seed

    def __repr__(self) -> str:
        return f"{self.subject.name}-{self.subject.mode}-{self.law.id}"

    def __call__(self) -> None:
        """Run the law's cases.

        Raises:
            LawViolation: a case broke the law; the text says which, where, and how to replay it.
            pytest.skip.Exception: the backend claims nothing of what the law asks.
        """
        import pytest

        cases = list(plan_cases(self.law, self.subject, self.tier, seed=self.seed))
        results = [run_case(self.law, self.subject, case) for case in cases]
        for result in results:
            if result.status in ("failed", "errored"):
                raise LawViolation(result.message)
        if reason := unclaimed(results, self.tier):
            pytest.skip(reason)


def parametrize_laws(
    backend: Any,
    *,
    tier: Tier = "smoke",
    laws: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
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
        tier: "kat", "smoke" or "full".
        laws: ids of the laws; all of them by default.
        modes: modes; all that the backend claims by default.
        seed: the run seed; 0 is the pinned run.

    Raises:
        ValueError: a law or a mode is unknown.
    """
    import pytest

    found = augspec.get_backend(backend) if isinstance(backend, str) else backend
    known = tuple(found.capabilities.modes)
    for mode in modes or ():
        if mode not in known:
            raise ValueError(f"{found.name} claims the modes {', '.join(known)}, not {mode!r}")
    kind = type(found)
    source = backend if isinstance(backend, str) else f"{kind.__module__}:{kind.__qualname__}"
    family: dict[str, Subject] = {}
    checks = [
        LawCheck(subject, law, tier, seed=seed)
        for number, subject in enumerate(Subject(found, mode, family, source=source) for mode in modes or known)
        for law in select_laws(laws)
        if law.scope == "modes" or number == 0
    ]
    return pytest.mark.parametrize("check", checks, ids=repr)
