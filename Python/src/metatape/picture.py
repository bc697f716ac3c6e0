"""Pictures of bodies in a plane and of points, drawn with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import Floats

Image = NDArray[np.uint8]

SKY, EARTH, LINE = (0.93, 0.95, 0.98), (0.72, 0.75, 0.70), (0.55, 0.58, 0.55)
BODY, HEAD, GOAL = (0.80, 0.45, 0.20), (0.62, 0.30, 0.12), (0.20, 0.55, 0.30)
WIDTH_OF_BODY, WIDTH_WITHOUT_GROUND, WIDTH_OF_POINT = 4.0, 6.0, 1.4  # of the view, in metres
HEIGHT_OF_GROUND = 0.25  # where the ground is in the picture, from below


class Canvas:
    """An image of a part of the plane, the second axis upwards."""

    def __init__(self, center: Floats, width: float, size: tuple[int, int]) -> None:
        """`size` is height and width in pixels; `width` and `center` are in metres."""
        height, columns = size
        self.pixel = width / columns
        self.x = center[0] + (np.arange(columns) + 0.5 - columns / 2) * self.pixel
        self.y = center[1] - (np.arange(height) + 0.5 - height / 2) * self.pixel
        self.image = np.empty((height, columns, 3), np.float32)
        self.image[:] = SKY

    def blend(self, rows: slice, columns: slice, share: Floats, color: Any) -> None:
        """Paints with a color; `share` [rows, columns] is 1 where it covers a pixel."""
        part = self.image[rows, columns]
        part += share[..., None] * (np.asarray(color, np.float32) - part)

    def capsule(self, start: Floats, end: Floats, radius: float, color: Any) -> None:
        """The points within a radius of a segment."""
        margin = radius + self.pixel
        low, high = np.minimum(start, end) - margin, np.maximum(start, end) + margin
        columns = slice(*np.searchsorted(self.x, (low[0], high[0])))
        rows = slice(*np.searchsorted(-self.y, (-high[1], -low[1])))
        dx, dy = self.x[columns] - start[0], self.y[rows, None] - start[1]
        axis = end - start
        along = np.clip((dx * axis[0] + dy * axis[1]) / max(axis @ axis, 1e-12), 0, 1)
        distance = np.hypot(dx - along * axis[0], dy - along * axis[1])
        self.blend(rows, columns, np.clip((radius - distance) / self.pixel + 0.5, 0, 1), color)

    def bytes(self) -> Image:
        """The image: [height, width, 3]"""
        return np.round(255 * np.clip(self.image, 0, 1)).astype(np.uint8)


def draw(picture: dict[str, Any], kind: str, size: tuple[int, int]) -> Image:
    """Draws what `metatape_batch_picture` describes: [height, width, 3]"""
    return draw_point(picture, size) if kind == "point" else draw_body(picture, size)


def draw_body(picture: dict[str, Any], size: tuple[int, int]) -> Image:
    """Capsules on the ground, or seen from above. The camera follows the first of them."""
    segments = [(np.array(s["from"]), np.array(s["to"]), s["radius"]) for s in picture["segments"]]
    center = (segments[0][0] + segments[0][1]) / 2
    ground = picture.get("ground")
    width = WIDTH_WITHOUT_GROUND
    if ground is not None:
        width = WIDTH_OF_BODY
        center = np.array(
            [center[0], ground + width * size[0] / size[1] * (0.5 - HEIGHT_OF_GROUND)]
        )
    if picture.get("width") is not None:  # what does not move away is seen whole
        center, width = np.zeros(2), picture["width"]
    canvas = Canvas(center, width, size)
    everything, share = slice(None), np.zeros(size)
    line = 0.01 if picture.get("width") is None else width / 600  # half the width of a mark
    if ground is not None:
        share[:] = np.clip((ground - canvas.y[:, None]) / canvas.pixel + 0.5, 0, 1)
        canvas.blend(everything, everything, share, EARTH)
        share *= np.abs(canvas.x - np.round(canvas.x)) < line  # a mark for every metre
    else:
        share[:] = np.abs(canvas.x - np.round(canvas.x)) < line
        share[np.abs(canvas.y - np.round(canvas.y)) < line] = 1
    canvas.blend(everything, everything, share, LINE)
    for index, (start, end, radius) in enumerate(segments):
        canvas.capsule(start, end, radius, BODY if index else HEAD)
    if picture.get("goal") is not None:
        place = np.array(picture["goal"], float)
        canvas.capsule(place, place, 0.009, GOAL)
    return canvas.bytes()


def draw_point(picture: dict[str, Any], size: tuple[int, int]) -> Image:
    """A point, its goal and the square in which goals lie."""
    width = picture.get("width") or WIDTH_OF_POINT
    canvas = Canvas(np.zeros(2), width, size)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2.8)
    for start, end in zip(corners, np.roll(corners, -1, 0), strict=True):
        canvas.capsule(start, end, 0.003, LINE)
    for name, color in (("goal", GOAL), ("point", BODY)):
        if picture.get(name) is not None:
            place = np.array(picture[name], float)
            canvas.capsule(place, place, 0.025, color)
    return canvas.bytes()
