"""Measuring programs in turns, and summarising the measurements.

Each side runs in its own process, compiles and warms up alone, and prints ``ready``.
For every line that it receives, it measures each of its quantities once and answers
with one line of JSON. The sides take turns, so they never run at the same time. The
side that goes first changes from round to round. A side that fails is left out.
"""

import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

PAUSE_BETWEEN_TURNS = 0.05  # seconds, until idle worker threads sleep


class Row(NamedTuple):
    """A row of a table: two sides, and the quantities to add up on each."""

    name: str
    own: tuple
    peer: str
    quantities: tuple
    note: str = ""
    own_side: str = ""  # if it is not the side that rows compare by default


class SideFailure(Exception):
    """A side could not be started, ended early, or gave an unexpected answer."""


class Side:
    """A benchmark process that uses the line protocol.

    A turn takes ``repeats`` measurements and counts their medians.
    """

    def __init__(self, name, command, cores, timeout, repeats=1):
        self.name = name
        self.timeout = timeout
        self.repeats = repeats
        self.failure = None
        self._buffer = b""
        self._errors = tempfile.TemporaryFile()
        self._folder = tempfile.TemporaryDirectory()  # some programs leave logs where they run
        self._process = None
        if shutil.which("taskset"):
            command = ["taskset", "-c", cores, *command]
        else:
            print(f"warning: no taskset here, so {name} may not be pinned", file=sys.stderr)
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=environment,
                cwd=self._folder.name,
            )
            while (line := self._read_line()) != "ready":
                print(f"{name}: {line}", file=sys.stderr)
        except (OSError, SideFailure) as error:
            self._fail(error)

    def measure(self):
        """Take a turn; return the seconds of each quantity, or None after a failure."""
        answers = [self._measure_once() for _ in range(self.repeats)]
        if None in answers:
            return None
        return {
            key: statistics.median(answer[key] for answer in answers if key in answer)
            for key in answers[0]
        }

    def _measure_once(self):
        """Run every quantity once; return their seconds, or None after a failure."""
        if self.failure:
            return None
        try:
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
            line = self._read_line()
            answer = json.loads(line)
            if not isinstance(answer, dict):
                raise SideFailure(f"answered {line!r} instead of a JSON object")
            return {
                key: value
                for key, value in answer.items()
                if isinstance(value, (int, float)) and value > 0
            }
        except json.JSONDecodeError:
            self._fail(SideFailure(f"answered {line!r} instead of JSON"))
        except BrokenPipeError:
            self._fail(SideFailure(self._ending()))
        except (OSError, SideFailure) as error:
            self._fail(error)
        return None

    def close(self):
        """End the process by ending its input."""
        self._errors.close()
        if self._process is not None:
            self._end()
        self._folder.cleanup()

    def _end(self):
        """End the process and wait for it."""
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._process = None

    def _read_line(self):
        """Return the next non-empty line of output."""
        deadline = time.monotonic() + self.timeout
        while True:
            line, separator, rest = self._buffer.partition(b"\n")
            if separator:
                self._buffer = rest
                if text := line.decode(errors="replace").strip():
                    return text
                continue
            remaining = deadline - time.monotonic()
            output = self._process.stdout
            if remaining <= 0 or not select.select([output], [], [], remaining)[0]:
                raise SideFailure(f"gave no answer within {self.timeout:g} seconds")
            chunk = os.read(output.fileno(), 65536)
            if not chunk:
                raise SideFailure(self._ending())
            self._buffer += chunk

    def _ending(self):
        """Describe how the process ended."""
        try:
            return f"ended early with exit status {self._process.wait(timeout=5)}"
        except subprocess.TimeoutExpired:
            return "closed its output early"

    def _fail(self, error):
        """Record and print a failure with the last lines of the error output."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()[-8:]
        self.failure = f"{error}: {lines[-1].strip()}" if lines else str(error)
        print(f"{self.name} failed: {error}", file=sys.stderr)
        for line in lines:
            print(f"    {line}", file=sys.stderr)
        if self._process is not None:
            self._process.kill()
        self.close()


def take_turns(sides, rounds):
    """Measure all sides in turns; return the answers of each round by name of the side."""
    results = []
    for index in range(rounds):
        if all(side.failure for side in sides):
            break
        first = index % len(sides)
        answers = {}
        for side in sides[first:] + sides[:first]:
            if not side.failure:
                answers[side.name] = side.measure()
                time.sleep(PAUSE_BETWEEN_TURNS)
        results.append(answers)
    return results


def total(answer, quantities):
    """Return the sum of some quantities of an answer, or None if any is missing."""
    if not answer or any(quantity not in answer for quantity in quantities):
        return None
    return sum(answer[quantity] for quantity in quantities)


def summary(values):
    """Return the count, median and quartiles of some values, or None if there are none."""
    values = [value for value in values if value is not None]
    if not values:
        return None
    quartiles = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else None
    return {
        "count": len(values),
        "median": statistics.median(values),
        "lowerQuartile": quartiles[0] if quartiles else values[0],
        "upperQuartile": quartiles[2] if quartiles else values[0],
    }


def summarise(rows, results, own_name):
    """Return the summary of each row: the seconds of both sides and their ratio, own to peer."""
    summaries = []
    for row in rows:
        own_side = row.own_side or own_name
        own = [total(answers.get(own_side), row.own) for answers in results]
        peer = [total(answers.get(row.peer), row.quantities) for answers in results]
        ratios = [o / p for o, p in zip(own, peer) if o is not None and p is not None]
        entry = {
            "name": row.name,
            "ownSide": own_side,
            "peer": row.peer,
            "note": row.note,
            "own": summary(own),
            "other": summary(peer),
            "ratio": None,
            "perRound": summary(ratios),
        }
        if entry["own"] and entry["other"]:
            entry["ratio"] = entry["own"]["median"] / entry["other"]["median"]
        summaries.append(entry)
    return summaries
