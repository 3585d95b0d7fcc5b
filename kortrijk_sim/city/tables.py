"""Tables of figures: the package's own, each replaceable by a user's file with the same columns."""

from __future__ import annotations

import csv
import hashlib
import io
from importlib import resources
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, TypeAdapter, ValidationError

from kortrijk_sim.errors import InputError, nearest

MAX_TABLE_BYTES = 20_000_000


class Tables:
    """All tables the city is made of.

    Args:
        folder: Folder with CSV files that replace the package's tables of the same name, or None.

    Raises:
        InputError: The folder does not exist or holds a file that replaces nothing.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self._own = resources.files("kortrijk_sim.city") / "data"
        self.folder = Path(folder) if folder is not None else None
        if self.folder is None:
            return
        if not self.folder.is_dir():
            raise InputError(f"{self.folder}: no such folder of tables.")
        for file in sorted(self.folder.glob("*.csv")):
            if file.stem not in self.names():
                raise InputError(f"{file}: no table has this name; {nearest(file.stem, self.names())}")

    def names(self) -> list[str]:
        """Return the names of all tables, sorted."""
        return sorted(p.name.removesuffix(".csv") for p in self._own.iterdir() if p.name.endswith(".csv"))

    def path(self, name: str) -> str:
        """Return where a table is read from, for messages."""
        return str(self._replacement(name) or f"{name}.csv")

    def text(self, name: str) -> str:
        """Return the text of a table.

        Raises:
            InputError: The file cannot be read, is too large or is not UTF-8 text.
        """
        replacement = self._replacement(name)
        if replacement is None:
            return (self._own / f"{name}.csv").read_text(encoding="utf-8")
        try:
            if replacement.stat().st_size > MAX_TABLE_BYTES:
                raise InputError(f"{replacement}: larger than {MAX_TABLE_BYTES // 1_000_000} MB, not read.")
            return replacement.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{replacement}: not UTF-8 text ({error.reason}).") from error
        except OSError as error:
            raise InputError(f"{replacement}: cannot be read ({error.strerror}).") from error

    def rows[Row: BaseModel](self, name: str, row: type[Row]) -> list[Row]:
        """Read and validate a table, one object per line.

        Args:
            name: Name of the table.
            row: Pydantic model of a line; its fields are the columns.

        Raises:
            InputError: A column is missing or unknown, or a value does not fit; names file, line, column.
        """
        columns = {field.alias or key for key, field in row.model_fields.items()}
        numbers, lines = self._lines(name, columns)
        try:
            return TypeAdapter(list[row]).validate_python(lines)  # type: ignore[valid-type]
        except ValidationError as error:
            first = error.errors()[0]
            where = f"{self.path(name)}, line {numbers[int(first['loc'][0])]}"
            if column := ".".join(str(part) for part in first["loc"][1:]):
                where += f", column '{column}'"
            what = first["msg"].removeprefix("Value error, ").rstrip(".")
            given = f" (it is '{first['input']}')" if isinstance(first["input"], str) else ""
            raise InputError(f"{where}: {what}{given}.") from error

    def frame(self, name: str, row: type[BaseModel]) -> pd.DataFrame:
        """Read and validate a table as a data frame with the model's fields as columns."""
        return pd.DataFrame([r.model_dump() for r in self.rows(name, row)], columns=list(row.model_fields))

    def digest(self) -> str:
        """Return a hash of all tables as they are read: what a run's result depends on."""
        state = hashlib.sha256()
        for name in self.names():
            state.update(name.encode() + b"\0" + self.text(name).encode() + b"\0")
        return state.hexdigest()[:16]

    def _lines(self, name: str, columns: set[str]) -> tuple[list[int], list[dict[str, str]]]:
        """Return the line number and the filled cells of each row, after a check of the header."""
        table = self.path(name)
        reader = csv.DictReader(io.StringIO(self.text(name), newline=""), strict=True)
        numbers, lines = [], []
        try:
            given = list(reader.fieldnames or [])
            for column in given:
                if column not in columns:
                    raise InputError(f"{table}, line 1: unknown column '{column}'; {nearest(column, columns)}")
                if given.count(column) > 1:
                    raise InputError(f"{table}, line 1: column '{column}' stands twice.")
            for column in sorted(columns):
                if column not in given:
                    valid = ", ".join(sorted(columns))
                    raise InputError(f"{table}, line 1: column '{column}' is missing; valid: {valid}")
            for line in reader:
                if None in line:
                    raise InputError(f"{table}, line {reader.line_num}: more cells than the {len(given)} columns.")
                numbers.append(reader.line_num)
                lines.append({key: cell for key, cell in line.items() if cell not in ("", None)})
        except csv.Error as error:
            raise InputError(f"{table}, line {reader.reader.line_num}: {error}.") from error
        return numbers, lines

    def _replacement(self, name: str) -> Path | None:
        if self.folder is None:
            return None
        file = self.folder / f"{name}.csv"
        return file if file.is_file() else None
