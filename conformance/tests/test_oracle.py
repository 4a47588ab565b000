"""The oracle: one function for each op, and nothing of the backends in it."""

from __future__ import annotations

import ast
from pathlib import Path

import augspec
import augspec_conformance.oracle as oracle_package
from augspec_conformance.oracle import OPS
from augspec_conformance.oracle.mixing import MIXING


def test_every_op_of_the_vocabulary_has_one_function() -> None:
    assert sorted([*OPS, *MIXING]) == sorted(name for name, op in augspec.ops().items() if op.stage != "macro")


def test_oracle_imports_only_numpy_and_the_standard_library() -> None:
    allowed = {
        "__future__",
        "collections",
        "dataclasses",
        "functools",
        "itertools",
        "hashlib",
        "math",
        "statistics",
        "typing",
        "numpy",
    }
    for file in Path(oracle_package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                ours = name.startswith("augspec_conformance.oracle")
                assert ours or name.split(".")[0] in allowed, f"{file.name} imports {name}"
