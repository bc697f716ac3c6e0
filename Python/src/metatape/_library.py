"""The shared library: finding it, loading it once, and its functions.

It is loaded at the first call that needs it, so `import metatape` works everywhere.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import threading
import weakref
from ctypes import c_char_p, c_int32, c_int64, c_uint64, c_void_p
from pathlib import Path
from typing import Any

import numpy as np

from .errors import OF_CODE, InvalidTypeError, LoadError, MetaTapeError

INTERFACE = 1
INSTRUCTIONS = ("avx2", "fma", "bmi2")
KERNELS = "OPENBLAS_CORETYPE"

ARRAY = (c_void_p, c_int64)  # numbers, and how many

ADAPT = ctypes.CFUNCTYPE(c_int32, c_void_p, c_int64, c_int64, c_void_p, c_void_p, c_void_p)
ESTIMATE = ctypes.CFUNCTYPE(c_int32, c_void_p, c_int64, c_void_p, c_void_p, c_void_p)
POSE = ctypes.CFUNCTYPE(c_int32, c_void_p, c_char_p)


class EstimatorCallbacks(ctypes.Structure):
    """`metatape_estimator`"""

    _fields_ = [("pose", POSE), ("adapt", ADAPT), ("estimate", ESTIMATE), ("context", c_void_p)]


# the arguments of every function that returns a code
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "build": (c_void_p,),
    "catalog": (c_void_p,),
    "batch_create": (c_char_p, c_void_p),
    "batch_describe": (c_uint64, c_void_p),
    "batch_sample_task": (c_uint64, c_uint64, c_uint64, *ARRAY),
    "batch_set_task": (c_uint64, *ARRAY),
    "batch_task": (c_uint64, *ARRAY),
    "batch_reset": (c_uint64, *ARRAY, *ARRAY, *ARRAY, *ARRAY),
    "batch_step": (c_uint64, *ARRAY * 8),
    "batch_bind": (c_uint64, *ARRAY * 8),
    "batch_advance": (c_uint64,),
    "batch_states": (c_uint64, *ARRAY),
    "batch_set_states": (c_uint64, *ARRAY, *ARRAY, *ARRAY),
    "batch_picture": (c_uint64, c_int64, c_void_p),
    "batch_free": (c_uint64,),
    "model_named": (c_char_p, c_void_p),
    "model_load": (c_char_p, c_int64, c_void_p),
    "model_describe": (c_uint64, c_void_p),
    "model_rollout": (c_uint64, *[c_int64] * 3, c_int32, c_int64, *ARRAY * 3),
    "model_free": (c_uint64,),
    "policy_create": (c_char_p, c_void_p),
    "policy_describe": (c_uint64, c_void_p),
    "policy_initialize": (c_uint64, c_uint64, *ARRAY),
    "policy_sample": (c_uint64, c_uint64, *ARRAY * 3),
    "policy_log_probabilities": (c_uint64, *ARRAY * 4),
    "policy_gradient": (c_uint64, *ARRAY * 5),
    "policy_hessian_vector_product": (c_uint64, *ARRAY * 6),
    "policy_free": (c_uint64,),
    "certify_estimator": (c_char_p, ctypes.POINTER(EstimatorCallbacks), c_void_p),
    "certify": (c_char_p, c_void_p),
    "study": (c_char_p, c_void_p),
    "evaluate": (c_char_p, *ARRAY, c_void_p),
}


def processor(cpuinfo: str) -> tuple[str, set[str]]:
    """The maker and the instructions of a processor, from /proc/cpuinfo."""
    facts: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    return facts.get("vendor_id", ""), set(facts.get("flags", "").split())


def missing_instructions(cpuinfo: str) -> list[str]:
    """The instructions that MetaTape needs and the processor lacks."""
    _, flags = processor(cpuinfo)
    # a text without flags says nothing about them
    return [name for name in INSTRUCTIONS if flags and name not in flags]


def blas_kernels(cpuinfo: str) -> str | None:
    """The kernels that OpenBLAS should use; None leaves the choice to it.

    Older versions of OpenBLAS take newer processors of Intel for a Prescott of 2004.
    """
    maker, flags = processor(cpuinfo)
    if maker != "GenuineIntel" or missing_instructions(cpuinfo) or not flags:
        return None
    has_wide = {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd"} <= flags
    return "SkylakeX" if has_wide else "Haswell"


def cpu_information() -> str:
    """The text of /proc/cpuinfo on x86-64; empty elsewhere."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return ""
    try:
        return Path("/proc/cpuinfo").read_text()
    except OSError:
        return ""


def require_processor(cpuinfo: str) -> None:
    """Raises `LoadError` if the processor cannot run the library."""
    missing = missing_instructions(cpuinfo)
    if missing:
        names = " and ".join(name.upper() for name in missing)
        raise LoadError(
            "MetaTape needs a processor with AVX2, FMA and BMI2 (Intel since 2013, AMD since "
            f"2015); this one has no {names}."
        )


