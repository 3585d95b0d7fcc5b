"""A user's own list of points: a CSV with one line per point and one column per factor."""

from __future__ import annotations

import csv
import io
import math
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kortrijk_sim.errors import InputError, nearest

if TYPE_CHECKING:
    from kortrijk_sim.experiments.designs import Factor

MAX_BYTES = 100_000_000


def read_points(path: Path, factors: Sequence[Factor], max_points: int) -> pd.DataFrame:
    """Read the points of a design.

    A column ``point`` may stand there, as in the ``design.csv`` of a result, if it counts 0, 1, 2 ...

    Args:
        path: CSV file in UTF-8 with a header.
        factors: What is varied; each needs its column.
        max_points: Largest number of points.

    Returns:
        One row per point: ``point`` and the factors in the order given.

    Raises:
        InputError: The file cannot be read or is too large, a column is unknown, missing or there twice, or a
            value does not suit its factor; names file, line and column.
    """
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    rows: list[list[float]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        by_name = {factor.name: factor for factor in factors}
        _check_header(path, header, list(by_name))
        for cells in reader:
            if not cells:
                continue
            where = f"{path}, line {reader.line_num}"
            if len(cells) != len(header):
                raise InputError(f"{where}: {len(cells)} cells; valid: {len(header)}, one per column")
            if len(rows) == max_points:
                raise InputError(f"{where}: too many points; valid: up to {max_points:,}")
            line = zip(header, cells, strict=True)
            rows.append([_value(where, name, cell, by_name.get(name), len(rows)) for name, cell in line])
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}; valid: CSV") from error
    if not rows:
        raise InputError(f"{path}: no point in it; valid: a header and at least one line")
    frame = pd.DataFrame(rows, columns=header, dtype=np.float64)[list(by_name)]
    frame.insert(0, "point", np.arange(len(frame)))
    return frame


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path}: not a regular file; valid: a CSV file")
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size / 1e6:,.0f} MB"
            raise InputError(f"{path}: {size}, not read; valid: up to {MAX_BYTES // 10**6} MB")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text at byte {error.start}; valid: CSV in UTF-8") from error
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read ({reason}); valid: a CSV file") from error


def _check_header(path: Path, header: list[str], names: list[str]) -> None:
    where = f"{path}, line 1"
    for name in header:
        if name not in names and name != "point":
            raise InputError(f"{where}: unknown column '{name[:60]}'; {nearest(name[:60], names)}")
        if header.count(name) > 1:
            raise InputError(f"{where}: column '{name}' stands twice; valid: each once")
    for name in names:
        if name not in header:
            raise InputError(f"{where}: column '{name}' is missing; valid: a column for each factor")


def _value(where: str, name: str, cell: str, factor: Factor | None, row: int) -> float:
    where = f"{where}, column '{name}'"
    try:
        value = float(cell)
    except ValueError:
        raise InputError(f"{where}: '{cell[:60]}' is not a number; valid: a number") from None
    if not math.isfinite(value):
        raise InputError(f"{where}: '{cell.strip()[:60]}' is not a finite number; valid: a number")
    if factor is None:
        if value != row:
            raise InputError(f"{where}: {value:g}; valid: {row}, as points count from 0")
        return value
    if factor.values and value not in factor.values:
        valid = ", ".join(f"{v:g}" for v in factor.values)
        raise InputError(f"{where}: {value:g} is not one of its values; valid: {valid}")
    if factor.integer and value != int(value):
        raise InputError(f"{where}: {value:g} is not a whole number; valid: {factor.low:g} to {factor.high:g}")
    if not factor.values and not factor.low <= value <= factor.high:
        raise InputError(f"{where}: {value:g} is out of its range; valid: {factor.low:g} to {factor.high:g}")
    return value
