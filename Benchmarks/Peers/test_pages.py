"""Tests of the tables and claims, and of the pages that show them."""

import json
import subprocess
import sys
import unittest

import compare
import pages
from comparisons import METATAPE, all_comparisons
from turns import summarise


def report(missing=()):
    """Return results with 1 ms for MetaTape and 2 ms for every peer, except missing sides."""
    parts = {}
    for name, comparison in all_comparisons("metatape", "0", "0,1").items():
        answers = {}
        for row in comparison.rows:
            answers.setdefault(METATAPE, {}).update(dict.fromkeys(row.own, 0.001))
            answers.setdefault(row.peer, {}).update(dict.fromkeys(row.quantities, 0.002))
        answers = {side: value for side, value in answers.items() if side not in missing}
        rows = summarise(comparison.rows, [answers], METATAPE)
        parts[name] = {"rows": rows, "work": comparison.work, "failures": {}}
    return {
        "date": "2026-01-02",
        "roundCount": 1,
        "machine": {"processor": "P", "cores": 2, "system": "S", "blas": "OpenBLAS 1, kernels K"},
        "versions": dict.fromkeys(("metatape", "jax", "torch", "mujoco", "envpool"), "1.0"),
        "comparisons": parts,
    }


class BlockTests(unittest.TestCase):
    def test_times_and_rates(self):
        parts = report()["comparisons"]
        self.assertIn(
            "| gradient | JAX `jit(grad)` | 1.00 ms | 2.00 ms | 0.50 | 0.50 … 0.50 |",
            pages.table([parts["derivatives"]]),
        )
        self.assertIn(
            "| half-cheetah, whole environment | EnvPool | 64,000,000 | 32,000,000 | 2.0 |",
            pages.table([parts["half-cheetah"]]),
        )

    def test_what_is_not_measured_says_so(self):
        incomplete = report(missing=("JAX", "EnvPool"))
        self.assertIn(
            "| gradient | JAX `jit(grad)` | 1.00 ms | not measured | not measured | |",
            pages.table([incomplete["comparisons"]["derivatives"]]),
        )
        self.assertIn("(not measured) times as long as in JAX", pages.claims(incomplete))

    def test_claims_take_the_fastest_way_of_a_peer(self):
        derivatives = report()["comparisons"]["derivatives"]
        compiled = next(row for row in derivatives["rows"] if row["peer"] == "PyTorch, compiled")
        compiled["other"]["median"], compiled["ratio"] = 0.0015, 2 / 3
        self.assertEqual(pages.claim(derivatives, "gradient", "PyTorch"), "0.67")
        self.assertEqual(pages.claim(derivatives, "gradient", "JAX"), "0.50")

    def test_only_the_place_is_replaced(self):
        text = "a\n<!-- peers: x -->\nold\n<!-- end of peers -->\nb\n"
        new = "a\n<!-- peers: x -->\nnew\n<!-- end of peers -->\nb\n"
        self.assertEqual(pages.replaced(text, "x", "new"), new)
        with self.assertRaisesRegex(pages.PageError, "<!-- peers: y -->"):
            pages.replaced(text, "y", "new")


class MachineTests(unittest.TestCase):
    facts = {
        "processor": "P",
        "processor_family": 6,
        "processor_model": 207,
        "blas": "OpenBLAS 0.3.21 NO_LAPACKE",
        "blas_core": "Cooperlake",
        "blas_choice": "instead of Prescott, which OpenBLAS chose",
    }

    def test_processors_and_kernels_are_named(self):
        self.assertEqual(compare.processor(self.facts), "P (family 6, model 207)")
        self.assertEqual(
            compare.kernels(self.facts),
            "OpenBLAS 0.3.21, kernels Cooperlake (instead of Prescott, which OpenBLAS chose)",
        )

    def test_what_is_usual_or_unknown_is_left_out(self):
        usual = {**self.facts, "blas_choice": "chosen by OpenBLAS"}
        self.assertEqual(compare.kernels(usual), "OpenBLAS 0.3.21, kernels Cooperlake")
        unknown = {"processor": "P", "blas": "OpenBLAS 1", "blas_core": "K"}
        self.assertEqual(compare.processor(unknown), "P")
        self.assertEqual(compare.kernels(unknown), "OpenBLAS 1, kernels K")

    def test_the_claims_name_both(self):
        claims = pages.claims(report()).replace("\n", " ")
        self.assertIn("on P with 2 cores and OpenBLAS 1, kernels K:", claims)


class PageTests(unittest.TestCase):
    def test_the_pages_have_all_places(self):
        for page, text in pages.updated(report()).items():
            self.assertNotEqual(text, (pages.ROOT / page).read_text(encoding="utf-8"))

    def test_the_pages_show_the_results(self):
        if not pages.RESULTS.exists():
            self.skipTest("there are no results yet: 'make benchmark-peers' measures")
        results = json.loads(pages.RESULTS.read_text(encoding="utf-8"))
        for page, text in pages.updated(results).items():
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
        command = [sys.executable, str(pages.RESULTS.with_name("compare.py")), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        return result.returncode, result.stderr

    def test_bad_input_says_what_to_do(self):
        for arguments, advice in (
            ((), "name the metatape program"),
            (("no/such/program",), "build it with 'make build'"),
            ((sys.executable, "--cores", "999"), "core '999' cannot be used here"),
            (("true", "--cores", "0"), "does not answer as metatape does"),
            (("metatape", "--rounds", "0"), "--rounds must be at least 1"),
        ):
            status, complaint = self.failure(*arguments)
            self.assertEqual(status, 2)
            self.assertIn(advice, complaint)


if __name__ == "__main__":
    unittest.main()
