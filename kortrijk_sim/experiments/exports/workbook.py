"""Tables as an Excel workbook: one sheet a table, with units, meanings and sources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from kortrijk_sim.experiments.exports.tables import Table, column_table, is_formula, source_table
from kortrijk_sim.experiments.findings import KEYS, Findings

ROWS_MAX = 1_048_575  # what a sheet holds below its header
TEXT_MAX = 32_767  # what a cell holds
_HEAD = {"font": Font(bold=True, color="FFFFFF"), "fill": PatternFill("solid", fgColor="1F4E66")}
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_workbook(tables: Sequence[Table], findings: Findings, file: Path, rows_max: int = ROWS_MAX) -> None:
    """Write a workbook.

    A table that is longer than a sheet goes on in further sheets. Numbers are numbers; text is always text,
    also when it looks like a formula.

    Args:
        tables: One sheet each.
        findings: Where sources and versions stand.
        file: Where to write.
        rows_max: Rows below the header of a sheet.
    """
    book = Workbook(write_only=True)
    for table in tables:
        parts = max(1, math.ceil(len(table.frame) / rows_max))
        for part in range(parts):
            rows = table.frame.iloc[part * rows_max : (part + 1) * rows_max]
            name = table.name if part == 0 else f"{table.name} {part + 1}"
            _add_sheet(book, name, rows, table.units)
    _add_sheet(book, "columns", column_table(tables), {})
    _add_sheet(book, "sources", source_table(findings), {})
    book.save(file)


def _add_sheet(book: Workbook, name: str, frame: pd.DataFrame, units: Mapping[str, str]) -> None:
    sheet = book.create_sheet(name)
    heads = [str(column) for column in frame]
    steps = sum(head in KEYS for head in heads)
    sheet.freeze_panes = f"{get_column_letter(steps + 1)}2" if heads[:steps] and steps < len(heads) else "A2"
    formats = [_format(units.get(head, ""), frame[column]) for head, column in zip(heads, frame, strict=True)]
    for number, (head, column) in enumerate(zip(heads, frame, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(head, frame[column])
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(heads)))}{len(frame) + 1}"
    sheet.append([_text_cell(sheet, head, head=True) for head in heads])
    for row in _rows(frame):
        sheet.append([_cell(sheet, value, form) for value, form in zip(row, formats, strict=True)])


def _rows(frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Give the rows in plain Python types."""
    yield from zip(*(frame[column].tolist() for column in frame), strict=True)


def _cell(sheet: object, value: object, form: str) -> object:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.number):
        if not math.isfinite(value):
            return None
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = form
        return cell
    return _text_cell(sheet, str(value))


def _text_cell(sheet: object, text: str, *, head: bool = False) -> object:
    text = ILLEGAL_CHARACTERS_RE.sub(" ", text)[:TEXT_MAX]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # never a formula, whatever it begins with
    if is_formula(text):
        cell.quotePrefix = True  # nor when somebody edits the cell
    if head:
        cell.font, cell.fill = _HEAD["font"], _HEAD["fill"]
    elif len(text) > 60:
        cell.alignment = _WRAPPED
    return cell


def _format(unit: str, column: pd.Series) -> str:
    """Return how numbers of a column are shown; what the cell holds is the full number."""
    if pd.api.types.is_integer_dtype(column) or unit in ("year", "number"):
        return "0"
    if unit == "share":
        return "0.0%"
    sizes = column.abs() if pd.api.types.is_numeric_dtype(column) else pd.Series(dtype=float)
    return "#,##0" if len(sizes) and sizes.max() >= 1000 else "#,##0.00"


def _width(head: str, column: pd.Series) -> float:
    """Return a width in letters that shows the header and most cells."""
    if pd.api.types.is_numeric_dtype(column):
        return min(max(len(head) + 4, 10), 34)
    longest = max((len(str(value)) for value in column.head(2_000)), default=0)
    return min(max(len(head) + 4, longest + 2, 10), 80)
