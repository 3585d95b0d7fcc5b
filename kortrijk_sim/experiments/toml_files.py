"""Reading TOML files of users: with bounds on what is read, and one sentence on what is wrong."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from kortrijk_sim.errors import InputError

MAX_BYTES = 1_000_000
MAX_KEY_PARTS = 20
_KEY_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
# The reader of the standard library needs quadratic time for a.a.a.a...; no scenario nests this deep.
_DEEP_KEY = re.compile(rf"{_KEY_PART}(?:[ \t]*+\.[ \t]*+{_KEY_PART}){{{MAX_KEY_PARTS},}}+")


def read_toml_text(path: Path, valid: str, what: str | None = None) -> str:
    """Read a text file of up to 1 MB.

    Args:
        path: The file.
        valid: What would be valid, for messages.
        what: How messages name the file; its path by default.

    Raises:
        InputError: It is no regular file, too large or not UTF-8 text.
    """
    what = what if what is not None else short(path) or "file"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            sort = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise InputError(f"{what}: is {sort}; valid: {valid}")
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size / 1e6:.1f} MB"
            raise InputError(f"{what}: {size}, not read; valid: a file of up to {MAX_BYTES // 10**6} MB")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1).decode("utf-8-sig")
    except InputError:
        raise
    except UnicodeDecodeError as error:
        raise InputError(f"{what}: not UTF-8 text at byte {error.start}; valid: a TOML file in UTF-8") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{what}: cannot be read ({reason}); valid: {valid}") from error


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """Read TOML text.

    Raises:
        InputError: It is not valid TOML, or nested too deeply.
    """
    deep = InputError(f"{where}: nested too deeply; valid: tables and lists as in the ready-made scenarios")
    if _DEEP_KEY.search(text):
        raise deep
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise deep from None
    except ValueError as error:
        raise InputError(f"{where}: not valid TOML ({error}); see a ready-made scenario") from error


def short(value: object) -> str:
    """Return something from a file so that it fits in a sentence."""
    if isinstance(value, dict | list | tuple):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > 10**18:
        return "a number of that size"
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return text if len(text) <= 60 else text[:57] + "..."


def bounds(field: FieldInfo | None) -> str:
    """Say between which numbers a field lies, such as ' from 1 to 20000'."""
    found: dict[str, float] = {}
    for limit in field.metadata if field is not None else []:
        found |= {name: getattr(limit, name) for name in ("ge", "gt", "le", "lt") if hasattr(limit, name)}
    low = f" from {found['ge']:g}" if "ge" in found else f" above {found['gt']:g}" if "gt" in found else ""
    return f"{low} to {found['le']:g}" if low and "le" in found else low
