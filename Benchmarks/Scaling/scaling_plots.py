"""The plots of cost against size as SVG; the same results give the same file."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Peers"))  # which has what both share

import matplotlib  # noqa: E402

matplotlib.use("svg")

import matplotlib.pyplot as plt  # noqa: E402
import scaling_pages  # noqa: E402
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator  # noqa: E402
from pages import ROOT  # noqa: E402
from protocol import PRECISIONS  # noqa: E402

COLORS = {"double": "#1f4e79", "single": "#d1722b"}
MARKERS = {"double": "o", "single": "s"}
QUANTITIES = (("seconds", "seconds", 1), ("memory", "peak memory in MB", 1e-6))
STYLE = {
    "svg.hashsalt": "metatape",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(axes, points, quantity, factor):
    """Draw a quantity against size, both axes logarithmic, with the exponents in the legend."""
    sizes = [point["size"] for point in points]
    slopes = scaling_pages.exponents(points, quantity)
    for precision, slope in zip(PRECISIONS, slopes):
        costs = scaling_pages.costs(points, precision, quantity)
        known = [(size, cost * factor) for size, cost in zip(sizes, costs) if cost is not None]
        if known:
            axes.plot(
                *zip(*known),
                color=COLORS[precision],
                marker=MARKERS[precision],
                markersize=4,
                label=f"{precision}, exponent {slope}",
            )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(color="#e5e5e5")
    if axes.has_data():
        axes.legend(fontsize=7, frameon=False, loc="upper left")


def write(report, root=ROOT):
    """Write the plot of a processor; return its path from the root of the repository."""
    name = scaling_pages.image_name(report)
    sizes = report["sizes"]
    with matplotlib.rc_context(STYLE):
        figure, grid = plt.subplots(
            len(QUANTITIES), len(sizes), figsize=(3 * len(sizes), 6), squeeze=False
        )
        for row, (quantity, label, factor) in zip(grid, QUANTITIES):
            for axes, (dimension, points) in zip(row, sizes.items()):
                draw(axes, points, quantity, factor)
                axes.set_xlabel(dimension)
            row[0].set_ylabel(label)
        figure.suptitle(f"One meta-epoch on {report['machine']['processor']}")
        figure.tight_layout()
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(figure)
    # matplotlib ends some lines with a space
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
    return name
