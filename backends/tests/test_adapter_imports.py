"""The adapters' import paths: short for people, and free of frameworks until a name is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import augspec_backends.torch, augspec_backends.tensorflow", ("torch", "tensorflow", "keras")),
        ("from augspec_backends.torch import Augment, AugmentedDataset", ("tensorflow", "keras", "jax")),
        ("from augspec_backends.tensorflow import augment_dataset", ("torch", "augspec_backends.tensorflow.layer")),
    ],
    ids=["packages", "torch", "tf.data"],
)
def test_names_import_what_they_need_and_no_more(program: str, absent: tuple[str, ...]) -> None:
    check = f"{program}\nimport sys\nprint([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("package", ["torch", "tensorflow"])
def test_an_unknown_name_is_an_attribute_error(package: str) -> None:
    import importlib

    module = importlib.import_module(f"augspec_backends.{package}")
    with pytest.raises(AttributeError, match="Augmenter"):
        module.Augmenter  # noqa: B018


def test_the_docstrings_examples_run() -> None:
    import doctest
    import importlib

    for name in ("torch.data", "torch.module", "tensorflow.data", "tensorflow.layer"):
        module = importlib.import_module(f"augspec_backends.{name}")
        result = doctest.testmod(module)
        assert result.attempted > 3
        assert result.failed == 0, name
