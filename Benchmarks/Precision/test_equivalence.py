"""Tests of equivalence.py with invented runs."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import equivalence


def write(folder, precision, seed, value):
    """Write the test of a run."""
    run = Path(folder) / f"training.precision={precision},seed={seed}"
    run.mkdir()
    rows = [{"steps": 0, "undiscounted_return": 0}, {"steps": 1, "undiscounted_return": value}]
    (run / "test.json").write_text(json.dumps({"rows": rows}))


class EquivalenceTests(unittest.TestCase):
    """The verdicts."""

    def run_main(self, pairs, margin):
        """Return exit status and output for pairs of returns."""
        with tempfile.TemporaryDirectory() as folder:
            for seed, (double, single) in enumerate(pairs):
                write(folder, "double", seed, double)
                write(folder, "single", seed, single)
            output = io.StringIO()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                status = equivalence.main([folder, "--margin", str(margin)])
        return status, output.getvalue()

    def test_quantiles(self):
        """Known values of Student's distribution."""
        for degrees, expected in [(1, 6.3138), (5, 2.0150), (25, 1.7081), (100, 1.6602)]:
            self.assertAlmostEqual(equivalence.t_quantile(0.9, degrees), expected, places=3)

    def test_interval(self):
        """By hand: mean 2, deviation 1, three pairs."""
        mean, low, high = equivalence.interval([1, 2, 3])
        self.assertAlmostEqual(mean, 2)
        self.assertAlmostEqual(high - mean, 2.9200 / 3**0.5, places=3)
        self.assertAlmostEqual(mean - low, high - mean)

    def test_verdicts(self):
        """Pairs that agree, pairs that differ, pairs that scatter."""
        self.assertEqual(self.run_main([(-30, -30.1), (-31, -30.9), (-32, -32)], 2)[0], 0)
        self.assertEqual(self.run_main([(-30, -33), (-31, -34.1), (-32, -35)], 2)[0], 1)
        status, output = self.run_main([(-30, -40), (-31, -20), (-32, -33)], 2)
        self.assertEqual(status, 1)
        self.assertIn("not shown", output)

    def test_too_few(self):
        """One seed says nothing."""
        self.assertEqual(self.run_main([(-30, -30)], 2)[0], 65)


if __name__ == "__main__":
    unittest.main()
