"""The settings of a foreign transform; every one is read, known to mean nothing here, or reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["Fields", "Json", "NotImported", "span"]

Json = dict[str, Any]


class NotImported(Exception):
    """A transform, or this setting of it, that no op of ours stands for; the text is the reason."""


class Fields:
    """Settings by name, which remember what was read.

    Args:
        values: the settings.
        white: what their fills and thresholds call white: 255 for uint8 images, 1 for floats.

    Attributes:
        differs: what an op of ours does in another way.
        classes: how many classes labels have, where the transform says so.
    """

    def __init__(self, values: Mapping[str, Any], white: float = 255.0) -> None:
        self._values = dict(values)
        self._read: set[str] = set()
        self.white = white
        self.differs: list[str] = []
        self.classes: int | None = None

    def __getitem__(self, name: str) -> Any:
        self._read.add(name)
        if name not in self._values:
            raise NotImported(f"the setting {name} is missing")
        return self._values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a setting, or the default where there is none."""
        self._read.add(name)
        return self._values.get(name, default)

    def mark(self, name: str) -> None:
        """Add a setting that is true, and that only readers look at."""
        self._values[name] = True
        self._read.add(name)

    def drop(self, names: Iterable[str]) -> None:
        """Note settings that mean nothing here."""
        self._read.update(names)

    def must(self, name: str, *allowed: Any) -> None:
        """Refuse a setting that is not one of these; one that is absent passes."""
        if name in self._values and self[name] not in allowed:
            raise NotImported(f"{name} {_word(self[name])} has no counterpart")

    def differ(self, reason: str) -> None:
        """Note what an op of ours does in another way."""
        if reason not in self.differs:
            self.differs.append(reason)

    def left(self) -> list[str]:
        """Return the settings that nobody has read."""
        return sorted(set(self._values) - self._read)

    def fill(self, name: str = "fill") -> float | list[float]:
        """Return a fill in the unit range."""
        value = self.get(name, 0)
        if isinstance(value, Mapping):
            raise NotImported(f"{name} for single types has no counterpart")
        if isinstance(value, Sequence) and not isinstance(value, str):
            levels = [float(one) / self.white for one in value]
            return levels[0] if len(set(levels)) == 1 else levels
        return 0.0 if value is None else float(value) / self.white


def span(low: Any, high: Any, *, kind: str = "uniform") -> float | Json:
    """Return a distribution over a range, or the number if it is one."""
    a, b = float(low), float(high)
    return a if a == b else {kind: [min(a, b), max(a, b)]}


def _word(value: Any) -> str:
    return str(getattr(value, "value", value))
