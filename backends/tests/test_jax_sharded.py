"""A batch that lies on eight devices, sample by sample, stays there: the same bytes, and no device asks another one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("jax")

COLLECTIVES = ("all-gather", "all-reduce", "all-to-all", "collective-permute", "reduce-scatter")

SHARED = """
import jax, jax.numpy as jnp, numpy as np, augspec
from jax.sharding import Mesh, NamedSharding, PartitionSpec as P
assert len(jax.devices()) == 8
OPS = [
    {"op": "rotate", "degrees": {"uniform": [-20, 20]}},
    {"op": "one_of", "ops": [{"op": "invert"}, {"op": "gaussian_blur", "sigma": 1.0}, {"op": "equalize"}]},
    {"op": "random_crop", "size": [6, 5]},
    {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}},
]
def made(backend, *ops):
    policy = augspec.parse({"augspec": 1, "ops": list(ops), "eval": []})
    return augspec.compile(policy, backend, layout="NHWC")
rng = np.random.default_rng(0)
images = rng.integers(0, 256, (16, 8, 7, 3), np.uint8)
masks = rng.integers(0, 9, (16, 8, 7), np.uint8)
mesh = Mesh(np.array(jax.devices()), ("batch",))
def on(x, *spec):
    return jax.device_put(x, NamedSharding(mesh, P(*spec)))
"""

CALLS = """
augment, expected = made("jax", *OPS), made("numpy", *OPS)
ids = np.arange(100, 116)
out = augment(5, on(images, "batch"), ids)
np.testing.assert_array_equal(out, expected(5, images, ids))
assert out.sharding.spec == P("batch"), out.sharding
assert {one.data.shape for one in out.addressable_shards} == {(2, 6, 5, 3)}
both = augment(augspec.Key(5), {"image": on(images, "batch"), "mask": on(masks, "batch")}, on(ids, "batch"))
wanted = expected(5, {"image": images, "mask": masks}, ids)
for name, array in wanted.items():
    np.testing.assert_array_equal(both[name], array)
    assert both[name].sharding.spec[0] == "batch", name
"""

BY_SHARD_MAP = """
augment, expected = made("jax", *OPS), made("numpy", *OPS)
step = jax.shard_map(
    lambda words, x, i: augment(words, x, index=i), mesh=mesh, in_specs=(P(), P("batch"), P("batch")),
    out_specs=P("batch"), check_vma=False,
)
words, ids = jnp.array([0, 5], jnp.uint32), on(np.arange(16, dtype=np.int32), "batch")
np.testing.assert_array_equal(jax.jit(step)(words, on(images, "batch"), ids), expected(5, images))
"""

ELSEWHERE = """
augment, expected = made("jax", *OPS), made("numpy", *OPS)
for spec in ((None, "batch"), (), ("batch", None, None, None)):
    np.testing.assert_array_equal(augment(5, on(images, *spec)), expected(5, images))
mixed = {"image": on(images, "batch"), "mask": on(masks)}
np.testing.assert_array_equal(augment(5, mixed)["image"], expected(5, images))
single = on(images[:8].reshape(64, 7, 3), "batch")
np.testing.assert_array_equal(augment(5, single, 3), expected(5, np.asarray(single), 3))
mixing, plain = made("jax", {"op": "cutmix"}), made("numpy", {"op": "cutmix"})
mixed = {"image": on(images, "batch"), "mask": on(masks, "batch")}
np.testing.assert_array_equal(mixing(5, mixed)["image"], plain(5, {"image": images, "mask": masks})["image"])
square = Mesh(np.array(jax.devices()).reshape(4, 2), ("batch", "model"))
part = jax.device_put(images, NamedSharding(square, P("batch")))
np.testing.assert_array_equal(augment(5, part), expected(5, images))
whole = jax.device_put(images, NamedSharding(square, P(("batch", "model"))))
np.testing.assert_array_equal(augment(5, whole), expected(5, images))
"""


def run(code: str, dumped: Path) -> str:
    """Run code on eight simulated devices, and return what XLA made of it, as text."""
    flags = f"--xla_force_host_platform_device_count=8 --xla_dump_to={dumped} --xla_dump_hlo_as_text"
    done = subprocess.run(
        [sys.executable, "-c", SHARED + code],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"XLA_FLAGS": flags},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    files = sorted(dumped.glob("*after_optimizations.txt"))
    assert files
    return "\n".join(file.read_text() for file in files)


@pytest.mark.parametrize("code", [CALLS, BY_SHARD_MAP], ids=["a call", "shard_map"])
def test_each_device_works_alone(code: str, tmp_path: Path) -> None:
    program = run(code, tmp_path)
    found = [word for word in COLLECTIVES if f" {word}(" in program or f" {word}-start(" in program]
    assert not found, found


def test_other_shardings_give_the_same_bytes(tmp_path: Path) -> None:
    run(ELSEWHERE, tmp_path)
