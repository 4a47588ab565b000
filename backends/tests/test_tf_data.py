"""`augment_dataset`: R4 inside `tf.data`. Parallel calls give what a loop gives; the source stays as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import augspec
from augspec_backends.tensorflow import augment_dataset

POLICY = augspec.loads("""
{"augspec": 1, "ops": [
  {"op": "horizontal_flip"},
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}},
  {"op": "contrast", "factor": {"uniform": [0.5, 1.5]}}
]}
""")
KEY = augspec.Key(7).fold(2)
IMAGES = np.random.default_rng(0).integers(0, 256, (11, 9, 12, 3), dtype=np.uint8)
LABELS = np.arange(11)
EXPECTED = augspec.compile(POLICY)(KEY, IMAGES)


@pytest.fixture(scope="module")
def augment() -> Any:
    return augspec.compile(POLICY, "tensorflow")


def slices(*parts: Any) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0])


def images_of(dataset: tf.data.Dataset) -> np.ndarray:
    found = []
    for element in dataset:
        image = element[0] if isinstance(element, tuple) else element
        found.append(image.numpy() if image.ndim == 4 else image.numpy()[None])
    return np.concatenate(found)


@pytest.mark.parametrize("parallel", [None, 1, 4, tf.data.AUTOTUNE])
def test_r4_parallel_calls_equal_the_eager_loop(augment: Any, parallel: int | None) -> None:
    loop = np.stack([augment(KEY, tf.constant(image), index).numpy() for index, image in enumerate(IMAGES)])
    mapped = augment_dataset(slices(IMAGES, LABELS), augment, KEY, num_parallel_calls=parallel)
    np.testing.assert_array_equal(loop, EXPECTED)
    for _ in range(2):
        np.testing.assert_array_equal(images_of(mapped), loop)


def test_r4_batches_of_unknown_size_count_on(augment: Any) -> None:
    batched = slices(IMAGES, LABELS).batch(4)
    assert batched.element_spec[0].shape[0] is None
    mapped = augment_dataset(batched, augment, KEY)
    assert [len(image) for image, _ in mapped] == [4, 4, 3]
    np.testing.assert_array_equal(images_of(mapped), EXPECTED)
    then = augment_dataset(slices(IMAGES, LABELS), augment, KEY).batch(4)
    np.testing.assert_array_equal(images_of(then), EXPECTED)


def test_r4_order_of_arrival_does_not_matter(augment: Any) -> None:
    mapped = augment_dataset(slices(IMAGES, LABELS), augment, KEY, num_parallel_calls=4, deterministic=False)
    for image, label in mapped:
        np.testing.assert_array_equal(image, EXPECTED[int(label)])


@pytest.mark.parametrize("mode", ["graph", "compiled"])
def test_every_mode_gives_the_same_bytes(mode: str) -> None:
    augment = augspec.compile(POLICY, "tensorflow", mode=mode)
    np.testing.assert_array_equal(images_of(augment_dataset(slices(IMAGES).batch(4), augment, KEY)), EXPECTED)


def test_r4_ids_travel_through_a_shuffle(augment: Any) -> None:
    shuffled = slices(IMAGES, LABELS).shuffle(11, seed=1).batch(4)
    for images, labels in augment_dataset(shuffled, augment, KEY, index=1):
        np.testing.assert_array_equal(images, EXPECTED[labels.numpy()])
    named = slices({"image": IMAGES, "id": LABELS}).shuffle(11, seed=1)
    for element in augment_dataset(named, augment, KEY, index="id"):
        np.testing.assert_array_equal(element["image"], EXPECTED[int(element["id"])])


def test_r4_repeating_before_the_map_counts_on(augment: Any) -> None:
    twice = images_of(augment_dataset(slices(IMAGES).repeat(2), augment, KEY))
    expected = augspec.compile(POLICY)(KEY, np.concatenate([IMAGES, IMAGES]))
    np.testing.assert_array_equal(twice, expected)


def test_r4_a_variable_key_changes_the_epoch(augment: Any) -> None:
    words = tf.Variable(KEY.words())
    mapped = augment_dataset(slices(IMAGES).batch(4), augment, words)
    np.testing.assert_array_equal(images_of(mapped), EXPECTED)
    words.assign(KEY.fold(3).words())
    np.testing.assert_array_equal(images_of(mapped), augspec.compile(POLICY)(KEY.fold(3), IMAGES))


def test_the_source_stays_as_it_was(augment: Any) -> None:
    source = slices(IMAGES, LABELS)
    mapped = augment_dataset(source, augment, KEY)
    assert not np.array_equal(images_of(mapped), IMAGES)
    np.testing.assert_array_equal(images_of(source), IMAGES)


def test_element_forms_are_kept(augment: Any) -> None:
    assert augment_dataset(slices(IMAGES), augment, KEY).element_spec.shape == (9, 12, 3)
    one = augment_dataset(slices(IMAGES).map(lambda image: (image,)), augment, KEY)
    assert isinstance(one.element_spec, tuple)
    np.testing.assert_array_equal(images_of(one), EXPECTED)
    entries = slices({"image": IMAGES, "label": LABELS})
    assert set(augment_dataset(entries, augment, KEY).element_spec) == {"image", "label"}


def test_targets_move_together(augment: Any) -> None:
    masks = (IMAGES[..., 0] > 127).astype(np.uint8)
    boxes = np.array([[[1, 1, 5, 4]]] * 11, np.float32)
    want = augspec.compile(POLICY)(KEY, {"image": IMAGES, "mask": masks, "boxes": boxes})
    mapped = augment_dataset(
        slices(LABELS, IMAGES, masks, boxes), augment, KEY, targets={1: "image", 2: "mask", 3: "boxes"}
    )
    for label, image, mask, moved, valid in mapped:
        row = int(label)
        np.testing.assert_array_equal(image, EXPECTED[row])
        np.testing.assert_array_equal(mask, want["mask"][row])
        np.testing.assert_allclose(moved, want["boxes"][row], rtol=0, atol=1e-5)
        np.testing.assert_array_equal(valid, want["boxes_valid"][row])


def test_evaluation_needs_no_key() -> None:
    policy = augspec.loads(
        '{"augspec": 1, "ops": [{"op": "random_resized_crop", "size": [4, 5]}],'
        ' "eval": [{"op": "center_crop", "size": [4, 5]}]}'
    )
    augment = augspec.compile(policy, "tensorflow")
    mapped = augment_dataset(slices(IMAGES).batch(4), augment, None, training=False)
    np.testing.assert_array_equal(images_of(mapped), augspec.compile(policy)(None, IMAGES, training=False))


def test_errors_come_while_the_dataset_is_made(augment: Any) -> None:
    with pytest.raises(augspec.SampleError, match="tensorflow"):
        augment_dataset(slices(IMAGES), augspec.compile(POLICY), KEY)
    with pytest.raises(augspec.SampleError, match="image"):
        augment_dataset(slices({"img": IMAGES}), augment, KEY)
    with pytest.raises(augspec.SampleError, match="targets"):
        augment_dataset(slices(IMAGES, LABELS), augment, KEY, targets={0: "picture"})
    with pytest.raises(augspec.SampleError, match="index"):
        augment_dataset(slices(IMAGES), augment, KEY, index=0)
    with pytest.raises(augspec.SampleError, match="key"):
        augment_dataset(slices(IMAGES), augment, "seven")
    for wrong in ("id", 2):
        with pytest.raises(augspec.SampleError, match=rf"index: .* have \[0, 1\], got {wrong!r}"):
            augment_dataset(slices(IMAGES, LABELS), augment, KEY, index=wrong)
        with pytest.raises(augspec.SampleError, match=rf"targets: .* have \[0, 1\], got {wrong!r}"):
            augment_dataset(slices(IMAGES, LABELS), augment, KEY, targets={0: "image", wrong: "mask"})
    shapeless = tf.data.Dataset.from_generator(lambda: iter(IMAGES), output_signature=tf.TensorSpec(None, tf.uint8))
    with pytest.raises(augspec.SampleError, match="known rank"):
        augment_dataset(shapeless, augment, KEY)


MIXED = augspec.loads(
    '{"augspec": 1, "ops": [{"op": "horizontal_flip"}, {"op": "mixup"}], "targets": {"label": {"classes": 11}}}'
)


@pytest.mark.parametrize("rest", [True, False])
def test_t5_batches_are_mixed_with_their_labels(rest: bool) -> None:
    source = slices(IMAGES, LABELS).batch(4, drop_remainder=not rest)
    mixed = augment_dataset(source, augspec.compile(MIXED, "tensorflow"), KEY)
    host, start = augspec.compile(MIXED), 0
    for images, labels in mixed:
        rows = slice(start, start + len(images))
        start += len(images)
        expected = host(KEY, {"image": IMAGES[rows], "label": LABELS[rows]}, range(rows.start, rows.stop))
        np.testing.assert_array_equal(images, expected["image"])
        np.testing.assert_array_equal(labels, expected["label"])
    assert start == (11 if rest else 8)


def test_t5_single_elements_are_refused_and_evaluation_leaves_labels_alone() -> None:
    augment = augspec.compile(MIXED, "tensorflow")
    with pytest.raises(augspec.SampleError, match="because mixup mixes samples of a batch"):
        augment_dataset(slices(IMAGES, LABELS), augment, KEY)
    evaluated = augment_dataset(slices(IMAGES, LABELS), augment, KEY, training=False)
    assert [int(label) for _, label in evaluated] == LABELS.tolist()
    named = slices({"photo": IMAGES, "class": LABELS}).batch(11)
    found = next(iter(augment_dataset(named, augment, KEY, targets={"photo": "image", "class": "label"})))
    expected = augspec.compile(MIXED)(KEY, {"image": IMAGES, "label": LABELS})
    np.testing.assert_array_equal(found["class"], expected["label"])


MOSAIC = augspec.loads('{"augspec": 1, "ops": [{"op": "mosaic", "scale": 0.5, "p": 0.8}]}')
ROWS = {
    "boxes": np.tile(np.array([[1, 2, 5, 8], [0, 0, 4, 4]], np.float32), (11, 1, 1)),
    "labels": np.arange(22, dtype=np.int64).reshape(11, 2),
}


def test_t3_boxes_and_their_labels_come_together_by_name_and_by_place() -> None:
    augment, host = augspec.compile(MOSAIC, "tensorflow"), augspec.compile(MOSAIC)
    named = augment_dataset(slices({"image": IMAGES, **ROWS}).batch(4), augment, KEY)
    places = {0: "image", 1: "boxes", 2: "labels"}
    placed = augment_dataset(slices(IMAGES, *ROWS.values()).batch(4), augment, KEY, targets=places)
    assert named.element_spec["labels"].shape.as_list() == [None, 8]
    start = 0
    for element, (image, boxes, labels, valid) in zip(named, placed, strict=True):
        rows = slice(start, start + len(image))
        start += len(image)
        batch = {name: array[rows] for name, array in {"image": IMAGES, **ROWS}.items()}
        expected = host(KEY, batch, range(rows.start, rows.stop))
        both = {"image": image, "boxes": boxes, "labels": labels, "boxes_valid": valid}
        for name, value in expected.items():
            np.testing.assert_allclose(element[name], value, atol=1e-5)
            np.testing.assert_array_equal(both[name], element[name])
    with pytest.raises(augspec.SampleError, match="targets: expected 'image', and others of image, mask"):
        augment_dataset(
            slices(IMAGES, ROWS["labels"]).batch(4),
            augspec.compile(MIXED, "tensorflow"),
            KEY,
            targets={0: "image", 1: "labels"},
        )


@pytest.mark.parametrize("batch", [None, 4])
def test_t7_stacks_are_counted_as_samples(batch: int | None) -> None:
    augment = augspec.compile(POLICY, "tensorflow", frames=True)
    source = slices(np.stack([IMAGES, IMAGES[:, ::-1]], 1))
    done = augment_dataset(source if batch is None else source.batch(batch), augment, KEY)
    found = [element.numpy() for element in done]
    whole = np.stack(found) if batch is None else np.concatenate(found)
    np.testing.assert_array_equal(whole[:, 0], EXPECTED)
