"""Tests of the comparisons, the targets, the machine's names, and the results files."""

import tempfile
import unittest
from pathlib import Path

import machine
import results
import targets
from comparisons import DOUBLE, EARLIER, SINGLE, all_comparisons
from invented_results import report

try:
    import numpy
except ImportError:
    numpy = None


class CommandTests(unittest.TestCase):
    def test_every_side_has_the_precision_of_its_comparison(self):
        comparisons = all_comparisons("metatape", "0", "0,1")
        for name in ("derivatives", "meta-epoch"):
            for precision in ("double", "single"):
                comparison = comparisons[f"{name}-{precision}"]
                self.assertEqual(comparison.precision, precision)
                for command in comparison.commands.values():
                    words = " ".join(command)
                    self.assertRegex(words, f"(--precision |training.precision=){precision}")
                    self.assertNotIn({"double": "single", "single": "double"}[precision], words)

    def test_an_earlier_build_is_given_no_precision(self):
        with_earlier = all_comparisons("metatape", "0", "0,1", "earlier")["half-cheetah-epoch"]
        self.assertEqual(list(with_earlier.commands), [DOUBLE, SINGLE, EARLIER])
        self.assertEqual(with_earlier.commands[EARLIER][0], "earlier")
        self.assertNotIn("precision", " ".join(with_earlier.commands[EARLIER]))
        self.assertIn("training.precision=double", with_earlier.commands[DOUBLE])
        self.assertIn("training.precision=single", with_earlier.commands[SINGLE])
        without = all_comparisons("metatape", "0", "0,1")["half-cheetah-epoch"]
        self.assertEqual(list(without.commands), [DOUBLE, SINGLE])
        self.assertEqual({row.peer for row in without.rows}, {DOUBLE})

    @unittest.skipUnless(numpy, "needs NumPy")
    def test_the_data_are_rounded_once(self):
        from derivatives_data import make_data

        double, single = make_data("double", 3), make_data("single", 3)
        self.assertEqual(single.observations.dtype, numpy.float32)
        self.assertEqual(single.theta.layers[0][0].dtype, numpy.float32)
        self.assertTrue((single.actions == double.actions.astype(numpy.float32)).all())


class TargetTests(unittest.TestCase):
    def verdicts(self, measured):
        """Return the verdicts by comparison and row."""
        lines = [targets.verdict(target, measured) for target in targets.TARGETS]
        return {line[:2]: (line[2], line[-1]) for line in lines}

    def test_limits_depend_on_the_vectors(self):
        gradient = ("derivatives-double", "gradient")
        self.assertEqual(self.verdicts(report())[gradient], ("0.80", "met"))
        wide = report(vectors="AVX-512 with BF16")
        self.assertEqual(self.verdicts(wide)[gradient], ("0.55", "met"))
        wide["comparisons"]["derivatives-double"]["rows"][0]["ratio"] = 0.6
        self.assertEqual(self.verdicts(wide)[gradient], ("0.55", "missed"))
        single = ("derivatives-single", "gradient")
        self.assertEqual(self.verdicts(wide)[single], ("0.80", "met"))

    def test_unknown_vectors_matter_only_between_the_limits(self):
        gradient = ("derivatives-double", "gradient")
        unknown = report(vectors=None)
        self.assertEqual(self.verdicts(unknown)[gradient], ("0.55 or 0.80", "met"))
        unknown["comparisons"]["derivatives-double"]["rows"][0]["ratio"] = 0.6
        self.assertEqual(self.verdicts(unknown)[gradient][1], targets.UNKNOWN)

    def test_the_fastest_form_of_jax_decides_a_meta_epoch(self):
        measured = report()
        rows = measured["comparisons"]["meta-epoch-single"]["rows"]
        rows[1]["other"]["median"], rows[1]["ratio"] = 0.0011, 1 / 1.1
        verdicts = self.verdicts(measured)
        self.assertEqual(verdicts["meta-epoch-single", "SG-MRL"], ("0.80", "missed"))
        self.assertEqual(verdicts["meta-epoch-single", "MAML"], ("0.80", "met"))

    def test_single_precision_is_compared_with_the_earlier_build(self):
        name = ("half-cheetah-epoch", "SG-MRL")
        self.assertEqual(self.verdicts(report())[name], ("0.60", "met"))
        without = report(missing=(EARLIER,))
        self.assertEqual(self.verdicts(without)[name], ("0.60", "not measured"))

    def test_what_is_not_measured_is_not_met(self):
        empty = {**report(), "comparisons": {}}
        self.assertEqual({v for _, v in self.verdicts(empty).values()}, {"not measured"})
        self.assertIn("Targets on P:", targets.text(empty))

    def test_every_target_names_a_row(self):
        for target in targets.TARGETS:
            self.assertIsNotNone(targets.decisive_row(target, report()), target)


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
        self.assertEqual(machine.processor(self.facts), "P (family 6, model 207)")
        self.assertEqual(
            machine.kernels(self.facts),
            "OpenBLAS 0.3.21, kernels Cooperlake (instead of Prescott, which OpenBLAS chose)",
        )

    def test_what_is_usual_or_unknown_is_left_out(self):
        usual = {**self.facts, "blas_choice": "chosen by OpenBLAS"}
        self.assertEqual(machine.kernels(usual), "OpenBLAS 0.3.21, kernels Cooperlake")
        unknown = {"processor": "P", "blas": "OpenBLAS 1", "blas_core": "K"}
        self.assertEqual(machine.processor(unknown), "P")
        self.assertEqual(machine.kernels(unknown), "OpenBLAS 1, kernels K")


class ResultsTests(unittest.TestCase):
    def test_files_are_named_after_processors(self):
        for processor, slug in (
            ("AMD EPYC (family 25, model 1)", "amd-epyc-family-25-model-1"),
            ("Intel(R) Xeon(R) Processor (family 6, model 207)",
             "intel-xeon-processor-family-6-model-207"),
        ):  # fmt: skip
            self.assertEqual(results.slug(processor), slug)

    def test_each_processor_has_its_own_file(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "results"
            for processor in ("Q", "P", "Q"):
                measured = report()
                measured["machine"]["processor"] = processor
                results.save(measured, folder)
            stored = results.load_all(folder)
        self.assertEqual([found["machine"]["processor"] for found in stored], ["P", "Q"])
        self.assertEqual(stored[0]["comparisons"], report()["comparisons"])

    def test_stored_files_have_the_name_of_their_processor(self):
        stored = sorted(results.FOLDER.glob("*.json"))
        names = [results.slug(found["machine"]["processor"]) for found in results.load_all()]
        self.assertEqual([path.stem for path in stored], names)


if __name__ == "__main__":
    unittest.main()
