"""Processes that fork: what can go on does, what cannot is an error; nothing hangs or crashes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import pytest
from conftest import SOURCES, needs_library

pytest.importorskip("gymnasium")

from metatape._library import library_path

pytestmark = [
    needs_library,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"),
]

# what a process does with everything of the package; errors must be the package's own
WORK = """
import faulthandler, multiprocessing, os, signal, sys, threading, time, warnings
import numpy as np
import metatape
warnings.simplefilter("ignore")
faulthandler.register(signal.SIGUSR1)

class Random(metatape.Estimator):
    name = "zeros"
    def adapt(self, problem, chains, parameters):
        return parameters
    def estimate(self, problem, chains, outer):
        return np.zeros((len(chains), len(problem.parameters)))

def environments():
    envs = metatape.VectorEnvironment("half-cheetah-direction", 4, task=[1])
    envs.reset(seed=1)
    for _ in range(5): envs.step(np.zeros((4, 6)))
    return envs

def rollout(threads=2):
    model = metatape.Model("half-cheetah")
    return metatape.rollout(model, np.zeros((8, 18)), np.zeros((8, 20, 6)), threads=threads)

def policy():
    p = metatape.Policy("gaussian-network", 17, 6)
    theta = p.initialize()
    return p.gradient(theta, np.ones((500, 17)), np.ones((500, 6)), np.ones(500))

def certify():
    return metatape.certify(Random(), {"seed": 1, "batch": 1})

def evaluate():
    parameters = metatape.Policy("gaussian-network", 2, 2, hidden_sizes=[64, 64]).initialize()
    return metatape.certificates.library().document("evaluate", metatape.certificates.encode(
        {"preset": "navigation-2d.quickstart", "set": {"test.tasks": 2}, "threads": 2}), parameters)

def presets():
    return metatape.certify_presets({"seed": 1, "batch": 1}, ["maml", "sg-mrl"], threads=2)

PARTS = [environments, rollout, policy, certify, evaluate, presets]

def everything():
    for part in PARTS:
        try:
            part()
            print(part.__name__, "done", flush=True)
        except metatape.MetaTapeError as error:
            print(part.__name__, type(error).__name__, error, flush=True)

def in_child(function, *arguments):
    child = multiprocessing.get_context("fork").Process(target=function, args=arguments)
    child.start()
    child.join(60)
    if child.is_alive():
        os.kill(child.pid, signal.SIGUSR1)  # says where
        time.sleep(1)
        child.kill()
        fail("the child hangs")
    if child.exitcode: fail(f"the child ended with {child.exitcode}")

def fail(message):
    print(message, file=sys.stderr, flush=True)
    os._exit(1)  # other threads may go on
"""

CASES = {
    "after import": "in_child(everything)",
    "after everything": "everything(); in_child(everything); everything()",
    "twice": "everything()\ndef again(): in_child(everything)\nin_child(again)",
    "objects of the parent": """
envs, model, p = environments(), metatape.Model("swimmer"), metatape.Policy("softmax", 3, {"n": 2})
def use():
    for call in (lambda: envs.step(np.zeros((4, 6))), lambda: envs.reset(seed=3),
                 lambda: metatape.rollout(model, np.zeros(10), np.zeros((3, 2)), threads=2),
                 lambda: p.initialize(), lambda: envs.close(), lambda: model.close()):
        try: call()
        except metatape.MetaTapeError as error: print(type(error).__name__, error)
in_child(use)
envs.step(np.zeros((4, 6)))
metatape.rollout(model, np.zeros(10), np.zeros((3, 2)))
p.initialize()
""",
    "while other threads work": """
stop = threading.Event()
shared = environments()
def busy(index):
    model = metatape.Model("half-cheetah")
    while not stop.is_set():
        if index % 3 == 0:
            metatape.rollout(model, np.zeros((8, 18)), np.zeros((8, 50, 6)), threads=2)
        elif index % 3 == 1: policy()
        else: shared.step(np.zeros((4, 6)))
threads = [threading.Thread(target=busy, args=(index,)) for index in range(3)]
for thread in threads: thread.start()
def use():
    everything()
    try: shared.step(np.zeros((4, 6)))
    except metatape.MetaTapeError as error: print(type(error).__name__, error)
for _ in range(8):
    time.sleep(0.02)
    in_child(use)
stop.set()
for thread in threads: thread.join()
""",
    "in the middle of first uses": """
metatape.build()
def first_uses(delay):
    for part in (rollout, policy, environments, certify):
        threading.Thread(target=part, daemon=True).start()
    time.sleep(delay)
    in_child(everything)
# each child has used nothing yet
for index in range(20): in_child(first_uses, 0.0004 * index)
""",
    "beside a long call": """
def evaluate_long():
    parameters = metatape.Policy("gaussian-network", 2, 2, hidden_sizes=[64, 64]).initialize()
    document = {"preset": "navigation-2d.quickstart", "set": {"test.tasks": 150}, "threads": 2}
    metatape.certificates.library().document(
        "evaluate", metatape.certificates.encode(document), parameters)
    over.set()
everything()
over = threading.Event()
threading.Thread(target=evaluate_long).start()
time.sleep(0.3)
in_child(environments)
assert not over.is_set(), "the call was not long"
""",
    "while another thread loads": """
thread = threading.Thread(target=metatape.build)
thread.start()
in_child(everything)
thread.join()
everything()
""",
    "while another thread holds an environment": """
envs = environments()
held, done = threading.Event(), threading.Event()
def hold():
    with envs._batch.lock:
        held.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
in_child(lambda: envs.step(np.zeros((4, 6))))
done.set()
thread.join()
envs.step(np.zeros((4, 6)))
""",
    "in a callback": """
class Forking(Random):
    forked = False
    def estimate(self, problem, chains, outer):
        if not self.forked:
            self.forked = True
            in_child(everything)
        return super().estimate(problem, chains, outer)
metatape.certify(Forking(), {"seed": 1, "batch": 1})
everything()
""",
    "a pool": """
everything()
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(sum(pool.map(lambda_free, range(4))))
""",
}


@pytest.mark.parametrize("case", CASES)
def test_fork(case):
    code = WORK + "def lambda_free(_): return float(rollout().sum())\n" + CASES[case]
    environment = dict(os.environ, METATAPE_LIBRARY=str(library_path()))
    environment["PYTHONPATH"] = os.pathsep.join([str(SOURCES), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=240)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # children of children, too
    assert process.returncode == 0, output + errors
    assert "Traceback" not in errors, errors
    print(output)
