"""The generic roads on a framework of a hundred lines: tensors that are no NumPy arrays, traced or not, and a compiler.

NumPy alone never takes these roads, and the real frameworks take them slowly; here every promise has one short test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin

import augspec
from augspec.errors import SampleError
from augspec.language.policy import Targets
from augspec_backends.generic.compiled import CompiledBackend
from augspec_backends.generic.namespace import grouped
from augspec_backends.generic.numbers import FixedNumbers
from augspec_backends.generic.options import Capabilities, Options
from augspec_backends.generic.pixels import Pixels
from augspec_backends.generic.signature import Signature
from augspec_backends.generic.stages.choose import Branch
from augspec_backends.generic.targets import Passage
from augspec_backends.numpy.namespace import NumpyNamespace
from augspec_conformance.cases.policies import document, fitting_targets, op_document, op_names, op_of

IMAGE = np.random.default_rng(0).integers(0, 256, (2, 8, 9, 3), np.uint8)
OPS = ({"op": "rotate", "degrees": {"uniform": [5, 40]}}, {"op": "gaussian_blur", "sigma": {"uniform": [0.5, 1]}})


class Tensor(NDArrayOperatorsMixin):
    """A tensor: operators and `shape`, and nothing that NumPy would take for an array."""

    def __init__(self, values: np.ndarray, *, traced: bool = False) -> None:
        self.values, self.traced = values, traced

    @property
    def shape(self) -> list[int]:  # a framework's own kind of shape
        return list(self.values.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        assert method == "__call__"
        return Tensor(ufunc(*map(plain, inputs), **options), traced=is_traced(inputs))

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        assert not self.traced, "a traced tensor has no values to look at"
        return self.values

    def __getitem__(self, index: Any) -> Tensor:
        return Tensor(self.values[index], traced=self.traced)


def plain(x: Any) -> Any:
    """Return NumPy's arrays in place of tensors."""
    if isinstance(x, (list, tuple)):
        return type(x)(plain(part) for part in x)
    return x.values if isinstance(x, Tensor) else x


def is_traced(parts: Any) -> bool:
    return any(
        is_traced(part) if isinstance(part, (list, tuple)) else isinstance(part, Tensor) and part.traced
        for part in parts
    )


def on_tensors(name: str) -> Any:
    def call(self: Any, *arguments: Any) -> Tensor:
        assert name != "take" or isinstance(arguments[0], Tensor), "tables are the framework's own"
        assert name != "reshape" or min(arguments[1], default=0) >= -1, "only -1 is worked out"
        found = getattr(NumpyNamespace, name)(self, *map(plain, arguments))
        return Tensor(found, traced=is_traced(arguments))

    return call


class ToyNamespace(NumpyNamespace):
    """NumPy's functions on tensors; notes what was kept for a compiler that would compute it twice."""

    name = "toy"

    def __init__(self, *, again: bool = False) -> None:
        self.again = again
        self.kept: list[tuple[tuple[int, ...], str]] = []

    def recomputes(self, x: Any) -> bool:
        return self.again

    def materialise(self, f: Callable[[], Any], guard: Any, shape: tuple[int, ...], dtype: str) -> Any:
        out = f()
        assert (tuple(out.shape[1:]), self.dtype(out)) == (shape, dtype)
        assert self.dtype(guard) == "int32"
        assert guard.shape[0] == out.shape[0]
        assert 0 not in guard.shape, "a guard has a value for every sample"
        self.kept.append((shape, dtype))
        return out

    def choose(self, branch: Any, branches: Any, state: Any, params: Any) -> Any:
        return grouped(self, plain(branch), branches, state, params)


_NUMBERS = ("where", "minimum", "maximum", "clip", "abs", "floor", "floordiv", "sqrt", "pow")
_PIXELS = ("sum", "min", "max", "cumulative_sum", "histogram", "take", "take_rows", "gather_at", "gather_axis")
_SHAPES = ("constant", "astype", "select_axis", "reshape", "transpose", "stack", "concat", "flip", "arange", "argsort")
for _name in (*_NUMBERS, *_PIXELS, *_SHAPES):
    setattr(ToyNamespace, _name, on_tensors(_name))


