"""P: purity and state. Inputs stay as they are, outputs are new, nothing global matters or changes."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance.cases.catalogue import ALL_TARGETS, CORE_FLOAT, CORE_INTEGER, case, cases_of, grid
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.law import Case, Law, Tier, require, require_equal, stable_seed
from augspec_conformance.laws.compare import require_results_alike, require_same
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS"]

_IDENTITY: dict[str, Any] = {"augspec": 1, "ops": [{"op": "rotate", "degrees": 20, "p": 0.0}]}


def _with_extras(case: Case) -> dict[str, Any]:
    return {**sample_of(case), "tags": [1, 2], "meta": {"path": "a.png"}}


_FLAGS = {"boxes": "boxes_valid", "keypoints": "keypoints_visible"}


def _flags_of(sample: dict[str, Any]) -> dict[str, Any]:
    """Return flags that say yes to every box and keypoint of a sample."""
    return {flag: np.ones(sample[name].shape[:2], np.bool_) for name, flag in _FLAGS.items() if name in sample}


def _unmutated(subject: Subject, case: Case) -> None:
    sample = _with_extras(case)
    ids, key = np.array(subject.ids(case), np.int64), subject.key(case)
    flags = _flags_of(sample) if case.context.get("flags") else {}
    if flags:  # that become false: no area, beside the canvas, and off the canvas as soon as something moves
        sample["boxes"][:, 0] = 0
        sample["keypoints"][:, 0], sample["keypoints"][:, 1] = -1, 0.25
    native = subject.native(case, sample)
    native |= {name: subject.adapter.to_native(value, "bool") for name, value in flags.items()}
    before, ids_before = subject.numpy(case, native), ids.copy()
    augmenter = subject.of(case)
    policy = subject.policy(case)
    hash_before = policy.canonical_hash()
    augmenter(key, native, ids)
    require_same(subject.numpy(case, native), before, "the input changed")
    require(native["tags"] == [1, 2] and native["meta"] == {"path": "a.png"}, "an extra entry changed")
    require_equal(ids, ids_before, "the ids changed")
    require(key == subject.key(case), "the key changed", expected=subject.key(case), got=key)
    require(policy.canonical_hash() == hash_before, "the policy changed")


def _p1_cases(tier: Tier) -> tuple[Case, ...]:
    wide = ("grey-u8", "seven-f32", "dot-f32") if tier == "full" else ()
    first = grid("P1", tier, names=("op:horizontal_flip", "mix:train", "op:center_crop"), layout="NCHW")
    if tier == "smoke":  # compiled modes see the other layout once, in what compiles quickly
        flip, *rest = first
        first = (flip.with_(reach="dear", targets=("image",)), *(c.with_(reach="eager") for c in rest))
    return (
        *grid("P1", tier, signatures=(CORE_INTEGER, CORE_FLOAT, *wide)),
        *grid("P1", tier, names=("op:rotate", "mix:train"), signatures=("large-u8", "large-f32")),
        *first,
        *_flagged("P1", tier),
    )


def _flagged(law: str, tier: Tier) -> tuple[Case, ...]:
    """Return cases in which flags come with boxes and keypoints."""
    if tier != "full":
        return ()
    names = ("op:horizontal_flip", "op:rotate", "op:random_resized_crop", "op:invert", "mix:empty")
    return tuple(
        c.with_(name=f"{c.name} flags", context={"flags": True}, reach="eager") for c in grid(law, tier, names=names)
    )


def _readonly(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    expected = subject.call(case, sample)
    native = {name: subject.adapter.readonly(subject.in_layout(case, name, value)) for name, value in sample.items()}
    out = subject.numpy(case, subject.of(case)(subject.key(case), native, subject.ids(case)))
    require_same(out, expected, "read-only inputs give other results")


def _has_readonly(subject: Subject, case: Case) -> str:
    del case
    found = subject.adapter.readonly(np.zeros(1, np.float32))
    return "" if found is not None else f"{subject.name} arrays are never read-only"


def _no_aliasing(subject: Subject, case: Case) -> None:
    """Hand over memory that the caller can write to, where the framework takes any; some of it under two names."""
    sample = {name: subject.in_layout(case, name, value) for name, value in sample_of(case).items()}
    flags = _flags_of(sample) if case.context.get("flags") else {}
    shared = {name: subject.adapter.share(_aligned(value)) for name, value in {**sample, **flags}.items()}
    native = subject.native(case, sample_of(case))
    native |= {name: subject.adapter.to_native(value, "bool") for name, value in flags.items()}
    native |= {name: value for name, value in shared.items() if value is not None}
    native |= {name: native[of] for name, of in case.context.get("also", {}).items()}
    before = subject.numpy(case, native)
    out = subject.of(case)(subject.key(case), native, subject.ids(case))
    ranges = {f"output {name}": subject.adapter.storage(value) for name, value in out.items()}
    told = set(ranges.values()) != {None}
    ranges |= {f"input {name}": subject.adapter.storage(value) for name, value in native.items()}
    known = [(name, span) for name, span in ranges.items() if span is not None]
    for position, (name, (start, stop)) in enumerate(known):
        for other, (first, last) in known[position + 1 :]:
            if name.startswith("input"):
                continue
            require(stop <= first or last <= start, f"{name} and {other} share memory", expected="apart", got="overlap")
    kept = subject.numpy(case, out)
    for name, value in out.items():
        if subject.adapter.poke(value):
            told = True
            require_same(subject.numpy(case, native), before, f"writing to the output {name} changed the input")
    out = subject.of(case)(subject.key(case), native, subject.ids(case))
    for name, value in native.items():
        if subject.adapter.poke(value):
            told = True
            require_same(subject.numpy(case, out), kept, f"writing to the input {name} changed the output")
    if not told:
        raise Unclaimed(f"{subject.name} neither tells where its arrays are nor takes memory that can be overwritten")


def _aligned(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy whose memory starts at a multiple of 64 bytes: only such memory is taken over as it is."""
    room = np.empty(array.nbytes + 64, np.uint8)
    start = -room.ctypes.data % 64
    copy = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def _p3_cases(tier: Tier) -> tuple[Case, ...]:
    if tier == "kat":
        return ()
    unapplied = case("P3", "op:horizontal_flip", tier=tier)
    core = grid("P3", tier, signatures=(CORE_INTEGER, CORE_FLOAT))
    return (
        *(c.with_(reach="graph") if c.name == f"mix:empty {CORE_INTEGER}" else c for c in core),
        *grid(
            "P3",
            tier,
            names=("op:horizontal_flip", "op:center_crop", "mix:empty", "op:rotate"),
            signatures=("large-u8", "large-f32"),
        ),
        unapplied.with_(name="nothing applied", policy=_IDENTITY, reach="dear"),
        unapplied.with_(name="nothing applied f32", policy=_IDENTITY, signature="large-f32", reach="eager"),
        *_many_masks("P3", tier),
        *_flagged("P3", tier),
    )


