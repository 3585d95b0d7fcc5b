"""The folder of an experiment: each run written at once and whole, and read back only as it was written.

``manifest.json`` says what was asked, ``records/`` holds one file per finished or failed run with size and hash of
its tables, and the tables are Parquet files partitioned by future, point and seed. A run counts when its record
stands, which is written last.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import filelock
import pandas as pd
import pyarrow.parquet as pq
from pyarrow import csv
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.scenario_files import scenario_from_toml
from kortrijk_sim.experiments.store import StoredFile
from kortrijk_sim.models.policy import Scenario

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
CANCEL = "cancel"
LOCK = ".lock"
_JSON_BYTES_MAX = 50_000_000
_OTHER = "valid: a folder that 'experiment run' or 'compare' wrote"
RUN_COLUMNS = {
    "scenario": {"meaning": "the future"},
    "point": {"meaning": "number of the point in the design"},
    "seed": {"meaning": "seed of the dice"},
    "status": {"meaning": "done or failed"},
    "reason": {"meaning": "why it failed"},
    "state_hash": {"meaning": "hash of the city at the end"},
    "run": {"meaning": "hash of everything that determines the run"},
}


class Varied(BaseModel):
    """What a design varies, as results show it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["lever", "uncertainty"]
    low: float
    high: float


class ExperimentManifest(BaseModel):
    """What was asked, and with what it was run.

    ``columns`` is written with the first finished run: per table and column its unit and meaning.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["kortrijk-sim experiment"]
    format_version: int
    name: str
    title: str
    question: str
    base: str
    scenarios: tuple[str, ...]
    seeds: tuple[int, ...]
    points: int
    factors: tuple[Varied, ...]
    design: str
    years: int
    scale: float
    city_seed: int
    keep: tuple[str, ...]
    runs: int
    plan_digest: str
    model_digest: str
    tables_digest: str
    package_version: str
    versions: dict[str, str]


class Record(BaseModel):
    """What is known of a run that has ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    scenario: str
    point: int
    seed: int
    status: Literal["done", "failed"]
    reason: str
    state_hash: str
    seconds: float
    memory_mb: float
    files: dict[str, StoredFile] = Field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int, int]:
        """Which run of the experiment it is: future, point and seed."""
        return self.scenario, self.point, self.seed


@dataclass(frozen=True)
class Result:
    """An experiment read back; it may have runs missing.

    Attributes:
        folder: Where it stands.
        manifest: What was asked.
        records: The runs that have ended, in the order of futures, points and seeds.
    """

    folder: Path
    manifest: ExperimentManifest
    records: tuple[Record, ...]

    @property
    def missing(self) -> int:
        """Number of runs that have not ended yet."""
        return self.manifest.runs - len(self.records)

    @property
    def failed(self) -> tuple[Record, ...]:
        """The runs that failed."""
        return tuple(record for record in self.records if record.status == "failed")

    def runs(self) -> pd.DataFrame:
        """Return one row per run that has ended; columns as in ``RUN_COLUMNS``."""
        rows = [[getattr(record, name) for name in RUN_COLUMNS] for record in self.records]
        return pd.DataFrame(rows, columns=list(RUN_COLUMNS))

    def design(self) -> pd.DataFrame:
        """Return one row per point: its number and the value of each lever and uncertainty."""
        frame: pd.DataFrame = csv.read_csv(
            io.BytesIO(_read_bytes(self.folder / "design.csv"))
        ).to_pandas()  # to the last digit
        values = frame.columns.drop("point")
        return frame.astype(dict.fromkeys(values, "float64"))

    def indicators(
        self,
        columns: Sequence[str] | None = None,
        places: Sequence[str] | None = None,
        years: Sequence[int] | None = None,
    ) -> pd.DataFrame:
        """Return the indicators by year of all finished runs.

        Args:
            columns: Only these indicators.
            places: Only the city ('Kortrijk') or these wijken.
            years: Only these years; 2024 is the start.

        Returns:
            One row per run, year and place: scenario, point, seed, year, place and the indicators.

        Raises:
            InputError: A file is missing or changed, or there is no such indicator.
        """
        known = self.units()
        for name in columns or ():
            if name not in known:
                raise InputError(f"{self.folder}: no indicator '{name}'; {nearest(name, known)}")
        wanted = None if columns is None else ["year", "place", *dict.fromkeys(columns)]
        parts = []
        for record in self.records:
            if record.status == "failed":
                continue
            part = self._table(record, "indicators", wanted)
            if places is not None:
                part = part[part["place"].isin(list(places))]
            if years is not None:
                part = part[part["year"].isin(list(years))]
            part.insert(0, "scenario", record.scenario)
            part.insert(1, "point", record.point)
            part.insert(2, "seed", record.seed)
            parts.append(part)
        if not parts:
            raise InputError(f"{self.folder}: no run has finished; valid: a result with finished runs")
        return pd.concat(parts, ignore_index=True)

    def table(self, name: str, scenario: str, seed: int, point: int = 0) -> pd.DataFrame:
        """Return a table of one run: ``indicators``, or what the experiment kept: ``lives``, ``months``, ``events``.

        Raises:
            InputError: The run has not finished, or the table was not kept.
        """
        for record in self.records:
            if record.key == (scenario, point, seed) and record.status == "done":
                return self._table(record, name, None)
        raise InputError(f"{self.folder}: no finished run of '{scenario}' with seed {seed} at point {point}")

    def lives(self, scenario: str, seed: int, point: int = 0) -> pd.DataFrame:
        """Return what became of each person of 2025 in one run.

        Raises:
            InputError: The run has not finished, or lives were not kept.
        """
        return self.table("lives", scenario, seed, point)

    def scenario(self, name: str) -> Scenario:
        """Return a future as it was run, without what the design varied.

        Raises:
            InputError: There is no such future.
        """
        if name not in self.manifest.scenarios:
            raise InputError(f"{self.folder}: no scenario '{name}'; {nearest(name, self.manifest.scenarios)}")
        file = self.folder / "scenarios" / f"{quote(name, safe='')}.toml"
        return scenario_from_toml(_read_bytes(file).decode("utf-8", "replace"), str(file))

    def columns(self, table: str = "indicators") -> dict[str, dict[str, str]]:
        """Return unit and meaning of each column of a table, from the schema of the first finished run."""
        for record in self.records:
            if path_of(record.key, table) in record.files:
                schema = pq.read_schema(io.BytesIO(self._bytes(record, table)))
                return {
                    item.name: {k.decode(): v.decode() for k, v in (item.metadata or {}).items()} for item in schema
                }
        raise InputError(f"{self.folder}: no finished run holds '{table}'; valid: what the experiment kept")

    def units(self, table: str = "indicators") -> dict[str, str]:
        """Return the unit of each column of a table."""
        return {name: about.get("unit", "") for name, about in self.columns(table).items()}

    def _table(self, record: Record, name: str, columns: Sequence[str] | None) -> pd.DataFrame:
        return pd.read_parquet(
            io.BytesIO(self._bytes(record, name)), columns=None if columns is None else list(columns)
        )

    def _bytes(self, record: Record, name: str) -> bytes:
        path = path_of(record.key, name)
        if path not in record.files:
            raise InputError(f"{self.folder}: '{name}' was not kept; valid: keep = [\"{name}\"] in the experiment")
        content = _read_bytes(self.folder / path)
        if hashlib.sha256(content).hexdigest() != record.files[path].sha256:
            raise InputError(f"{self.folder / path}: changed since the run; valid: the file as it was written")
        return content


