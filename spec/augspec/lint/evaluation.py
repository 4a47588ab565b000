"""Training beside evaluation: the same type and size at the end; normalize in the unit range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from augspec.errors import show
from augspec.lint.finding import Note, Rule
from augspec.lint.subject import Subject
from augspec.ops.base import Combinator, Op, TypeOp

__all__ = ["EVALUATION"]


def _last(ops: tuple[Op, ...] | None) -> Op | None:
    return ops[-1] if ops and isinstance(ops[-1], TypeOp) else None


def _type(subject: Subject) -> Iterator[Note]:
    policy = subject.policy
    training, evaluation = _last(policy.ops), _last(policy.eval)
    if training is not None and evaluation is None:
        yield "eval", f"no {training.tag}, with which `ops` end"
    elif training is None and evaluation is not None:
        yield "ops", f"no {evaluation.tag}, with which `eval` ends"
    elif training is not None and evaluation is not None and _plain(training) != _plain(evaluation):
        yield f"eval[{len(policy.eval or ()) - 1}]", f"{evaluation.tag} with other numbers than at the end of `ops`"


def _plain(op: Op) -> Any:
    return op.model_copy(update={"id": None})


def _size(subject: Subject) -> Iterator[Note]:
    policy = subject.policy
    training, evaluation = (_end(ops, None) for ops in (policy.ops, policy.eval or ()))
    if training is not None and policy.eval is not None and evaluation != training:
        ends = "images of other sizes" if evaluation is None else f"images of {evaluation[0]}×{evaluation[1]}"
        yield "eval", f"{ends}, where `ops` give {training[0]}×{training[1]}"


def _end(ops: tuple[Op, ...], size: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the size that a pipeline gives whatever it gets; None if there is none."""
    from augspec.check.sizes import settled
    from augspec.errors import SampleError
    from augspec.ops.one_of import OneOf

    for op in ops:
        if isinstance(op, Combinator):
            size = _end(op.ops[:1] if isinstance(op, OneOf) else op.ops, size)
            continue
        try:
            size = settled(op) if size is None else op.output_size(*size)
        except SampleError:
            size = settled(op)
    return size


def _scale(subject: Subject) -> Iterator[Note]:
    for place in subject.both:
        if not isinstance(place.op, TypeOp):
            continue
        for name in ("mean", "std"):
            values = getattr(place.op, name, ())
            if max(values, default=0) > 1:
                yield f"{place.path}.{name}", show(list(values))


EVALUATION = (
    Rule(
        "W501",
        "The model is then evaluated on numbers of another scale than those it was trained on.",
        "End both pipelines alike.",
        _type,
    ),
    Rule(
        "W502",
        "Objects then have another size in evaluation, or batches another shape.",
        "Let both end in the same size; or ignore this if it is meant (a larger size in evaluation can be).",
        _size,
    ),
    Rule(
        "W503",
        "Numbers are of the unit range, whatever the dtype: white is 1, not 255.",
        "Divide by 255.",
        _scale,
    ),
)