def _many_masks(law: str, tier: Tier) -> tuple[Case, ...]:
    """Return cases with masks of instances and named masks; `again` is the array that is handed over as `mask`."""
    targets = (*ALL_TARGETS, "semantic", "again", "instance_masks")
    settings: dict[str, Any] = {"masks": {"semantic": {}, "again": {}}}
    return tuple(
        c.with_(
            name=f"{c.name} masks",
            policy={**c.policy, "targets": settings},
            targets=targets,
            context={"also": {"again": "mask"}},
            reach="eager",
        )
        for c in grid(law, tier, names=("op:invert", "op:horizontal_flip", "op:center_crop", "mix:empty"))
    )


def _within_view(subject: Subject, case: Case) -> None:
    sample = {name: subject.in_layout(case, name, value) for name, value in sample_of(case).items()}
    expected = subject.call(case)
    for low in (True, False):
        guarded = {}
        for name, value in sample.items():
            sentinel = _sentinel(value.dtype, low=low)
            found = subject.adapter.guarded(value, sentinel)
            if found is None:
                raise Unclaimed(f"{subject.name} takes no views into a larger memory")
            guarded[name] = found
        before = {name: subject.adapter.to_numpy(base) for name, (_, base) in guarded.items()}
        views = {name: view for name, (view, _) in guarded.items()}
        out = subject.numpy(case, subject.of(case)(subject.key(case), views, subject.ids(case)))
        for name, (_, base) in guarded.items():
            require_equal(
                subject.adapter.to_numpy(base),
                before[name],
                f"the memory around the {name}, or the {name}, was written",
            )
        reason = f"with {'the lowest' if low else 'the highest'} values around the views"
        (require_same if subject.cost == "eager" else partial(require_results_alike, case))(out, expected, reason)


