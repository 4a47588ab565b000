"""P17, B11, C14: many calls, large batches and large images; the laws of the tier stress."""

from __future__ import annotations

from collections.abc import Callable

from augspec_conformance.cases.catalogue import case
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.headroom import within
from augspec_conformance.law import Case, Law, Tier, require, require_equal
from augspec_conformance.laws.compare import require_alike
from augspec_conformance.memory import held, peak_during
from augspec_conformance.subject import Subject, Unclaimed, reference
from augspec_conformance.tolerances import GROWTH, LEFT_OBJECTS, MEMORY

__all__ = ["LAWS"]

CALLS = 300
_WARM = 60
"""Calls before the first count: caches fill, thread pools start."""


def _grows_not(subject: Subject, case: Case) -> None:
    for number in range(_WARM):
        _one_call(subject, case, number)
    before = held()
    if before is None:
        raise Unclaimed("what a process holds can be counted on Linux only")
    compiled = subject.adapter.compilations()
    for number in range(CALLS):
        _one_call(subject, case, _WARM + number)
    after = held()
    assert after is not None, "the system told before and does not tell now"
    leak = GROWTH * CALLS * sum(array.nbytes for array in sample_of(case).values())
    require(
        within(max(after.memory - before.memory, 0), leak),
        f"memory after {CALLS} more calls, each with a key and ids of its own",
        expected=f"at most {leak / 1e6:.1f} MB more",
        got=f"{(after.memory - before.memory) / 1e6:.1f} MB more",
    )
    objects = after.objects - before.objects
    few = within(max(objects, 0), LEFT_OBJECTS)
    require(few, "objects left behind", expected=f"at most {LEFT_OBJECTS}", got=objects)
    require(after.threads <= before.threads, "threads left behind", expected=before.threads, got=after.threads)
    require(after.files <= before.files, "open files left behind", expected=before.files, got=after.files)
    require(
        subject.adapter.compilations() == compiled,
        "compilations of a signature that is known",
        expected=compiled,
        got=subject.adapter.compilations(),
    )


def _one_call(subject: Subject, case: Case, number: int) -> None:
    batch = SIGNATURES[case.signature].shape[0]
    subject.call(case.with_(key=number, ids=tuple(1000 * number + i for i in range(batch))))


def _large_batch(subject: Subject, case: Case) -> None:
    sample, ids = sample_of(case), list(range(7, 7 + SIGNATURES[case.signature].shape[0]))
    found = subject.call(case, sample, ids=ids)["image"]
    half = len(ids) // 2
    if case.context.get("counted"):
        counted = subject.call(case, sample, ids=None)["image"]
        expected = reference().call(case, sample, ids=list(range(len(ids))))["image"]
        require_equal(
            counted, expected, f"{len(ids)} samples without ids, against the reference for 0 to {len(ids) - 1}"
        )
    for part in (slice(0, half), slice(half, None)):
        some = {name: array[part] for name, array in sample.items()}
        expected = reference().call(case, some, ids=ids[part])["image"]
        require_equal(found[part], expected, f"{len(ids)} samples at once, {part} against the reference on these alone")


def _large_image(subject: Subject, case: Case) -> None:
    subject.call(case.with_(signature="one-u8"))  # loads what a framework and its compiler load once
    sample = sample_of(case)
    native = subject.native(case, sample)
    augmenter, key, ids = subject.of(case), subject.key(case), subject.ids(case)
    out = []
    # The first call of this size, compilation included: allocators keep what a call took, and hide it from the next.
    peak = peak_during(lambda: out.append(subject.numpy(case, augmenter(key, native, ids))))
    require_alike(case, out[0]["image"], reference().call(case, sample)["image"], "a large image against the reference")
    if peak is None:
        raise Unclaimed("the peak of a process's memory can be read on Linux only")
    most = MEMORY * 4 * sample["image"].size
    require(
        within(peak, most),
        "memory during the first call, in images of 32-bit values",
        expected=f"at most {MEMORY:g} images",
        got=round(peak / (4 * sample["image"].size), 1),
    )


def _b11_cases(tier: Tier) -> tuple[Case, ...]:
    if tier != "full":
        return _cases("B11", "batch-u8")(tier)
    counted = case("B11", "mix:train", "crowd-u8", targets=("image",), context={"counted": True})
    return (counted.with_(reach="eager", ids=None),)


def _cases(law: str, signature: str) -> Callable[[Tier], tuple[Case, ...]]:
    """Return one case for every mode: a tier of its own may compile a signature of its own."""
    one = case(law, "mix:train", signature, targets=("image",)).with_(reach="dear", ids=None)
    return lambda tier: (one,) if tier == "stress" else ()


LAWS = (
    Law(
        "P17",
        "no growth",
        ("R2", "C11"),
        "A call leaves nothing behind: no memory, no objects, no threads, no open files.",
        _grows_not,
        _cases("P17", "large-f32"),
        tiers=("stress",),
    ),
    Law(
        "B11",
        "large batches",
        ("R4", "C2"),
        "A large batch gives each sample what it gets in a smaller one.",
        _large_batch,
        _b11_cases,
        tiers=("full", "stress"),
    ),
    Law(
        "C14",
        "large images",
        ("C2", "E1"),
        "An image of a megapixel gives the reference's bytes, within a declared multiple of its own memory.",
        _large_image,
        _cases("C14", "mega-u8"),
        tiers=("stress",),
    ),
)
