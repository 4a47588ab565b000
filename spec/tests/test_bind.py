"""Finding a backend by its name: what is known, and what is said of what is not."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import pytest

import augspec
from augspec.errors import BackendUnavailable


def registered(monkeypatch: pytest.MonkeyPatch, **backends: str) -> None:
    found = [EntryPoint(name, value, "augspec.backends") for name, value in backends.items()]
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda *, group: found if group == "augspec.backends" else []
    )


def test_strangers_are_known_beside_the_built_in_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, stranger="augspec_backends.numpy.backend:Backend")
    assert augspec.backends() == ("host", "jax", "numpy", "stranger", "tensorflow", "torch")
    assert augspec.get_backend("stranger").name == "numpy"


def test_the_built_in_ones_are_known_without_any_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch)
    assert augspec.backends() == ("host", "jax", "numpy", "tensorflow", "torch")
    assert augspec.get_backend("numpy").name == "numpy"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nump", r"no such backend; known are .*numpy.*Did you mean 'numpy'\?"),
        ("os", "no such backend"),
        ("os:nope", "the module 'os' has no 'nope'"),
        ("augspec_backends.numpy.backend:Backends", r"has no 'Backends'.*Did you mean 'Backend'\?"),
        ("os:getcwd", "'getcwd' is no backend: it has no name, capabilities, compile"),
        ("no_such_module:Backend", "cannot be imported"),
        (3, "a backend is a name"),
    ],
)
def test_what_is_no_backend_is_named(name: Any, said: str) -> None:
    with pytest.raises(BackendUnavailable, match=said):
        augspec.get_backend(name)


def test_a_module_alone_means_its_backend() -> None:
    assert augspec.get_backend("augspec_backends.numpy.backend:").name == "numpy"
