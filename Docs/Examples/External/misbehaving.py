"""Programs that break the protocol, each in one way: python3 misbehaving.py KIND [SECONDS]

They need the standard library alone. Where one answers, it is MAML of first order, written for one
chain: the whole protocol without any help.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from typing import Any

Message = dict[str, Any]
FOREVER = 3600.0  # nothing stays longer, whatever becomes of the other side


def step(problem: Message, theta: list[float], batch: list[int], size: float) -> list[float]:
    """The parameters plus `size` times the policy gradient of a batch."""
    result = list(theta)
    for row in batch:
        length, rewards = problem["lengths"][row], problem["rewards"][row]
        for h in range(length):
            features = problem["features"][problem["states"][row][h]]
            logits = [sum(x * y for x, y in zip(f, theta, strict=True)) for f in features]
            weights = [math.exp(logit - max(logits)) for logit in logits]
            to_go = sum(problem["discount"] ** k * rewards[k] for k in range(h, length))
            chosen = features[problem["actions"][row][h]]
            for i in range(len(theta)):
                mean = sum(w * f[i] for w, f in zip(weights, features, strict=True)) / sum(weights)
                result[i] += size * to_go * (chosen[i] - mean) / len(batch)
    return result


def adapt(problem: Message, theta: list[float], chain: list[list[int]]) -> list[float]:
    for batch in chain:
        theta = step(problem, theta, batch, problem["stepSize"])
    return theta


def estimate(problem: Message, chain: list[list[int]], outer: list[int]) -> list[float]:
    theta = adapt(problem, problem["parameters"], chain)
    return [x - y for x, y in zip(step(problem, theta, outer, 1.0), theta, strict=True)]


def answer(problem: Message, message: Message) -> Message:
    """The right answer; `problem` keeps what was posed."""
    match message["request"]:
        case "hello":
            return {"protocol": 1, "name": "MAML of first order", "dtype": "float64"}
        case "problem":
            problem.clear()
            problem.update(message)
            return {}
        case "adapt":
            chains = message["chains"]
            starts = message.get("parameters", [problem["parameters"]] * len(chains))
            pairs = zip(starts, chains, strict=True)
            return {"parameters": [adapt(problem, start, chain) for start, chain in pairs]}
        case "estimate":
            pairs = zip(message["chains"], message["outer"], strict=True)
            return {"gradients": [estimate(problem, *pair) for pair in pairs]}
    return {"error": f"unknown request {message['request']}"}


def spoil(kind: str, message: Message, reply: Message) -> str:
    """The line that is written instead of a right answer."""
    request = message["request"]
    result = reply.get("parameters", reply.get("gradients"))
    if kind == "dies" and request != "hello":
        sys.stderr.write("out of memory, or so\n")
        sys.exit(3)
    if kind == "forks" and request != "hello":
        # The child keeps the standard output open after its parent's death.
        subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({FOREVER})"])
        sys.stderr.write("left a child behind\n")
        sys.exit(3)
    if kind == "garbage" and request != "hello":
        return "loss 0.31, accuracy 0.9"
    if kind == "wrong-shape" and result is not None:
        for row in result:
            row.pop()
    if kind == "nan" and request == "estimate":
        result[0][0] = math.nan  # as Python writes it, which is no JSON
    if kind == "swapped-ids" and request != "hello":
        reply["id"] -= 1
    if kind == "old-protocol" and request == "hello":
        reply["protocol"] = 99
    if kind == "no-name" and request == "hello":
        del reply["name"]
    if kind == "no-hello" and request == "hello":
        reply = {"id": reply["id"], "error": "unknown request hello"}
    if kind == "floods-stderr" and request == "hello":
        for _ in range(1 << 11):
            sys.stderr.write(f"{'a line of the log':63}\n" * (1 << 6))  # 8 MiB
    if kind == "floods-stdout" and request != "hello":
        while True:
            sys.stdout.write("0" * (1 << 16))
    return json.dumps(reply)


KINDS = """dies floods-stderr floods-stdout forks garbage ignores-sigterm nan no-hello no-name
old-protocol silent slow-start swapped-ids wrong-shape""".split()


def main(kind: str, seconds: float) -> None:
    if kind == "ignores-sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if kind in ("ignores-sigterm", "silent"):
        time.sleep(FOREVER)
    if kind == "slow-start":
        time.sleep(seconds)
    problem: Message = {}
    for line in sys.stdin:
        message = json.loads(line)
        reply = {"id": message["id"]} | answer(problem, message)
        print(spoil(kind, message, reply), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in KINDS:
        sys.exit("usage: misbehaving.py KIND [SECONDS], one of\n  " + "\n  ".join(KINDS))
    try:
        main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 10.0)
    except BrokenPipeError:
        os._exit(1)  # the other side has had enough
