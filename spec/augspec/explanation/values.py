"""Numbers and distributions as people write them: `12.3°`, `×1.12`, `uniform −15° to 15°`."""

from __future__ import annotations

from typing import Any

from augspec.language.dirichlet import Dirichlet
from augspec.language.distributions import Beta, Choice, Integers, LogUniform, Normal, Uniform
from augspec.language.quantities import Quantity

__all__ = ["distribution", "number", "with_unit"]


def number(value: float, digits: int = 4) -> str:
    """Return a number with at most so many significant digits, a true minus, and hardly ever an exponent."""
    text = f"{value:.{digits}g}"
    if "e" in text and 1e-6 < abs(value) < 1e9:
        text = f"{value:.9f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"
    return text.replace("-", "−") if float(text) else "0"


def with_unit(value: float, quantity: Quantity, digits: int = 4) -> str:
    """Return a number with the symbol of its unit."""
    symbol = quantity.symbol
    return f"×{number(value, digits)}" if symbol == "×" else f"{number(value, digits)}{symbol}"


def distribution(value: Any, quantity: Quantity) -> str:
    """Return a constant or distribution in words."""

    def unit(x: float) -> str:
        return with_unit(x, quantity)

    if isinstance(value, Uniform):
        return f"uniform {unit(value.uniform[0])} to {unit(value.uniform[1])}"
    if isinstance(value, LogUniform):
        return f"log-uniform {unit(value.log_uniform[0])} to {unit(value.log_uniform[1])}"
    if isinstance(value, Normal):
        n = value.normal
        return f"normal {unit(n.mean)} ± {number(n.std)} within {unit(n.low)} to {unit(n.high)}"
    if isinstance(value, Beta):
        return f"beta({number(value.beta[0])}, {number(value.beta[1])})"
    if isinstance(value, Dirichlet):
        return f"dirichlet({number(value.alpha)}) of {value.n}"
    if isinstance(value, Integers):
        return f"whole numbers {unit(value.integers[0])} to {unit(value.integers[1])}"
    if isinstance(value, Choice):
        return _choice(value, quantity)
    return unit(float(value))


def _choice(value: Choice, quantity: Quantity) -> str:
    values, share = value.atoms()
    equal = bool((share == share[0]).all())
    parts = [
        with_unit(float(v), quantity) + ("" if equal else f" ({number(100 * float(s), 3)} %)")
        for v, s in zip(values[:8], share[:8], strict=True)
    ]
    more = f" … {len(values)} values" if len(values) > 8 else ""
    return "one of " + ", ".join(parts) + more
