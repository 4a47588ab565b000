"""torch: our own compiled mode, the caller's `torch.compile(fullgraph=True)`, and gradients."""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest

import augspec

torch = pytest.importorskip("torch")

POLICY = augspec.loads(
    json.dumps(
        {
            "augspec": 1,
            "ops": [
                {"op": "rotate", "degrees": {"uniform": [-30, 10]}},
                {"op": "brightness_scale", "factor": {"uniform": [0.7, 1.2]}, "p": 0.8},
            ],
        }
    )
)


def _images() -> torch.Tensor:
    return torch.randint(0, 256, (3, 3, 17, 21), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_fullgraph_with_traced_key_and_ids_gives_the_same_bytes() -> None:
    augment = augspec.compile(POLICY, backend="torch")

    @torch.compile(fullgraph=True)
    def step(key: torch.Tensor, images: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = augment(key, images, ids)
        return out

    ids = torch.tensor([5, 2**40 + 1, 2**31 + 7])
    for seed in (11, 12):
        expected = augment(seed, _images(), ids)
        assert torch.equal(step(torch.tensor(seed), _images(), ids), expected)


def test_fullgraph_keeps_masks_and_other_entries() -> None:
    augment = augspec.compile(POLICY, backend="torch")
    sample = {"image": _images(), "mask": _images()[:, 0].int(), "label": torch.arange(3)}

    got = torch.compile(augment, fullgraph=True)(torch.tensor(4), sample)

    expected = augment(4, sample)
    assert list(got) == list(expected)
    assert all(torch.equal(got[name], expected[name]) for name in expected)


def test_fullgraph_takes_stacks_with_all_that_moves() -> None:
    named = {"masks": {"depth": {"fill": -1}}}
    policy = POLICY.model_copy(update={"targets": type(POLICY.targets).model_validate(named)})
    augment = augspec.compile(policy, backend="torch", frames=True, box_format="cxcywhr")
    images = torch.stack([_images(), _images().flip(2)], 1)
    boxes = torch.tensor([10.0, 8, 6, 4, 25]).tile(3, 2, 1, 1)
    sample = {
        "boxes": boxes,
        "depth": images[:, :, :2].float(),
        "image": images,
        "instance_masks": (images[:, :, :1] > 90),
        "note": "unchanged",
    }

    got = torch.compile(augment, fullgraph=True)(torch.tensor(4), sample)

    expected = augment(4, sample)
    assert list(got) == list(expected)
    assert torch.equal(got["image"][:, 0], augspec.compile(POLICY, backend="torch")(4, _images()))
    for name, value in expected.items():
        same = value == got[name] if isinstance(value, str) else torch.allclose(got[name], value, atol=1e-4)
        assert same, name


def test_a_compiled_function_follows_the_augmenter_it_calls() -> None:
    """An augmenter at the address of one that is gone is not taken for it; an equal one compiles nothing anew."""
    torch._dynamo.reset()
    images = torch.full((1, 3, 2, 2), 100, dtype=torch.uint8)
    holder: dict[str, Any] = {}
    compiled = torch.compile(lambda x: holder["augment"](1, x), fullgraph=True, backend="aot_eager")
    torch._dynamo.utils.counters.clear()
    for factor in (0.5, 0.25, 0.75) * 4:
        holder.clear()
        gc.collect()
        document = {"augspec": 1, "ops": [{"op": "brightness_scale", "factor": factor}]}
        holder["augment"] = augspec.compile(augspec.parse(document), backend="torch")
        assert compiled(images).unique().tolist() == [int(100 * factor)]
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 3


@pytest.mark.parametrize(
    ("key", "names", "said"),
    [
        (None, ("label",), "key: expected an int seed, an augspec.Key or the framework's key, got None"),
        (1.5, ("label",), "key: expected an int seed, an augspec.Key, or an integer tensor"),
        (1, ("masks",), "Call it 'mask'"),
        (1, ("mask",), "mask: expected the image's batch and size"),
    ],
    ids=["no_key", "float_key", "misspelt", "mask"],
)
def test_errors_inside_a_compiled_function_keep_their_words(key: Any, names: tuple[str, ...], said: str) -> None:
    augment = augspec.compile(POLICY, backend="torch")
    sample = {"image": _images(), **{name: torch.zeros(1, 2, 2) for name in names}}
    torch._dynamo.reset()
    with pytest.raises(Exception, match="expected") as caught:
        torch.compile(lambda x: augment(key, x), fullgraph=True, backend="aot_eager")(sample)
    error: BaseException | None = caught.value
    assert said in str(error)
    while error is not None and not isinstance(error, augspec.SampleError):
        error = error.__cause__ or error.__context__
    assert error is not None
    assert said in str(error)


def test_compiled_mode_does_not_compile_again_for_new_keys() -> None:
    torch._dynamo.reset()
    augment = augspec.compile(POLICY, backend="torch", mode="compiled")
    eager = augspec.compile(POLICY, backend="torch", mode="eager")
    augment(1, _images())
    before = torch._dynamo.utils.counters["stats"]["unique_graphs"]

    for seed in range(2, 6):
        assert torch.equal(augment(seed, _images(), [seed, 7, 9]), eager(seed, _images(), [seed, 7, 9]))

    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == before


# torch's own tracing reads .grad of an intermediate tensor and warns about itself.
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning")
@pytest.mark.parametrize("mode", ["eager", "compiled"])
def test_gradients_flow_to_float_images(mode: str) -> None:
    augment = augspec.compile(POLICY, backend="torch", mode=mode)
    images = (_images() / 255).requires_grad_()

    augment(3, images).sum().backward()

    assert images.grad is not None
    assert float(images.grad.abs().sum()) > 100


def test_linear_warps_have_exact_directional_derivatives() -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "scale", "factor": 1.25, "border": "mirror"}]}')
    augment = augspec.compile(policy, backend="torch")
    images, step = torch.rand(1, 3, 12, 9), torch.rand(1, 3, 12, 9)

    _, slope = torch.autograd.functional.jvp(lambda x: augment(0, x), images, step)

    torch.testing.assert_close(slope, augment(0, step), atol=1e-5, rtol=1e-5)


