"""Tests of the tables and claims, and of the pages that show them."""

import copy
import subprocess
import sys
import unittest
from pathlib import Path

import pages
import results
from comparisons import META_EPOCH, key
from invented_results import report


def scaled(original, factor, processor):
    """Return the results of another processor, on which every ratio is this many times as large."""
    other = copy.deepcopy(original)
    other["machine"]["processor"] = processor
    for part in other["comparisons"].values():
        for row in part["rows"]:
            row["ratio"] *= factor
    return other


class BlockTests(unittest.TestCase):
    def test_times_and_rates(self):
        parts = report()["comparisons"]
        self.assertIn(
            "| gradient | JAX `jit(grad)` | 1.00 ms | 2.00 ms | 0.50 | 0.50 … 0.50 |",
            pages.table([parts["derivatives-double"]]),
        )
        self.assertIn(
            "| half-cheetah, whole environment | EnvPool | 64,000,000 | 32,000,000 | 2.0 |",
            pages.table([parts["half-cheetah"]]),
        )

    def test_what_is_not_measured_says_so(self):
        incomplete = report(missing=("JAX", "EnvPool"))
        self.assertIn(
            "| gradient | JAX `jit(grad)` | 1.00 ms | not measured | not measured | |",
            pages.table([incomplete["comparisons"]["derivatives-single"]]),
        )
        claims = pages.claims([incomplete])
        self.assertIn("| gradient, JAX | not measured | not measured |", claims)
        self.assertIn("whole environments (not measured) and", claims.replace("\n", " "))

    def test_a_comparison_that_is_missing_says_so(self):
        incomplete = report()
        for name in ("derivatives-single", "meta-epoch-single", "half-cheetah-epoch", "swimmer"):
            del incomplete["comparisons"][name]
        block = pages.processor_block(incomplete)
        self.assertIn("#### Derivatives, single precision\n\nNot measured.\n", block)
        self.assertIn("both precisions of MetaTape\n\nNot measured.\n", block)
        self.assertIn("Flop per second: not measured.", block)
        claims = pages.claims([incomplete]).replace("\n", " ")
        self.assertIn("the default of JAX, the comparison is not measured.", claims)
        self.assertIn("In double precision, a gradient takes 0.50 and a meta-epoch", claims)
        self.assertIn("| gradient, JAX | not measured | 0.50 |", claims)

    def test_every_table_says_its_precision(self):
        comparisons = report()["comparisons"]
        for name in ("derivatives", META_EPOCH):
            for precision in ("single", "double"):
                table = pages.table([comparisons[key(name, precision)]])
                sides = f"| MetaTape, {precision} precision | peer, {precision} precision |"
                self.assertIn(sides, table)
        self.assertIn("MetaTape, double precision, phys", pages.table([comparisons["swimmer"]]))
        own = pages.table_of_own_sides(comparisons["half-cheetah-epoch"])
        self.assertIn(
            "| SG-MRL | MetaTape, single precision | earlier build, double precision | 1.00 ms |",
            own,
        )
        self.assertIn(
            "| MAML | MetaTape, single precision | MetaTape, double precision | 1.00 ms |", own
        )


