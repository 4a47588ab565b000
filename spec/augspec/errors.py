"""Every error that augspec raises, and how its text is made.

All of them derive from `AugspecError`, so one `except` catches them all. Each text says where (a field's path
or a target's name), what was found, what is allowed, and, where it can be known, the fix.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "AugspecError",
    "BackendUnavailable",
    "PolicyError",
    "PolicyProblem",
    "SampleError",
    "Unsupported",
    "format_path",
    "nearest",
    "printable",
]


class AugspecError(Exception):
    """Base class of all augspec errors."""


@dataclass(frozen=True)
class PolicyProblem:
    """One thing that is wrong with a policy document.

    Attributes:
        path: where, e.g. `ops[2].degrees.uniform[0]`; empty for the whole document.
        value: what stands there, shortened for display.
        allowed: what may stand there.
        suggestion: the nearest valid word, or the fix; empty when there is none.
    """

    path: str
    value: str
    allowed: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = self.path or "policy"
        fix = f" {self.suggestion}" if self.suggestion else ""
        return f"{where}: got {self.value}; allowed: {self.allowed}.{fix}"


class PolicyError(AugspecError, ValueError):
    """A policy document is wrong: nothing was compiled and nothing was changed."""

    def __init__(self, problems: Sequence[PolicyProblem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        self.path, self.value, self.allowed, self.suggestion = (
            first.path,
            first.value,
            first.allowed,
            first.suggestion,
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def single(cls, path: str, value: object, allowed: str, suggestion: str = "") -> PolicyError:
        """Make an error of one problem."""
        return cls([PolicyProblem(path, show(value), allowed, suggestion)])

    def __reduce__(self) -> tuple[type[PolicyError], tuple[tuple[PolicyProblem, ...]]]:
        return type(self), (self.problems,)


class SampleError(AugspecError, ValueError):
    """A sample, key or index does not fit what the augmenter was compiled for; nothing was computed.

    Attributes:
        target: which input, e.g. `image`, `mask`, `boxes`, `key`, `index`.
        expected: what it must be.
        got: what it was.
    """

    def __init__(self, target: str, expected: str, got: object, fix: str = "") -> None:
        self.target, self.expected, self.got, self.fix = target, expected, show(got), fix
        tail = f" {fix}" if fix else ""
        super().__init__(f"{target}: expected {expected}, got {self.got}.{tail}")

    def __reduce__(self) -> tuple[type[SampleError], tuple[str, str, str, str]]:
        return type(self), (self.target, self.expected, self.got, self.fix)


class BackendUnavailable(AugspecError, ImportError):
    """A backend is unknown or its framework is missing.

    Attributes:
        backend: its name.
        install: the line that installs what is missing; empty for an unknown name.
        fix: the nearest known name; empty where there is none.
    """

    def __init__(self, backend: str, reason: str, install: str = "", fix: str = "") -> None:
        self.backend, self.reason, self.install, self.fix = backend, reason, install, fix
        tail = f" Install it with: {install}" if install else f" {fix}" if fix else ""
        super().__init__(f"backend {backend!r}: {reason}.{tail}")

    def __reduce__(self) -> tuple[type[BackendUnavailable], tuple[str, str, str, str]]:
        return type(self), (self.backend, self.reason, self.install, self.fix)


class Unsupported(AugspecError, ValueError):
    """Something a backend, or an op on this kind of image, cannot do; found before any work.

    Attributes:
        what: the op or option.
        reason: why it cannot be done.
        fix: what to do instead.
    """

    def __init__(self, what: str, reason: str, fix: str = "") -> None:
        self.what, self.reason, self.fix = what, reason, fix
        tail = f" {fix}" if fix else ""
        super().__init__(f"{what}: {reason}.{tail}")

    def __reduce__(self) -> tuple[type[Unsupported], tuple[str, str, str]]:
        return type(self), (self.what, self.reason, self.fix)


def show(value: object, limit: int = 80, *, quoted: bool = False) -> str:
    """Return `value` as text of at most `limit` characters.

    Args:
        value: anything; a text stands for itself.
        limit: longer texts are cut.
        quoted: write the value as a document does: texts in quotes, true instead of True.
    """
    text = _as_json(value) if quoted else value if isinstance(value, str) else _safe_repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def printable(text: str) -> str:
    """Return `text` with escapes for what does not print: a document must not steer the terminal it is shown on."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _as_json(value: object) -> str:
    try:
        return printable(json.dumps(value, ensure_ascii=False))
    except (TypeError, ValueError):
        return _safe_repr(value)


def _safe_repr(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # whole numbers past Python's digit limit
        return f"a {type(value).__name__} of thousands of digits"


_ELSEWHERE = {
    "reflect": "mirror",
    "reflect_101": "mirror",
    "reflection": "mirror",
    "replicate": "edge",
    "clamp": "edge",
    "zeros": "constant",
    "circular": "wrap",
}
"""Words of other libraries (NumPy, OpenCV, torch) that nobody can guess from their letters."""


def nearest(word: str, words: Iterable[str]) -> str:
    """Return "Did you mean 'x'?" for the closest of `words`, or an empty string."""
    import difflib

    known = list(words)
    if _ELSEWHERE.get(word.lower()) in known:
        return f"Did you mean {_ELSEWHERE[word.lower()]!r}?"
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower().removeprefix("random_")
    found = difflib.get_close_matches(snake, known, n=1, cutoff=0.8)
    parts = [entry for entry in known if snake in entry or entry in snake] if len(snake) > 2 else []
    found = found or sorted(parts, key=len)[:2]
    found = found or difflib.get_close_matches(snake, known, n=1, cutoff=0.5)
    return f"Did you mean {' or '.join(repr(entry) for entry in found)}?" if found else ""


def format_path(parts: Iterable[str | int]) -> str:
    """Join path parts as a person writes them: `ops[2].degrees.uniform[0]`."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z_$][\w$-]{0,63}", part):
            text += f".{part}" if text else part
        else:
            text += f"[{show(part, 64, quoted=True)}]"
    return text