def _p6_cases(tier: Tier) -> tuple[Case, ...]:
    """Compilers may compile anew for other strides, so the dearest modes are left out."""
    cases = (*grid("P6", tier), *grid("P6", tier, signatures=(CORE_FLOAT,), names=_FEW))
    return tuple(c.with_(reach="graph") if c.reach == "dear" else c for c in cases)


def _sentinel(dtype: Any, *, low: bool) -> Any:
    if dtype.kind == "f":
        return np.nan if low else np.finfo(dtype).max
    return np.iinfo(dtype).min if low else np.iinfo(dtype).max


def _survives(subject: Subject, case: Case) -> None:
    augmenter, key = subject.of(case), subject.key(case)
    first = augmenter(key, subject.native(case, sample_of(case)), subject.ids(case))
    kept = subject.numpy(case, first)
    for step in range(3):
        other = case.with_(key=step, probe_seed=step)
        augmenter(subject.key(other), subject.native(other, sample_of(other)), subject.ids(other))
    require_same(subject.numpy(case, first), kept, "later calls changed an earlier result")


def _history(subject: Subject, case: Case) -> None:
    """Walk at random through calls, draws, refusals and compilations; each must answer as it did the first time.

    Before, a buffer is written to between two calls with the same key: the second one must see what is there now.
    """
    if subject.cost == "eager":
        _written_over(subject, case)
    rng = np.random.Generator(np.random.Philox(stable_seed("P10", case.name, case.key)))
    steps = _steps(subject, case)
    first: dict[str, Any] = {}
    path: list[str] = []
    for number in rng.permutation(np.repeat(np.arange(len(steps)), 2)):
        name, run = steps[number]
        path.append(name)
        result = run()
        if name in first:
            require_same(result, first[name], f"another result after {', '.join(path[-4:-1])}: {name}")
        first.setdefault(name, result)


def _written_over(subject: Subject, case: Case) -> None:
    augmenter, buffer = subject.of(case), subject.native(case, sample_of(case))
    ids, bare = subject.ids(case), not case.mixes
    runs: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [("", lambda x: augmenter(subject.key(case), x, ids))]
    runs += [(", an image alone", lambda x: {"image": augmenter(case.key, x["image"])})] if bare else []
    for shown, run in runs:
        run(buffer)
        if not all(subject.adapter.poke(buffer[name]) for name in ("image",)):
            return  # nobody can write to such arrays
        fresh = {
            n: subject.adapter.to_native(subject.adapter.to_numpy(x), _dtype(subject, x)) for n, x in buffer.items()
        }
        got, expected = subject.numpy(case, run(buffer)), subject.numpy(case, run(fresh))
        require_same(got, expected, f"an array that was written to between two equal calls{shown}")


def _dtype(subject: Subject, array: Any) -> str:
    return subject.adapter.dtype_name(array)


