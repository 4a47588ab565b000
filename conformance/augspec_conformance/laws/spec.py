"""J: the document."""

from __future__ import annotations

import json
from typing import Any

import augspec
from augspec_conformance.cases.catalogue import CORE_INTEGER, case, grid
from augspec_conformance.cases.policies import document, op_document, op_names, policy_names
from augspec_conformance.law import Case, Law, Tier, require
from augspec_conformance.laws import honesty
from augspec_conformance.laws.compare import require_results_alike, require_same
from augspec_conformance.subject import Subject

__all__ = ["LAWS"]


def _round_trip(subject: Subject, case: Case) -> None:
    policy = augspec.loads(json.dumps(case.policy))
    text = augspec.dumps(policy)
    again = augspec.loads(text)
    require(again == policy, "loads(dumps(policy)) is another policy")
    require(augspec.dumps(again) == text, "dumps is not stable", expected=text, got=augspec.dumps(again))
    normal = augspec.normalize(policy)
    require(augspec.normalize(normal) == normal, "normalizing twice changes the policy")
    hashes = {policy.canonical_hash(), again.canonical_hash(), augspec.loads(json.dumps(case.policy)).canonical_hash()}
    require(len(hashes) == 1, "equal policies have several hashes", got=sorted(hashes))
    if subject.cost == "eager":
        other = case.model_copy(update={"policy": json.loads(augspec.dumps(normal))})  # may be longer than a case is
        require_same(subject.call(other), subject.call(case), "the normalized policy gives another result")


def _rejected(subject: Subject, case: Case) -> None:
    del subject  # the document is judged before any backend sees it
    text = case.context["text"]
    try:
        augspec.loads(text)
    except augspec.PolicyError as error:
        where = case.context.get("path", "")
        require(
            any(where in problem.path for problem in error.problems),
            "the error names another place",
            expected=where,
            got=error.path,
        )
        return
    require(False, f"accepted: {text}", expected="PolicyError", got="a policy")


def _text(*ops: Any, **fields: Any) -> str:
    return json.dumps({"augspec": 1, "ops": list(ops), **fields})


def _j3_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    wrong = {
        "unknown op": (_text({"op": "rotatee", "degrees": 3}), "ops[0].op"),
        "unknown field": (_text({"op": "rotate", "degrees": 3, "angle": 3}), "ops[0]"),
        "unknown field of the policy": (_text(extra=1), ""),
        "unknown distribution": (_text({"op": "rotate", "degrees": {"gauss": [0, 1]}}), "ops[0].degrees"),
        "a second distribution": (
            _text({"op": "rotate", "degrees": {"uniform": [0, 1], "normal": {}}}),
            "ops[0].degrees",
        ),
        "unknown target": (_text(targets={"msk": {}}), "targets"),
        "no version": ('{"ops": []}', "augspec"),
        "version 2": ('{"augspec": 2, "ops": []}', "augspec"),
        "version true": ('{"augspec": true, "ops": []}', "augspec"),
        "no op tag": (_text({"degrees": 3}), "ops[0]"),
        "a field twice": ('{"augspec": 1, "ops": [], "ops": []}', "ops"),
        "no JSON": ("{", ""),
    }
    found = [Case(name=name, context={"text": text, "path": path}) for name, (text, path) in wrong.items()]
    for name in op_names():
        text = _text({**op_document(name), "typo": 1})
        found += [Case(name=f"{name} with an unknown field", context={"text": text, "path": "ops[0]"})]
    return tuple(found)


def _j5_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    flip, rotate = {"op": "horizontal_flip"}, {"op": "rotate", "degrees": 3}
    wrong: dict[str, tuple[str, str]] = {
        "p above 1": (_text({**flip, "p": 1.1}), "ops[0].p"),
        "p below 0": (_text({**flip, "p": -0.1}), "ops[0].p"),
        "p true": (_text({**flip, "p": True}), "ops[0].p"),
        "p a text": (_text({**flip, "p": "0.5"}), "ops[0].p"),
        "p null": (_text({**flip, "p": None}), "ops[0].p"),
        "p NaN": ('{"augspec": 1, "ops": [{"op": "horizontal_flip", "p": NaN}]}', ""),
        "p infinite": ('{"augspec": 1, "ops": [{"op": "horizontal_flip", "p": 1e999}]}', ""),
        "degrees true": (_text({"op": "rotate", "degrees": True}), "ops[0].degrees"),
        "crossed range": (_text({"op": "rotate", "degrees": {"uniform": [5, -5]}}), "ops[0].degrees"),
        "bare range": (_text({"op": "rotate", "degrees": [-5, 5]}), "ops[0].degrees"),
        "range of three": (_text({"op": "rotate", "degrees": {"uniform": [1, 2, 3]}}), "ops[0].degrees"),
        "too large": (_text({"op": "brightness_scale", "factor": 9}), "ops[0].factor"),
        "negative weights": (_text({"op": "one_of", "ops": [flip, rotate], "weights": [1, -1]}), "ops[0].weights"),
        "zero weights": (_text({"op": "one_of", "ops": [flip, rotate], "weights": [0, 0]}), "ops[0]"),
        "missing weight": (_text({"op": "one_of", "ops": [flip, rotate], "weights": [1]}), "ops[0]"),
        "too many members": (_text({"op": "some_of", "n": 3, "ops": [flip, rotate]}), "ops[0]"),
        "n a half": (_text({"op": "some_of", "n": 0.5, "ops": [flip, rotate]}), "ops[0].n"),
        "same ids": (_text({**flip, "id": "a"}, {**rotate, "id": "a"}), ""),
        "odd id": (_text({**flip, "id": "A/b"}), "ops[0].id"),
        "normalize first": (_text({"op": "normalize", "mean": [0.5], "std": [0.5]}, flip), "ops[0]"),
        "resize for some": (_text({"op": "resize", "size": [4, 4], "p": 0.5}, eval=[]), "ops[0]"),
        "random evaluation": (_text(flip, eval=[flip]), "eval[0]"),
        "resize without eval": (_text({"op": "resize", "size": [4, 4]}), "eval"),
        "std zero": (_text({"op": "normalize", "mean": [0.5], "std": [0]}), "ops[0].std"),
        "size a number": (_text({"op": "center_crop", "size": 3}), "ops[0].size"),
        "border": (_text({**rotate, "border": "black"}), "ops[0].border"),
        "fill above 1": (_text({**rotate, "fill": 255}), "ops[0].fill"),
    }
    return tuple(Case(name=name, context={"text": text, "path": path}) for name, (text, path) in wrong.items())