def test_t5_a_batch_is_mixed_inside_the_callers_graph_with_traced_key_and_ids() -> None:
    policy = augspec.loads(
        '{"augspec": 1, "ops": [{"op": "mixup", "scope": "batch"}], "targets": {"label": {"classes": 3}}}'
    )
    augment = augspec.compile(policy, backend="torch")

    @torch.compile(fullgraph=True)
    def step(key: torch.Tensor, sample: dict[str, torch.Tensor], ids: torch.Tensor) -> Any:
        return augment(key, sample, ids)

    sample = {"image": _images(), "label": torch.tensor([2, 0, 1])}
    ids = torch.tensor([5, 2**40 + 1, 2**31 + 7])
    for seed in (11, 12):
        expected = augment(seed, sample, ids)
        found = step(torch.tensor(seed), sample, ids)
        assert torch.equal(found["image"], expected["image"])
        assert torch.equal(found["label"], expected["label"])


def test_t3_boxes_of_four_samples_come_together_inside_the_callers_graph() -> None:
    policy = augspec.loads('{"augspec": 1, "ops": [{"op": "mosaic", "p": 0.7}]}')
    augment = augspec.compile(policy, backend="torch")

    @torch.compile(fullgraph=True)
    def step(key: torch.Tensor, sample: dict[str, torch.Tensor], ids: torch.Tensor) -> Any:
        return augment(key, sample, ids)

    boxes = torch.tensor([[[1.0, 1, 4, 5], [0, 0, 3, 2]]]).expand(3, 2, 4).contiguous()
    sample = {"labels": torch.arange(6).reshape(3, 2), "image": _images(), "boxes": boxes}
    ids = torch.tensor([5, 2**40 + 1, 2**31 + 7])
    expected, found = augment(11, sample, ids), step(torch.tensor(11), sample, ids)
    assert set(found) == set(expected)
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, atol=1e-5, rtol=0)


def test_choices_with_other_steps_are_other_choices() -> None:
    from augspec.language.policy import Targets
    from augspec.plan.stages import Warp
    from augspec_backends.generic.pixels import Pixels
    from augspec_backends.generic.stages import STEPS
    from augspec_backends.generic.stages.warp import WarpStep
    from augspec_backends.torch.namespace import TorchNamespace

    class OtherStep(WarpStep):
        pass

    xp = TorchNamespace()
    same, other = Pixels(xp, None, Targets()), Pixels(xp, None, Targets(), steps={**STEPS, Warp: OtherStep()})
    assert repr(same) == repr(Pixels(xp, None, Targets())) != repr(other)  # what a node of a graph is known by
