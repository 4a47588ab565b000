"""Images that were small in between, by hand and against OpenCV."""

from __future__ import annotations

import numpy as np
import pytest

from augspec_conformance.oracle import filters
from augspec_conformance.oracle.by_hand import picture


def test_a_pixel_covers_its_share_of_each_pixel_under_it() -> None:
    line = np.array([0.0, 0.3, 0.6, 0.9, 0.2])[None, :, None]
    out = filters.downscale(line, 0.4, "area")[0, :, 0]  # two pixels of two and a half each
    first, last = (0.0 + 0.3 + 0.5 * 0.6) / 2.5, (0.5 * 0.6 + 0.9 + 0.2) / 2.5
    np.testing.assert_allclose(out, [first, first, last, last, last])  # the middle one belongs to the later pixel


def test_nearest_takes_the_pixel_under_the_centre() -> None:
    line = np.array([0.0, 0.3, 0.6, 0.9, 0.2])[None, :, None]
    out = filters.downscale(line, 0.4, "nearest")[0, :, 0]  # centres at 1.25 and 3.75
    np.testing.assert_array_equal(out, [0.3, 0.3, 0.9, 0.9, 0.9])


def test_sides_are_rounded_half_up_and_never_0() -> None:
    image = picture(6, 9)
    np.testing.assert_allclose(filters.downscale(image, 0.01, "area"), np.broadcast_to(image.mean((0, 1)), image.shape))
    halves = filters.downscale(image[:, :5], 0.5, "nearest")  # 2.5 becomes 3
    assert [len(np.unique(halves[0], axis=0)), len(np.unique(halves[:, 0], axis=0))] == [3, 3]
    np.testing.assert_array_equal(filters.downscale(image, 1.0, "area"), image)


@pytest.mark.parametrize("factor", [0.1, 0.3, 0.5, 0.77])
def test_area_is_that_of_opencv(factor: float) -> None:
    cv2 = pytest.importorskip("cv2", reason="OpenCV is no dependency; where it is installed, it is asked")
    image = picture(37, 50)
    height, width = (max(1, int(side * factor + 0.5)) for side in image.shape[:2])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    rows, columns = ((2 * np.arange(n) + 1) * m // (2 * n) for n, m in ((37, height), (50, width)))
    np.testing.assert_allclose(filters.downscale(image, factor, "area"), small[rows][:, columns], atol=1e-6)
