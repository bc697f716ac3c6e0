"""What can go wrong."""

from __future__ import annotations


class MetaTapeError(Exception):
    """The base of all errors of this package."""


class LoadError(MetaTapeError, ImportError):
    """The library is missing, of another version, or the processor cannot run it."""


class InvalidArgumentError(MetaTapeError, ValueError):
    """A size, value or name that cannot be used."""


class InvalidTypeError(MetaTapeError, TypeError):
    """An argument of the wrong kind, such as text instead of numbers."""


class InvalidHandleError(MetaTapeError):
    """An object that was closed."""


class InvalidStateError(MetaTapeError, RuntimeError):
    """The simulation left the finite numbers, or a reset is missing."""


class ForkedError(MetaTapeError, RuntimeError):
    """Another thread was using the object when the process forked; make a new one."""


class CallbackError(MetaTapeError, RuntimeError):
    """A callback failed; usually its own exception is raised instead."""


class UnsupportedError(MetaTapeError, NotImplementedError):
    """What the environment does not have, such as a picture."""


# METATAPE_INVALID_ARGUMENT and the following
OF_CODE: dict[int, type[MetaTapeError]] = {
    1: InvalidArgumentError,
    2: InvalidHandleError,
    3: InvalidStateError,
    4: ForkedError,
    5: CallbackError,
    6: UnsupportedError,
    7: MetaTapeError,
}
