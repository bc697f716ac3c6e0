"""Tests of measuring, fitting and showing cost against size, with invented results."""

import argparse
import contextlib
import io
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import scaling
import scaling_pages
from scaling import DIMENSIONS, LAYOUTS, PRECISIONS, PointFailure, machine, pages, results

try:
    import scaling_plots
except ImportError:
    scaling_plots = None

CORE = machine.first_core()


def point(seconds, memory):
    """Return a measured point."""
    return {
        "count": 1,
        "seconds": seconds,
        "lowerQuartile": seconds,
        "upperQuartile": seconds,
        "memory": memory,
    }


def report(power=1.5):
    """Return results whose time grows as a power of the size, twice as fast in single."""
    sizes = {
        dimension.name: [
            {
                "size": size,
                "double": point(0.01 * size**power, 1e6 * size),
                "single": point(0.005 * size**power, 5e5 * size),
            }
            for size in dimension.sizes
        ]
        for dimension in DIMENSIONS
    }
    layouts = [
        {
            "processes": processes,
            "threads": threads,
            "double": point(1.2 / (processes * threads), 1e7),
            "single": point(0.8 / (processes * threads) ** 0.5, 1e7),
        }
        for processes, threads in LAYOUTS
    ]
    return {
        "date": "2026-01-02",
        "roundCount": 5,
        "cores": 2,
        "machine": {"processor": "P (family 1, model 2)", "cores": 2, "blas": "OpenBLAS 1"},
        "versions": {"metatape": "1.0"},
        "sizes": sizes,
        "layouts": layouts,
        "failures": {},
    }


class ExponentTests(unittest.TestCase):
    def test_a_power_is_recovered(self):
        sizes = [1, 2, 3, 4, 5]
        self.assertAlmostEqual(scaling_pages.exponent(sizes, [7 * s**1.5 for s in sizes]), 1.5)

    def test_only_the_upper_half_counts(self):
        self.assertAlmostEqual(scaling_pages.exponent([1, 2, 4, 8], [9, None, 16, 64]), 2)
        self.assertAlmostEqual(scaling_pages.exponent([1, 2, 4, 8, 16], [9, 9, 4, 8, 16]), 1)

    def test_missing_costs_give_no_exponent(self):
        self.assertIsNone(scaling_pages.exponent([1, 2, 4, 8], [1, 2, None, 8]))
        self.assertIsNone(scaling_pages.exponent([1, 2], [1, 2]))


class TableTests(unittest.TestCase):
    def test_sizes_and_exponents(self):
        sizes = report()["sizes"]
        self.assertIn(
            "| tasks | 160 | 20.24 s | 10.12 s | 0.50 | 160 MB | 80 MB |",
            scaling_pages.size_table(sizes),
        )
        table = scaling_pages.exponent_table(sizes)
        self.assertIn("| tasks | 40 … 160 | 1.50 | 1.50 | 1.00 | 1.00 |", table)
        self.assertIn("| inner steps | 3 … 5 | 1.50 | 1.50 | 1.00 | 1.00 |", table)

    def test_what_is_not_measured_says_so(self):
        incomplete = report()
        incomplete["sizes"]["tasks"][-1]["single"] = None
        table = scaling_pages.size_table(incomplete["sizes"])
        line = "| tasks | 160 | 20.24 s | not measured | not measured | 160 MB | not measured |"
        self.assertIn(line, table)
        self.assertIn(
            "| tasks | 40 … 160 | 1.50 | not measured | 1.00 | not measured |",
            scaling_pages.exponent_table(incomplete["sizes"]),
        )

    def test_strong_scaling(self):
        layouts = report()["layouts"]
        table = scaling_pages.layout_table(layouts)
        self.assertIn("| 1 | 2 | 600 ms | 2.00 | 100 % | 566 ms | 1.41 | 71 % |", table)
        layouts[2]["double"] = layouts[2]["single"] = None
        line = "| 2 | 1 " + "| not measured " * 6 + "|"
        self.assertIn(line, scaling_pages.layout_table(layouts))

    def test_without_results_the_page_says_so(self):
        self.assertEqual(
            scaling_pages.blocks([]), {"Docs/Benchmarks.md": {"results": "Not measured."}}
        )


