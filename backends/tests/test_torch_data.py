"""`AugmentedDataset`: R2 and R4 in a loader. A sample follows from seed, epoch, view and id alone."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, IterableDataset, Subset

import augspec
from augspec_backends.torch import AugmentedDataset, data

POLICY = augspec.loads("""
{"augspec": 1, "name": "mixed", "ops": [
  {"op": "horizontal_flip"},
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}
]}
""")
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 9, 12, 3), dtype=np.uint8)
PAIRS = [(image, label) for label, image in enumerate(IMAGES)]
EXPECTED = augspec.compile(POLICY)(7, IMAGES)
CHANNELS_FIRST = EXPECTED.transpose(0, 3, 1, 2)


@pytest.fixture(scope="module")
def loaded() -> dict[str, Any]:
    program = Path(__file__).parent / "programs" / "loader.py"
    command = [sys.executable, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_r4_workers_batches_and_order_change_no_sample(loaded: dict[str, Any]) -> None:
    for way, digests in loaded["ways"].items():
        assert digests == loaded["direct"], way


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_r4_set_epoch_reaches_persistent_workers(loaded: dict[str, Any], start: str) -> None:
    assert loaded["persistent"][start] == loaded["epochs"]


def test_r4_every_sample_differs_from_epoch_to_epoch(loaded: dict[str, Any]) -> None:
    for samples in zip(*loaded["epochs"], strict=True):
        assert len(set(samples)) == len(samples)


def test_r4_items_equal_the_direct_call() -> None:
    data = AugmentedDataset(PAIRS, POLICY, seed=7)
    for index, expected in enumerate(CHANNELS_FIRST):
        image, label = data[index]
        assert label == index
        assert image.dtype == torch.uint8
        np.testing.assert_array_equal(image, expected)


def test_r4_negative_and_tensor_indices_name_the_same_sample() -> None:
    data = AugmentedDataset(PAIRS, POLICY, seed=7)
    np.testing.assert_array_equal(data[-1][0], CHANNELS_FIRST[5])
    np.testing.assert_array_equal(data[torch.tensor(3)][0], CHANNELS_FIRST[3])
    with pytest.raises(IndexError):
        data[6]
    with pytest.raises(IndexError):
        data[-7]


def test_r4_epochs_and_views_are_the_keys() -> None:
    data = AugmentedDataset(PAIRS, POLICY, seed=7)
    other = data.view(1)
    other.set_epoch(3)
    assert data.key == augspec.Key(7)
    assert other.key == augspec.Key(7).fold(3).view(1)
    expected = augspec.compile(POLICY)(augspec.Key(7).fold(3).view(1), IMAGES)
    np.testing.assert_array_equal(other[2][0], expected[2].transpose(2, 0, 1))
    with pytest.raises(augspec.SampleError, match="epoch"):
        data.set_epoch(-1)
    assert data.key == augspec.Key(7)


def test_r4_a_subset_can_keep_the_ids_of_the_whole() -> None:
    subset = Subset(PAIRS, [4, 1])  # type: ignore[arg-type]
    data = AugmentedDataset(subset, POLICY, seed=7, ids=subset.indices)
    np.testing.assert_array_equal(data[0][0], CHANNELS_FIRST[4])
    np.testing.assert_array_equal(data[1][0], CHANNELS_FIRST[1])


def test_r4_texts_are_ids() -> None:
    names = [f"photo{number}.png" for number in range(6)]
    expected = augspec.compile(POLICY)(7, IMAGES, names)
    for ids in (names, lambda index: names[index]):
        image, _ = AugmentedDataset(PAIRS, POLICY, seed=7, ids=ids, output="numpy")[5]
        np.testing.assert_array_equal(image, expected[5])


def test_r2_no_random_state_is_read_or_changed() -> None:
    data = AugmentedDataset(PAIRS, POLICY, seed=7)
    before = torch.get_rng_state()
    first = data[0][0]
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    assert torch.equal(data[0][0], first)


def test_the_host_engine_does_the_work_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AugmentedDataset(PAIRS, POLICY).augment.backend.name == "host"
    monkeypatch.setattr(data, "find_spec", lambda name: None if name == "llvmlite" else name)
    dataset = AugmentedDataset(PAIRS, POLICY, seed=7, output="numpy")
    assert dataset.augment.backend.name == "numpy"
    np.testing.assert_array_equal(np.stack([image for image, _ in dataset]), EXPECTED)


@pytest.mark.parametrize("backend", ["numpy", "torch", "host"])
def test_backends_give_the_same_bytes(backend: str) -> None:
    data = AugmentedDataset(PAIRS, POLICY, seed=7, backend=backend)
    np.testing.assert_array_equal(data[3][0], CHANNELS_FIRST[3])


@pytest.mark.parametrize(
    "read",
    [
        Image.fromarray,
        np.asarray,
        lambda image: torch.from_numpy(image.transpose(2, 0, 1).copy()),
        lambda image: image.astype(np.uint8, order="F"),
    ],
    ids=["PIL", "array", "tensor", "Fortran order"],
)
def test_images_may_be_pil_arrays_or_tensors(read: Any) -> None:
    data = AugmentedDataset([read(image) for image in IMAGES], POLICY, seed=7)
    np.testing.assert_array_equal(data[4], CHANNELS_FIRST[4])
    array = AugmentedDataset([read(image) for image in IMAGES], POLICY, seed=7, output="numpy")[4]
    np.testing.assert_array_equal(array, EXPECTED[4])


def test_grey_images_of_two_axes_gain_a_channel() -> None:
    grey = IMAGES[..., 0]
    expected = augspec.compile(POLICY)(7, grey[..., None])
    for item in (grey[1], Image.fromarray(grey[1]), torch.from_numpy(grey[1])):
        image = AugmentedDataset([grey[0], item], POLICY, seed=7)[1]
        np.testing.assert_array_equal(image, expected[1].transpose(2, 0, 1))


def test_t6_what_is_no_target_is_the_same_object() -> None:
    label, note = object(), object()
    data = AugmentedDataset([{"image": IMAGES[0], "label": label, "note": note}], POLICY)
    item = data[0]
    assert item["label"] is label
    assert item["note"] is note


def test_targets_move_together_and_bring_their_validity() -> None:
    mask = (IMAGES[..., 0] > 127).astype(np.uint8)
    boxes = np.array([[[1, 1, 5, 4], [6, 2, 9, 8]]] * 6, np.float32)
    want = augspec.compile(POLICY)(7, {"image": IMAGES, "mask": mask, "boxes": boxes})
    names = {0: "image", 1: "mask", 2: "boxes"}
    rows = list(zip(IMAGES, mask, boxes, range(6), strict=True))
    image, segments, moved, label, valid = AugmentedDataset(rows, POLICY, seed=7, targets=names)[3]
    np.testing.assert_array_equal(image, CHANNELS_FIRST[3])
    np.testing.assert_array_equal(segments, want["mask"][3])
    np.testing.assert_allclose(moved, want["boxes"][3], rtol=0, atol=1e-5)
    np.testing.assert_array_equal(valid, want["boxes_valid"][3])
    assert label == 3

    dicts = [{"img": i, "mask": m, "boxes": b} for i, m, b, _ in rows]
    item = AugmentedDataset(dicts, POLICY, seed=7, targets={"img": "image", "boxes": "boxes"})[3]
    assert set(item) == {"img", "mask", "boxes", "boxes_valid"}
    assert item["mask"] is dicts[3]["mask"]


def test_named_tuples_stay_named() -> None:
    class Pair(NamedTuple):
        image: Any
        label: int

    item = AugmentedDataset([Pair(IMAGES[0], 1)], POLICY)[0]
    assert isinstance(item, Pair)


def test_images_of_several_sizes_in_one_batch() -> None:
    small = IMAGES[:, :7, :7]
    mixed = [IMAGES[0], small[1], IMAGES[2], small[3]]
    items = AugmentedDataset(mixed, POLICY, seed=7).__getitems__([3, 0, 1])
    np.testing.assert_array_equal(items[1], CHANNELS_FIRST[0])
    expected = augspec.compile(POLICY)(7, small)
    np.testing.assert_array_equal(items[0], expected[3].transpose(2, 0, 1))
    np.testing.assert_array_equal(items[2], expected[1].transpose(2, 0, 1))


def test_sources_stay_as_they_are_and_items_own_their_memory() -> None:
    before = IMAGES.copy()
    data = AugmentedDataset(PAIRS, POLICY, seed=7)
    first, second = (item[0] for item in data.__getitems__([0, 1]))
    first.fill_(0)
    np.testing.assert_array_equal(second, CHANNELS_FIRST[1])
    np.testing.assert_array_equal(IMAGES, before)
    still = AugmentedDataset(PAIRS, augspec.loads('{"augspec": 1, "ops": []}'), output="numpy")
    assert not np.shares_memory(still[0][0], IMAGES)


def test_evaluation_runs_the_eval_pipeline() -> None:
    policy = augspec.loads(
        '{"augspec": 1, "ops": [{"op": "random_resized_crop", "size": [4, 5]}],'
        ' "eval": [{"op": "center_crop", "size": [4, 5]}]}'
    )
    image, _ = AugmentedDataset(PAIRS, policy, training=False)[0]
    np.testing.assert_array_equal(
        image, augspec.compile(policy, layout="NCHW")(None, IMAGES[0].transpose(2, 0, 1), training=False)
    )


def test_copies_keep_the_epoch_and_go_their_own_way() -> None:
    data = AugmentedDataset(PAIRS, POLICY, seed=7)
    data.set_epoch(2)
    for other in (copy.deepcopy(data), pickle.loads(pickle.dumps(data))):
        assert other.key == augspec.Key(7).fold(2)
        assert torch.equal(other[1][0], data[1][0])
        other.set_epoch(5)
        assert data.key == augspec.Key(7).fold(2)


def test_a_loader_collates_as_ever() -> None:
    images, labels = next(iter(DataLoader(AugmentedDataset(PAIRS, POLICY, seed=7), batch_size=6)))
    np.testing.assert_array_equal(images, CHANNELS_FIRST)
    assert labels.tolist() == list(range(6))


def test_errors_say_what_was_expected() -> None:
    class Stream(IterableDataset[Any]):
        def __iter__(self) -> Iterator[Any]:
            return iter(PAIRS)

    with pytest.raises(TypeError, match="map-style"):
        AugmentedDataset(Stream(), POLICY)
    with pytest.raises(augspec.SampleError, match="targets"):
        AugmentedDataset(PAIRS, POLICY, targets={0: "picture"})
    with pytest.raises(augspec.SampleError, match="entry 'image'"):
        AugmentedDataset([{"img": IMAGES[0]}], POLICY)[0]
    with pytest.raises(augspec.SampleError, match=r"an entry 5 for 'mask', got a tuple of 2\."):
        AugmentedDataset(PAIRS, POLICY, targets={0: "image", 5: "mask"})[0]
    with pytest.raises(augspec.SampleError, match=r"an entry 'img' for 'image', got a dict of 'image'\."):
        AugmentedDataset([{"image": IMAGES[0]}], POLICY, targets={"img": "image"})[0]
    with pytest.raises(augspec.SampleError, match=r"image: expected an array, a tensor or a PIL image, got str\."):
        AugmentedDataset([("photo.jpg", 1)], POLICY)[0]
    with pytest.raises(augspec.SampleError, match="palette"):
        AugmentedDataset([Image.fromarray(IMAGES[0]).convert("P")], POLICY)[0]
    with pytest.raises(ValueError, match="output"):
        AugmentedDataset(PAIRS, POLICY, output="list")  # type: ignore[arg-type]


def test_t5_a_policy_that_mixes_samples_of_a_batch_is_refused_with_the_place_for_it() -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "cutmix"}], "targets": {"label": {"classes": 6}}}')
    with pytest.raises(
        augspec.Unsupported, match=r"cutmix mixes samples of a batch.*Use augspec_backends\.torch\.Augment"
    ):
        AugmentedDataset(PAIRS, policy, seed=7)
    evaluated = AugmentedDataset(PAIRS, policy, training=False)
    np.testing.assert_array_equal(evaluated[2][0], IMAGES[2].transpose(2, 0, 1))


def test_t7_items_that_are_stacks_share_one_draw() -> None:
    videos = [np.stack([image, image[::-1], image // 2]) for image in IMAGES]
    boxes = np.tile(np.float32([[1, 2, 7, 8]]), (3, 1, 1))
    items = [{"image": video, "mask": video[..., 0], "boxes": boxes, "label": 3} for video in videos]
    data = AugmentedDataset(items, POLICY, seed=7, frames=True)
    item = data[4]
    assert (tuple(item["image"].shape), tuple(item["mask"].shape)) == ((3, 3, 9, 12), (3, 9, 12))
    alone = augspec.compile(POLICY)(7, {"image": videos[4][1], "boxes": boxes[1]}, index=4)
    np.testing.assert_array_equal(item["image"][1].permute(1, 2, 0), alone["image"])
    np.testing.assert_array_equal(item["boxes"][1], alone["boxes"])
    tensors = [{"image": torch.from_numpy(video).permute(0, 3, 1, 2)} for video in videos]
    np.testing.assert_array_equal(AugmentedDataset(tensors, POLICY, seed=7, frames=True)[4]["image"], item["image"])
    grey = AugmentedDataset([video[..., 0] for video in videos], augspec.loads(FLIP), seed=7, frames=True)
    assert tuple(grey[0].shape) == (3, 1, 9, 12)


FLIP = '{"augspec": 1, "ops": [{"op": "horizontal_flip"}]}'


def test_t8_instances_stand_first_and_go_with_their_boxes() -> None:
    masks = np.zeros((2, 9, 12), bool)
    masks[0, 2:5, 3:6] = True
    boxes = np.float32([[3, 2, 6, 5], [20, 20, 30, 30]])
    drops = {"augspec": 1, "ops": [{"op": "horizontal_flip"}], "targets": {"boxes": {"compact": True}}}
    policy = augspec.parse(drops)
    items = [{"image": IMAGES[0], "instance_masks": masks, "boxes": boxes, "labels": ["a", "b"]}]
    item = AugmentedDataset(items, policy)[0]
    assert (tuple(item["instance_masks"].shape), tuple(item["boxes"].shape)) == ((1, 9, 12), (1, 4))
    tensors = [{**items[0], "instance_masks": torch.from_numpy(masks)}]
    other = AugmentedDataset(tensors, policy)[0]
    np.testing.assert_array_equal(other["instance_masks"], item["instance_masks"])
