"""A backend under test in one mode: compiled policies are kept, NumPy arrays go in and come out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

import augspec
from augspec_conformance.adapters import adapter_of
from augspec_conformance.cases.probes import sample_of
from augspec_conformance.cases.signatures import SIGNATURES
from augspec_conformance.law import Case

__all__ = ["Sample", "Subject", "Unclaimed", "reference"]

Sample = dict[str, npt.NDArray[Any]]

_SPATIAL = ("image",)
_MOVES = ("image", "mask", "instance_masks", "boxes", "boxes_valid", "keypoints", "keypoints_visible")


class Unclaimed(Exception):
    """The backend does not claim what a case asks for: neither passed nor failed."""


class Subject:
    """A backend in one mode.

    Args:
        backend: an instance with `name`, `capabilities` and `compile(policy, **options)`.
        mode: one of its modes.
        family: the subjects of the same backend, by mode; they share their compiled functions.
        source: what `augspec.get_backend` takes to find the backend again; its name by default.
    """

    def __init__(self, backend: Any, mode: str, family: dict[str, Subject] | None = None, *, source: str = "") -> None:
        self.backend, self.mode = backend, mode
        self.name: str = backend.name
        self.source = source or self.name
        self.capabilities = backend.capabilities
        self.adapter = adapter_of(backend)
        self.cost = self.adapter.cost(mode)
        self._compiled: dict[tuple[str, str], tuple[augspec.Policy, Any]] = {}
        self._family = {} if family is None else family
        self._family.setdefault(mode, self)

    def __repr__(self) -> str:
        return f"Subject({self.name}, {self.mode})"

    def sibling(self, mode: str) -> Subject:
        """Return the same backend in another mode."""
        if mode not in self._family:
            Subject(self.backend, mode, self._family, source=self.source)
        return self._family[mode]

    def augmenter(self, policy: Mapping[str, Any], **options: Any) -> Any:
        """Return the compiled policy, compiled once; `layout` and other options as in `augspec.compile`.

        Without a layout it is for channels last, or for what the backend claims instead.
        """
        return self._bound(policy, options)[1]

    def _bound(self, policy: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[augspec.Policy, Any]:
        """Return the policy as it was handed over, and what was made of it."""
        given = {"layout": self.claimed("NHWC"), "mode": self.mode, **options}
        key = json.dumps(policy, sort_keys=True), json.dumps(given, sort_keys=True, default=str)
        if key not in self._compiled:
            loaded = augspec.loads(key[0])
            self._compiled[key] = loaded, self.backend.compile(loaded, **given)
        return self._compiled[key]

    def claimed(self, layout: str) -> str:
        """Return the layout, or the backend's habit if that is not claimed."""
        return layout if layout in self.capabilities.layouts else str(self.capabilities.default_layout)

    def of(self, case: Case) -> Any:
        """Return the compiled policy of a case.

        Raises:
            Unclaimed: the backend does not claim the case's layout.
        """
        return self._bound(case.policy, self._options(case))[1]

    def policy(self, case: Case) -> augspec.Policy:
        """Return the policy that was compiled for a case, the very object; an augmenter need not show it.

        Raises:
            Unclaimed: the backend does not claim the case's layout.
        """
        return self._bound(case.policy, self._options(case))[0]

    def _options(self, case: Case) -> dict[str, Any]:
        if case.layout not in self.capabilities.layouts:
            raise Unclaimed(f"{self.name} does not claim the layout {case.layout}")
        options = {"layout": case.layout, **case.context.get("options", {})}
        if "value_range" in options:
            options["value_range"] = tuple(options["value_range"])
        return options

    def fitted(self, case: Case) -> Case:
        """Return the case, with images of the first claimed dtype instead if its own is not claimed."""
        now, dtypes = SIGNATURES[case.signature], tuple(self.capabilities.dtypes)
        if now.dtype in dtypes:
            return case
        alike = {sig.dtype: name for name, sig in SIGNATURES.items() if sig.shape == now.shape}
        for dtype in dtypes:
            if dtype in alike:
                return case.with_(signature=alike[dtype])
        raise Unclaimed(f"{self.name} claims none of the dtypes {', '.join(alike)}")

    def native(self, case: Case, sample: Mapping[str, Any]) -> dict[str, Any]:
        """Return channels-last NumPy arrays as the framework's, in the case's layout and dtype; extras as they are."""
        return {name: self.native_leaf(case, name, value) for name, value in sample.items()}

    def native_leaf(self, case: Case, name: str, value: Any) -> Any:
        """Return one entry of a sample as the framework's array; extras as they are."""
        masks = case.policy.get("targets", {}).get("masks", {})
        moves = name in (*_MOVES, *masks) or (name == "label" and case.mixes)
        if not isinstance(value, np.ndarray) or not moves:
            return value
        dtype = SIGNATURES[case.signature].dtype if name == "image" else str(value.dtype)
        if dtype not in self.capabilities.dtypes and name == "image":
            raise Unclaimed(f"{self.name} does not claim {dtype} images")
        try:
            return self.adapter.to_native(self.in_layout(case, name, value), dtype)
        except ImportError as error:
            raise Unclaimed(f"{dtype} arrays cannot be made here: {error}") from error

    def made(self, array: npt.NDArray[Any], dtype: str) -> Any:
        """Return a NumPy array as the framework's, of a dtype that it may not have.

        Raises:
            Unclaimed: it has no such arrays; nothing of the backend under test has run yet.
        """
        try:
            native = self.adapter.to_native(array, dtype)
        except (ImportError, AttributeError, TypeError, OverflowError) as error:
            raise Unclaimed(f"{self.name} has no {dtype} arrays here: {error}") from error
        if self.adapter.dtype_name(native) != dtype:
            raise Unclaimed(f"{self.name} has no {dtype} arrays here")
        return native

    @staticmethod
    def in_layout(case: Case, name: str, value: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return an image (channels last) in the case's layout."""
        if case.layout == "NHWC" or name not in _SPATIAL:
            return value
        return np.ascontiguousarray(np.moveaxis(value, -1, -3))

    def numpy(self, case: Case, out: Mapping[str, Any]) -> dict[str, Any]:
        """Return a result as NumPy arrays, images channels-last; extras as they are."""
        found: dict[str, Any] = {}
        for name, value in out.items():
            array = self.adapter.to_numpy(value) if hasattr(value, "shape") and hasattr(value, "dtype") else value
            if case.layout == "NCHW" and name in _SPATIAL:
                array = np.moveaxis(array, -3, -1)
            found[name] = array
        return found

    def key(self, case: Case) -> augspec.Key:
        """Return the case's key."""
        return augspec.Key(case.key, case.epoch, case.view)

    @staticmethod
    def ids(case: Case) -> list[int]:
        """Return one id per sample of the case's batch."""
        batch = SIGNATURES[case.signature].shape[0]
        if case.ids is not None and len(case.ids) == batch:
            return list(case.ids)
        start = (case.ids or (11,))[0]
        return [start + 7 * i * i + i for i in range(batch)]

    def call(self, case: Case, sample: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        """Augment a case's sample (or a given one) and return NumPy arrays.

        Args:
            case: what to run.
            sample: channels-last NumPy arrays; the case's own sample by default.
            **changes: `key`, `ids`, `training` other than the case's.
        """
        given = sample_of(case) if sample is None else sample
        native = self.native(case, given)
        key, ids = changes.get("key", self.key(case)), changes.get("ids", self.ids(case))
        out = self.of(case)(key, native, ids, training=changes.get("training", True))
        return self.numpy(case, out)

    def draw(self, case: Case, ids: Any = None) -> augspec.Draws:
        """Return a case's draws on the host; they depend on no layout."""
        drawn: augspec.Draws = self.of(case.with_(layout=self.claimed(case.layout))).draw(
            self.key(case), self.ids(case) if ids is None else ids
        )
        return drawn.numpy()


@cache
def reference() -> Subject:
    """Return the NumPy reference."""
    return Subject(augspec.get_backend("numpy"), "eager")
