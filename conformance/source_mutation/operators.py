"""The changes: small edits of a syntax tree that a careful suite should notice, one at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

__all__ = ["KINDS", "Edit", "applied", "edits"]

KINDS = {
    "compare": "a comparison becomes its neighbour (< to <=) or its opposite",
    "arithmetic": "an arithmetic, bit or shift operator becomes another",
    "constant": "a number is one more or one less; True and False trade places",
    "condition": "a condition is negated",
    "boolean": "`and` and `or` trade places; a `not` is gone",
    "sign": "a minus or an inversion is gone",
    "call": "a call becomes its first argument",
    "option": "a call loses one keyword argument",
    "name": "min and max, floor and ceil, any and all, left and right shifts, sine and cosine trade places",
    "return": "a function returns None",
    "drop": "a statement is gone",
    "loop": "`break` and `continue` trade places",
}
"""What each kind of change does."""

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.FloorDiv),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
    ast.MatMult: (ast.Mult,),
}
_PAIRS = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("floor", "ceil"),
    ("any", "all"),
    ("shr", "shl"),
    ("bitand", "bitor"),
    ("sin", "cos"),
)
_NAMES = {a: b for one in _PAIRS for a, b in (one, one[::-1])}

# What people read.
_ABOUT = (None, "description", "examples", "fix", "help", "metavar", "title")

# Texts, annotations and exports are not behaviour; an assertion states what cannot happen.
_SKIPPED = (ast.Import, ast.ImportFrom, ast.Assert, ast.JoinedStr, ast.Global, ast.Nonlocal)


@dataclass(frozen=True)
class Edit:
    """One change: `owner.field` (or its element `index`) becomes `node`.

    Attributes:
        kind: one of `KINDS`.
        function: dotted name of the enclosing functions and classes; empty at the top of a module.
        called: whether it stands in the body of a function; all else runs when the module is imported.
        lines: first and last line of what is run if the changed place is run, from 1.
        before: the changed piece of source.
        after: what it becomes.
    """

    kind: str
    function: str
    called: bool
    lines: tuple[int, int]
    before: str
    after: str
    owner: ast.AST
    field: str
    index: int | None
    node: ast.AST


@contextmanager
def applied(edit: Edit) -> Iterator[None]:
    """Change the tree for as long as the context lasts."""
    home: Any = edit.owner if edit.index is None else getattr(edit.owner, edit.field)
    put = (lambda value: setattr(home, edit.field, value)) if edit.index is None else _putter(home, edit.index)
    old = getattr(home, edit.field) if edit.index is None else home[edit.index]
    put(edit.node)
    try:
        yield
    finally:
        put(old)


def _putter(home: list[Any], index: int) -> Any:
    return lambda value: home.__setitem__(index, value)


def edits(tree: ast.Module) -> Iterator[Edit]:
    """Yield every change of a module, in the order of its source."""
    yield from _under(tree, "", 1, called=False)


def _under(owner: ast.AST, function: str, start: int, *, called: bool) -> Iterator[Edit]:
    for field, value in ast.iter_fields(owner):
        if field in ("returns", "decorator_list") or (field == "annotation" and not _is_field(owner)):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or _skipped(child):
                continue
            first = child.lineno if isinstance(child, ast.stmt) else start
            head = child.test if isinstance(child, (ast.If, ast.While)) else child
            lines = first, getattr(head, "end_lineno", first)
            runs = called or (isinstance(owner, ast.FunctionDef) and field == "body")
            for kind, node in _changes(child):
                yield Edit(kind, function, runs, lines, _text(child), _text(node), owner, field, index, node)
            inner = function
            if isinstance(child, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                inner = f"{function}.{child.name}".lstrip(".")
            if not isinstance(child, ast.Raise):  # what an error says is not what is tested here
                yield from _under(child, inner, first, called=runs)


def _is_field(owner: ast.AST) -> bool:
    """Say whether an annotation is one of a model's field with constraints, which is behaviour."""
    return isinstance(owner, ast.AnnAssign) and any(isinstance(node, ast.Call) for node in ast.walk(owner.annotation))


def _skipped(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    if isinstance(node, ast.keyword) and node.arg in _ABOUT:
        return True
    return isinstance(node, _SKIPPED)


def _text(node: ast.AST) -> str:
    lines = ast.unparse(node).splitlines()
    return lines[0] + (" …" if len(lines) > 1 else "")


def _at(node: ast.AST, new: Any) -> Any:
    return ast.fix_missing_locations(ast.copy_location(new, node))


def _with(node: Any, **changes: Any) -> Any:
    new = copy.copy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the kinds and replacements of one node."""
    match node:
        case ast.Compare():
            for number, old in enumerate(node.ops):
                for new in _COMPARE[type(old)]:
                    yield "compare", _with(node, ops=[*node.ops[:number], new(), *node.ops[number + 1 :]])
        case ast.BinOp() | ast.AugAssign() if not _about_text(node):
            for operator in _ARITHMETIC[type(node.op)]:
                yield "arithmetic", _with(node, op=operator())
            if isinstance(node, ast.AugAssign):
                yield "drop", _at(node, ast.Pass())
        case ast.Constant(value=bool(value)):
            yield "constant", _at(node, ast.Constant(not value))
        case ast.Constant(value=int(value) | float(value)):
            yield "constant", _at(node, ast.Constant(value + 1))
            yield "constant", _at(node, ast.Constant(value - 1))
        case ast.BoolOp():
            yield "boolean", _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        case ast.UnaryOp(op=ast.Not()):
            yield "boolean", node.operand
        case ast.UnaryOp(op=ast.USub() | ast.Invert()):
            yield "sign", node.operand
        case ast.If() | ast.While() | ast.IfExp():
            yield "condition", _with(node, test=_at(node.test, ast.UnaryOp(ast.Not(), node.test)))
        case ast.Call():
            yield from _of_call(node)
        case ast.Name(id=name, ctx=ast.Load()) if name in _NAMES:
            yield "name", _with(node, id=_NAMES[name])
        case ast.Attribute(attr=name, ctx=ast.Load()) if name in _NAMES:
            yield "name", _with(node, attr=_NAMES[name])
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "return", _at(node, ast.Return(ast.Constant(None)))
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield "drop", _at(node, ast.Pass())
        case ast.Break():
            yield "loop", _at(node, ast.Continue())
        case ast.Continue():
            yield "loop", _at(node, ast.Break())


def _of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if node.args and not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp)):
        yield "call", node.args[0]
    for number, keyword in enumerate(node.keywords):
        if keyword.arg not in _ABOUT:
            yield "option", _with(node, keywords=[*node.keywords[:number], *node.keywords[number + 1 :]])


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _about_text(node: ast.BinOp | ast.AugAssign) -> bool:
    """Say whether texts are put together, or types: no arithmetic."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    texts = any(isinstance(side, ast.JoinedStr) or _is_none(side) for side in sides)
    return texts or any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
