"""`augspec_backends.torch.Augment`: a key and a counter, and nothing else, around a pure function."""

from __future__ import annotations

import copy
import io
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import augspec
from augspec_backends.torch import Augment

POLICY = augspec.loads("""
{"augspec": 1, "name": "mixed", "ops": [
  {"op": "horizontal_flip"},
  {"op": "rotate", "degrees": {"uniform": [-40, 40]}},
  {"op": "brightness_scale", "factor": {"uniform": [0.5, 1.5]}}
]}
""")
IMAGES = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (5, 3, 9, 12), dtype=np.uint8))


def direct(key: int | augspec.Key, ids: range | list[int]) -> np.ndarray:
    return augspec.compile(POLICY, layout="NCHW")(key, IMAGES.numpy(), ids)


def test_training_augments_and_every_call_has_new_ids() -> None:
    layer = Augment(POLICY, seed=7)
    np.testing.assert_array_equal(layer(IMAGES), direct(7, range(5)))
    np.testing.assert_array_equal(layer(IMAGES), direct(7, range(5, 10)))
    assert int(layer.counter) == 10


def test_evaluation_is_the_identity_without_an_eval_pipeline() -> None:
    layer = Augment(POLICY, seed=7).eval()
    out = layer(IMAGES)
    assert torch.equal(out, IMAGES)
    assert out.data_ptr() != IMAGES.data_ptr()
    assert int(layer.counter) == 0


def test_evaluation_runs_the_eval_pipeline() -> None:
    policy = augspec.loads(
        '{"augspec": 1, "ops": [{"op": "random_resized_crop", "size": [4, 5]}],'
        ' "eval": [{"op": "center_crop", "size": [4, 5]}]}'
    )
    model = nn.Sequential(Augment(policy)).eval()
    assert torch.equal(model(IMAGES), augspec.compile(policy, "torch")(None, IMAGES, training=False))


def test_r4_explicit_ids_and_epochs_win_and_leave_the_counter() -> None:
    layer = Augment(POLICY, seed=7)
    layer(IMAGES)
    ids = [30, 2, 2**40, 7, 0]
    np.testing.assert_array_equal(layer(IMAGES, ids, epoch=3), direct(augspec.Key(7).fold(3), ids))
    np.testing.assert_array_equal(layer(IMAGES, torch.tensor(ids)), direct(7, ids))
    assert int(layer.counter) == 5


def test_r4_batches_do_not_matter_to_the_counter() -> None:
    whole = Augment(POLICY, seed=7)(IMAGES)
    layer = Augment(POLICY, seed=7)
    parts = [layer(IMAGES[:2]), layer(IMAGES[2:3]), layer(IMAGES[3]).unsqueeze(0), layer(IMAGES[4:])]
    assert torch.equal(torch.cat(parts), whole)


def test_a_state_dict_resumes_in_the_middle() -> None:
    layer = Augment(POLICY, seed=7)
    layer(IMAGES)
    buffer = io.BytesIO()
    torch.save(layer.state_dict(), buffer)
    buffer.seek(0)
    resumed = Augment(POLICY, seed=7)
    resumed(IMAGES)
    resumed(IMAGES)
    resumed.load_state_dict(torch.load(buffer, weights_only=True))
    assert torch.equal(resumed(IMAGES), layer(IMAGES))


def test_the_counter_may_be_written_by_others() -> None:
    layer = Augment(POLICY, seed=7)
    layer(IMAGES)
    layer.counter.zero_()
    np.testing.assert_array_equal(layer(IMAGES), direct(7, range(5)))
    layer.counter = torch.tensor(20)
    np.testing.assert_array_equal(layer(IMAGES), direct(7, range(20, 25)))


def test_copies_and_pickles_go_their_own_way() -> None:
    layer = Augment(POLICY, seed=augspec.Key(7).view(2))
    layer(IMAGES)
    copies = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))]
    expected = layer(IMAGES)
    for other in copies:
        assert int(other.counter) == 5
        assert torch.equal(other(IMAGES), expected)


def test_it_has_no_parameters_and_says_what_it_is() -> None:
    layer = Augment(POLICY, seed=7)
    assert not list(layer.parameters())
    assert list(layer.state_dict()) == ["counter"]
    assert repr(layer) == "Augment(mixed, seed=7, layout='NCHW')"
    nameless = augspec.loads('{"augspec": 1, "ops": [{"op": "horizontal_flip"}]}')
    assert "horizontal_flip" in repr(Augment(nameless))


