"""Every random bit: the generator, the keys, the maps from words to values, and their tables (rng v1)."""
