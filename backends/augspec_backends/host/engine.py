"""From a graph to machine code: LLVM compiles its text for this processor; the result is a function of addresses."""

from __future__ import annotations

import ctypes
import hashlib
import itertools
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

import llvmlite.binding as llvm
import numpy as np

from augspec_backends.host import storage
from augspec_backends.host.code import Module, stored_bytes
from augspec_backends.host.graph import Node
from augspec_backends.host.program import Program

__all__ = ["Machine", "compiled", "gathers", "machines"]

_MAIN = "augspec_main"

_SIGNATURE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
"""(table of addresses, the program's own memory, first sample, last sample + 1); it runs without the GIL."""


_OWN_PART = (
    "  %low = trunc i64 %first to i32",
    "  %high = trunc i64 %last to i32",
    "  store i32 %low, ptr %arena",
    "  %second = getelementptr i8, ptr %arena, i64 4",
    "  store i32 %high, ptr %second",
)
"""Tells a program that is called once, for a part of its samples, which."""


@cache
def _processor() -> tuple[str, str]:
    """Return this processor's name and features, once LLVM is ready."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def _gathering() -> str:
    """Return attributes of functions that read words at computed places: they may do so eight at a time.

    LLVM holds AVX2's gathers for slow on some processors and then computes all places one by one, without vectors:
    a rotation took twice as long on an AMD EPYC of the third generation.
    """
    name, features = _processor()
    if "+avx2" not in features.split(","):
        return ""
    return f' "target-cpu"="{name}" "target-features"="{features},+fast-gather"'


def gathers() -> bool:
    """Return whether this processor reads and multiplies many words at a time, as AVX2 does."""
    return bool(_gathering())


def _machine() -> Any:
    name, features = _processor()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=name, features=features, opt=3, codemodel="jitdefault", jit=True)


def _source(outputs: Sequence[Node], inputs: Sequence[Node], shared: Sequence[bool], parts: int) -> tuple[str, int]:
    """Return a module as text, and how many bytes of memory its function needs of its own.

    Args:
        outputs: what to compute for one sample.
        inputs: of what.
        shared: which inputs are the same for all samples; the others, and outputs, have one for each.
        parts: into how many a single call may be shared out, as `Program` has it.
    """
    module = Module(_gathering())
    program = Program(module, outputs, parts)
    places = {one.serial: place for place, one in enumerate(inputs)}
    needed = [(places[one.serial], one, shared[places[one.serial]]) for one in program.inputs]
    needed += [(len(inputs) + number, one, False) for number, one in enumerate(outputs)]
    body: list[str] = []
    for number, (place, one, whole) in enumerate(needed):
        stride = 0 if whole else one.size * stored_bytes(one.dtype)
        body += [
            f"%slot{number} = getelementptr ptr, ptr %table, i64 {place}",
            f"%start{number} = load ptr, ptr %slot{number}",
            f"%offset{number} = mul i64 %sample, {stride}",
            f"%at{number} = getelementptr i8, ptr %start{number}, i64 %offset{number}",
        ]
    operands = ", ".join(["ptr %arena", *(f"ptr %at{number}" for number in range(len(needed)))])
    first, last, own = ("0", "1", _OWN_PART) if parts else ("%first", "%last", ())
    lines = [
        f"define void @{_MAIN}(ptr %table, ptr %arena, i64 %first, i64 %last) {{",
        "entry:",
        *own,
        "  br label %head",
        "head:",
        f"  %sample = phi i64 [ {first}, %entry ], [ %next, %body ]",
        f"  %more = icmp slt i64 %sample, {last}",
        "  br i1 %more, label %body, label %end",
        "body:",
        *("  " + line for line in body),
        f"  call void {program.name}({operands})",
        "  %next = add i64 %sample, 1",
        "  br label %head",
        "end:",
        "  ret void",
        "}",
    ]
    module.functions.append("\n".join(lines))
    return module.text(), program.size


def _object(source: str) -> bytes:
    """Return machine code for this processor, as an object file."""
    machine = _machine()
    module = llvm.parse_assembly(source)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    options.loop_interleaving = True
    options.slp_vectorization = False  # LLVM 22.1 changed results of straight code with it
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    code: bytes = machine.emit_object(module)
    return code


class Machine:
    """Machine code, loaded; called from several threads at once it uses memory for each.

    Args:
        code: an object file.
        size: how many bytes of memory of its own a run needs.
        name: what it computes, in short: equal texts have equal names, in every process.
        parts: how many samples of a single call may be shared among threads; 0 if samples have calls of their own.
    """

    count: ClassVar[int] = 0
    """How many there have been in this process."""

    def __init__(self, code: bytes, size: int, name: str, parts: int) -> None:
        Machine.count += 1
        self.name, self.parts = name, parts
        empty = llvm.parse_assembly("")
        self._engine = llvm.create_mcjit_compiler(empty, _machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self._call = _SIGNATURE(self._engine.get_function_address(_MAIN))
        self.size = size
        self._free: list[np.ndarray] = []

    def __call__(self, arrays: Sequence[np.ndarray], count: int, threads: int = 1) -> None:
        """Run for samples 0 … count − 1.

        Args:
            arrays: inputs and outputs, contiguous.
            count: how many samples.
            threads: how many share them.
        """
        table = (ctypes.c_void_p * len(arrays))(*[array.__array_interface__["data"][0] for array in arrays])
        if threads < 2 or count < 2:
            self._run(table, 0, count)
            return
        ends = [count * part // threads for part in range(threads + 1)]
        others = [
            threading.Thread(target=self._run, args=(table, first, last))
            for first, last in itertools.pairwise(ends[1:])
        ]
        for thread in others:
            thread.start()
        self._run(table, 0, ends[1])
        for thread in others:
            thread.join()

    def _run(self, table: Any, first: int, last: int) -> None:
        try:
            memory = self._free.pop()
        except IndexError:
            whole = np.empty(self.size + 64, np.uint8)
            memory = whole[-whole.__array_interface__["data"][0] % 64 :]
        self._call(table, memory.__array_interface__["data"][0], first, last)
        self._free.append(memory)


def machines() -> int:
    """Return how many functions this process has loaded: whoever counts them sees what is compiled when."""
    return Machine.count


def compiled(outputs: Sequence[Node], inputs: Sequence[Node], shared: Sequence[bool], parts: int = 0) -> Machine:
    """Return the function that computes outputs, one sample after the other, or all of a batch whose samples meet.

    Args:
        outputs: what to compute for one sample.
        inputs: of what.
        shared: which inputs are the same for all samples.
        parts: how many samples a batch has that is computed at once; 0 if they are computed one after the other.
    """
    source, size = _source(outputs, inputs, shared, parts)
    facts = "\n".join((*_processor(), str(llvm.llvm_version_info), source))
    name = hashlib.sha256(source.encode()).hexdigest()
    return Machine(storage.kept(facts, lambda: _object(source)), size, name, parts)
