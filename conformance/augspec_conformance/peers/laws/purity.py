"""Purity: nothing that is given is changed, and the seed alone decides."""

from __future__ import annotations

import random
import sys
from typing import Any

import numpy as np

from augspec_conformance.law import require, require_equal, stable_seed
from augspec_conformance.peers.peer import Arrays, Peer, Transform
from augspec_conformance.peers.peer_law import PeerLaw
from augspec_conformance.peers.probes import ask, sample

__all__ = ["LAWS", "require_same"]


def require_same(got: Arrays, expected: Arrays, reason: str) -> None:
    """Demand the same targets, each equal to the bit."""
    require(list(got) == list(expected), f"{reason}: targets differ", expected=list(expected), got=list(got))
    for name, value in expected.items():
        require_equal(got[name], value, f"{reason}: {name}")


def _unmutated(peer: Peer, transform: Transform) -> None:
    for probe in ("noise", "boxes"):
        native = peer.native(transform, sample(peer, transform, probe))
        entries = dict(native) if isinstance(native, dict) else {}
        before = peer.arrays(transform, native)
        peer.start(transform, seed=stable_seed("P1", transform.name) % 2**31)(native)
        if isinstance(native, dict):
            replaced = [name for name, value in entries.items() if native.get(name) is not value]
            require(not replaced, f"entries of the caller's dict were replaced: {', '.join(replaced)}")
        require_same(peer.arrays(transform, native), before, "the input after the call")


def _deterministic(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    first, again = (ask(peer, transform, given, seed="K1") for _ in range(2))
    require_same(again, first, "the same seed a second time")


def _disturb(peer: Peer, number: int) -> None:
    """Give another state to every global generator that the library does not document as its source."""
    if "python" not in peer.generators:
        random.seed(number)
    if "numpy" not in peer.generators:
        np.random.seed(number)  # noqa: NPY002 (the global generator is what is watched)
    torch: Any = sys.modules.get("torch")
    if torch is not None and "torch" not in peer.generators:
        torch.manual_seed(number)


def _states(peer: Peer) -> dict[str, Any]:
    """Return the states of the global generators that are not the library's documented source."""
    found: dict[str, Any] = {}
    if "python" not in peer.generators:
        found["Python's random"] = random.getstate()
    if "numpy" not in peer.generators:
        name, keys, *rest = np.random.get_state()  # noqa: NPY002
        found["NumPy's global generator"] = (name, np.asarray(keys).tobytes(), *rest)
    torch: Any = sys.modules.get("torch")
    if torch is not None and "torch" not in peer.generators:
        found["torch's global generator"] = torch.get_rng_state().numpy().tobytes()
    return found


def _global_unread(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    results = []
    for number in (1, 2, 3):
        _disturb(peer, number)
        results.append(ask(peer, transform, given, seed="P7"))
    for result in results[1:]:
        require_same(result, results[0], "the same seed, with another state of an undeclared global generator")


def _global_kept(peer: Peer, transform: Transform) -> None:
    given = sample(peer, transform)
    _disturb(peer, 5)
    before = _states(peer)
    ask(peer, transform, given, seed="P8")
    changed = [name for name, value in _states(peer).items() if value != before[name]]
    require(not changed, f"the call moved {', '.join(changed)}")


def _evaluation(peer: Peer, transform: Transform) -> None:
    evaluated: Any = getattr(peer, "evaluated")  # noqa: B009 (only peers that know evaluation have it)
    given = sample(peer, transform)
    out = evaluated(transform, given)
    if "active" in transform.claims:
        require_same(out, ask(peer, transform, given, seed="P18"), "documented to act in evaluation as in training")
    size = transform.options.get("size")
    if size is not None:
        got = out["image"].shape[1:3]
        require(got == size, "the documented size in evaluation", expected=size, got=got)
    if "active" not in transform.claims and size is None:
        values = {name: value.astype(given[name].dtype) for name, value in out.items()}
        require_same(values, given, "documented to do nothing in evaluation")


def _evaluates(peer: Peer, transform: Transform) -> str:
    if not hasattr(peer, "evaluated"):
        return "it knows no evaluation"
    return "" if transform.claims & {"active", "idle"} else "nothing is documented for evaluation"


LAWS = (
    PeerLaw("P1", "inputs unmutated", "A call changes no input: no array, no entry of the caller's dict.", _unmutated),
    PeerLaw("K1", "deterministic", "The same seed and sample give the same bytes.", _deterministic),
    PeerLaw(
        "P7",
        "no other generator is read",
        "With the seed given as documented, results do not depend on any other global generator.",
        _global_unread,
    ),
    PeerLaw(
        "P8",
        "global state is kept",
        "A call moves no global generator but the one that is documented as its source.",
        _global_kept,
    ),
    PeerLaw(
        "P18",
        "evaluation",
        "In evaluation a transform does what its documentation says it does there.",
        _evaluation,
        _evaluates,
    ),
)