def _nesting(subject: Subject, case: Case) -> None:
    """Combinators that have no choice are their members; a sequence, with or without, ends no run of warps."""
    plain: list[dict[str, Any]] = [
        {"op": "horizontal_flip", "p": 1.0},
        {"op": "brightness_scale", "factor": 0.7},
        {"op": "rotate", "degrees": 12},
    ]
    expected = subject.call(case.with_(policy=document(*plain)))
    forms: dict[str, list[dict[str, Any]]] = {
        "a sequence": [{"op": "sequence", "ops": plain}],
        "nested sequences": [plain[0], {"op": "sequence", "ops": [{"op": "sequence", "ops": plain[1:]}]}],
        "one_of one": [{"op": "one_of", "ops": [op]} for op in plain],
        "random_order one": [{"op": "random_order", "ops": [op]} for op in plain],
        "some_of all": [{"op": "some_of", "n": 3, "ops": plain}],
    }
    for name, ops in forms.items():
        got = subject.call(case.with_(policy=document(*ops)))
        require_results_alike(case, got, expected, f"{name} of the same ops")
    warps: list[dict[str, Any]] = [{"op": "rotate", "degrees": 12}, plain[0], {"op": "shear", "x": 0.2}]
    warps.append({"op": "rotate", "degrees": -9})
    once = subject.call(case.with_(policy=document(*warps)))
    for cut in range(len(warps)):
        parts = ({"op": "sequence", "ops": ops} for ops in (warps[:cut], warps[cut:]) if ops)
        got = subject.call(case.with_(policy=document(*parts)))
        require_results_alike(case, got, once, f"a run of warps in sequences, cut after {cut}")
    for name, (macro, written) in _macros().items():
        short, long = (subject.call(case.model_copy(update={"policy": document(op)})) for op in (macro, written))
        require_results_alike(case, short, long, f"{name} against what it stands for")


def _macros() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return macros by name, each with what it stands for, under the same id."""
    # What is brightened is clamped, so that a turn of the hue before it and one after it are far apart.
    factor, turns, recipe = {"uniform": [1.2, 1.7]}, {"uniform": [0.05, 0.3]}, "three_augment/deit3"
    members = [
        {"op": "brightness_scale", "id": "brightness", "factor": factor},
        {"op": "hue", "id": "hue", "turns": turns},
    ]
    jitter = {"op": "color_jitter", "id": "jitter", "brightness": factor, "hue": turns}
    data = json.loads(augspec.presets()[recipe].ops)
    return {
        "color_jitter": (jitter, {"op": "random_order", "id": "jitter", "ops": members}),
        "color_jitter in fixed order": (
            {**jitter, "order": "fixed"},
            {"op": "sequence", "id": "jitter", "ops": members},
        ),
        "preset": (
            {"op": "preset", "id": "recipe", "name": recipe},
            {"op": "sequence", "id": "recipe", "ops": data},
        ),
    }


LAWS = (
    Law(
        "J1",
        "round trip",
        ("R6",),
        "A policy survives being written and read; its hash is stable; normalizing changes no result.",
        _round_trip,
        lambda tier: grid("J1", tier, names=policy_names(with_variants=tier == "full")),
        scope="language",
    ),
    Law(
        "J3",
        "nothing is ignored",
        ("R6",),
        "Unknown ops, fields, words and versions are errors.",
        _rejected,
        _j3_cases,
        scope="language",
    ),
    Law(
        "J5",
        "strict types",
        ("C9",),
        "Booleans are no numbers, ranges are ordered, probabilities lie in [0, 1].",
        _rejected,
        _j5_cases,
        scope="language",
    ),
    *honesty.LAWS,
    Law(
        "J7",
        "nesting",
        ("C9", "C10", "C15"),
        "A sequence is its members, one_of or random_order of one is that one, a macro is what it stands for.",
        _nesting,
        lambda tier: () if tier == "kat" else (case("J7", "mix:train", CORE_INTEGER, tier=tier).with_(reach="eager"),),
    ),
)
