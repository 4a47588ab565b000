"""bind, second half: the callable that `augspec.compile` returns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from augspec.draws import Draws
from augspec.errors import SampleError
from augspec.language.policy import Policy
from augspec.plan.stages import Plan
from augspec.random.keys import split_shape
from augspec_backends.generic.compaction import check_compaction, compacted
from augspec_backends.generic.given import check_draws
from augspec_backends.generic.labels import LABEL, LABELS, check_label_values
from augspec_backends.generic.options import Options
from augspec_backends.generic.pipeline import Pipeline, Runner
from augspec_backends.generic.sample import check_batch, signature_of
from augspec_backends.generic.signature import Leaf, Signature
from augspec_backends.generic.targets import check_name, moved_names, targets_of

if TYPE_CHECKING:
    from augspec_backends.generic.backend import GenericBackend

__all__ = ["Augmenter"]


_KEPT = 128
"""How many signatures an augmenter keeps compiled functions for."""


class Augmenter:
    """A policy bound to a backend: a pure function of (key, sample, index).

    Calling it leaves its inputs as they are and returns new arrays; nothing is remembered between calls but compiled
    code. Samples are one array (the image) or a dict with `image` and, optionally, `mask` and masks of the names that
    the policy gives, `instance_masks`, `boxes` and `keypoints`; all other entries come back as the same objects.
    """

    def __init__(self, policy: Policy, backend: GenericBackend, options: Options) -> None:
        self.policy = policy
        self.backend = backend
        self.options = options
        self._training = Pipeline.of(policy, training=True)
        self._evaluation = Pipeline.of(policy, training=False)
        self._targets = targets_of(policy.targets)
        self._runner = lru_cache(maxsize=_KEPT)(self._make_runner)
        self._signature = lru_cache(maxsize=_KEPT)(self._make_signature)
        self._taken = lru_cache(maxsize=_KEPT)(self.takes)
        self._compiled: dict[Any, Any] = {}

    @property
    def plan(self) -> Plan:
        """Return the fused plan of the training pipeline."""
        return self._training.fused

    @property
    def mixes(self) -> str:
        """Return the name of the op that mixes samples of a batch in training, and their labels; empty without one."""
        mixer = self._training.mixer
        return "" if mixer is None else mixer.op.tag

    def takes(self, sample: Iterable[Any], *, training: bool = True) -> tuple[str, ...]:
        """Return the names of a sample's entries that may change: targets, their flags and labels, the last ones last.

        Args:
            sample: the names of all entries.
            training: which pipeline.
        """
        pipeline, entries = self._training if training else self._evaluation, set(sample)
        moved = moved_names(self.policy.targets, entries)
        label = (LABEL,) if pipeline.mixer is not None and LABEL in entries else ()
        rows = (LABELS,) if pipeline.rows > 1 and {"boxes", LABELS} <= entries else ()
        return (*moved, *label, *rows)

    def __repr__(self) -> str:
        name = self.policy.title or f"{len(self.policy.ops)} ops"
        options = f"layout={self.options.layout!r}, mode={self.options.mode!r}"
        return f"Augmenter({name}, backend={self.backend.name!r}, {options})"

    def __reduce__(self) -> tuple[Any, ...]:
        # A pickled augmenter is its declaration: compiled code is made anew where it arrives.
        return _rebuild, (self.policy, type(self.backend), self.options)

    def __call__(self, key: Any, sample: Any, index: Any = None, *, training: bool = True) -> Any:
        """Return the augmented sample.

        Args:
            key: an int seed, an `augspec.Key`, or the framework's own key; ignored (None is fine) in evaluation.
            sample: an image (H, W, C) or (C, H, W), a batch of them, or a dict of targets.
            index: each sample's stable id, (B,) whole numbers below 2⁴⁸ or texts; 0 … B − 1 by default.
            training: whether to augment, or to run the deterministic `eval` pipeline.

        Raises:
            SampleError: the sample, key or index does not fit; nothing was computed.
            Unsupported: an op is not defined on images of so many channels.
        """
        pipeline = self._training if training else self._evaluation
        arrays, rest, signature = self._read(sample, pipeline)
        if not training:
            key, index = 0, None
        elif key is None:
            raise SampleError("key", "an int seed, an augspec.Key or the framework's key", None)
        runner = self._runner(training, signature)
        xp = self.backend.namespace(arrays)
        keys, on_host = self.backend.keys(key, index, self._batch(signature, arrays), xp)
        out = self.backend.run(self, runner, xp, keys, on_host, arrays)
        return self._write(out, arrays, rest, signature, sample)

    def draw(self, key: Any, index: Any) -> Draws:
        """Return what the augmenter decides for samples, without touching any.

        Args:
            key: as in a call.
            index: the samples' ids, (B,).
        """
        xp = self.backend.namespace({})
        if index is None:
            raise SampleError("index", "the samples' ids, because there is no sample to count", None)
        shape = self.backend.shape(index) if self.backend.owns(index) else split_shape(index)
        batch = shape[0] if shape else 1
        keys, on_host = self.backend.keys(key, index, batch, xp)
        runner = self._runner(True, _ANY)
        drawn = self.backend.draw(runner, keys, on_host, xp)
        return Draws(drawn, {entry.path: entry.quantity for entry in self._training.draws}, batch)

    def apply(self, draws: Draws, sample: Any) -> Any:
        """Return the sample augmented as `draws` say: deterministic, no randomness but what they hold.

        Raises:
            SampleError: the draws are not this policy's, or not for this many samples.
        """
        check_draws(draws, self._training.draws, self.backend)
        arrays, rest, signature = self._read(sample, self._training)
        if signature.batch is not None and draws.batch != signature.batch:
            raise SampleError("draws", f"draws of {signature.batch} samples, as in the image", f"{draws.batch}")
        runner = self._runner(True, signature)
        xp = self.backend.namespace(arrays)
        if self.backend.host_draws(draws):
            host = dict(draws.numpy().items())
            out = self.backend.run_draws(self, runner, xp, host, np.zeros(draws.batch, np.int32), True, arrays)
        else:
            some = next(iter(draws.values()))
            zeros = (some if len(xp.shape(some)) == 1 else some[:, 0]) * 0
            out = self.backend.run_draws(self, runner, xp, draws, zeros, False, arrays)
        return self._write(out, arrays, rest, signature, sample)

    def output_spec(self, sample: Any, *, training: bool = True) -> Any:
        """Return the shapes and dtypes that a call would give, without running: `Leaf(shape, dtype)` for arrays.

        Args:
            sample: a sample as in a call, or one whose arrays are `Leaf`s or anything with `shape` and `dtype`.
            training: which pipeline.
        """
        pipeline = self._training if training else self._evaluation
        _, rest, signature = self._read(sample, pipeline, values=False)
        runner = self._runner(training, signature)
        height, width = runner.size
        options, out = self.options, {}
        tail = (height, width, signature.channels) if options.layout == "NHWC" else (signature.channels, height, width)
        out["image"] = Leaf((*signature.lead, *tail), runner.dtype_out())
        for target in runner.targets:
            leaf = next((shape, dtype) for name, shape, dtype in signature.leaves if name == target.name)
            out.update(target.spec(*leaf, signature, options, runner))
        if signature.has(LABELS):
            shape, at = signature.shape_of(LABELS), len(signature.lead)
            rows = (*shape[:at], shape[at] * runner.rows, *shape[at + 1 :])
            out[LABELS] = Leaf(rows, signature.dtype_of(LABELS))
        if signature.has(LABEL):
            out[LABEL] = Leaf((signature.shape_of(LABEL)[0], runner.classes), "float32")
        if signature.bare:
            return out["image"]
        return {**{name: out.get(name, rest.get(name)) for name in sample}, **out}

    def compiled(self, runner: Runner, make: Callable[[], Any], kind: Hashable = "all") -> Any:
        """Return the compiled function of a runner, made at its first use; `kind` tells a runner's functions apart."""
        key = (id(runner.pipeline), runner.signature, kind)
        if key not in self._compiled:
            while len(self._compiled) >= _KEPT:
                del self._compiled[next(iter(self._compiled))]  # the oldest one
            self._compiled[key] = make()
        return self._compiled[key]

    def _make_signature(
        self, training: bool, facts: tuple[tuple[str, tuple[int, ...], str], ...], bare: bool
    ) -> Signature:
        return signature_of(
            {name: (shape, dtype) for name, shape, dtype in facts},
            plan=(self._training if training else self._evaluation).fused,
            policy=self.policy,
            options=self.options,
            dtypes=self.backend.capabilities.dtypes,
            backend=self.backend.name,
            bare=bare,
        )

    def _make_runner(self, training: bool, signature: Signature) -> Runner:
        return Runner(self._training if training else self._evaluation, signature, self.options)

    def _compacts(self, signature: Signature) -> bool:
        return self.policy.targets.boxes.compact and signature.has("boxes")

    def _batch(self, signature: Signature, arrays: Mapping[str, Any]) -> Any:
        return self.backend.dynamic_batch(arrays) if signature.batch is None else signature.batch

    def _read(
        self, sample: Any, pipeline: Pipeline, *, values: bool = True
    ) -> tuple[dict[str, Any], dict[str, Any], Signature]:
        bare = not isinstance(sample, Mapping)
        entries = {"image": sample} if bare else dict(sample)
        backend = self.backend
        arrays, rest, facts, training = {}, {}, [], pipeline is self._training
        mixer = pipeline.mixer
        image = entries.get("image")
        if mixer is not None and image is not None and hasattr(image, "shape"):
            check_batch(mixer.op.tag, len(image.shape), self.options)
        moving = self._taken(frozenset(entries), training=training)
        for name, value in entries.items():
            if name not in moving:
                if hasattr(value, "shape"):
                    check_name(name, self.policy.targets)
                rest[name] = value
            elif not values and not backend.owns(value):
                arrays[name] = value
                facts.append((name, tuple(value.shape), str(value.dtype)))
            elif not backend.owns(value):
                raise SampleError(name, f"an array of the backend {backend.name!r}", f"{type(value).__name__}")
            else:
                arrays[name] = value
                facts.append((name, backend.shape(value), backend.dtype(value)))
        signature = self._signature(training, tuple(facts), bare)
        if values:
            for target in self._targets:
                if target.name in arrays and backend.concrete(arrays[target.name]):
                    target.check_values(backend.to_host(arrays[target.name]), self.options, self.policy.targets)
            if LABEL in arrays and backend.concrete(arrays[LABEL]):
                check_label_values(backend.to_host(arrays[LABEL]), self.policy.targets.label.classes)
            if self._compacts(signature):
                check_compaction(signature, rest, concrete=all(backend.concrete(array) for array in arrays.values()))
        return arrays, rest, signature

    def _write(
        self,
        out: Mapping[str, Any],
        arrays: Mapping[str, Any],
        rest: Mapping[str, Any],
        signature: Signature,
        entries: Any,
    ) -> Any:
        new = {name: self.backend.fresh(array, arrays) for name, array in out.items()}
        if self._compacts(signature):
            new, rest = compacted(self.backend, self.backend.namespace(arrays), new, rest)
        if signature.bare:
            return new["image"]
        order = [*entries, *(name for name in new if name not in entries)]
        return {name: new[name] if name in new else rest[name] for name in order}


_ANY = Signature(True, 0, None, 1, 1, 1, "any", "move", (), True)
"""Draws do not depend on the sample, so their runner needs no real signature."""


def _rebuild(policy: Policy, backend: type[GenericBackend], options: Options) -> Augmenter:
    return backend().augmenter(policy, options)
