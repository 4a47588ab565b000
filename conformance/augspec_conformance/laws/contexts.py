"""C, second half: where users call from: pipelines, their own functions, gradient modes, donation, pickles.

Not among the laws: devices (C13) and pictures of a megapixel (C14) need what a laptop has not got, and the laws run on
any device and signature that a backend's adapter gives them.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from augspec import AugspecError
from augspec_conformance.cases.catalogue import CORE_FLOAT, CORE_INTEGER, grid
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.directions import SHARE, slope_error, weights_for
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_alike, require_results_alike
from augspec_conformance.subject import Subject, Unclaimed

__all__ = ["LAWS", "pickled"]


def _knows(what: str) -> Any:
    def needs(subject: Subject, case: Case) -> str:
        del case
        return "" if getattr(subject.adapter, what)() else f"no {what} known for {subject.adapter.FRAMEWORK}"

    return needs


def _piped(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    expected = subject.call(case, sample)
    for name, run in subject.adapter.pipelines().items():
        native = subject.native(case, sample)
        for epoch, out in enumerate(run(subject.of(case), subject.key(case), native, subject.ids(case))):
            require_results_alike(case, subject.numpy(case, out), expected, f"{name}, time {epoch + 1}")


def _with_narrow_ids(subject: Subject, case: Case) -> Case:
    """Return the case with ids that fit int32: a traced array may have nothing wider."""
    return case.with_(ids=tuple(i % 2**31 for i in subject.ids(case)))


def _nested(subject: Subject, case: Case) -> None:
    case, sample = _with_narrow_ids(subject, case), sample_of(case)
    expected = subject.call(case, sample)
    for name, run in subject.adapter.nestings().items():
        out = run(subject.of(case), subject.key(case), subject.native(case, sample), subject.ids(case))
        require_results_alike(case, subject.numpy(case, out), expected, f"inside {name}")


def _donated(subject: Subject, case: Case) -> None:
    case, sample = _with_narrow_ids(subject, case), sample_of(case)
    native = subject.native(case, sample)
    out = subject.of(case)(subject.key(case), native, subject.ids(case))
    for name, value in native.items():
        require(not subject.adapter.consumed(value), f"a call took the memory of the input {name}")
    expected = subject.numpy(case, out)
    run = subject.adapter.donating()
    assert run is not None
    given = run(subject.of(case), subject.key(case), subject.native(case, sample), subject.ids(case))
    require_results_alike(case, subject.numpy(case, given), expected, "with donated inputs")


def _enter(subject: Subject, case: Case, contexts: Mapping[str, Any]) -> None:
    sample = sample_of(case)
    expected = subject.call(case, sample)
    for name, enter in contexts.items():
        native = subject.native(case, sample)
        before = subject.numpy(case, native)
        with enter():
            out = subject.of(case)(subject.key(case), native, subject.ids(case))
        require_results_alike(case, subject.numpy(case, out), expected, f"in the context {name!r}")
        for entry, value in subject.numpy(case, native).items():
            require_equal(value, before[entry], f"in the context {name!r} the input {entry} changed")


def _c10(subject: Subject, case: Case) -> None:
    if case.context.get("gradient"):
        _differentiable(subject, case)
    else:
        _enter(subject, case, subject.adapter.contexts())


def _switched(subject: Subject, case: Case) -> None:
    _enter(subject, case, subject.adapter.switches())


def _differentiable(subject: Subject, case: Case) -> None:
    sample = sample_of(case)
    # What is compared with is computed where nothing compiles, if there is such a mode: C1 holds the modes together.
    eager = subject.sibling("eager") if "eager" in subject.capabilities.modes else subject
    home = eager if eager.cost == "eager" else subject
    plain = home.call(case, sample)["image"]
    weights = weights_for(plain.shape, case.probe_seed)
    native = subject.native(case, sample)["image"]
    found = subject.adapter.gradient(
        subject.of(case), subject.key(case), native, subject.ids(case), weights, mode=subject.mode
    )
    require(found is not None, "no gradient reached the image")
    assert found is not None
    require(not found.left, f"the call left something in the caller's image: {found.left}")
    out = subject.numpy(case, {"image": found.out})["image"]
    require_alike(case, out, plain, "with gradients")
    gradient = subject.adapter.to_numpy(found.by_image)
    image = sample["image"]
    require(gradient.shape == image.shape, "the gradient's shape", expected=image.shape, got=gradient.shape)
    require(bool(np.isfinite(gradient).all()), "the gradient is not finite")
    error = slope_error(
        lambda x: np.asarray(home.call(case, {"image": x})["image"]), image, gradient, weights, seed=case.probe_seed
    )
    require(
        within(error, SHARE),
        "the gradient is not the slope of the pixels",
        expected=f"within {SHARE} of its length",
        got=error,
    )


def _claims_gradient(subject: Subject, case: Case) -> str:
    if not case.context.get("gradient"):
        return ""
    if not subject.capabilities.differentiable:
        return f"{subject.name} claims no gradients"
    return "" if not SIGNATURES[case.signature].integer else "integers have no gradients"


def pickled(subject: Subject, augmenter: Any) -> Any:
    """Return an augmenter as another process gets it.

    Raises:
        Unclaimed: it cannot be pickled.
    """
    try:
        text = pickle.dumps(augmenter)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise Unclaimed(f"{subject.name} makes augmenters that cannot be pickled: {error}") from error
    return pickle.loads(text)  # noqa: S301 (our own)


def _pickled(subject: Subject, case: Case) -> None:
    augmenter, sample = subject.of(case), sample_of(case)
    expected = subject.call(case, sample)
    twins = {"pickled": pickled(subject, augmenter)}
    if subject.cost == "eager":
        twins["copied deeply"] = copy.deepcopy(augmenter)
    for name, twin in twins.items():
        try:
            out = twin(subject.key(case), subject.native(case, sample), subject.ids(case))
        except AugspecError as error:
            require(False, f"an augmenter that was {name} refuses the sample: {error}")
            raise
        require_results_alike(case, subject.numpy(case, out), expected, f"an augmenter that was {name}")


_FEW = ("op:rotate", "mix:train", "mix:steps", "op:random_resized_crop")


def _c10_cases(tier: Tier) -> tuple[Case, ...]:
    """At smoke, compiled modes see floats in the gradient alone: another signature is another compilation.

    Gradients of a choice are asked of dear modes as well: there it is a node of the graph, with a slope of its own.
    """
    integers = grid("C10", tier, names=("mix:train",))
    floats = grid("C10", tier, names=("mix:train" if tier == "full" else "op:rotate",), signatures=(CORE_FLOAT,))
    contexts = (
        *(c.with_(reach="graph") for c in integers),
        *(c.with_(reach="graph" if tier == "full" else "eager") for c in floats),
    )
    gradients = grid("C10", tier, names=_FEW, signatures=(CORE_FLOAT,), context={"gradient": True}, targets=("image",))
    chosen = grid(
        "C10", tier, names=("op:one_of",), signatures=(CORE_FLOAT,), context={"gradient": True}, targets=("image",)
    )
    reaches = (*((c, "graph" if "rotate" in c.name else "eager") for c in gradients), *((c, "dear") for c in chosen))
    return (*contexts, *(c.with_(reach=reach) for c, reach in reaches if tier == "full" or reach != "dear"))


def _c11_cases(tier: Tier) -> tuple[Case, ...]:
    options = {"options": {"value_range": [-1.0, 3.0], "box_format": "cxcywh"}}
    return (
        *(c.with_(reach="graph") for c in grid("C11", tier, names=("op:horizontal_flip",))),
        *(c.with_(reach="eager") for c in grid("C11", tier, names=("mix:train", "mix:targets"), layout="NCHW")),
        *(
            c.with_(reach="eager")
            for c in grid("C11", tier, names=("mix:train",), signatures=("medium-f32",), context=options)
        ),
    )


def _c12_cases(tier: Tier) -> tuple[Case, ...]:
    """A switch makes all that is compiled compile anew, and a fault may spare integers: both kinds of pixels are asked.

    At smoke integers are warped, where positions are computed, and floats go through what compiles quickly.
    """
    integers, floats = ("op:contrast", "op:rotate") if tier == "full" else ("op:rotate", "op:contrast")
    return tuple(
        c.with_(reach="graph")
        for c in (
            *grid("C12", tier, names=(integers,)),
            *grid("C12", tier, names=(floats,), signatures=(CORE_FLOAT,)),
        )
    )


Cases = Callable[[Tier], tuple[Case, ...]]


def _graph_cases(law: str, *signatures: str, names: tuple[str, ...] = ("mix:train",)) -> Cases:
    return lambda tier: tuple(c.with_(reach="graph") for c in grid(law, tier, names=names, signatures=signatures))


def _c7_cases(tier: Tier) -> tuple[Case, ...]:
    """A pipeline may mix up keys, ids and sizes, and each of its kinds compiles: at smoke, what compiles quickly."""
    return _graph_cases("C7", "square-u8", names=("op:rotate" if tier == "full" else "op:brightness_scale",))(tier)


def _c9_cases(tier: Tier) -> tuple[Case, ...]:
    """Every mode has a user's function of its own to compile: at smoke, what compiles quickly."""
    few = tuple(c.with_(reach="dear") for c in grid("C9", tier, names=("op:contrast",)))
    return few if tier == "smoke" else _graph_cases("C9", CORE_INTEGER)(tier)


