"""Facts: what a report's header says about a backend and the place it ran in."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

import augspec

__all__ = ["facts", "source_of"]

_CLAIMS = ("dtypes", "layouts", "modes", "default_layout", "auto", "differentiable", "devices")


def facts(backend: Any, source: str = "") -> dict[str, Any]:
    """Return versions, capabilities, place and time.

    Args:
        backend: the instance under test.
        source: how it was asked for, such as "torch" or "my_package:Backend"; found out if empty.
    """
    capabilities = backend.capabilities
    return {
        "augspec": augspec.__version__,
        **_package(backend),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "started": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "source": source or source_of(backend),
        "capabilities": {name: getattr(capabilities, name, None) for name in _CLAIMS},
    }


def source_of(backend: Any) -> str:
    """Return what `augspec.get_backend` takes to find a backend of this class: `module:attribute`, or its name."""
    cls, name = type(backend), str(backend.name)
    registered = name in augspec.backends() and type(augspec.get_backend(name)) is cls
    # A class inside a function or another class has no such address.
    return name if registered or "." in cls.__qualname__ else f"{cls.__module__}:{cls.__qualname__}"


def _package(backend: Any) -> dict[str, str]:
    """Return the version of the backend's framework, and of the package that a third party's backend is in."""
    found: dict[str, str] = {}
    for name in (getattr(backend, "framework", ""), backend.name, type(backend).__module__.partition(".")[0]):
        for distribution in (name, f"{name}-cpu"):  # tensorflow-cpu stands in for tensorflow
            try:
                found.setdefault(name, version(distribution))
            except (PackageNotFoundError, ValueError):
                continue
    return found
