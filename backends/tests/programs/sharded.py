"""Augments a batch that lies on four simulated devices and prints, as JSON, what came of it.

A process of its own: the number of devices is fixed when JAX starts.
"""

from __future__ import annotations

import json
import os
import re

os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

import augspec

POLICY = augspec.loads("""
{"augspec": 1, "ops": [
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "one_of", "ops": [{"op": "grayscale"}, {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}]}
]}
""")
COLLECTIVE = r"all-gather|all-reduce|all-to-all|collective-permute"


def main() -> None:
    images = np.random.default_rng(0).integers(0, 256, (8, 9, 12, 3), dtype=np.uint8)
    ids = np.arange(8)[::-1].copy()
    expected = augspec.compile(POLICY)(42, images, ids)
    augment = augspec.compile(POLICY, "jax")
    mesh, rows = Mesh(np.array(jax.devices()), ("data",)), PartitionSpec("data")
    given = [jax.device_put(jnp.asarray(x), NamedSharding(mesh, rows)) for x in (images, ids)]
    key = jax.random.key(42)
    whole = jax.jit(augment)(key, *given)
    apart = jax.jit(
        jax.shard_map(
            augment,
            mesh=mesh,
            in_specs=(PartitionSpec(), rows, rows),
            out_specs=rows,
        )
    )
    out = apart(key, *given)
    report = {
        "whole": bool((np.asarray(whole) == expected).all()),
        "apart": bool((np.asarray(out) == expected).all()),
        "devices": len({shard.device for shard in out.addressable_shards}),
        "rows": sorted({shard.data.shape[0] for shard in out.addressable_shards}),
        "collectives": re.findall(COLLECTIVE, apart.lower(key, *given).compile().as_text()),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
