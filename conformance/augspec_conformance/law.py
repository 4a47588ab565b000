"""Laws as plain objects: an id, the sentence it checks, its cases, a check; none of them knows pytest."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from augspec_conformance.headroom import MOST

if TYPE_CHECKING:
    from augspec_conformance.subject import Subject

__all__ = [
    "MAX_CASE_BYTES",
    "Case",
    "Law",
    "LawViolation",
    "Reach",
    "Tier",
    "require",
    "require_equal",
    "stable_seed",
]

MAX_CASE_BYTES = 2048
"""A case is a note, not a data set: pixels are derived from it."""

Reach = Literal["dear", "graph", "eager"]
Scope = Literal["modes", "backend", "language"]
Tier = Literal["kat", "smoke", "full", "stat", "stress", "explore"]


class Case(BaseModel):
    """All that a check needs to know, as JSON; pixels are derived from probe, seed and signature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    """What the case is called in reports, mostly its policy's name."""

    policy: dict[str, Any] = Field(default_factory=lambda: {"augspec": 1, "ops": []})
    key: int = Field(default=0, ge=0, lt=2**64)
    epoch: int = Field(default=0, ge=0, lt=2**32)
    view: int = Field(default=0, ge=0, lt=2**16)
    ids: tuple[int, ...] | None = None
    signature: str = "small-u8"
    probe: str = "noise"
    probe_seed: int = Field(default=0, ge=0, lt=2**32)
    layout: Literal["NHWC", "NCHW"] = "NHWC"
    mode: str = ""
    """The mode in which it failed; empty in a law's own list, because the runner supplies modes."""

    targets: tuple[str, ...] = ("image",)
    context: dict[str, Any] = Field(default_factory=dict)
    """What one law alone needs to know."""

    reach: Reach = "eager"
    """Where it runs: everywhere ("dear": also where a compilation takes ten seconds), where one takes about a second
    ("graph"), or only where nothing is compiled ("eager")."""

    @model_validator(mode="after")
    def _small(self) -> Case:
        size = len(self.to_json().encode())
        if size > MAX_CASE_BYTES:
            raise ValueError(f"a case of {size} bytes; at most {MAX_CASE_BYTES}")
        return self

    def to_json(self) -> str:
        """Return the case as compact JSON, fields at their defaults left out."""
        return self.model_dump_json(exclude_defaults=True)

    def with_(self, **changes: Any) -> Case:
        """Return the case with some fields replaced, checked again."""
        return Case(**{**self.model_dump(), **changes})

    @property
    def mixes(self) -> bool:
        """Return whether its policy mixes samples of a batch: then no sample's result is its own alone."""
        from augspec_conformance.cases.policies import mixes

        return mixes(self.policy)

    @property
    def rows(self) -> int:
        """Return how many times as many boxes and keypoints come out as go in."""
        from augspec_conformance.cases.policies import rows

        return rows(self.policy)

    def digest(self) -> str:
        """Return a short, stable name."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:8]


def _all_cases_apply(subject: Subject, case: Case) -> str:
    del subject, case
    return ""


@dataclass(frozen=True)
class Law:
    """One rule of the specification, made checkable.

    Attributes:
        id: such as "P1".
        title: a few words.
        rules: labels of the specification's sentences that it checks, such as ("C11", "T6").
        sentence: what must hold, in one sentence.
        check: raises `LawViolation` if it does not.
        cases: the pinned cases of a tier.
        needs: why a subject cannot be asked this case (a capability it does not claim); empty if it can.
        scope: "modes" runs in every mode, "backend" once per backend, "language" once per run on any backend.
        search: whether Hypothesis may vary the run-time data of its cases.
        pinned: whether its cases are published ones, which no run seed changes.
        tiers: the tiers that ask it; the family R is asked at the tier stat as well, with more draws.
    """

    id: str
    title: str
    rules: tuple[str, ...]
    sentence: str
    check: Callable[[Subject, Case], None] = field(repr=False)
    cases: Callable[[Tier], tuple[Case, ...]] = field(repr=False)
    needs: Callable[[Subject, Case], str] = field(default=_all_cases_apply, repr=False)
    scope: Scope = "modes"
    search: bool = False
    pinned: bool = False
    tiers: tuple[Tier, ...] = ("kat", "smoke", "full")


class LawViolation(AssertionError):
    """A backend broke a law. The text is all that is needed to see and replay it.

    Attributes:
        law: its id; empty until the runner adds it.
        sentence: the law's sentence.
        case: the case.
        reason: what was compared.
        where: index of the first differing element.
        expected: what should stand there.
        got: what stands there.
        backend: name of the backend under test.
        mode: its mode.
        tolerance: what the farthest comparison with a tolerance allowed, and how many times that was used.
    """

    def __init__(self, reason: str, *, where: Any = None, expected: Any = None, got: Any = None) -> None:
        self.reason, self.where, self.expected, self.got = reason, where, expected, got
        self.law = self.sentence = self.backend = self.mode = ""
        self.case: Case | None = None
        self.tolerance: tuple[float, float] | None = None
        super().__init__(reason)

    def of(self, law: Law, case: Case, backend: str, mode: str) -> LawViolation:
        """Add the law and the case, and return self."""
        self.law, self.sentence, self.backend, self.mode = law.id, law.sentence, backend, mode
        self.case = case.with_(mode=mode)
        return self

    def measured_as(self, bound: float | None, share: float | None) -> LawViolation:
        """Add what was measured: the tolerance that was used most, and the share of it; return self."""
        self.tolerance = None if bound is None or share is None else (bound, share)
        return self

    def __str__(self) -> str:
        lines = [f"{self.law} {self.sentence}" if self.law else "", f"  {self.reason}"]
        if self.where is not None:
            lines.append(f"  first difference at {self.where}{_in_words(self.where)}")
        if self.expected is not None or self.got is not None:
            lines.append(f"  expected {self.expected!r}, got {self.got!r}")
        if self.tolerance is not None and self.tolerance[1] > 1:
            bound, share = self.tolerance
            times = f"{share:.3g} times" if share < MOST else f"{MOST:g} times or more"
            lines.append(f"  tolerance {bound:.3g}, exceeded {times}")
        elif isinstance(self.where, tuple):
            lines.append("  tolerance: none, equality is demanded")
        if self.case is not None:
            lines.append(f"  case {self.case.name or self.case.digest()}: {self.case.to_json()}")
            lines.append(f"  replay: {replay_line(self.law, self.case, self.backend)}")
        return "\n".join(line for line in lines if line)


def replay_line(law: str, case: Case, backend: str) -> str:
    """Return the shell line that runs one case again."""
    case_json = shlex.quote(case.to_json())
    return f"python -m augspec_conformance.replay --law {law} --backend {backend} {case_json}"


def _in_words(where: Any) -> str:
    """Return what an index into a batch of images (B, H, W, C) means."""
    if not (isinstance(where, tuple) and len(where) == 4):
        return ""
    return ": sample {}, row {}, column {}, channel {}".format(*where)


def require(condition: object, reason: str, *, where: Any = None, expected: Any = None, got: Any = None) -> None:
    """Raise `LawViolation` unless `condition`."""
    if not condition:
        raise LawViolation(reason, where=where, expected=expected, got=got)


def require_equal(got: npt.ArrayLike, expected: npt.ArrayLike, reason: str) -> None:
    """Demand equality in shape, dtype and every bit of value (NaN equals NaN)."""
    a, b = np.asarray(got), np.asarray(expected)
    require(a.shape == b.shape, f"{reason}: shapes differ", expected=b.shape, got=a.shape)
    require(a.dtype == b.dtype, f"{reason}: dtypes differ", expected=str(b.dtype), got=str(a.dtype))
    same = a == b
    if a.dtype.kind not in "biuOSU":
        same |= (a != a) & (b != b)  # noqa: PLR0124 (NaN, in any float dtype)
    if not np.all(same):
        where = tuple(int(i) for i in np.argwhere(~same)[0])
        count = int(np.size(same) - np.count_nonzero(same))
        raise LawViolation(
            f"{reason}: {count} of {np.size(same)} elements differ",
            where=where,
            expected=_plain(b[where]),
            got=_plain(a[where]),
        )


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def stable_seed(*parts: object) -> int:
    """Return a 64-bit number that depends on the parts alone: the same on every host and for every backend."""
    return int.from_bytes(hashlib.sha256(json.dumps([str(p) for p in parts]).encode()).digest()[:8], "big")
