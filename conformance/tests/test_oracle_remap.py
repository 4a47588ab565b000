"""The oracle's maps that are no matrices, against numbers by hand and against Pillow."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from augspec_conformance.oracle import run
from augspec_conformance.oracle.by_hand import picture
from augspec_conformance.oracle.remap import CORNERS, bend, homography, project, unbend


def perspective(image: np.ndarray, x: list[float], y: list[float], **further: np.ndarray) -> dict[str, np.ndarray]:
    op = {"op": "perspective", "id": "p", "distortion": 0.5, "p": 1.0}
    op |= {"interpolation": "bilinear", "border": "constant", "fill": 0.0}
    sample = {"image": image, **further}
    return run({"ops": [op]}, {"sample/p/x": x, "sample/p/y": y}, sample)


def test_a_homography_moves_the_corners_and_keeps_lines() -> None:
    corners = CORNERS * (1 - np.array([[0.5, 0.1], [0.0, 0.3], [0.2, 0.4], [0.25, 0.0]]))
    matrix = homography(corners)
    np.testing.assert_allclose(project(CORNERS, matrix), corners, atol=1e-12)
    line = project(np.array([[-1.0, -0.2], [0.3, 0.1], [0.736842105263158, 0.2008097165991903]]), matrix)
    one, other = line[1] - line[0], line[2] - line[0]
    assert abs(one[0] * other[1] - one[1] * other[0]) < 1e-9


def test_a_trapezium_by_hand() -> None:
    # The upper corners come in by half, so the centre goes up by a third of half the height.
    image, points = picture(12, 8), np.array([[4.0, 6.0], [0.0, 0.0], [8.0, 12.0], [2.0, 0.0]])
    out = perspective(image, [0.5, 0.5, 0.0, 0.0], [0.0] * 4, keypoints=points)
    np.testing.assert_allclose(out["keypoints"], [[4.0, 4.0], [2.0, 0.0], [8.0, 12.0], [3.0, 0.0]], atol=1e-12)
    assert not out["image"][0, :1].any()  # the upper left corner is outside


def test_insets_of_all_corners_are_a_scale() -> None:
    image = picture(16, 16)
    out = perspective(image, [0.5] * 4, [0.5] * 4)["image"]
    np.testing.assert_allclose(out[4:12, 4:12], image.reshape(8, 2, 8, 2, 3).mean((1, 3)), atol=1e-12)
    assert not out[:3].any()


def test_perspective_equals_pillow() -> None:
    image = picture(24, 32, 1)
    x, y = [0.3, 0.1, 0.45, 0.0], [0.2, 0.0, 0.25, 0.4]
    ends = (CORNERS * (1 - np.stack([x, y], -1)) + 1) * [16, 12]
    rows = [
        row
        for (u, v), (a, b) in zip(ends, (CORNERS + 1) * [16, 12], strict=True)
        for row in ([u, v, 1, 0, 0, 0, -a * u, -a * v], [0, 0, 0, u, v, 1, -b * u, -b * v])
    ]
    back = np.linalg.solve(np.array(rows), ((CORNERS + 1) * [16, 12]).ravel())
    pillow = Image.fromarray(image[..., 0].astype(np.float32)).transform(
        (32, 24), Image.Transform.PERSPECTIVE, tuple(back), Image.Resampling.BILINEAR
    )
    inside = perspective(np.ones_like(image), x, y)["image"][..., 0] == 1
    assert inside.mean() > 0.4
    np.testing.assert_allclose(perspective(image, x, y)["image"][..., 0][inside], np.asarray(pillow)[inside], atol=1e-5)


def test_a_lens_keeps_the_centre_and_moves_the_corners_by_its_coefficients() -> None:
    places = np.array([[0.0, 0.0], [0.6, 0.8], [0.3, -0.4]])
    np.testing.assert_allclose(bend(places, 0.25, 0.5), places * [[1.0], [1.75], [1.09375]], atol=1e-12)
    for k1, k2 in ((0.3, 0.2), (-0.25, 0.0), (-0.2, 0.5), (0.0, -0.15)):
        np.testing.assert_allclose(unbend(bend(places, k1, k2), k1, k2), places, atol=1e-12)
    # A barrel brings what is at the corners nearer to the centre; beyond them the map goes on straight.
    assert np.linalg.norm(unbend(places, 0.5, 0.0), axis=1)[1] < 1
    far = np.linalg.norm(unbend(np.array([[1.0, 0.0], [1.5, 0.0], [2.0, 0.0]]), -0.2, 0.0), axis=1)
    np.testing.assert_allclose(np.diff(far), 0.5 / 0.4, atol=1e-12)


def test_a_lens_equals_opencv() -> None:
    cv2 = pytest.importorskip("cv2")
    image, k1 = picture(24, 32, 1), 0.2
    corner = float(np.hypot(12, 16))
    camera = np.array([[corner, 0, 15.5], [0, corner, 11.5], [0, 0, 1]])
    theirs = cv2.initUndistortRectifyMap(camera, np.array([k1, 0.1, 0, 0]), None, camera, (32, 24), cv2.CV_32FC1)
    op = {"op": "lens", "id": "l", "k1": k1, "k2": 0.1, "p": 1.0}
    op |= {"interpolation": "bilinear", "border": "edge", "fill": 0.0}
    ramp = np.broadcast_to(np.arange(32.0)[None, :, None] / 32, (24, 32, 1))
    out = run({"ops": [op]}, {}, {"image": np.array(ramp)})["image"]
    np.testing.assert_allclose(out[..., 0], np.clip(theirs[0], 0, 31) / 32, atol=1e-5)
    assert not np.array_equal(run({"ops": [op]}, {}, {"image": image})["image"], image)


def test_a_grid_of_two_parts_by_hand() -> None:
    # The left part is 1.5 wide and the right one 0.5: of 8 columns, the first 4 show 6, the last 4 show 2.
    op = {"op": "grid_distortion", "id": "g", "steps": 2, "limit": 0.5, "p": 1.0}
    op |= {"interpolation": "bilinear", "border": "edge", "fill": 0.0}
    ramp = np.broadcast_to((np.arange(8.0)[None, :, None] + 0.5) / 8, (6, 8, 1))
    points = np.array([[3.0, 1.0], [6.0, 3.0], [7.0, 6.0], [-2.0, 9.0]])
    out = run(
        {"ops": [op]}, {"sample/g/x": [0.5, -0.5], "sample/g/y": [0.0, 0.0]}, {"image": ramp, "keypoints": points}
    )
    expected = np.array([0.75, 2.25, 3.75, 5.25, 6.25, 6.75, 7.25, 7.5]) / 8
    np.testing.assert_allclose(out["image"][..., 0], np.broadcast_to(expected, (6, 8)), atol=1e-12)
    np.testing.assert_allclose(out["keypoints"], [[2.0, 1.0], [4.0, 3.0], [6.0, 6.0], [-2.0, 9.0]], atol=1e-12)
