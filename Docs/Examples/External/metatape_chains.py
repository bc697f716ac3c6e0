"""Answer `metatape certify --external … --monte-carlo`: sampled batches of any policy. Needs NumPy alone.

    import metatape_chains as chains

    class Mine(chains.ChainEstimator):
        def pose(self, parameters, settings): ...                 # {"weight0": [in, out], …}, {"policy.activation": "tanh", …}
        def log_probabilities(self, parameters, batch): ...       # [N]
        def step(self, parameters, batch): ...                    # the parameters after an inner step
        def gradient(self, inner, outer): ...                     # the meta-gradient at the posed parameters

    chains.serve(Mine())

Parameters are arrays by name. A batch has `observations [N, o]`, `actions [N, a]`, `rewards [N]` and
`offsets [episodes + 1]`, the first row of each episode.
"""

import json
import os
import sys
import traceback
from types import SimpleNamespace

import numpy as np


class ChainEstimator:
    """What is tested by sampling."""

    name = "estimator"
    dtype = "float64"  # or "float32"
    unbiased = False  # whether it claims to be unbiased

    def pose(self, parameters, settings):
        """The policy's parameters, and MetaTape's settings by key."""
        raise NotImplementedError

    def log_probabilities(self, parameters, batch):
        raise NotImplementedError

    def step(self, parameters, batch):
        raise NotImplementedError

    def gradient(self, inner, outer):
        raise NotImplementedError


def decode(frame):
    """The arrays of a safetensors frame, and its metadata."""
    size = int.from_bytes(frame[:8], "little")
    header = json.loads(frame[8 : 8 + size])
    metadata, numbers = header.pop("__metadata__", {}), memoryview(frame)[8 + size :]
    arrays = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(numbers[first:end], "<f8").reshape(entry["shape"])
    return arrays, metadata


def encode(arrays):
    """A safetensors frame of arrays by name."""
    header, parts, place = {}, [], 0
    for name, array in arrays.items():
        part = np.ascontiguousarray(array, "<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(np.shape(array)), "data_offsets": [place, place + len(part)]}
        parts.append(part)
        place += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def part(arrays, prefix):
    """The arrays whose names start with a prefix, without it."""
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}


def batch_of(arrays):
    batch = SimpleNamespace(**arrays)
    batch.offsets = batch.offsets.astype(int)
    return batch


def answer(estimator, request, arrays, metadata):
    """The arrays of a reply."""
    if request == "policy":
        estimator.pose(arrays, metadata)
        return {}
    if request == "gradient":
        count = len({name.split(".")[1] for name in arrays if name.startswith("inner.")})
        inner = [batch_of(part(arrays, f"inner.{t}.")) for t in range(count)]
        return estimator.gradient(inner, batch_of(part(arrays, "outer.")))
    parameters, batch = part(arrays, "parameters."), batch_of(part(arrays, "batch."))
    if request == "step":
        return estimator.step(parameters, batch)
    if request == "log-probabilities":
        return {"logProbabilities": estimator.log_probabilities(parameters, batch)}
    raise ValueError(f"unknown request {request!r}")


def serve(estimator):
    """Answers requests until the input ends."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print
    sys.stdout = sys.stderr
    while line := requests.readline():
        message = json.loads(line)
        frame = requests.read(message.get("frame", 0))
        reply = {"id": message["id"]}
        result = b""
        try:
            if message["request"] == "hello":
                reply |= {"protocol": 1, "name": estimator.name, "dtype": estimator.dtype, "unbiased": estimator.unbiased}
            else:
                arrays = answer(estimator, message["request"], *decode(frame))
                result = encode({name: np.asarray(array, float) for name, array in arrays.items()}) if arrays else b""
                reply["frame"] = len(result)
        except Exception as error:  # the other side says what it was
            traceback.print_exc()
            reply = {"id": message["id"], "error": f"{type(error).__name__}: {error}"}
            result = b""
        replies.write(json.dumps(reply).encode() + b"\n" + result)
        replies.flush()
