"""The tables of cost against size in Docs/Benchmarks.md, generated from the results."""

import math
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Peers"))  # which has what both share

import results  # noqa: E402
from pages import NOT_MEASURED, markdown, milliseconds  # noqa: E402
from protocol import PRECISIONS  # noqa: E402

RESULTS = HERE / "results"
PAGE = "Docs/Benchmarks.md"
IMAGES = "Docs/Images"


def shown_time(point):
    """Return a point's time with its unit."""
    if point is None:
        return NOT_MEASURED
    seconds = point["seconds"]
    return f"{seconds:.2f} s" if seconds >= 1 else milliseconds(seconds)


def shown_memory(point):
    """Return a point's peak memory with its unit."""
    return f"{point['memory'] / 1e6:.0f} MB" if point else NOT_MEASURED


def exponent(sizes, costs):
    """Return the slope of log cost over log size by least squares.

    It is fitted to the upper half of the sizes; the middle size of an odd number belongs to
    that half. The result is None if a cost there is missing.
    """
    start = len(sizes) // 2
    if len(sizes) - start < 2 or None in costs[start:]:
        return None
    x = [math.log(size) for size in sizes[start:]]
    y = [math.log(cost) for cost in costs[start:]]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    products = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
    return products / sum((a - mean_x) ** 2 for a in x)


def costs(points, precision, quantity):
    """Return a quantity of all points; None where it is not measured."""
    return [point[precision] and point[precision][quantity] for point in points]


def exponents(points, quantity):
    """Return the exponents of a quantity in all precisions as text."""
    sizes = [point["size"] for point in points]
    found = [exponent(sizes, costs(points, precision, quantity)) for precision in PRECISIONS]
    return [NOT_MEASURED if slope is None else f"{slope:.2f}" for slope in found]


def ratio(point):
    """Return the time in single precision relative to double precision as text."""
    if not (point["single"] and point["double"]):
        return NOT_MEASURED
    return f"{point['single']['seconds'] / point['double']['seconds']:.2f}"


def size_table(sizes):
    """Return the table of times and memory at all sizes."""
    header = ["", "size", *(f"time, {precision}" for precision in PRECISIONS), "single / double"]
    lines = [
        [name, str(point["size"])]
        + [shown_time(point[precision]) for precision in PRECISIONS]
        + [ratio(point)]
        + [shown_memory(point[precision]) for precision in PRECISIONS]
        for name, points in sizes.items()
        for point in points
    ]
    return markdown([*header, *(f"memory, {precision}" for precision in PRECISIONS)], lines)


def exponent_table(sizes):
    """Return the table of exponents."""
    header = [
        f"{quantity}, {precision}" for quantity in ("time", "memory") for precision in PRECISIONS
    ]
    lines = [
        [name, fitted_range(points), *exponents(points, "seconds"), *exponents(points, "memory")]
        for name, points in sizes.items()
    ]
    return markdown(["exponent over", "fitted to", *header], lines)


def fitted_range(points):
    """Return the sizes over which the exponent is fitted as text."""
    sizes = [point["size"] for point in points]
    return f"{sizes[len(sizes) // 2]} … {sizes[-1]}"


def layout_table(layouts):
    """Return the table of strong scaling: time, speed-up and efficiency."""
    header = [
        f"{what}, {precision}"
        for precision in PRECISIONS
        for what in ("time", "speed-up", "efficiency")
    ]
    base = next((p for p in layouts if (p["processes"], p["threads"]) == (1, 1)), None)

    def cells(layout, precision):
        point, reference = layout[precision], base and base[precision]
        if not point or not reference:
            return [shown_time(point), NOT_MEASURED, NOT_MEASURED]
        speed_up = reference["seconds"] / point["seconds"]
        efficiency = speed_up / (layout["processes"] * layout["threads"])
        return [shown_time(point), f"{speed_up:.2f}", f"{efficiency:.0%}".replace("%", " %")]

    lines = [
        [str(layout["processes"]), str(layout["threads"])]
        + [cell for precision in PRECISIONS for cell in cells(layout, precision)]
        for layout in layouts
    ]
    return markdown(["processes", "threads each", *header], lines)


def image_name(report):
    """Return the path of a processor's plot from the root of the repository."""
    return f"{IMAGES}/scaling-{results.slug(report['machine']['processor'])}.svg"


def processor_block(report):
    """Return all tables of a processor, with its plot."""
    known = report["machine"]
    parts = [
        f"### {known['processor']}: cost against size",
        f"Measured on {report['date']}: {report['cores']} of {known['cores']} cores, rounds: "
        f"{report['roundCount']}, MetaTape {report['versions']['metatape']}, {known['blas']}.",
        f"![Time and memory of a meta-epoch against size, {known['processor']}]"
        f"({image_name(report).removeprefix('Docs/')})",
    ]
    if report["sizes"]:
        parts += [exponent_table(report["sizes"]), size_table(report["sizes"])]
    if report["layouts"]:
        parts += ["Strong scaling:", layout_table(report["layouts"])]
    return "\n\n".join(parts)


def blocks(reports):
    """Return the block between the markers, by page and name."""
    block = "\n\n".join(map(processor_block, reports)) or f"{NOT_MEASURED.capitalize()}."
    return {PAGE: {"results": block}}