class ClaimTests(unittest.TestCase):
    def test_claims_take_the_fastest_way_of_a_peer(self):
        measured = report()
        name = "derivatives-single"
        rows = measured["comparisons"][name]["rows"]
        compiled = next(row for row in rows if row["peer"] == "PyTorch, compiled")
        compiled["other"]["median"], compiled["ratio"] = 0.0015, 2 / 3
        self.assertEqual(pages.fastest(measured, name, "gradient", "PyTorch"), "0.67")
        self.assertEqual(pages.fastest(measured, name, "gradient", "JAX"), "0.50")

    def test_claims_show_the_range_over_processors(self):
        first = report()
        second = scaled(first, 1.4, "Q")
        claims = pages.claims([first, second]).replace("\n", " ")
        self.assertIn("the default of JAX, a gradient takes 0.50 to 0.70 and", claims)
        self.assertIn("| gradient, PyTorch | 0.50 to 0.70 | 0.50 to 0.70 |", claims)
        self.assertIn("make 1.4 to 2.0 and 1.4 to 2.0 times the physics steps", claims)
        self.assertIn("- P with 2 cores and OpenBLAS 1, kernels K, on 2026-01-02", claims)
        self.assertIn("- Q with 2 cores", claims)

    def test_claims_say_which_part_of_the_processors_is_measured(self):
        first = report()
        second = scaled(first, 1.4, "Q")
        del second["comparisons"]["derivatives-single"]
        self.assertIn(
            "| gradient, JAX | 0.50 (1 of 2 processors) | 0.50 to 0.70 |",
            pages.claims([first, second]),
        )

    def test_the_headline_leaves_out_what_is_not_measured(self):
        incomplete = report(missing=("JAX",), only=("derivatives-single", "derivatives-double"))
        self.assertIn(
            "In single precision, the default of JAX, a meta-epoch of 2D navigation takes 0.50 of",
            pages.claims([incomplete]).replace("\n", " "),
        )

    def test_lines_are_short(self):
        claims = pages.claims([report(), scaled(report(), 1.4, "A processor with a long name")])
        self.assertLessEqual(max(map(len, claims.splitlines())), 120)


class PlaceTests(unittest.TestCase):
    def test_only_the_place_is_replaced(self):
        text = "a\n<!-- peers: x -->\nold\n<!-- end of peers -->\nb\n"
        new = "a\n<!-- peers: x -->\nnew\n<!-- end of peers -->\nb\n"
        self.assertEqual(pages.replaced(text, "x", "new"), new)
        with self.assertRaisesRegex(pages.PageError, "<!-- peers: y -->"):
            pages.replaced(text, "y", "new")


class PageTests(unittest.TestCase):
    def test_the_pages_have_all_places(self):
        for page, text in pages.updated(pages.blocks([report()])).items():
            self.assertNotEqual(text, (pages.ROOT / page).read_text(encoding="utf-8"))

    def test_the_pages_show_the_results(self):
        reports = results.load_all()
        if not reports:
            self.skipTest("there are no results yet: 'make benchmark-peers' measures")
        for page, text in pages.updated(pages.blocks(reports)).items():
            shown = (pages.ROOT / page).read_text(encoding="utf-8")
            self.assertEqual(text, shown, f"run compare.py --pages to bring {page} up to date")

    def test_the_page_counts_the_same_flop(self):
        page = (pages.ROOT / "Docs/Benchmarks.md").read_text(encoding="utf-8")
        executed, needed = zip(*pages.FLOP.values())
        for label, counts in (("flop executed", executed), ("flop that", needed)):
            line = next(line for line in page.splitlines() if line.startswith(f"| {label}"))
            shown = [int(cell.replace(",", "")) for cell in line.split("|")[2:4]]
            self.assertEqual(shown, list(counts))


class CommandTests(unittest.TestCase):
    def failure(self, *arguments):
        """Return the exit status and the error message of compare.py."""
        command = [sys.executable, str(Path(__file__).with_name("compare.py")), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        return result.returncode, result.stderr

    def test_bad_input_says_what_to_do(self):
        for arguments, advice in (
            ((), "name the metatape program"),
            (("no/such/program",), "build it with 'make build'"),
            ((sys.executable, "--cores", "999"), "core '999' cannot be used here"),
            (("true", "--cores", "0"), "does not answer as metatape does"),
            (("metatape", "--rounds", "0"), "--rounds must be at least 1"),
            ((sys.executable, "--before", "no/such/program"), "no program no/such/program"),
        ):
            status, complaint = self.failure(*arguments)
            self.assertEqual(status, 2)
            self.assertIn(advice, complaint)


if __name__ == "__main__":
    unittest.main()
