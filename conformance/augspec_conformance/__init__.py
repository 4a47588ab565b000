"""The conformance suite: what every backend must do, as laws that run with or without pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from augspec_conformance.law import Case as Case
    from augspec_conformance.law import Law as Law
    from augspec_conformance.law import LawViolation as LawViolation
    from augspec_conformance.parametrize import parametrize_laws as parametrize_laws
    from augspec_conformance.report import Report as Report
    from augspec_conformance.report import Result as Result
    from augspec_conformance.runner import check_backend as check_backend

__all__ = ["Case", "Law", "LawViolation", "Report", "Result", "check_backend", "parametrize_laws"]

_HOMES = {
    "Case": "law",
    "Law": "law",
    "LawViolation": "law",
    "Report": "report",
    "Result": "report",
    "check_backend": "runner",
    "parametrize_laws": "parametrize",
}


def __getattr__(name: str) -> Any:
    """Import on demand: the pytest plugin in this package is loaded everywhere and must stay light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"augspec_conformance.{_HOMES[name]}"), name)
