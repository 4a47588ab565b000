"""The workloads and who is paired on them: the work is as it is described, and is judged and waited for whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks import ours
from benchmarks.pairing import check, wait_for
from benchmarks.peers import PEERS
from benchmarks.workloads import BY_NAME, WORKLOADS, Workload


@pytest.mark.parametrize("work", WORKLOADS, ids=lambda work: work.name)
def test_the_reference_does_the_work_as_the_workload_describes_it(work: Workload) -> None:
    work = replace(work, batch=2)
    samples = work.samples()

    out = ours.make("numpy", samples, work=work)(1)

    images = out["image"] if work.targets else out
    assert (images.shape, images.dtype) == (work.shape, work.dtype)
    if work.targets:
        assert set(samples) <= set(out)


def test_pairings_name_workloads_that_exist_and_every_workload_has_a_peer() -> None:
    assert {name for peer in PEERS for name in peer.works} == set(BY_NAME)


def test_labels_of_the_mixing_workloads_are_one_hot() -> None:
    label = replace(BY_NAME["W7"], batch=5).samples()["label"]
    np.testing.assert_array_equal(np.sort(label, axis=1)[:, -2:], [[0.0, 1.0]] * 5)


def test_a_contender_whose_images_repeat_is_refused_though_its_targets_change() -> None:
    images = np.zeros((4, 2, 2, 3), np.uint8)
    steps = [{"image": images, "label": np.full(4, step)} for step in (1, 2)]
    with pytest.raises(ValueError, match="nothing is drawn per call"):
        check(*steps, images.shape, "uint8")


def test_targets_are_waited_for_as_images_are() -> None:
    class Pending:
        waited = False

        def block_until_ready(self) -> None:
            self.waited = True

    out: dict[str, Any] = {"image": Pending(), "mask": Pending()}
    wait_for(out)
    assert all(one.waited for one in out.values())