def test_casts_of_a_model_leave_the_counter_whole() -> None:
    layer = Augment(POLICY, seed=7).half()
    layer(IMAGES)
    assert layer.counter.dtype == torch.int64


def test_dicts_move_together_and_pass_the_rest_through() -> None:
    label = object()
    boxes = torch.tensor([[[1.0, 1, 5, 4]]] * 5)
    out = Augment(POLICY, seed=7)({"image": IMAGES, "boxes": boxes, "label": label})
    np.testing.assert_array_equal(out["image"], direct(7, range(5)))
    assert out["label"] is label
    assert out["boxes_valid"].shape == (5, 1)


def test_gradients_flow_through_to_float_images() -> None:
    images = (IMAGES / 255).requires_grad_()
    Augment(POLICY, seed=7)(images).sum().backward()
    assert images.grad is not None
    assert images.grad.abs().sum() > 0


def test_inference_mode_is_fine() -> None:
    with torch.inference_mode():
        layer = Augment(POLICY, seed=7)
        layer(IMAGES)
        np.testing.assert_array_equal(layer(IMAGES), direct(7, range(5, 10)))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_it_compiles_without_a_graph_break() -> None:
    layer = Augment(POLICY, seed=7)
    model = torch.compile(layer, fullgraph=True, backend="aot_eager")
    for call in range(3):
        np.testing.assert_array_equal(model(IMAGES), direct(7, range(5 * call, 5 * call + 5)))
    np.testing.assert_array_equal(layer(IMAGES), direct(7, range(15, 20)))
    layer.eval()
    assert torch.equal(model(IMAGES), IMAGES)


def test_errors_keep_the_counter() -> None:
    layer = Augment(POLICY, seed=7)
    with pytest.raises(augspec.SampleError, match="tensor"):
        layer(IMAGES.numpy())
    with pytest.raises(augspec.SampleError, match="index"):
        layer(IMAGES, [1, 2])
    with pytest.raises(augspec.SampleError, match="image"):
        layer(IMAGES[0, 0])
    assert int(layer.counter) == 0


MIXED = augspec.loads(
    '{"augspec": 1, "ops": [{"op": "horizontal_flip"}, {"op": "mixup", "p": 0.9}],'
    ' "targets": {"label": {"classes": 5}}}'
)


def test_t5_a_batch_is_mixed_with_its_labels_in_training_and_left_alone_in_evaluation() -> None:
    batch = {"image": IMAGES, "label": torch.tensor([3, 1, 4, 1, 2])}
    host = augspec.compile(MIXED, layout="NCHW")
    expected = host(7, {name: value.numpy() for name, value in batch.items()}, range(5))
    layer = Augment(MIXED, seed=7)
    out = layer(batch)
    np.testing.assert_array_equal(out["image"], expected["image"])
    np.testing.assert_array_equal(out["label"], expected["label"])
    assert out["label"].dtype == torch.float32
    assert layer.eval()(batch)["label"] is batch["label"]
    with pytest.raises(augspec.SampleError, match="label: expected class ids from 0 to 4"):
        layer.train()({**batch, "label": batch["label"] + 2})


def test_t3_boxes_of_four_samples_come_together_with_their_labels() -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "mosaic", "scale": 0.5}]}')
    boxes = torch.tensor([[[1.0, 1, 4, 5], [0, 0, 3, 2]]]).expand(5, 2, 4).contiguous()
    batch = {"image": IMAGES, "boxes": boxes, "labels": torch.arange(10).reshape(5, 2)}
    expected = augspec.compile(policy, layout="NCHW")(7, {name: x.numpy() for name, x in batch.items()}, range(5))
    out = Augment(policy, seed=7)(batch)
    for name, value in expected.items():
        np.testing.assert_allclose(out[name], value, atol=1e-5)
    assert out["labels"].dtype == torch.int64


def test_t7_stacks_are_counted_as_samples() -> None:
    layer = Augment(POLICY, seed=7, frames=True)
    stack = torch.stack([IMAGES, IMAGES.flip(2)], 1)
    out = layer(stack)
    assert (out.shape, int(layer.counter)) == (stack.shape, 5)
    np.testing.assert_array_equal(out[:, 0], direct(7, range(5)))
    np.testing.assert_array_equal(layer(stack[0], index=[0]), out[0])
