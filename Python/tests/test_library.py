"""Loading the library, and the agreement of its signatures with the header."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import REPOSITORY, SOURCES, needs_library

from metatape import LoadError, MetaTapeError, errors
from metatape._arrays import numbers, output
from metatape._library import (
    KERNELS,
    SIGNATURES,
    Library,
    blas_kernels,
    c_char_p,
    c_int32,
    c_int64,
    c_uint64,
    encode,
    library,
    load,
    missing_instructions,
)

HEADER = REPOSITORY / "Sources" / "CMetaTape" / "include" / "metatape.h"
WIDE = "avx512f avx512bw avx512dq avx512vl avx512cd"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("processor : 0\nflags\t\t: fpu avx avx2 fma bmi2\n", []),
        ("flags : fpu sse2 avx\n", ["avx2", "fma", "bmi2"]),
        ("flags : fma avx2x bmi2\n", ["avx2"]),
        ("flags :\n", []),
        ("Features : fp asimd\n", []),
        ("", []),
    ],
)
def test_processor(text, missing):
    assert missing_instructions(text) == missing


@pytest.mark.parametrize(
    ("text", "kernels"),
    [
        ("vendor_id : GenuineIntel\nflags : avx2 fma bmi2\n", "Haswell"),
        ("vendor_id : GenuineIntel\nflags : avx2 fma bmi2 avx512f\n", "Haswell"),
        (f"vendor_id : GenuineIntel\nflags : avx2 fma bmi2 {WIDE}\n", "SkylakeX"),
        (f"vendor_id : AuthenticAMD\nflags : avx2 fma {WIDE}\n", None),
        ("vendor_id : GenuineIntel\nflags : sse2\n", None),
        ("", None),
    ],
)
def test_kernels(text, kernels):
    assert blas_kernels(text) == kernels


@pytest.mark.parametrize("before", [None, "", "Nehalem"])
def test_the_environment_is_left_as_it_was(monkeypatch, before):
    seen = []
    monkeypatch.setattr("ctypes.CDLL", lambda _: seen.append(os.environ.get(KERNELS)))
    if before is None:
        monkeypatch.delenv(KERNELS, raising=False)
    else:
        monkeypatch.setenv(KERNELS, before)
    load(Path("x"), "Haswell")
    assert seen == [before or "Haswell"] and os.environ.get(KERNELS) == before


def test_missing_instructions_are_told(monkeypatch):
    monkeypatch.setattr("metatape._library.missing_instructions", lambda _: ["avx2", "fma"])
    monkeypatch.setattr("metatape._library.cpu_information", lambda: "flags : sse2")
    with pytest.raises(LoadError, match="no AVX2 and FMA"):
        Library(Path("/nowhere/libmetatape.so"))


def test_missing_library():
    with pytest.raises(LoadError, match="METATAPE_LIBRARY"):
        Library(Path("/nowhere/libmetatape.so"))
    assert issubclass(LoadError, ImportError)


def test_import_needs_no_library():
    code = "import metatape; metatape.Model('swimmer')"
    environment = {"METATAPE_LIBRARY": "/nowhere/libmetatape.so", "PYTHONPATH": str(SOURCES)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert b"LoadError" in run.stderr and b"/nowhere/libmetatape.so" in run.stderr


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_other_interface(tmp_path):
    (tmp_path / "fake.c").write_text("int metatape_interface(void) { return 99; }")
    fake = tmp_path / "libmetatape.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", fake, tmp_path / "fake.c"], check=True)
    with pytest.raises(LoadError, match=r"interface 99, this package needs 1"):
        Library(fake)


def declared() -> dict[str, list[str]]:
    """The argument types of the header's functions that return a code."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    text = re.sub(r"typedef struct \{.*?\}", "", text, flags=re.S)
    found = {}
    for name, arguments in re.findall(r"int32_t metatape_(\w+)\(([^)]*)\);", text):
        types = [re.sub(r"\w+$", "", argument.strip()).strip() for argument in arguments.split(",")]
        found[name] = [] if arguments.strip() == "void" else types
    return found


@pytest.mark.skipif(not HEADER.exists(), reason="the header is not here")
def test_signatures_are_those_of_the_header():
    scalars = {"int32_t": c_int32, "int64_t": c_int64, "uint64_t": c_uint64}
    functions = declared()
    assert set(functions) - {"interface", "processor"} == set(SIGNATURES)
    for name, arguments in SIGNATURES.items():
        assert len(arguments) == len(functions[name]), name
        for passed, text in zip(arguments, functions[name], strict=True):
            if text == "const char *":
                assert passed is c_char_p, name
            elif text.endswith("*"):
                assert passed not in (*scalars.values(), c_char_p), name
            else:
                assert passed is scalars[text], name


@pytest.mark.skipif(not HEADER.exists(), reason="the header is not here")
def test_every_code_has_an_exception():
    codes = dict(re.findall(r"METATAPE_(\w+) = (\d)", HEADER.read_text()))
    assert {int(code) for code in codes.values()} - {0} == set(errors.OF_CODE)
    assert errors.OF_CODE[int(codes["FORKED"])] is errors.ForkedError
    assert errors.OF_CODE[int(codes["CALLBACK"])] is errors.CallbackError
    assert errors.OF_CODE[int(codes["INVALID_STATE"])] is errors.InvalidStateError


def test_numbers():
    assert numbers([1, 2], "x", 2).dtype == np.float64
    assert numbers(np.ones((4, 6), np.float32)[::2, ::3], "x", 2, None).flags.c_contiguous
    given = np.ones((2, 3))
    assert numbers(given, "x", None, 3) is given
    for bad, kind in [
        (np.ones(3), ValueError),
        (np.ones((3, 2)), ValueError),
        ([[1, 2], [3]], TypeError),
        (np.ones((2, 3)) * 1j, TypeError),
        (np.full((2, 3), "a"), TypeError),
        (None, TypeError),
        (object(), TypeError),
    ]:
        with pytest.raises(kind) as caught:
            numbers(bad, "x", 2, 3)
        assert isinstance(caught.value, MetaTapeError) and str(caught.value).startswith("x")


def test_outputs_are_not_copied():
    array = np.zeros((2, 3))
    assert output(array, "x", (2, 3)) is array
    locked = np.zeros((2, 3))
    locked.flags.writeable = False
    wrong = [np.zeros((3, 2)).T, np.zeros((3, 2)), np.zeros((2, 3), np.float32), [[0.0] * 3] * 2]
    for bad in (*wrong, locked):
        with pytest.raises((TypeError, ValueError)):
            output(bad, "x", (2, 3))


def test_requests():
    assert encode({"a": np.float64(1.5), "b": np.arange(2)}) == b'{"a": 1.5, "b": [0, 1]}'
    with pytest.raises(ValueError, match="not finite"):
        encode({"a": float("nan")})
    with pytest.raises(TypeError, match="object"):
        encode({"a": object()})


@needs_library
def test_build_and_catalog():
    import metatape

    assert metatape.build()["version"] == metatape.__version__
    found = metatape.catalog()
    assert {"tasks", "policies", "estimators", "presets", "models"} <= set(found)


@needs_library
def test_errors_belong_to_their_thread():
    from concurrent.futures import ThreadPoolExecutor

    def fail(number: int) -> str:
        with pytest.raises(MetaTapeError) as caught:
            library().call("batch_free", 10**12 + number)
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        messages = list(pool.map(fail, range(200)))
    assert all(str(10**12 + number) in message for number, message in enumerate(messages))