def load(path: Path, kernels: str | None) -> ctypes.CDLL:
    """Loads the library; OpenBLAS, which comes with it, chooses its kernels then.

    The variable of the environment is the user's again afterwards.
    """
    chosen = os.environ.get(KERNELS)
    if kernels is None or chosen:
        return ctypes.CDLL(str(path))
    os.environ[KERNELS] = kernels
    try:
        return ctypes.CDLL(str(path))
    finally:
        if chosen is None:
            del os.environ[KERNELS]
        else:
            os.environ[KERNELS] = chosen


def library_path() -> Path:
    """Where the library should be: METATAPE_LIBRARY, or beside this file."""
    chosen = os.environ.get("METATAPE_LIBRARY")
    return Path(chosen) if chosen else Path(__file__).with_name("libmetatape.so")


class Library:
    """The functions of the loaded library. Errors are raised as exceptions."""

    def __init__(self, path: Path) -> None:
        cpuinfo = cpu_information()
        require_processor(cpuinfo)
        try:
            self.functions = load(path, blas_kernels(cpuinfo))
        except OSError as error:
            advice = "Install the wheel again" if not path.exists() else "See the message"
            raise LoadError(
                f"The library {path} cannot be loaded: {error}. {advice}, or set METATAPE_LIBRARY."
            ) from error
        self.functions.metatape_interface.restype = c_int32
        found = self.functions.metatape_interface()
        if found != INTERFACE:
            raise LoadError(
                f"{path} has interface {found}, this package needs {INTERFACE}: "
                "install a package and a library of the same version."
            )
        self.functions.metatape_error.restype = c_char_p
        self.functions.metatape_free.argtypes = (c_void_p,)
        self.functions.metatape_free.restype = None
        for name, arguments in SIGNATURES.items():
            function = getattr(self.functions, f"metatape_{name}")
            function.argtypes, function.restype = arguments, c_int32

    def call(self, name: str, *arguments: Any) -> None:
        """Calls a function; arrays take two places, their numbers and their size."""
        passed: list[Any] = []
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                passed += (argument.ctypes.data, argument.size)
            elif argument is None:  # no array
                passed += (None, 0)
            else:
                passed.append(argument)
        code = getattr(self.functions, f"metatape_{name}")(*passed)
        if code:
            self.fail(code)

    def fail(self, code: int) -> None:
        """Raises what a code stands for."""
        message: bytes = self.functions.metatape_error() or b""
        text = message.decode("utf-8", "replace") or f"The library failed with code {code}."
        raise OF_CODE.get(code, MetaTapeError)(text)

    def create(self, name: str, *arguments: Any) -> c_uint64:
        """Calls a function that makes a handle, its last argument."""
        handle = c_uint64()
        self.call(name, *arguments, ctypes.byref(handle))
        return handle

    def document(self, name: str, *arguments: Any) -> Any:
        """Calls a function that returns JSON, its last argument."""
        text = c_void_p()
        self.call(name, *arguments, ctypes.byref(text))
        try:
            return json.loads(ctypes.string_at(text.value or 0) if text.value else b"null")
        finally:
            self.functions.metatape_free(text)

    def warm_up(self) -> None:
        """First uses of what the library sets up lazily, which a fork must not cut in two."""
        self.document("build")
        self.document("catalog")
        self.call("model_free", self.create("model_named", b"swimmer"))
        self.call(
            "batch_free", self.create("batch_create", encode({"name": "tabular", "count": 1}))
        )


_loaded: Library | None = None

# a fork waits for it, so that no other thread holds it in the child
lock = threading.RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )


def library() -> Library:
    """The library, loaded at the first call.

    Raises: `LoadError` if it cannot be loaded here.
    """
    global _loaded
    if _loaded is None:
        with lock:
            if _loaded is None:
                loaded = Library(library_path())
                loaded.warm_up()
                _loaded = loaded
    return _loaded


class Uncopied:
    """What stands for something of this process."""

    def __reduce__(self) -> Any:
        """Refuses copies and pickles, which would free the same thing twice."""
        name = type(self).__name__
        article = "An" if name[0] in "AEIOU" else "A"
        raise InvalidTypeError(f"{article} {name} cannot be copied or pickled: make a new one.")


class Owner(Uncopied):
    """What owns a handle of the library."""

    def _own(self, kind: str, handle: c_uint64) -> None:
        """Takes over a handle, which is freed when this object is gone or closed."""
        self._library = library()
        self._handle = handle
        free = getattr(self._library.functions, f"metatape_{kind}_free")
        self._free = weakref.finalize(self, free, handle)

    def close(self) -> None:
        """Frees it; a later call is an error."""
        self._free()


def encode(value: Any) -> bytes:
    """A request as JSON; NumPy's numbers and arrays are allowed."""
    try:
        return json.dumps(value, default=_plain, allow_nan=False).encode()
    except ValueError as error:
        raise OF_CODE[1](f"A number is not finite, or a value contains itself: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise InvalidTypeError(f"{value!r} is not a number, text, list or dictionary.")
