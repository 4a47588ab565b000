"""The plan by itself: which stages an op becomes, what is merged and fused, what draws read, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

import augspec
from augspec.normalize import named, normalize
from augspec.plan.build import build
from augspec.plan.fuse import fuse
from augspec.plan.place import place
from augspec.plan.program import Simplex, Table, program
from augspec.plan.stages import Choose, Filter, Noise, Pointwise, Resample, Stage, Warp

TURN = {"op": "rotate", "degrees": {"uniform": [-5, 5]}}
CONTRAST = {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}}
BRIGHT = {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}
FLIP = {"op": "horizontal_flip"}
RESIZE = {"op": "resize", "size": [8, 8]}


def stages(*ops: dict[str, Any], fused: bool = False) -> tuple[Stage, ...]:
    policy = normalize(augspec.loads(json.dumps({"augspec": 1, "ops": list(ops), "eval": []})))
    plan = build(policy.ops)
    return (fuse(plan) if fused else plan).stages


def kinds(*ops: dict[str, Any], fused: bool = False) -> list[str]:
    return [type(stage).__name__ for stage in stages(*ops, fused=fused)]


def maps(*ops: dict[str, Any]) -> dict[str, Any]:
    """Return by path what makes numbers of the words that are drawn."""
    policy = normalize(augspec.loads(json.dumps({"augspec": 1, "ops": list(ops)})))
    return {draw.path: draw.map for draw in program(policy.ops)[0]}


def test_c10_a_fill_written_for_every_channel_is_the_fill_written_once() -> None:
    for first, second, count in ((0.5, [0.5, 0.5, 0.5], 1), ([0.25], 0.25, 1), (0.5, [0.5, 0.5, 0.25], 2)):
        found = stages({**TURN, "fill": first}, {"op": "shear", "x": 0.1, "y": 0, "fill": second})
        assert [type(stage) for stage in found] == [Warp] * count
        if count == 1:
            assert found[0].fill in (0.5, 0.25)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("op", "stage"),
    [
        (CONTRAST, Pointwise),
        ({**CONTRAST, "pivot": "channel_mean"}, Pointwise),
        ({"op": "gaussian_noise", "std": 0.1}, Noise),
        ({"op": "gaussian_blur", "sigma": 1}, Filter),
    ],
    ids=["contrast", "contrast-by-channel", "noise", "blur"],
)
def test_what_costs_more_than_a_pass_is_chosen_and_not_gated_again(op: dict[str, Any], stage: type[Stage]) -> None:
    (chosen,) = stages({**op, "p": 0.5})
    assert isinstance(chosen, Choose)
    assert chosen.selector.gate == f"sample/{op['op']}#0/apply"
    ((inner,),) = chosen.branches
    assert isinstance(inner, stage)
    leaf = inner.members[0] if isinstance(inner, Pointwise) else inner.leaf  # type: ignore[union-attr]
    assert not leaf.gated
    (certain,) = stages(op)
    assert isinstance(certain, stage)


@pytest.mark.parametrize("op", [BRIGHT, {**CONTRAST, "pivot": "mid"}, {**CONTRAST, "pivot": "zero"}], ids=str)
def test_what_is_one_pass_is_gated_within_it(op: dict[str, Any]) -> None:
    (stage,) = stages({**op, "p": 0.5})
    assert isinstance(stage, Pointwise)
    assert stage.members[0].gated


def test_fusing_joins_what_stands_side_by_side_and_nothing_else() -> None:
    assert kinds(BRIGHT, TURN, BRIGHT, CONTRAST, fused=True) == ["Pointwise", "Warp", "Pointwise"]
    first, _, last = stages(BRIGHT, TURN, BRIGHT, CONTRAST, fused=True)
    assert isinstance(first, Pointwise)
    assert isinstance(last, Pointwise)
    assert [leaf.path for leaf in first.members] == ["sample/brightness_scale#0"]
    assert [leaf.path for leaf in last.members] == ["sample/brightness_scale#1", "sample/contrast#0"]
    inside = {"op": "one_of", "ops": [{"op": "sequence", "ops": [BRIGHT, BRIGHT]}, {"op": "sequence", "ops": [BRIGHT]}]}
    (chosen,) = stages(inside, fused=True)
    assert isinstance(chosen, Choose)
    assert [len(branch) for branch in chosen.branches] == [1, 1]


def test_a_flip_after_a_resize_is_folded_into_it_and_a_crop_is_not() -> None:
    assert kinds(RESIZE, FLIP, {"op": "vertical_flip"}) == ["Resample", "Move", "Move"]
    (one,) = stages(RESIZE, FLIP, {"op": "vertical_flip"}, fused=True)
    assert isinstance(one, Resample)
    assert [leaf.op.tag for leaf in one.mirrors] == ["horizontal_flip", "vertical_flip"]
    assert kinds(RESIZE, {"op": "center_crop", "size": [4, 4]}, FLIP, fused=True) == ["Resample", "Move", "Move"]
    assert kinds(BRIGHT, RESIZE, BRIGHT, RESIZE, FLIP, fused=True) == ["Pointwise", "Resample"] * 2


def test_a_draws_place_is_its_ops_even_where_another_op_is_named_like_the_parameter() -> None:
    ops = normalize(
        augspec.loads(
            json.dumps(
                {
                    "augspec": 1,
                    "ops": [
                        TURN,
                        {**BRIGHT, "id": "degrees"},
                        {"op": "one_of", "ops": [FLIP, {**TURN, "id": "apply"}]},
                    ],
                }
            )
        )
    ).ops
    for path, where in (
        ("sample/rotate#0/degrees", "ops[0]"),
        ("sample/degrees/factor", "ops[1]"),
        ("sample/one_of#0/branch", "ops[2]"),
        ("sample/one_of#0/apply/degrees", "ops[2].ops[1]"),
        ("sample/one_of#0/horizontal_flip#0/apply", "ops[2].ops[0]"),
        ("sample/nothing/degrees", "ops"),
    ):
        assert place(path, ops, "ops") == where


@pytest.mark.parametrize("p", [1.0, 0.5])
def test_e2_a_warp_counts_in_full_though_it_is_not_always_applied(p: float) -> None:
    small, big = ({"op": "scale", "factor": factor, "p": p} for factor in (0.3, 3.0))
    for op, said in ((small, "shrink 11.1 times"), (big, "enlarge 9 times")):
        assert kinds(op) == ["Warp"]
        with pytest.raises(augspec.PolicyError, match=said):
            build(normalize(augspec.loads(json.dumps({"augspec": 1, "ops": [op, op]}))).ops)


def test_c12_the_place_of_a_crop_is_uniform_over_all_of_it() -> None:
    crop = augspec.loads('{"augspec": 1, "ops": [{"op": "random_resized_crop", "size": [4, 4]}], "eval": []}').ops[0]
    found = {name: (value, entries) for name, _, value, entries in crop.draws()}
    assert [found[name][1] for name in ("area", "ratio", "top", "left")] == [10, 10, 1, 1]
    assert found["top"][0].support() == found["left"][0].support() == (0.0, 1.0)


def test_r14_tables_of_quantiles_are_made_once_and_cannot_be_written() -> None:
    normal = {"op": "rotate", "degrees": {"normal": {"mean": 0, "std": 3, "low": -9, "high": 9}}}
    first, second = maps(normal, normal).values()
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert first.values is second.values
    assert not first.values.flags.writeable


def test_r14_tables_of_shares_are_made_once_and_cannot_be_written() -> None:
    chains = {"op": "augmix", "chains": 3, "ops": [{"op": "invert"}]}
    found = maps(chains, chains)
    first, second = (found[f"sample/augmix#{n}/weights"] for n in range(2))
    assert isinstance(first, Simplex)
    assert isinstance(second, Simplex)
    assert [a is b for a, b in zip(first.tables, second.tables, strict=True)] == [True, True]
    assert not any(table.flags.writeable for table in first.tables)


def test_a_draws_place_is_found_inside_of_combinators() -> None:
    turn = {"op": "rotate", "degrees": 5}
    ops = named(augspec.parse({"augspec": 1, "ops": [turn, {"op": "sequence", "ops": [{"op": "invert"}, turn]}]}).ops)
    inner = "sample/sequence#0/rotate#0"
    assert place(f"{inner}/degrees", ops, "ops", field=True) == "ops[1].ops[1].degrees"
    assert place(inner, ops, "ops", field=True) == place(f"{inner}/degrees", ops, "ops") == "ops[1].ops[1]"
    assert place("sample/sequence#0", ops, "ops") == "ops[1]"
