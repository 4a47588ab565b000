"""Every random bit (R1–R14): known answers, and the golden values of the language, in NumPy's namespace."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np
import pytest

from augspec.errors import SampleError
from augspec.language.distributions import Beta
from augspec.random.keys import Key, KeyWords, sample_id, split_ids, stream, stream_keys, words_of
from augspec.random.maps import bernoulli, categorical, fraction24, grid, integer, quantile, ranks
from augspec.random.tables import exp2_table, normal_table, sine_table
from augspec.random.threefry import threefry
from augspec_backends.numpy.namespace import NumpyNamespace

XP = NumpyNamespace()
SEED = 0x0123456789ABCDEF
WORDS = np.array([0x00000000, 0xFFFFFFFF, 0x7676B1A3, 0xF36CE11A], np.uint32).view(np.int32)


def i32(*values: int) -> Any:
    return np.array(values, np.uint32).view(np.int32)


def hexes(array: Any) -> str:
    return " ".join(f"{int(word):08x}" for word in np.ravel(np.asarray(array, np.int32)).view(np.uint32))


@pytest.mark.parametrize(
    ("counter", "key", "output"),
    [
        ((0, 0), (0, 0), "6b200159 99ba4efe"),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), "1cb996fc bb002be7"),
        ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), "c4923a9c 483df7a0"),
    ],
)
def test_r1_threefry_gives_the_known_answers(counter: tuple[int, int], key: tuple[int, int], output: str) -> None:
    y0, y1 = threefry(XP, i32(key[0]), i32(key[1]), i32(counter[0]), i32(counter[1]))
    assert f"{hexes(y0)} {hexes(y1)}" == output


def key_words(key: Key) -> KeyWords:
    words = key.words()
    return KeyWords(*(words[i : i + 1] for i in range(4)))


def k2_and_words(path: str, key: Key, sample: int, count: int = 4) -> tuple[str, str]:
    hi, lo = stream(path)
    low, high = split_ids([sample], 1)
    k0, k1 = stream_keys(XP, key_words(key), i32(hi)[:, None], i32(lo)[:, None], None if high is None else high[None])
    words = words_of(XP, k0, k1, low[None], np.arange(count, dtype=np.int32)[:, None])
    return f"{hexes(k0)} {hexes(k1)}", hexes(words)


ANGLE, APPLY = "ops/rotate#0/angle", "ops/rotate#0/apply"


def test_r3_streams_are_hashes_of_paths() -> None:
    assert "{:08x}{:08x}".format(*stream(ANGLE)) == "b8769969187a71ac"
    assert "{:08x}{:08x}".format(*stream(APPLY)) == "74581b8b88797b7d"
    assert stream("caf\u00e9") == stream("cafe\u0301")  # NFC


@pytest.mark.parametrize(("path", "k1"), [(ANGLE, "f4d7286a 614a64f3"), (APPLY, "297ba550 2d4ec064")])
def test_r5_k1_is_golden(path: str, k1: str) -> None:
    key, (hi, lo) = key_words(Key(SEED)), stream(path)
    y0, y1 = threefry(XP, key.seed_hi, key.seed_lo, i32(hi), i32(lo))
    assert f"{hexes(y0)} {hexes(y1)}" == k1


@pytest.mark.parametrize(
    ("path", "epoch", "view", "sample", "k2", "words"),
    [
        (ANGLE, 0, 0, 0, "0a0b357c aa756c8f", "f36ce11a 131292d9 5b0fbb97 bb96f448"),
        (ANGLE, 0, 0, 1, "0a0b357c aa756c8f", "7676b1a3 a3b0189e 1a9c080a 790c22e7"),
        (ANGLE, 1, 0, 0, "493e96a1 76881496", "3d38db0b 8193f53f 2825088e 15b71893"),
        (ANGLE, 0, 1, 0, "325e991d 5c04996a", "38caff81 51b6b24d 5026e49c 5baf9b86"),
        (ANGLE, 3, 2, 0x0123456789AB, "c14c5c6d 375ef5ae", "0fd545da f2262bd7 6d21b427 b70d1c25"),
        (APPLY, 0, 0, 0, "1b5611ec eda804e2", "30869569 8bf4d888 c1ae14e7 d65a486d"),
    ],
)
def test_r5_k2_and_words_are_golden(path: str, epoch: int, view: int, sample: int, k2: str, words: str) -> None:
    assert k2_and_words(path, Key(SEED).fold(epoch).view(view), sample) == (k2, words)


def test_r5_8192_words_have_the_golden_hash() -> None:
    """Little-endian uint32 over ids 1000 … 1063 × 32 streams × 4 draws, epoch 3, view 1, ids outermost."""
    streams = np.array([stream(f"ops/{i // 4}/p{i % 4}") for i in range(32)], np.uint32).view(np.int32)
    key = key_words(Key(SEED, 3, 1))
    k0, k1 = stream_keys(XP, key, streams[:, :1], streams[:, 1:], None)
    ids = np.arange(1000, 1064, dtype=np.int32)
    words = words_of(XP, k0.T[..., None], k1.T[..., None], ids[:, None, None], np.arange(4, dtype=np.int32))
    assert words.shape == (64, 32, 4)
    digest = hashlib.sha256(np.ascontiguousarray(words).view(np.uint32).astype("<u4").tobytes()).hexdigest()
    assert digest == "edb2bab13958b3ffacebb42f8951d7441a47da20ab68408f04810de631609d1c"


def test_r4_keys_fold_and_view_without_being_used_up() -> None:
    key = Key(5)
    assert key.fold(3).view(2) == key.view(2).fold(3) == Key(5, 3, 2)
    assert key == Key(5)
    assert sample_id("a.jpg") == int.from_bytes(hashlib.sha256(b"a.jpg").digest()[:6], "big")


def hexfloats(integers: Any, scale: float) -> list[str]:
    return [float.hex(float(np.float32(int(v) * scale))) for v in np.ravel(integers)]


def same(found: list[str], golden: list[str]) -> bool:
    return [float.fromhex(text) for text in found] == [float.fromhex(text) for text in golden]


@pytest.mark.parametrize("seed", ["3", 3.0, True, None])
def test_r4_what_is_no_seed_is_named_as_it_is(seed: object) -> None:
    with pytest.raises(SampleError, match=re.escape(f"key: expected seed as a whole number, got {seed!r}.")):
        Key(seed)  # type: ignore[arg-type]


def test_r9_unit_interval_is_golden() -> None:
    golden = ["0x0p+0", "0x1.fffffep-1", "0x1.d9dac4p-2", "0x1.e6d9c2p-1"]
    assert same(hexfloats(fraction24(XP, WORDS), 2**-24), golden)


def test_r10_bernoulli_is_golden_and_exact_at_its_ends() -> None:
    assert bernoulli(XP, WORDS, int(0.3 * 2**24 + 0.5)).tolist() == [1, 0, 0, 0]
    assert bernoulli(XP, WORDS, 0).tolist() == [0, 0, 0, 0]
    assert bernoulli(XP, WORDS, 2**24).tolist() == [1, 1, 1, 1]


def test_r11_integers_are_golden() -> None:
    assert integer(XP, WORDS, 14).tolist() == [0, 13, 6, 13]
    assert integer(XP, WORDS, 32767).tolist() == [int(w) * 32767 >> 32 for w in WORDS.view(np.uint32)]


def test_r11_categorical_counts_the_thresholds_that_are_reached() -> None:
    assert categorical(XP, WORDS, (1, 2**23, 2**24 - 1)).tolist() == [0, 3, 1, 2]


def test_r12_ranks_are_a_permutation_with_ties_by_position() -> None:
    rng = np.random.default_rng(0)
    words = [rng.integers(-(2**31), 2**31, 1000).astype(np.int32) for _ in range(16)]
    words[3] = words[7].copy()
    found = np.stack(ranks(XP, words))
    assert (np.sort(found, axis=0) == np.arange(16)[:, None]).all()
    assert (found[3] < found[7]).all()
    keys = np.stack(words).view(np.uint32) >> 1
    assert np.array_equal(found, np.argsort(np.argsort(keys, axis=0, kind="stable"), axis=0, kind="stable"))


def test_r13_uniform_is_golden() -> None:
    golden = ["-0x1.ep+4", "0x1.dfff8p+4", "-0x1.1e18p+1", "0x1.b0d8p+4"]
    assert same(hexfloats(grid(XP, WORDS, -30 * 2**13, 60 * 2**13), 2**-13), golden)


def test_r14_beta_is_golden() -> None:
    quantiles = Beta(beta=(0.2, 0.2)).quantile(np.arange(4097) / 4096)
    table = np.floor(quantiles * 2**18 + 0.5).astype("<i4")
    assert hashlib.sha256(table.tobytes()).hexdigest().startswith("285022d035e798934205dd48c8773eb7")
    golden = ["0x0p+0", "0x1p+0", "0x1.8a27p-2", "0x1.ffffp-1"]
    assert same(hexfloats(quantile(XP, WORDS, table.astype(np.int32)), 2**-18), golden)


def test_r14_the_normal_of_pixels_is_golden() -> None:
    from augspec_backends.generic import noise

    table = normal_table()
    digest = hashlib.sha256(table.astype("<i4").tobytes()).hexdigest()
    assert digest.startswith("7ebf13ed2f776f6246b0640dbc3532fa")
    found = noise.normal(XP, WORDS)
    assert same(hexfloats(found, 2**-14), ["0x1.5ae1p+2", "0x0p+0", "-0x1.77f8p-1", "0x1.f88p-5"])


def test_r15_tables_are_pinned_and_read_only() -> None:
    for table in (sine_table(), normal_table(), exp2_table()):
        assert table.dtype == np.int32
        assert not table.flags.writeable


def test_r12_ranks_compare_31_bits() -> None:
    words = [i32(0b100, 0b110), i32(0b110, 0b100)]
    assert [rank.tolist() for rank in ranks(XP, words)] == [[0, 1], [1, 0]]
    lowest = [i32(0b101), i32(0b100)]  # bit 0 takes no part: the first of equals is first
    assert [rank.tolist() for rank in ranks(XP, lowest)] == [[0], [1]]


def test_r14_between_quantiles_halves_are_rounded_up() -> None:
    rest = np.arange(4096)
    words = (rest << 8).astype(np.int32)
    for step in (1, 3, 1001, -1, -7):
        table = np.array([5, 5 + step], np.int32)
        assert np.array_equal(quantile(XP, words, table) - 5, np.floor(step * rest / 4096 + 0.5))


def test_r1_a_namespace_with_a_hash_of_its_own_is_asked_for_it() -> None:
    class Own(NumpyNamespace):
        answer: Any = None

        def threefry(self, *words: Any) -> Any:
            self.asked = words
            return self.answer

    own, plain = Own(), threefry(XP, *map(i32, (1, 2, 3, 4)))
    assert hexes(threefry(own, *map(i32, (1, 2, 3, 4)))) == hexes(plain)  # it has none just now
    assert [int(word[0]) for word in own.asked] == [1, 2, 3, 4]
    own.answer = (i32(7), i32(8))
    assert hexes(threefry(own, *map(i32, (1, 2, 3, 4)))) == hexes(i32(7, 8))


def test_r4_seeds_epochs_and_views_may_be_numpys_whole_numbers() -> None:
    for kind in (np.int8, np.uint8, np.int32, np.uint64):
        key = Key(kind(5), kind(6), kind(7))
        assert key == Key(5, 6, 7)
        assert {type(key.seed), type(key.epoch), type(key.of_view)} == {int}
        assert np.array_equal(key.words(), Key(5, 6, 7).words())


@pytest.mark.parametrize("index", [0.5, True, b"a", int])
def test_r4_what_is_no_id_of_a_sample_is_refused(index: object) -> None:
    with pytest.raises(SampleError, match="index: expected whole numbers"):
        split_ids(index, 1)


def test_r4_arrays_of_objects_are_ids_if_what_they_hold_is() -> None:
    def of(*values: Any) -> Any:
        return split_ids(np.array(values, object), len(values))[0].tolist()

    assert of(3, np.int64(4)) == [3, 4]
    assert of("a", "b") == split_ids(["a", "b"], 2)[0].tolist()
    for wrong in ((0.5,), (None,), (3, 0.5), ("a", None), (b"a",)):
        with pytest.raises(SampleError, match="index: expected whole numbers"):
            of(*wrong)
