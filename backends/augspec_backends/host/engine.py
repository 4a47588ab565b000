"""From a graph to machine code: LLVM compiles its text for this processor; the result is a function of addresses."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from augspec_backends.host.code import Module, stored_bytes
from augspec_backends.host.graph import Node
from augspec_backends.host.program import Program

__all__ = ["Compiled", "compiled"]

_ready = False


def _target() -> Any:
    global _ready  # noqa: PLW0603
    if not _ready:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        _ready = True
    features = llvm.get_host_cpu_features().flatten()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=3, codemodel="jitdefault", jit=True
    )


def text(outputs: Sequence[Node], inputs: Sequence[Node], shared: Sequence[bool]) -> tuple[str, int]:
    """Return a module as text, and how many bytes of memory its function needs."""
    module = Module()
    program = Program(module, outputs)
    lines = ["define void @main(ptr %table, ptr %arena, i64 %first, i64 %last) {", "entry:", "  br label %head",
             "head:", "  %b = phi i64 [ %first, %entry ], [ %next, %body ]", "  %more = icmp slt i64 %b, %last",
             "  br i1 %more, label %body, label %end", "body:"]
    places = {one.serial: place for place, one in enumerate(inputs)}
    operands = ["ptr %arena"]
    every = [(places[one.serial], one, shared[places[one.serial]]) for one in program.inputs]
    every += [(len(inputs) + number, one, False) for number, one in enumerate(outputs)]
    for number, (place, one, whole) in enumerate(every):
        lines.append(f"  %s{number} = getelementptr ptr, ptr %table, i64 {place}")
        lines.append(f"  %a{number} = load ptr, ptr %s{number}")
        stride = 0 if whole else one.size * stored_bytes(one.dtype)
        lines.append(f"  %o{number} = mul i64 %b, {stride}")
        lines.append(f"  %p{number} = getelementptr i8, ptr %a{number}, i64 %o{number}")
        operands.append(f"ptr %p{number}")
    lines += [f"  call void {program.name}({', '.join(operands)})", "  %next = add i64 %b, 1", "  br label %head",
              "end:", "  ret void", "}"]
    module.functions.append("\n".join(lines))
    return module.text(), program.size


class Compiled:
    """Machine code of a graph."""

    def __init__(self, source: str, size: int) -> None:
        machine = _target()
        parsed = llvm.parse_assembly(source)
        parsed.verify()
        options = llvm.create_pipeline_tuning_options(speed_level=3)
        options.loop_vectorization = True
        options.slp_vectorization = True
        options.loop_interleaving = True
        builder = llvm.create_pass_builder(machine, options)
        builder.getModulePassManager().run(parsed, builder)
        self.optimised = str(parsed)
        self._engine = llvm.create_mcjit_compiler(parsed, machine)
        self._engine.finalize_object()
        address = self._engine.get_function_address("main")
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
        self._call = kind(address)
        self.machine = machine
        self._size = size
        self._own = threading.local()

    def __call__(self, arrays: Sequence[np.ndarray], first: int, last: int) -> None:
        """Run for samples first … last − 1."""
        table = (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))
        arena = getattr(self._own, "arena", None)
        if arena is None:
            whole = np.empty(self._size + 64, np.uint8)
            arena = self._own.arena = whole[-whole.ctypes.data % 64 :]
        self._call(table, arena.ctypes.data, first, last)


def compiled(outputs: Sequence[Node], inputs: Sequence[Node], shared: Sequence[bool]) -> Compiled:
    """Return the function that computes outputs, one sample after the other."""
    return Compiled(*text(outputs, inputs, shared))