def _steps(subject: Subject, case: Case) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Return what users do, by name; modes that compile do nothing that needs another compilation."""
    augmenter, sample = subject.of(case), sample_of(case)
    later, others = case.with_(epoch=case.epoch ^ 1), case.with_(ids=tuple(i ^ 1 for i in subject.ids(case)))
    elsewhere = case.with_(probe_seed=case.probe_seed ^ 1, key=5)

    def draw(one: Case) -> dict[str, Any]:
        return {path: np.asarray(value) for path, value in subject.draw(one).items()}

    room = np.array(subject.ids(case), np.int64)

    def in_place(one: Case) -> dict[str, Any]:
        """Call with ids that are written over those of an earlier call."""
        room[...] = subject.ids(one)
        return subject.numpy(one, augmenter(subject.key(one), subject.native(one, sample), room))

    def refused() -> dict[str, Any]:
        said = []
        for wrong in ({"image": "no array"}, {**subject.native(case, sample), "boxes": "none"}):
            try:
                augmenter(subject.key(case), wrong, subject.ids(case))
            except augspec.AugspecError as error:
                said.append(str(error))
        return {"said": np.array(said)}

    steps: list[tuple[str, Callable[[], dict[str, Any]]]] = [("call", partial(subject.call, case))]
    steps += [("later epoch", partial(subject.call, later)), ("other ids", partial(subject.call, others))]
    steps += [("other pixels", partial(subject.call, elsewhere)), ("draw", partial(draw, case))]
    steps += [("draw of other ids", partial(draw, others)), ("refusal", refused)]
    if subject.cost != "eager":
        return steps
    steps += [("call", partial(in_place, case)), ("other ids", partial(in_place, others))]
    small = case.with_(signature="grey-u8", ids=None, policy=_IDENTITY)

    def apply(one: Case) -> dict[str, Any]:
        return subject.numpy(one, augmenter.apply(subject.draw(one), subject.native(one, sample)))

    def compiled() -> dict[str, Any]:
        gc.collect()
        fresh = subject.backend.compile(augspec.loads(json.dumps(case.policy)), layout=case.layout, mode=subject.mode)
        return subject.numpy(case, fresh(subject.key(later), subject.native(case, sample), subject.ids(others)))

    steps += [("other policy", partial(subject.call, small)), ("apply", partial(apply, case))]
    steps += [("apply of other draws", partial(apply, others)), ("fresh compilation", compiled)]
    return [*steps, ("evaluation", partial(subject.call, case, training=False))]


def _threads(subject: Subject, case: Case) -> None:
    threads = int(case.context.get("threads", 8))
    others = [case.with_(key=key) for key in range(threads)]
    expected = [_in_turn(subject, one) for one in others]
    rounds = int(case.context.get("rounds", 3))
    if subject.adapter.FRAMEWORK != "numpy":  # op by op, others take ten to a hundred times as long for one
        rounds = min(rounds, 2)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for _ in range(rounds):
            found = list(pool.map(partial(_in_turn, subject), others))
            for one, got, want in zip(others, found, expected, strict=True):
                require_same(got, want, f"key {one.key}: another result when {threads} threads call at once")


def _in_turn(subject: Subject, case: Case) -> dict[str, Any]:
    """Return what a call gives, and for other keys an evaluation, given draws, or a policy that is compiled now."""
    way, key, ids = case.key % 4, subject.key(case), subject.ids(case)
    native = subject.native(case, sample_of(case))
    if way == 1:
        augment = subject.of(case)
        return subject.numpy(case, augment.apply(augment.draw(key, ids), native))
    if way == 2:
        return subject.call(case, training=False)
    if way == 3 and subject.cost == "eager":
        last = {"op": "brightness_shift", "delta": case.key / 100}
        policy = augspec.loads(json.dumps({**case.policy, "ops": [*case.policy["ops"], last]}))
        augment = subject.backend.compile(policy, layout=case.layout, mode=subject.mode)
        return subject.numpy(case, augment(key, native, ids))
    return subject.call(case)


def _compile_pure(subject: Subject, case: Case) -> None:
    policy = augspec.loads(json.dumps(case.policy))
    text, hash_before = augspec.dumps(policy), policy.canonical_hash()
    subject.of(case)  # says whether the case is claimed
    results = []
    for _ in range(2):
        twin = augspec.loads(text)
        augmenter = subject.backend.compile(twin, layout=case.layout, mode=subject.mode)
        native = subject.native(case, sample_of(case))
        results.append(subject.numpy(case, augmenter(subject.key(case), native, subject.ids(case))))
        require(augspec.dumps(twin) == text, "compiling changed the policy")
    require(policy.canonical_hash() == hash_before, "compiling changed the policy's hash")
    require_same(results[1], results[0], "compiling the same policy twice gives two functions")
    require_same(subject.call(case), results[0], "an equal policy, compiled earlier, gives another result")
    if case.context.get("gated"):
        never = {**case.policy, "ops": [{**op, "p": 0.0} for op in case.policy["ops"]]}
        same = {name: value for name, value in subject.call(case.with_(policy=never)).items() if name in case.targets}
        require_same(same, sample_of(case), "with p = 0 everywhere, the policy compiled before is what runs")


def _key_kept(subject: Subject, case: Case) -> None:
    key, native = subject.key(case), subject.native(case, sample_of(case))
    results = []
    for _ in range(2):
        results.append(subject.numpy(case, subject.of(case)(key, native, subject.ids(case))))
        subject.of(case.with_(policy=_IDENTITY) if subject.cost == "eager" else case).draw(key, subject.ids(case))
    require_same(results[1], results[0], "the same key object gives another result the second time")


_FEW = ("op:rotate", "op:gaussian_noise", "op:contrast", "op:random_resized_crop", "mix:train", "mix:some", "mix:steps")

_FEWEST = ("op:rotate", "op:random_resized_crop", "mix:train", "mix:some")
"""At the tier smoke, for laws of many calls."""

_THREADS = {"threads": 32}
"""At the tier stress."""

_LONG_WORK = ("op:motion_blur", "op:gaussian_blur", "op:rotate", "op:clahe", "op:elastic")
"""Ops whose work on a large image is long enough for another thread to come between: one of each kind of scratch."""


def _p11_cases(tier: Tier) -> tuple[Case, ...]:
    """Return few signatures, and at the tier full a large one, where copies are long enough to be disturbed."""
    found = [
        c.with_(reach="eager" if c.reach != "dear" else "graph", context=_THREADS if tier == "stress" else {})
        for c in grid("P11", tier, names=_FEWEST if tier == "smoke" else _FEW)
    ]
    if tier == "full":
        large = grid(
            "P11", tier, names=_LONG_WORK, signatures=("large-u8",), context={"rounds": 12}, targets=("image",)
        )
        found += [c.with_(reach="eager") for c in large]
    return tuple(found)


def _p13_cases(tier: Tier) -> tuple[Case, ...]:
    gated = grid("P13", tier, names=("op:rotate", "op:contrast", "op:gaussian_noise"), context={"gated": True})
    return (
        *(
            c.with_(reach="graph" if "mix:train" in c.name and tier == "full" else "eager")
            for c in grid("P13", tier, names=("op:random_resized_crop", "mix:train", "mix:some", "mix:steps"))
        ),
        *(c.with_(reach="eager") for c in gated),
    )


LAWS = (
    Law(
        "P1",
        "inputs unmutated",
        ("C11", "T6"),
        "A call changes no input: no target, no extra entry, no key, no ids, no policy.",
        _unmutated,
        _p1_cases,
        search=True,
    ),
    Law(
        "P2",
        "read-only inputs",
        ("C11",),
        "Read-only inputs are accepted and give the same results.",
        _readonly,
        cases_of("P2", CORE_INTEGER, CORE_FLOAT),
        _has_readonly,
    ),
    Law(
        "P3",
        "new memory",
        ("C11",),
        "No output, of whatever target, shares memory with an input or another output, applied or not, even if two "
        "inputs are one array: writing to one changes no other.",
        _no_aliasing,
        _p3_cases,
    ),
    Law(
        "P4",
        "results last",
        ("C11",),
        "A result does not change when other calls follow.",
        _survives,
        cases_of("P4", CORE_INTEGER, names=(*_FEW, "op:horizontal_flip", "mix:empty")),
    ),
    Law(
        "P6",
        "views",
        ("C11", "T1"),
        "Nothing outside of a view is read or written.",
        _within_view,
        _p6_cases,
    ),
    Law(
        "P10",
        "no history",
        ("R2", "R8"),
        "A result is the same before and after any other calls, failing ones included, and is that of the arrays as "
        "they are now.",
        _history,
        lambda tier: grid("P10", tier, names=_FEW if tier == "full" else _FEWEST),
    ),
    Law(
        "P11",
        "threads",
        ("R2",),
        "Calls from several threads at once give what they give one after the other.",
        _threads,
        _p11_cases,
        tiers=("kat", "smoke", "full", "stress"),
    ),
    Law(
        "P13",
        "compiling is pure",
        ("R6",),
        "Compiling changes no policy; equal policies compile to equal functions, and other ones to other functions.",
        _compile_pure,
        _p13_cases,
    ),
    Law(
        "P15",
        "keys last",
        ("R4",),
        "A key is not used up: the same object gives the same result again.",
        _key_kept,
        cases_of("P15", names=_FEW),
    ),
)