class CommandTests(unittest.TestCase):
    arguments = argparse.Namespace(
        rounds=2, warm_up=1, cores=CORE, timeout=30, mpi_program="with-mpi"
    )

    def test_output_and_memory_of_a_program(self):
        program = "data = bytearray(60_000_000); data[::4096] = data[::4096]; print('done')"
        output, memory = scaling.run([sys.executable, "-c", program], CORE, 30)
        self.assertEqual(output, "done\n")
        self.assertGreater(memory, 60e6)
        self.assertLess(memory, 200e6)

    def test_failures_say_what_happened(self):
        with self.assertRaisesRegex(PointFailure, "broken"):
            scaling.run([sys.executable, "-c", "raise SystemExit('broken')"], CORE, 30)
        with self.assertRaisesRegex(PointFailure, "no answer within 0.2 seconds"):
            scaling.run([sys.executable, "-c", "import time; time.sleep(60)"], CORE, 0.2)

    def test_each_size_sets_its_keys(self):
        seen = []

        def run(command, cores, timeout):
            seen.append(" ".join(command))
            return '{"timings": [{"median": 2, "quartiles": [1, 3]}]}', 5

        original, scaling.run = scaling.run, run
        self.addCleanup(setattr, scaling, "run", original)
        for dimension in DIMENSIONS:
            for precision in PRECISIONS:
                found = scaling.measure_size("metatape", dimension, 7, precision, self.arguments)
        self.assertEqual((found["seconds"], found["memory"]), (2, 5))
        for precision in PRECISIONS:
            self.assertEqual(sum(f"training.precision={precision}" in c for c in seen), 5)
        for assignment in (
            "outer.tasks=7",
            "inner.episodes=7 --set outer.episodes=7",
            "environment.horizon=7",
            "policy.hidden-sizes=[7,7]",
            "inner.steps=7",
        ):
            self.assertEqual(sum(assignment in command for command in seen), 2)

    def test_several_processes_are_started_by_mpirun(self):
        one = scaling.layout_command("metatape", "with-mpi", 1, 2)
        self.assertEqual(one, ["metatape", "train", "--threads", "2"])
        two = scaling.layout_command("metatape", "with-mpi", 2, 1)
        self.assertEqual(two[:5], ["mpirun", "-n", "2", "--map-by", "slot:PE=1"])
        self.assertEqual(two[-4:], ["with-mpi", "train", "--threads", "1"])

    def test_layouts_need_cores(self):
        with self.assertRaisesRegex(PointFailure, "needs 2 cores"):
            scaling.measure_layout("metatape", 2, 1, "double", self.arguments)

    def test_a_failed_point_is_recorded(self):
        def measure(precision):
            if precision == "single":
                raise PointFailure("unknown key")
            return point(1, 1e6)

        measured = {"failures": {}}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found = scaling.attempt(measured, "tasks 5", measure)
        self.assertEqual(found, {"double": point(1, 1e6), "single": None})
        self.assertEqual(measured["failures"], {"tasks 5, single": "unknown key"})

    def test_bad_input_says_what_to_do(self):
        for arguments, advice in (
            ((), "name the metatape program"),
            (("no/such/program",), "build it with 'make build'"),
            (("metatape", "--rounds", "0"), "--rounds must be at least 1"),
        ):
            command = [sys.executable, str(Path(scaling.__file__)), *arguments]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 2)
            self.assertIn(advice, result.stderr)


class PageTests(unittest.TestCase):
    def test_the_page_has_its_place(self):
        for page, text in pages.updated(scaling_pages.blocks([report()]), kind="scaling").items():
            self.assertNotEqual(text, (pages.ROOT / page).read_text(encoding="utf-8"))

    def test_the_page_shows_the_results(self):
        blocks = scaling_pages.blocks(results.load_all(scaling_pages.RESULTS))
        for page, text in pages.updated(blocks, kind="scaling").items():
            shown = (pages.ROOT / page).read_text(encoding="utf-8")
            self.assertEqual(text, shown, f"run scaling.py --pages to bring {page} up to date")

    def test_every_processor_has_a_plot(self):
        for stored in results.load_all(scaling_pages.RESULTS):
            self.assertTrue((pages.ROOT / scaling_pages.image_name(stored)).exists())


@unittest.skipUnless(scaling_plots, "needs matplotlib")
class PlotTests(unittest.TestCase):
    def test_the_same_results_give_the_same_file(self):
        measured = report()
        measured["sizes"]["tasks"][0]["single"] = None
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            texts = [
                (Path(root) / scaling_plots.write(measured, Path(root))).read_text("utf-8")
                for root in (first, second)
            ]
        self.assertEqual(*texts)
        self.assertIn("single, exponent 1.50", texts[0])


if __name__ == "__main__":
    unittest.main()