class Toy(CompiledBackend):
    """Compiles in mode "compiled"; a traced tensor is part of the caller's own trace, as in JAX."""

    name: ClassVar[str] = "toy"
    capabilities: ClassVar[Capabilities] = Capabilities(
        dtypes=("uint8", "float32"),
        layouts=("NHWC",),
        modes=("eager", "compiled"),
        default_layout="NHWC",
        auto="compiled",
        differentiable=False,
        devices=("cpu",),
    )

    def __init__(self) -> None:
        self.compiled: list[Callable[..., Any]] = []
        self.runs: list[tuple[Any, ...]] = []
        self.namespaces: list[ToyNamespace] = []
        self.asked: list[dict[str, Any]] = []

    def namespace(self, arrays: Mapping[str, Any]) -> Any:
        return ToyNamespace()

    def owns(self, x: Any) -> bool:
        return isinstance(x, Tensor)

    def shape(self, x: Any) -> tuple[int, ...]:
        return tuple(x.shape)

    def dtype(self, x: Any) -> str:
        return str(x.dtype)

    def concrete(self, x: Any) -> bool:
        return not x.traced

    def to_host(self, x: Any) -> np.ndarray:
        assert not x.traced
        return np.asarray(x.values)

    def to_native(self, xp: Any, params: Mapping[str, np.ndarray]) -> dict[str, Any]:
        return {name: Tensor(np.asarray(array)) for name, array in params.items()}

    def native_key(self, key: Any) -> Any:
        return key

    def native_ids(self, index: Any, batch: int) -> tuple[Any, Any]:
        return (index, None) if isinstance(index, Tensor) and index.traced else super().native_ids(index, batch)

    def own(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        return dict(arrays)

    def copy(self, x: Any) -> Any:
        return Tensor(x.values.copy(), traced=x.traced)

    def inline(self, mode: str, *, host_keys: bool, arrays: Mapping[str, Any]) -> bool:
        self.asked.append({"mode": mode, "host_keys": host_keys, "arrays": set(arrays)})
        return is_traced(list(arrays.values()))

    def inner(self, mode: str, xp: Any) -> Any:
        self.namespaces.append(ToyNamespace(again=True))
        return self.namespaces[-1]

    def jit(self, mode: str, f: Callable[..., Any]) -> Callable[..., Any]:
        assert mode == "compiled"
        self.compiled.append(f)

        def run(*arguments: Any) -> Any:
            self.runs.append(arguments)
            return f(*(Tensor(a) if isinstance(a, np.ndarray) else a for a in arguments))

        return run


def bound(*ops: dict[str, Any], targets: Any = None, evaluation: Any = None, **options: Any) -> tuple[Any, Any, Toy]:
    """Return NumPy's augmenter, the toy's, and the toy."""
    written = {"augspec": 1, "ops": list(ops), "targets": targets or {}}
    written |= {} if evaluation is None else {"eval": evaluation}
    policy, toy = augspec.loads(json.dumps(written)), Toy()
    return augspec.compile(policy), toy.compile(policy, **options), toy


@pytest.mark.parametrize("mode", ["eager", "compiled"])
@pytest.mark.parametrize("index", [None, [3, 2**40 + 5]])
def test_c1_every_mode_gives_the_bytes_of_numpy(mode: str, index: Any) -> None:
    numpy, augment, toy = bound(*OPS, mode=mode)
    out = augment(7, Tensor(IMAGE), index)
    np.testing.assert_array_equal(out.values, numpy(7, IMAGE, index))
    assert len(toy.compiled) == len(toy.runs) == (mode == "compiled")


def test_ids_with_and_without_high_words_share_one_compiled_function() -> None:
    numpy, augment, toy = bound(*OPS)
    for index in (None, [3, 4], [2**40, 2**47 + 1]):
        np.testing.assert_array_equal(augment(7, Tensor(IMAGE), index).values, numpy(7, IMAGE, index))
    assert len(toy.compiled) == 1
    for key, low, high, arrays in toy.runs:
        assert (key.shape, low.shape, high.shape, list(arrays)) == ((4,), (2,), (2,), ["image"])
    assert toy.runs[0][2].tolist() == [0, 0]


@pytest.mark.parametrize("traced_key", [False, True])
def test_k6_a_trace_of_the_callers_is_joined_and_not_compiled(traced_key: bool) -> None:
    numpy, augment, toy = bound(*OPS)
    key = Tensor(augspec.Key(7).words(), traced=True) if traced_key else 7
    index = Tensor(np.array([3, 9], np.int32), traced=True) if traced_key else [3, 2**40]
    out = augment(key, Tensor(IMAGE, traced=True), index)
    assert out.traced
    assert not toy.compiled
    assert toy.asked == [{"mode": "compiled", "host_keys": not traced_key, "arrays": {"image"}}]
    np.testing.assert_array_equal(out.values, numpy(7, IMAGE, [3, 9] if traced_key else index))


def test_a_key_on_the_host_and_ids_of_the_framework_meet_in_the_framework() -> None:
    numpy, augment, _ = bound(*OPS, mode="eager")
    index = Tensor(np.array([3, 9], np.int32), traced=True)
    np.testing.assert_array_equal(augment(7, Tensor(IMAGE), index).values, numpy(7, IMAGE, [3, 9]))
    drawn = augment.draw(7, index)
    assert all(isinstance(array, Tensor) for array in drawn.values())
    assert isinstance(next(iter(augment.draw(7, [3, 9]).values())), np.ndarray)


@pytest.mark.parametrize("mode", ["eager", "compiled"])
def test_draws_of_the_host_are_applied_by_the_compiled_pixels(mode: str) -> None:
    numpy, augment, toy = bound(*OPS, mode=mode)
    draws = numpy.draw(7, [3, 9])
    for _ in range(2):
        np.testing.assert_array_equal(augment.apply(draws, Tensor(IMAGE)).values, numpy.apply(draws, IMAGE))
    assert len(toy.compiled) == (mode == "compiled")
    assert len(toy.runs) == 2 * (mode == "compiled")


def test_tensors_as_draws_are_taken_and_traced_ones_are_not_looked_at() -> None:
    numpy, augment, toy = bound(*OPS, {"op": "gaussian_noise", "std": 0.1})
    host = numpy.draw(7, [3, 9])
    expected = numpy.apply(host, IMAGE)

    def like(*, traced: tuple[bool, ...]) -> augspec.Draws:
        arrays = {path: Tensor(array, traced=flag) for (path, array), flag in zip(host.items(), traced, strict=True)}
        return augspec.Draws(arrays, dict(host.quantities), 2)

    count = len(list(host))
    for traced in ((False,) * count, (True,) * count, (True,) + (False,) * (count - 1)):
        out = augment.apply(like(traced=traced), Tensor(IMAGE, traced=any(traced)))
        np.testing.assert_array_equal(out.values, expected)
    reverse = dict(reversed(list(host.items())))  # the first draw is the noise's, (B, 3)
    again = augspec.Draws({path: Tensor(a, traced=True) for path, a in reverse.items()}, dict(host.quantities), 2)
    np.testing.assert_array_equal(augment.apply(again, Tensor(IMAGE, traced=True)).values, expected)
    assert all("image" in one["arrays"] for one in toy.asked)


def test_tensors_as_draws_are_checked_where_they_can_be_looked_at() -> None:
    _, augment, _ = bound(OPS[0])
    path, quantity = "sample/rotate#0/degrees", "angle"

    def given(array: Any) -> augspec.Draws:
        return augspec.Draws({path: array}, {path: quantity}, 2)

    far = np.array([0, 2**31 - 1], np.int32)
    for wrong in (far, Tensor(far)):
        with pytest.raises(SampleError, match="angle in steps from"):
            augment.apply(given(wrong), Tensor(IMAGE))
    augment.apply(given(Tensor(far, traced=True)), Tensor(IMAGE, traced=True))
    with pytest.raises(SampleError, match="an int32 array of shape"):
        augment.apply(given([1, 2]), Tensor(IMAGE))


def test_p1_what_passed_through_a_compiled_function_is_copied() -> None:
    _, augment, _ = bound({"op": "rotate", "degrees": 9, "p": 0.0})
    given = {"image": Tensor(IMAGE), "boxes": Tensor(np.array([[[1, 1, 4, 4]]] * 2, np.float32))}
    out = augment(7, given)
    for name, tensor in given.items():
        assert out[name] is not tensor
        assert not np.shares_memory(out[name].values, tensor.values)
        np.testing.assert_array_equal(out[name].values, tensor.values)


def test_fresh_copies_what_is_one_of_the_inputs_and_nothing_else() -> None:
    toy, first, second = Toy(), Tensor(IMAGE), Tensor(IMAGE)
    assert toy.fresh(first, {"a": second, "b": first}) is not first
    assert toy.fresh(first, {"a": second}) is first


def test_filters_are_kept_where_the_compiler_would_compute_them_again() -> None:
    for image, dtype in ((IMAGE, "uint16"), (IMAGE.astype(np.float32) / 255, "float32")):
        numpy, augment, toy = bound(OPS[1])
        np.testing.assert_array_equal(augment(7, Tensor(image)).values, numpy(7, image))
        ((namespace,), shape) = toy.namespaces, (8, 9, 3)
        assert (shape, dtype) in namespace.kept
        eager, eager_toy = bound(OPS[1], mode="eager")[1:]
        eager(7, Tensor(image))
        assert not eager_toy.namespaces


def test_t3_compaction_selects_rows_of_labels_of_every_kind() -> None:
    _, augment, _ = bound({"op": "translate", "x": -0.5, "y": 0.0}, targets={"boxes": {"compact": True}}, mode="eager")
    boxes = np.array([[0, 0, 4, 4], [5, 1, 9, 5], [6, 2, 8, 4]], np.float32)
    labels = np.array([10, 20, 30])
    for kind, host in ((Tensor, lambda x: x.values.tolist()), (np.asarray, np.ndarray.tolist), (list, list)):
        out = augment(7, {"image": Tensor(IMAGE[0]), "boxes": Tensor(boxes), "labels": kind(labels)})
        assert host(out["labels"]) == [20, 30]
        assert type(out["labels"]) is type(kind(labels))
        assert out["boxes"].shape == [2, 4]
    alone = augment(7, {"image": Tensor(IMAGE[0]), "boxes": Tensor(boxes)})
    assert alone["boxes"].shape == [2, 4]
    assert alone["boxes_valid"].values.tolist() == [True, True]
    with pytest.raises(SampleError, match="concrete values"):
        augment(7, {"image": Tensor(IMAGE[0]), "boxes": Tensor(boxes, traced=True)})


def test_the_operators_of_a_namespace_do_what_their_names_say() -> None:
    xp = ToyNamespace()
    yes, numbers = Tensor(np.array([True, False, True])), Tensor(np.array([-5, 6, 7], np.int32))
    no = Tensor(np.array([False, False, True]))
    assert xp.logical_not(yes).values.tolist() == [False, True, False]
    assert xp.logical_and(yes, no).values.tolist() == [False, False, True]
    assert xp.logical_or(yes, no).values.tolist() == [True, False, True]
    assert xp.shl(numbers, 2).values.tolist() == [-20, 24, 28]
    assert xp.shr(numbers, 1).values.tolist() == [-3, 3, 3]
    assert xp.bitand(numbers, 3).values.tolist() == [3, 2, 3]
    assert xp.bitor(numbers, 1).values.tolist() == [-5, 7, 7]
    assert xp.bitxor(numbers, 1).values.tolist() == [-6, 7, 6]
    assert (xp.shape(numbers), xp.dtype(numbers)) == ((3,), "int32")


@pytest.mark.parametrize("op", [{"op": "lens", "k1": 0.3}, {"op": "perspective", "distortion": 0.5}], ids=str)
def test_maps_of_places_read_an_image_that_is_computed_once(op: dict[str, Any]) -> None:
    image = IMAGE.astype(np.float32) / 255
    numpy, augment, toy = bound({"op": "invert"}, op)
    np.testing.assert_array_equal(augment(7, Tensor(image)).values, numpy(7, image))
    assert ((8, 9, 3), "float32") in toy.namespaces[0].kept


@pytest.mark.parametrize("numbers", [FixedNumbers(NumpyNamespace()), None], ids=["fixed", "none"])
def test_a_branch_runs_under_another_namespace(numbers: Any) -> None:
    xp, other = NumpyNamespace(), ToyNamespace()
    branch = Branch(Pixels(xp, numbers, Targets()), (), "0.")
    moved = branch.under(other)
    assert (moved.on.xp, branch.on.xp) == (other, xp)
    if numbers is None:
        assert moved.on.m is None
    else:
        assert (moved.on.m.xp, branch.on.m.xp) == (other, numbers.xp)


def test_t7_rows_of_images_are_parted_again_where_nobody_knows_how_many_samples_there_are() -> None:
    sig = Signature(True, None, 3, 8, 9, 1, "uint8", "fixed", (), bare=True)
    options = Options("NHWC", (0.0, 1.0), "xyxy", "pixels", "xy", "eager", frames=True)
    go, stacks = Passage(NumpyNamespace(), sig, options, Targets(), (8, 9)), np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(go.rows(stacks), stacks.reshape(6, 4))
    np.testing.assert_array_equal(go.lead(go.rows(stacks)), stacks)
    for tail in ((4,), (0,), ()):  # what has no numbers belongs to every image as well
        assert go.each(np.zeros((2, *tail))).shape == (6, *tail)


@pytest.mark.parametrize("name", op_names())
def test_c1_every_op_gives_the_bytes_of_numpy(name: str) -> None:
    op = op_document(name)
    images = np.random.default_rng(1).integers(0, 256, (2, 9, 14, 3), np.uint8)
    images = images if op_of(op).accepts_size(9, 14) else np.ascontiguousarray(images[:, :, :9])
    points = np.array([[[1, 2], [4, 5], [8.5, 3]]] * 2, np.float32)
    sample = {"image": images, "mask": images[..., 0], "boxes": np.concatenate([points, points + 2], -1)}
    sample |= {"keypoints": points, "label": np.array([3, 1], np.int32)}
    targets = fitting_targets(document(op), tuple(sample))
    pairs = {"keypoints": {"swap_pairs": [[0, 2]]}} if "keypoints" in targets else {}
    policy = document(op, targets=pairs)
    numpy, augment, toy = bound(op, targets=policy["targets"], evaluation=[])
    out = augment(7, {target: Tensor(sample[target]) for target in targets})
    for target, expected in numpy(7, {target: sample[target] for target in targets}).items():
        np.testing.assert_array_equal(out[target].values, expected)
    assert len(toy.compiled) == 1
