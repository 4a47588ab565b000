"""The document: what no field sees alone, matrices within the exact range (E2), distributions that fit a grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from augspec.check.places import pipelines, written_ops
from augspec.check.problem import Problem
from augspec.check.setting import Setting
from augspec.errors import PolicyError
from augspec.normalize import check_policy, expanded
from augspec.ops.base import Op
from augspec.plan.build import build
from augspec.plan.program import program

if TYPE_CHECKING:
    from augspec.language.policy import Policy

__all__ = ["problems"]


def problems(policy: Policy, _setting: Setting) -> list[Problem]:
    """Return what is wrong with the policy on whatever it runs."""
    return [*_meaning(policy), *_matrices(policy), *_distributions(policy)]


def _meaning(policy: Policy) -> Iterator[Problem]:
    try:
        check_policy(policy)
    except PolicyError as error:
        yield from map(Problem.of, error.problems)


def _matrices(policy: Policy) -> Iterator[Problem]:
    for name, ops in pipelines(policy):
        try:
            build(expanded(ops), name, written=ops)
        except PolicyError as error:
            yield from map(Problem.of, error.problems)


def _distributions(policy: Policy) -> Iterator[Problem]:
    for place, op in written_ops(policy):
        yield from _distribution(place, op)


def _distribution(place: str, op: Op) -> Iterator[Problem]:
    try:
        program(expanded((op,)), "op", written=(op,))
    except PolicyError as error:
        for problem in map(Problem.of, error.problems):
            yield Problem(place + problem.path.removeprefix("op[0]"), problem.value, problem.allowed, problem.fix)
