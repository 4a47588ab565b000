"""What a careful TensorFlow user writes by hand: stateless draws and `tf.image`, in one `tf.function`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import missing
from benchmarks.workloads import Samples, Workload

NOTE = (
    "a loop over the samples (tf.map_fn), which is quicker than the same ops on whole batches, and computes only "
    "what is drawn; W1 has one resample by hand, its brightness is additive; contrast pivots on channel means; W6 "
    "and the pixels of W7 on whole batches under XLA, which has no kernels for the others"
)


def available() -> str | None:
    """Tell why TensorFlow cannot run here, or None."""
    return missing("tensorflow")


def make(samples: Samples, *, work: Workload, road: str) -> Callable[[int], Any]:
    """Chain the ops, each with a stateless seed of its own."""
    del road  # it has only one
    import tensorflow as tf

    from benchmarks.peers.tf_image import batches, loop, mixing

    if work.targets == "label":
        augment = mixing.make(work)
    elif work.name == "W6":
        augment = batches.make(work)
    else:
        augment = loop.make(work)
    run = tf.function(augment, jit_compile=work.name == "W6")
    given = {name: tf.constant(array) for name, array in samples.items()}
    return lambda step: run(tf.constant(step), given)
