"""draw: the sampled parameters as a value one can look at, store, replay and hand to another backend."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from augspec.errors import SampleError, show
from augspec.language.quantities import QUANTITIES
from augspec.namespace import Array

__all__ = ["Draws"]


class Draws(Mapping[str, Array]):
    """What an augmenter decided: a frozen mapping from paths to integer arrays.

    Every value is int32 of shape (B,) or (B, entries), in steps of its quantity (2⁻²⁴ turns, 1/65280 of the
    range …); `values()` of the mapping are those integers, `human()` the numbers in the document's units.
    """

    __slots__ = ("_arrays", "_batch", "_quantities")

    def __init__(self, arrays: Mapping[str, Array], quantities: Mapping[str, str], batch: int) -> None:
        self._arrays = dict(arrays)
        self._quantities = dict(quantities)
        self._batch = batch

    def __getitem__(self, path: str) -> Array:
        return self._arrays[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    @property
    def batch(self) -> int:
        """Return the number of samples."""
        return self._batch

    @property
    def quantities(self) -> Mapping[str, str]:
        """Return the name of every path's quantity."""
        return dict(self._quantities)

    def numpy(self) -> Draws:
        """Return the same draws as NumPy arrays on the host."""
        return Draws({path: _host(array) for path, array in self.items()}, self._quantities, self._batch)

    def human(self) -> dict[str, Any]:
        """Return {path: list} in the document's units: degrees, factors, shares; one entry per sample."""
        found: dict[str, Any] = {}
        for path, array in self.items():
            host = _host(array)
            quantity = QUANTITIES[self._quantities[path]]
            convert = int if quantity.unit == 1 else quantity.human
            flat = [convert(int(v)) for v in host.ravel()]
            found[path] = _nest(flat, host.shape)
        return found

    def select(self, rows: Any) -> Draws:
        """Return the draws of some samples (NumPy indices along the batch); of mixed ones, with their partners.

        Raises:
            SampleError: a sample without the partner with which it is mixed, or twice.
        """
        host = self.numpy()
        picked = np.atleast_1d(np.arange(self._batch)[rows])
        found = {path: array[picked] for path, array in host.items()}
        for path, partner in found.items():
            if self._quantities[path] == "partner":
                if not np.array_equal(np.sort(partner), np.sort(picked)):
                    raise SampleError("rows", f"samples and all their partners (draws[{path!r}])", picked.tolist())
                row = np.empty(self._batch, np.int32)
                row[picked] = np.arange(len(picked))
                found[path] = row[partner]
        return Draws(found, self._quantities, len(picked))

    def to_json(self) -> str:
        """Return JSON text that `from_json` reads back, exactly."""
        entries: dict[str, Any] = {}
        for path, array in self.items():
            host = _host(array)
            entries[path] = {"quantity": self._quantities[path], "steps": host.tolist()}
            if host.ndim > 1 and not self._batch:
                entries[path]["entries"] = host.shape[1]  # rows that are not there cannot say how long they are
        return json.dumps({"augspec_draws": 1, "batch": self._batch, "draws": entries})

    @classmethod
    def from_json(cls, text: str | bytes) -> Draws:
        """Read draws from JSON text.

        Raises:
            SampleError: the text is not what `to_json` writes.
        """
        try:
            document = json.loads(text)
            batch = document["batch"]
            if document["augspec_draws"] != 1 or type(batch) is not int or batch < 0:
                raise ValueError  # noqa: TRY301 (one text for every way in which it can be wrong)
            arrays, quantities = {}, {}
            for path, entry in document["draws"].items():
                array = np.array(entry["steps"]) if batch else _empty(entry["steps"], entry.get("entries"))
                whole = array.dtype.kind == "i" and not ((array < -(2**31)) | (array >= 2**31)).any()
                if array.shape[:1] != (batch,) or entry["quantity"] not in QUANTITIES or not whole:
                    raise ValueError  # noqa: TRY301 (one text for every way in which it can be wrong)
                arrays[path], quantities[path] = array.astype(np.int32), entry["quantity"]
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            raise SampleError("draws", "the text that Draws.to_json() writes", show(str(text))) from None
        return cls(arrays, quantities, batch)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Draws):
            return NotImplemented
        return (
            self._quantities == other._quantities
            and self._batch == other._batch
            and all(np.array_equal(_host(array), _host(other[path])) for path, array in self.items())
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Draws(batch={self._batch}, paths={list(self._arrays)})"


def _host(array: Any) -> Any:
    if hasattr(array, "detach"):
        array = array.detach().cpu()
    return np.asarray(array)


def _empty(steps: Any, entries: Any) -> Any:
    """Return draws of no samples: (0,), or (0, entries) where a sample has several."""
    if steps != [] or (entries is not None and (type(entries) is not int or not 0 < entries < 2**16)):
        raise ValueError
    return np.zeros((0,) if entries is None else (0, entries), np.int32)


def _nest(flat: list[Any], shape: tuple[int, ...]) -> list[Any]:
    if len(shape) == 1:
        return flat
    width = shape[1]
    return [flat[row * width : (row + 1) * width] for row in range(shape[0])]