LAWS = (
    Law(
        "C6",
        "donation",
        ("C11",),
        "A call takes no input's memory, and a caller who gives it away gets the same result.",
        _donated,
        _graph_cases("C6", CORE_INTEGER, names=("op:horizontal_flip",)),
        _knows("donating"),
    ),
    Law(
        "C7",
        "input pipelines",
        ("R4", "R7"),
        "Inside the framework's input pipeline, per sample or batched, in any order and by any worker, results are the "
        "same.",
        _piped,
        _c7_cases,
        _knows("pipelines"),
    ),
    Law(
        "C9",
        "nesting",
        ("C12", "R4"),
        "Inside the user's own compiled functions the results are the same.",
        _nested,
        _c9_cases,
        _knows("nestings"),
    ),
    Law(
        "C10",
        "contexts and gradients",
        ("C2",),
        "Gradient modes change no value, and claimed gradients are the slopes of the pixels.",
        _c10,
        _c10_cases,
        _claims_gradient,
    ),
    Law(
        "C11",
        "pickles",
        ("R2",),
        "An augmenter that was pickled or copied gives the same results.",
        _pickled,
        _c11_cases,
    ),
    Law(
        "C12",
        "precision switches",
        ("C2", "E1"),
        "The framework's switches between precisions change no value.",
        _switched,
        _c12_cases,
        _knows("switches"),
    ),
)
