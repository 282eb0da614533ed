# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into the C library: errors, views of its memory, and who watches long calls."""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from ._cisup import ffi, lib

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


class CisupError(Exception):
    """What the library refuses or cannot do: one sentence with the values it is about.

    ``where`` is the place in the library, "function:line".
    """

    where: str = ""


class InvalidArgument(CisupError, ValueError):
    """An argument is out of its range, or two things do not fit each other."""


class Infeasible(CisupError, ValueError):
    """There is no answer, for example more circuits than fit."""


class BadFormat(CisupError, ValueError):
    """A file or an array does not hold what it should; names file, line and value."""


class SystemFailure(CisupError, OSError):
    """The operating system refuses to read or write."""


class OutOfMemory(CisupError, MemoryError):
    """Memory is exhausted, or would be: sizes are checked first."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a long call; ``partial`` is what was done by then, or None."""

    def __init__(self, partial: Any = None) -> None:
        super().__init__("interrupted")
        self.partial = partial


class Stopped(CisupError):
    """A call was asked to end. Callers see :class:`Interrupted`."""


_CLASSES: dict[int, type[CisupError]] = {
    lib.CISUP_EINVAL: InvalidArgument,
    lib.CISUP_ESHAPE: InvalidArgument,
    lib.CISUP_EINFEASIBLE: Infeasible,
    lib.CISUP_EINVARIANT: CisupError,
    lib.CISUP_EFORMAT: BadFormat,
    lib.CISUP_EIO: SystemFailure,
    lib.CISUP_ENOMEM: OutOfMemory,
    lib.CISUP_ESTOPPED: Stopped,
}


def text(chars: Any) -> str:
    return str(ffi.string(chars).decode("utf-8", "replace"))


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Calls a function that returns a status and takes an error last; raises what it says."""
    error = ffi.new("cisup_error *")
    status = function(*arguments, error)
    if status != lib.CISUP_OK:
        raised = _CLASSES.get(status, CisupError)(text(error.text))
        raised.where = f"{text(error.function)}:{error.line}" if error.function else ""
        raise raised


def owned(kind: str, free: Callable[[Any], None], borrowed: Any = None) -> Any:
    """A zeroed struct that ``free`` is called for when nothing refers to it any more; what it has
    ``borrowed`` lives until after that."""
    return ffi.gc(ffi.new(kind + " *"), lambda struct, borrowed=borrowed: free(struct))


def find(function: Callable[[bytes], int], word: str, what: str) -> int:
    """The number of a name, by a cisup_..._find function."""
    number = function(word.encode())
    if number < 0:
        raise InvalidArgument(f"{what} {word!r}: unknown")
    return number


def choose(words: dict[str, int], word: str, what: str) -> int:
    if word not in words:
        raise InvalidArgument(f"{what} {word!r}: one of {', '.join(words)}")
    return words[word]


_TYPES = {"int32_t": np.int32, "int64_t": np.int64, "double": np.float64, "unsigned char": np.uint8}


def view(pointer: Any, shape: tuple[int, ...], owner: Any) -> Array:
    """The library's memory as a read-only array, which keeps ``owner`` alive."""
    item = _TYPES[ffi.typeof(pointer).item.cname.replace("cisup_index", "int64_t")]
    count = int(np.prod(shape, dtype=np.int64))
    if count == 0 or pointer == ffi.NULL:
        return np.zeros(shape, item)
    held = ffi.gc(pointer, lambda _, owner=owner: None)
    array = np.frombuffer(ffi.buffer(held, count * np.dtype(item).itemsize), item).reshape(shape)
    array.flags.writeable = False
    return array


def fill(pointer: Any, values: npt.ArrayLike) -> None:
    """Copies values into the library's memory."""
    item = _TYPES[ffi.typeof(pointer).item.cname.replace("cisup_index", "int64_t")]
    source = np.ascontiguousarray(values, item)
    ffi.memmove(pointer, ffi.from_buffer(source), source.nbytes)


def indices(values: npt.ArrayLike, what: str = "an index") -> Indices:
    """Whole numbers as a contiguous array; floats are refused rather than cut off."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise InvalidArgument(f"{what}: whole numbers are wanted, not {array.dtype}")
    return np.ascontiguousarray(array, np.int64)


def floats(values: npt.ArrayLike) -> Floats:
    return np.ascontiguousarray(values, np.float64)


def pointer(array: Array, kind: str) -> Any:
    """The array's memory, which must outlive the call."""
    return ffi.cast(kind + " *", ffi.from_buffer(array))


class Watch:
    """Shows progress (tqdm, if it is there) and lets Ctrl-C end a call of the library.

    Python raises KeyboardInterrupt at the first bytecode of the callback, before any ``try`` in
    it: cffi hands it to ``failed``, which keeps it.
    """

    def __init__(self, progress: bool, what: str) -> None:
        self.raised: BaseException | None = None
        self.handle = ffi.new_handle(self)
        self.watcher = ffi.new("cisup_watcher *", {"ask": lib.cisup_py_ask, "context": self.handle})
        self._bar: Any = None
        self._progress, self._what = progress, what

    def step(self, done: float, of: float) -> int:
        if self._progress and self._bar is None:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                self._progress = False
            else:
                self._bar = tqdm(total=of if of > 0 else None, desc=self._what, leave=False)
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
        return 1 if self.raised else 0

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Stack(threading.local):
    def __init__(self) -> None:
        self.watches: list[Watch] = []


_stack = _Stack()  # the library asks in the thread that called it


def _failed(kind: Any, error: BaseException, traceback: Any) -> int:
    watch = _stack.watches[-1]
    watch.raised = watch.raised or error
    return 1


@ffi.def_extern(error=1, onerror=_failed)  # type: ignore[misc]
def cisup_py_ask(context: Any, done: float, of: float) -> int:
    watch: Watch = ffi.from_handle(context)
    return watch.step(done, of)


@contextmanager
def watched(progress: bool, what: str) -> Iterator[Any]:
    """A cisup_watcher for one long call; an interrupt that came in it is raised after it."""
    watch = Watch(progress, what)
    _stack.watches.append(watch)
    try:
        yield watch.watcher
    except Stopped:
        if watch.raised is None:
            raise
    except KeyboardInterrupt as error:
        watch.raised = watch.raised or error
    finally:
        _stack.watches.remove(watch)
        watch.close()
    if isinstance(watch.raised, KeyboardInterrupt):
        raise Interrupted() from None
    if watch.raised is not None:
        raise watch.raised


def memory_live() -> int:
    """Blocks of memory that the library has given out and not got back."""
    return int(lib.cisup_memory_live())


def version() -> str:
    """The version of the library that runs."""
    return text(lib.cisup_version())
