"""How functions are compiled: once per version of the package, kept on disk.

Numba looks only at the file a function stands in when it decides whether a kept compilation is still good;
a kernel that calls a rule of another file would keep an old rule. The folder of compilations is therefore
named after the sources of everything a kernel can call.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast

import numba
import platformdirs
from numba import config


def _sources(folder: Traversable) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and entry.name != "__pycache__":
            found += _sources(entry)
        elif entry.name.endswith(".py"):
            found.append((entry.name, entry.read_bytes()))
    return found


# What a kernel of a part can call: that part, the parts below it, and the dice.
_CACHE_SETTING = "CACHE_DIR"  # Numba makes its settings at run time
_PARTS = {"city": ("city",), "models": ("agents", "models")}


def _folder(part: str) -> str:
    state = hashlib.sha256(numba.__version__.encode())
    package = resources.files("kortrijk_sim")
    state.update((package / "compiling.py").read_bytes())
    state.update((package / "draws.py").read_bytes())
    state.update((package / "city" / "vocabulary.py").read_bytes())
    for name in _PARTS[part]:
        for file, source in _sources(package / name):
            state.update(file.encode() + b"\0" + source)
    base = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("kortrijk-sim")
    return str(Path(base) / f"{part}-{state.hexdigest()[:16]}")


_FOLDERS = {part: _folder(part) for part in _PARTS}
CACHE_FOLDER = _FOLDERS["models"]


def is_compiled() -> bool:
    """Return whether this version of the kernels has been compiled on this machine before."""
    return (Path(CACHE_FOLDER) / "complete").exists()


def mark_compiled() -> None:
    """Remember that every kernel has been compiled and kept."""
    folder = Path(CACHE_FOLDER)
    if folder.is_dir():
        (folder / "complete").touch()


# Nobody hands our functions to C as callbacks: no wrapper is made for that.
_ALWAYS: dict[str, Any] = {"cache": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def _compile[F: Callable[..., Any]](function: F, signature: Any = None, **options: Any) -> F:
    # Only our own functions go to our folder: the setting is put back at once.
    before: str = getattr(config, _CACHE_SETTING)
    setattr(config, _CACHE_SETTING, _FOLDERS["city" if ".city." in function.__module__ else "models"])
    try:
        return cast(F, numba.njit(signature, **_ALWAYS, **options)(function))
    finally:
        setattr(config, _CACHE_SETTING, before)


# Numba counts who holds an array each time a function takes one, and the tables are many. Whoever calls a
# kernel holds the tables throughout; a function that makes no arrays itself need not count.
_NO_ARRAYS: dict[str, Any] = {"_nrt": False}


def kernel[F: Callable[..., Any]](function: F) -> F:
    """Compile a function that runs over whole tables; it may make arrays."""
    return _compile(function)


def lean[F: Callable[..., Any]](function: F) -> F:
    """Compile a function that runs over tables, or works on some rows of them for a kernel; it makes no arrays."""
    return _compile(function, **_NO_ARRAYS)


def shared(signature: Any) -> Callable[[Any], Any]:
    """Return a decorator that compiles a function once, for one signature; callers' integers are widened.

    For what many kernels call with rows and codes of many widths: each would compile a version of its own.
    """
    return lambda function: _compile(function, signature, **_NO_ARRAYS)


def inlined[F: Callable[..., Any]](function: F) -> F:
    """Compile a function that a kernel calls for every row: its body goes into the caller's loop."""
    return _compile(function, forceinline=True, **_NO_ARRAYS)


def rule[F: Callable[..., Any]](function: F) -> F:
    """Compile a pure function of plain numbers: one rule of behaviour.

    Kernels call it for everybody and agent views for themselves; ``.py_func`` is the plain Python function.
    """
    return _compile(function, forceinline=True)
