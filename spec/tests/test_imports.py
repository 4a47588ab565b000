"""`import augspec` is light, imports no framework, and exports what it says."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import augspec

FRAMEWORKS = ("jax", "keras", "llvmlite", "tensorflow", "torch")
HEAVY = (*FRAMEWORKS, "PIL", "click", "hypothesis", "jsonschema", "pytest", "rich", "typer")


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_import_augspec_imports_no_framework_and_no_tool() -> None:
    assert run(f"import augspec, sys; print([m for m in {HEAVY} if m in sys.modules])") == "[]"


def test_using_augspec_imports_no_framework_and_no_tool() -> None:
    code = (
        "import augspec, sys, numpy as np\n"
        'policy = augspec.loads(\'{"augspec": 1, "ops": [{"op": "horizontal_flip"}]}\')\n'
        "augspec.compile(policy)(1, np.zeros((4, 4, 3), np.uint8))\n"
        "augspec.explain(policy, 'draws'); augspec.schema()\n"
        f"print([m for m in {HEAVY} if m in sys.modules])"
    )
    assert run(code) == "[]"


def test_import_augspec_takes_less_than_200_ms() -> None:
    code = "import time; t = time.process_time(); import augspec; print(time.process_time() - t)"
    run(code)  # warm-up: bytecode and file cache
    # Processor time, the shortest of several: what the import costs, not what else the machine does meanwhile.
    assert min(float(run(code)) for _ in range(7)) < 0.2


def test_all_is_sorted_and_equal_to_the_exported_names() -> None:
    tree = ast.parse(Path(augspec.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    exported = {alias.asname for node in imports for alias in node.names}
    assert augspec.__all__ == sorted(augspec.__all__)
    assert set(augspec.__all__) == exported
    for name in augspec.__all__:
        assert getattr(augspec, name) is not None


def test_every_public_name_keeps_its_meaning_whatever_was_imported_before() -> None:
    """`augspec.load`, `augspec.ops` … are functions although modules of these names exist."""
    code = (
        "import augspec, inspect\n"
        "augspec.Policy, augspec.Draws, augspec.Key(1), augspec.ops(), augspec.schema()\n"
        'augspec.loads(\'{"augspec": 1, "ops": []}\')\n'
        "print([name for name in augspec.__all__ if inspect.ismodule(getattr(augspec, name))])"
    )
    assert run(code) == "[]"
    for module in ("augspec.ops.rotate", "augspec.explain", "augspec.schema.generate", "augspec.normalize"):
        check = "print([n for n in augspec.__all__ if inspect.ismodule(getattr(augspec, n))])"
        assert run(f"import {module}, augspec, inspect; {check}") == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = augspec.nothing
    assert set(augspec.__all__) <= set(dir(augspec))


def modules() -> list[str]:
    names = ["augspec"]
    packages = pkgutil.walk_packages(importlib.import_module("augspec").__path__, "augspec.")
    return names + [info.name for info in packages if info.name != "augspec.__main__"]


@pytest.mark.parametrize("name", modules())
def test_every_module_says_what_it_is_and_what_it_exports(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    names = getattr(module, "__all__", [])
    assert [n for n in names if not hasattr(module, n)] == []
    assert names == sorted(names)
    for exported in names:
        value = getattr(module, exported)
        if inspect.isfunction(value) or inspect.isclass(value):
            assert value.__doc__, f"{name}.{exported}"


def test_no_module_is_called_utils() -> None:
    assert not [name for name in modules() if "util" in name or "helper" in name]
