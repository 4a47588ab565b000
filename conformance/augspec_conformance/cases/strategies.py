"""Hypothesis varies what is decided at run time: key, ids, probe, probe seed, layout; never pixels, shapes or policies.

Compiled functions are reused, shrinking is cheap, and each example is a small JSON case. What is drawn depends on the
law's id and the run seed alone: every backend and every host sees the same cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as start_from
from hypothesis import strategies as st

from augspec_conformance.cases.catalogue import BIG_IDS, EPOCHS, VIEWS
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case, Law, LawViolation, Tier, stable_seed
from augspec_conformance.tolerances import EXAMPLES

if TYPE_CHECKING:
    from augspec_conformance.subject import Subject

__all__ = ["cases_like", "run_time", "search", "settings_of"]

_PROBES = ("noise", "coord", "impulse", "ramp", "extremes", "constant", "blobs")
_KEYS = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2**31, 2**32 - 1, 2**32, 2**64 - 1]))
_IDS = st.one_of(st.integers(0, 1000), st.integers(0, 2**48 - 1), st.sampled_from(BIG_IDS))


@st.composite
def cases_like(draw: st.DrawFn, bases: Sequence[Case]) -> Case:
    """Return a strategy for one case with the policy and signature of one of `bases`."""
    base = draw(st.sampled_from(list(bases)))
    return base.with_(**draw(run_time(SIGNATURES[base.signature].shape[0])))


@st.composite
def run_time(draw: st.DrawFn, batch: int) -> dict[str, Any]:
    """Return a strategy for the fields of a case that are decided at run time."""
    return {
        "key": draw(_KEYS),
        "epoch": draw(st.sampled_from(EPOCHS)),
        "view": draw(st.sampled_from(VIEWS)),
        "ids": tuple(draw(st.lists(_IDS, min_size=batch, max_size=batch, unique=True))),
        "probe": draw(st.sampled_from(_PROBES)),
        "probe_seed": draw(st.integers(0, 2**32 - 1)),
    }


def settings_of(tier: Tier) -> settings:
    """Return explicit settings: nothing depends on profiles, and the first compilation may take its time."""
    return settings(
        deadline=None,
        database=None,
        derandomize=False,
        print_blob=False,
        max_examples=EXAMPLES[tier],
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )


def search(law: Law, subject: Subject, tier: Tier, *, seed: int = 0) -> int:
    """Search for a violation under a run seed; return how many examples ran.

    Raises:
        LawViolation: the smallest one found.
    """
    from augspec_conformance.runner import plan_cases
    from augspec_conformance.subject import Unclaimed

    bases = [
        case for case in plan_cases(law, subject, tier, seed=seed) if not case.context and not law.needs(subject, case)
    ]
    count = [0]
    if not bases:
        return 0

    @start_from(stable_seed("search", law.id, *((seed,) if seed else ())))
    @settings_of(tier)
    @given(case=cases_like(bases))
    def run(case: Case) -> None:
        try:
            law.check(subject, case)
        except Unclaimed:
            return
        except LawViolation as violation:
            raise violation.of(law, case, subject.name, subject.mode) from None
        count[0] += 1

    run()
    return count[0]