def read_result(folder: str | Path) -> Result:
    """Read the folder of an experiment, whether or not all its runs have ended.

    Raises:
        InputError: It is no result, or one of another format version, or a file is not readable.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    records = []
    for file in sorted((place / "records").glob("*.json")):
        try:
            record = Record.model_validate_json(_read_bytes(file))
        except ValidationError as error:
            raise InputError(f"{file}: not a readable record; {_OTHER}") from error
        tables = {path.split("/")[0] for path in record.files}
        if set(record.files) != {path_of(record.key, table) for table in tables}:
            raise InputError(f"{file}: files: names a file that is not its own; {_OTHER}")
        records.append(record)
    order = {name: number for number, name in enumerate(manifest.scenarios)}
    records.sort(key=lambda r: (order.get(r.scenario, len(order)), r.point, r.seed))
    return Result(place, manifest, tuple(records))


def read_manifest(place: Path) -> ExperimentManifest:
    """Read what was asked.

    Raises:
        InputError: The folder is no result, or one of another format version.
    """
    file = place / MANIFEST
    if not file.is_file():
        raise InputError(f"{place}: no result of an experiment (no {MANIFEST}); {_OTHER}")
    try:
        content: Any = json.loads(_read_bytes(file))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: not a readable manifest; {_OTHER}") from error
    if not isinstance(content, dict) or content.get("format") != "kortrijk-sim experiment":
        raise InputError(f"{place}: not the result of an experiment; {_OTHER}")
    if content.get("format_version") != FORMAT_VERSION:
        version = content.get("format_version")
        raise InputError(f"{file}: format_version is {version!r}; valid: {FORMAT_VERSION}, so run it again")
    try:
        return ExperimentManifest.model_validate(content)
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputError(f"{file}: {key} is not valid; {_OTHER}") from error


def _read_bytes(file: Path) -> bytes:
    try:
        if file.suffix != ".parquet" and file.stat().st_size > _JSON_BYTES_MAX:
            raise InputError(f"{file}: too large to be read; {_OTHER}")
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); {_OTHER}") from error


def path_of(key: tuple[str, int, int], table: str) -> str:
    """Return where a table of a run stands: the partitions that other readers understand."""
    policy, point, seed = key
    return f"{table}/scenario={quote(policy, safe='')}/point={point}/seed={seed}/part.parquet"


def is_being_written(folder: str | Path) -> bool:
    """Return whether a process is running the experiment of a folder at this moment."""
    file = Path(folder) / LOCK
    if not file.exists():
        return False
    lock = filelock.FileLock(file)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    lock.release()
    return False
