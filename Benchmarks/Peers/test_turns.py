"""Tests of taking turns and of evaluating the answers."""

import contextlib
import io
import sys
import unittest

import machine
from turns import Row, Side, summarise, summary, take_turns

PEER = """
import sys
print("ready", flush=True)
for index, _ in enumerate(sys.stdin):
    print('{"work": %d, "note": "not a time"}' % (index + 1), flush=True)
"""


def side(program, repeats=1):
    """Start a Python program as a side."""
    command = [sys.executable, "-c", program]
    return Side("peer", command, machine.first_core(), timeout=30, repeats=repeats)


class FakeSide:
    """A side that records its turns and may fail at the first one."""

    def __init__(self, name, log, failing=False):
        self.name, self.log, self.failing, self.failure = name, log, failing, None

    def measure(self):
        self.log.append(self.name)
        if self.failing:
            self.failure = "broke"
        return None if self.failing else {"work": 1.0}


class SummaryTests(unittest.TestCase):
    def test_quartiles(self):
        expected = {"count": 5, "median": 3, "lowerQuartile": 2, "upperQuartile": 4}
        self.assertEqual(summary([5, 1, None, 4, 2, 3]), expected)
        self.assertEqual(summary([7])["upperQuartile"], 7)
        self.assertIsNone(summary([None]))

    def test_ratio_is_that_of_the_medians(self):
        row = Row("both", ("a", "b"), "peer", ("c",))
        answers = [{"own": {"a": 1, "b": k}, "peer": {"c": 2 * k}} for k in (1, 2, 3)]
        result = summarise([row], answers, "own")[0]
        self.assertEqual(result["own"]["median"], 3)
        self.assertEqual(result["ratio"], 3 / 4)
        self.assertEqual(result["perRound"]["median"], 3 / 4)

    def test_a_missing_quantity_is_no_number(self):
        row = Row("both", ("a",), "peer", ("c", "d"))
        result = summarise([row], [{"own": {"a": 1}, "peer": {"c": 2}}], "own")[0]
        self.assertIsNone(result["other"])
        self.assertIsNone(result["ratio"])


class TurnTests(unittest.TestCase):
    def test_another_side_goes_first_each_round(self):
        log = []
        take_turns([FakeSide(name, log) for name in "abc"], 3)
        self.assertEqual("".join(log), "abcbcacab")

    def test_the_others_go_on_without_a_side_that_failed(self):
        log = []
        results = take_turns([FakeSide("a", log), FakeSide("b", log, failing=True)], 3)
        self.assertEqual("".join(log), "abaa")
        self.assertEqual(results[1], {"a": {"work": 1.0}})

    def test_a_turn_is_the_median_of_its_measurements(self):
        peer = side(PEER, repeats=3)
        self.assertEqual([peer.measure(), peer.measure()], [{"work": 2}, {"work": 5}])
        peer.close()
        self.assertIsNone(peer.failure)

    def test_failures_say_what_happened(self):
        with contextlib.redirect_stderr(io.StringIO()):
            missing = side("import no_such_module")
            odd = side("print('ready'); input(); print('[]')")
            self.assertIsNone(missing.measure())
            self.assertIsNone(odd.measure())
        self.assertRegex(missing.failure, "exit status 1: .* No module named 'no_such_module'")
        self.assertIn("instead of a JSON object", odd.failure)


if __name__ == "__main__":
    unittest.main()
