"""Tables as CSV and Parquet: one file a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kortrijk_sim.experiments.exports.tables import Table, is_formula


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """Write a table as CSV: UTF-8, decimal points, every digit that a number has.

    Text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets do not
    show.
    """
    safe = frame.copy(deep=False)
    for column in frame:
        if not pd.api.types.is_numeric_dtype(frame[column]):
            safe[column] = frame[column].map(_safe)
    safe.columns = pd.Index([_safe(str(column)) for column in frame])
    safe.to_csv(file, index=False, encoding="utf-8", lineterminator="\n")


def write_parquet(table: Table, file: Path, about: Sequence[tuple[str, str]]) -> None:
    """Write a table as Parquet with the unit and meaning of each column in its schema.

    Args:
        table: What to write.
        file: Where.
        about: Names and texts for the metadata of the file, such as sources and versions.
    """
    content = pa.Table.from_pandas(table.frame, preserve_index=False)
    fields = [
        field.with_metadata({"unit": table.units.get(field.name, ""), "meaning": table.meanings.get(field.name, "")})
        for field in content.schema
    ]
    # A name of their own keeps these apart from what other programs store here, such as "pandas".
    said = {f"kortrijk-sim: {name}".encode(): text.encode() for name, text in about}
    metadata = {**(content.schema.metadata or {}), **said}
    written = pa.Table.from_arrays(content.columns, schema=pa.schema(fields, metadata=metadata))
    pq.write_table(written, file, compression="zstd")


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and is_formula(value) else value
