"""Functions of single entries, as LLVM's instructions: the same numbers as NumPy gives, without its arrays."""

from __future__ import annotations

from augspec_backends.host.code import TYPES, Code, literal
from augspec_backends.host.halves import HALVES, narrowed, widened

__all__ = ["Functions"]

_SIGNED = ("int8", "int16", "int32", "int64")
_FLOATS = ("float32", "float64")

_FLOAT_WORDS = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")


class Functions(Code):
    """A function that is being written, and the arithmetic in it."""

    def combine(self, op: str, dtype: str, total: str, value: str) -> str:
        """Return what a reduction makes of what it has and one entry more."""
        return self.compute({"sum": "add", "least": "min", "most": "max"}[op], dtype, dtype, [total, value])

    def compute(self, op: str, dtype: str, given: str, values: list[str]) -> str:
        """Return a function of entries.

        Args:
            op: the function.
            dtype: of the result.
            given: dtype of the last argument.
            values: the arguments.
        """
        kind = TYPES[given]
        if op == "astype":
            return self._converted(values[0], given, dtype)
        if op == "where":
            condition, a, b = values
            return a if a == b else self.emit(f"select i1 {condition}, {kind} {a}, {kind} {b}", condition, a, b)
        if op in _COMPARISONS:
            return self._compared(op, given, *values)
        if op in ("min", "max"):
            if given in _FLOATS:  # a NaN stays one
                name = {"min": "minimum", "max": "maximum"}[op]
                return self._called(name, kind, *values)
            sign = "s" if given in _SIGNED else "u"
            return self.extreme(sign + op, kind, *values)
        if op == "not":
            mask = "true" if given == "bool" else "-1"
            return self.emit(f"xor {kind} {values[0]}, {mask}", values[0])
        if given in _FLOATS:
            if op in _FLOAT_WORDS:
                return self.emit(f"{_FLOAT_WORDS[op]} {kind} {values[0]}, {values[1]}", *values)
            if op == "neg":
                return self.emit(f"fneg {kind} {values[0]}", *values)
            if op == "pow":
                return self._power(kind, *values)
            return self._called({"abs": "fabs", "floor": "floor", "sqrt": "sqrt"}[op], kind, *values)
        if op == "neg":
            return self.emit(f"sub {kind} 0, {values[0]}", *values)
        if op == "abs":
            self.module.declare(f"{kind} @llvm.abs.{kind}({kind}, i1)")
            return self.emit(f"call {kind} @llvm.abs.{kind}({kind} {values[0]}, i1 false)", *values)
        if op == "shr":
            word = "ashr" if given in _SIGNED else "lshr"
            return self.emit(f"{word} {kind} {values[0]}, {values[1]}", *values)
        if op == "floordiv":
            return self._divided(kind, *values)
        if op == "div":
            raise TypeError(f"a quotient of {given}")
        return self.emit(f"{op} {kind} {values[0]}, {values[1]}", *values)

    def _compared(self, op: str, given: str, a: str, b: str) -> str:
        kind = TYPES[given]
        if given in _FLOATS:
            return self.emit(f"fcmp {'une' if op == 'ne' else 'o' + op} {kind} {a}, {b}", a, b)
        sign = "" if op in ("eq", "ne") else "s" if given in _SIGNED else "u"
        return self.emit(f"icmp {sign}{op} {kind} {a}, {b}", a, b)

    def extreme(self, name: str, kind: str, a: str, b: str) -> str:
        """Return the smaller or the larger of two integers; `name` is LLVM's: smin, smax, umin or umax."""
        self.module.declare(f"{kind} @llvm.{name}.{kind}({kind}, {kind})")
        return self.emit(f"call {kind} @llvm.{name}.{kind}({kind} {a}, {kind} {b})", a, b)

    def _called(self, name: str, kind: str, *values: str) -> str:
        short = {"float": "f32", "double": "f64"}[kind]
        self.module.declare(f"{kind} @llvm.{name}.{short}({', '.join([kind] * len(values))})")
        given = ", ".join(f"{kind} {value}" for value in values)
        return self.emit(f"call {kind} @llvm.{name}.{short}({given})", *values)

    def _power(self, kind: str, base: str, exponent: str) -> str:
        name = {"float": "powf", "double": "pow"}[kind]
        self.module.declare(f"{kind} @{name}({kind}, {kind})")
        return self.emit(f"call {kind} @{name}({kind} {base}, {kind} {exponent})", base, exponent)

    def _divided(self, kind: str, a: str, b: str) -> str:
        """Divide integers that are not negative; by one that varies in float64, whose quotient of 31 bits is exact."""
        if kind != "i32" or not b.startswith("%"):
            return self.emit(f"udiv {kind} {a}, {b}", a, b)
        wide = [self.emit(f"sitofp i32 {one} to double", one) for one in (a, b)]
        quotient = self.emit(f"fdiv double {wide[0]}, {wide[1]}", *wide)
        return self.emit(f"fptosi double {quotient} to i32", quotient)

    def _converted(self, value: str, old: str, new: str) -> str:
        if old in HALVES:
            return self._converted(widened(self, value, old), "float32", new)
        if new in HALVES:
            return narrowed(self, self._converted(value, old, "float32"), new)
        a, b = TYPES[old], TYPES[new]
        if new == "bool":
            return self._compared("ne", old, value, literal(0, old))
        if old in _FLOATS and new in _FLOATS:
            word = "fpext" if new == "float64" else "fptrunc"
            return value if a == b else self.emit(f"{word} {a} {value} to {b}", value)
        if new in _FLOATS:
            word = "sitofp" if old in _SIGNED else "uitofp"
            return self.emit(f"{word} {a} {value} to {b}", value)
        if old in _FLOATS:
            name = f"@llvm.fpto{'s' if new in _SIGNED else 'u'}i.sat.{b}.{'f32' if old == 'float32' else 'f64'}"
            self.module.declare(f"{b} {name}({a})")
            return self.emit(f"call {b} {name}({a} {value})", value)
        if a == b:
            return value
        wider = int(b[1:]) > int(a[1:])
        word = "trunc" if not wider else "sext" if old in _SIGNED else "zext"
        return self.emit(f"{word} {a} {value} to {b}", value)
