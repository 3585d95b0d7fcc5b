"""The folder of an experiment: each run written at once and whole, and read back only as it was written.

``manifest.json`` says what was asked, ``records/`` holds one file per finished or failed run with size and hash of
its tables, and the tables are Parquet files partitioned by future, point and seed. A run counts when its record
stands, which is written last.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import filelock
import pandas as pd
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.plan import Plan
from kortrijk_sim.experiments.run_spec import RunOutput, RunSpec, model_digest, parquet
from kortrijk_sim.experiments.scenario_files import scenario_from_toml, scenario_to_toml
from kortrijk_sim.experiments.store import StoredFile
from kortrijk_sim.models.policy import Scenario

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
CANCEL = "cancel"
_LOCK = ".lock"
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
        return pd.read_csv(io.BytesIO(_read_bytes(self.folder / "design.csv")), float_precision="round_trip")

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
            if _path(record.key, table) in record.files:
                schema = pq.read_schema(io.BytesIO(self._bytes(record, table)))
                return {
                    item.name: {k.decode(): v.decode() for k, v in (item.metadata or {}).items()} for item in schema
                }
        raise InputError(f"{self.folder}: no finished run holds '{table}'; valid: what the experiment kept")

    def units(self, table: str = "indicators") -> dict[str, str]:
        """Return the unit of each column of a table."""
        return {name: about.get("unit", "") for name, about in self._columns[table].items()}

    @cached_property
    def _columns(self) -> Any:
        result = self

        class Columns(dict[str, dict[str, dict[str, str]]]):
            def __missing__(self, table: str) -> dict[str, dict[str, str]]:
                self[table] = result.columns(table)
                return self[table]

        return Columns()

    def _table(self, record: Record, name: str, columns: Sequence[str] | None) -> pd.DataFrame:
        return pd.read_parquet(
            io.BytesIO(self._bytes(record, name)), columns=None if columns is None else list(columns)
        )

    def _bytes(self, record: Record, name: str) -> bytes:
        path = _path(record.key, name)
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
    manifest = _read_manifest(place)
    records = []
    for file in sorted((place / "records").glob("*.json")):
        try:
            record = Record.model_validate_json(_read_bytes(file))
        except ValidationError as error:
            raise InputError(f"{file}: not a readable record; {_OTHER}") from error
        tables = {path.split("/")[0] for path in record.files}
        if set(record.files) != {_path(record.key, table) for table in tables}:
            raise InputError(f"{file}: files: names a file that is not its own; {_OTHER}")
        records.append(record)
    order = {name: number for number, name in enumerate(manifest.scenarios)}
    records.sort(key=lambda r: (order.get(r.scenario, len(order)), r.point, r.seed))
    return Result(place, manifest, tuple(records))


def _read_manifest(place: Path) -> ExperimentManifest:
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


def _path(key: tuple[str, int, int], table: str) -> str:
    policy, point, seed = key
    return f"{table}/scenario={quote(policy, safe='')}/point={point}/seed={seed}/part.parquet"


class ResultWriter:
    """Writes the folder of an experiment; one at a time, which a lock ensures.

    Args:
        folder: New, empty, or the folder of the same experiment, which is then gone on with.
        plan: The experiment and its runs.

    Raises:
        InputError: The folder holds something else, another writer is at work, or it cannot be written.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self._plan = plan
        self._manifest = _manifest(plan)
        self._lock = filelock.FileLock(folder / _LOCK)

    @contextlib.contextmanager
    def open(self) -> Iterator[list[RunSpec]]:
        """Take the folder, write what is known before the first run, and give the runs that are missing.

        What failed before counts as missing.
        """
        try:
            self._check_place()
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._locked():
                self._check_place()
                done = self._check_records()
                self._write_plan()
                yield [spec for spec in self._plan.specs if spec.key not in done]
                self._write_runs()
        except OSError as error:
            if not str(error.filename or "").startswith(str(self.folder)):
                raise
            why = f"cannot be written ({error.strerror})"
            raise InputError(f"{self.folder}: {why}; valid: a folder with room") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise InputError(f"{self.folder}: being written by another process; valid: wait for it") from None
        try:
            yield
        finally:
            self._lock.release()

    def add(self, spec: RunSpec, output: RunOutput) -> Record:
        """Write a run that has ended: its tables, then its record."""
        files = {}
        for table, content in output.files.items():
            path = _path(spec.key, table)
            write_whole(self.folder / path, content)
            files[path] = StoredFile(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        record = Record(
            run=spec.digest(), scenario=spec.policy, point=spec.point, seed=spec.seed,
            status="failed" if output.reason else "done", reason=output.reason, state_hash=output.state_hash,
            seconds=round(output.seconds, 3), memory_mb=round(output.memory_mb, 1), files=files,
        )  # fmt: skip
        write_whole(self.folder / "records" / f"{record.run}.json", record.model_dump_json(indent=1).encode())
        return record

    def _check_place(self) -> None:
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise InputError(f"{self.folder}: is a file; valid: a new folder, or that of the same experiment")
        if not any(entry.name != _LOCK for entry in self.folder.iterdir()):
            return
        try:
            before = _read_manifest(self.folder)
        except InputError as error:
            raise InputError(f"{self.folder}: holds something else; valid: a new folder") from error
        now = self._manifest
        for what, one, two in (
            ("version of the model", before.model_digest, now.model_digest),
            ("tables", before.tables_digest, now.tables_digest),
        ):
            if one != two:
                raise InputError(f"{self.folder}: made with another {what}; valid: a new folder for new runs")
        if before.name != now.name:
            raise InputError(f"{self.folder}: holds the experiment '{before.name}'; valid: a new folder")

    def _check_records(self) -> set[tuple[str, int, int]]:
        """Return the runs that are done; those on disk have to be runs of this experiment."""
        if not (self.folder / MANIFEST).exists():
            return set()
        wanted = {spec.key: spec for spec in self._plan.specs}
        done = set()
        for record in read_result(self.folder).records:
            spec = wanted.get(record.key)
            if spec is None or spec.digest() != record.run:
                raise InputError(
                    f"{self.folder}: holds runs that this experiment does not ask for; "
                    "valid: a new folder, or the same experiment with more seeds or scenarios"
                )
            whole = all(
                (self.folder / path).is_file() and (self.folder / path).stat().st_size == stored.bytes
                for path, stored in record.files.items()
            )
            if record.status == "done" and whole:
                done.add(record.key)
        return done

    def _write_plan(self) -> None:
        plan, folder = self._plan, self.folder
        with contextlib.suppress(FileNotFoundError):
            (folder / CANCEL).unlink()
        for leftover in folder.rglob(".*.unfinished"):
            leftover.unlink()
        for name, scenario in plan.scenarios.items():
            write_whole(folder / "scenarios" / f"{quote(name, safe='')}.toml", scenario_to_toml(scenario).encode())
        again = plan.experiment.model_copy(
            update={"scenarios": tuple(f"scenarios/{quote(name, safe='')}.toml" for name in plan.scenarios)}
        )
        if again.design is not None and again.design.kind == "file":
            again = again.model_copy(update={"design": again.design.model_copy(update={"file": "points.csv"})})
            points = plan.design.drop(columns="point")
            write_whole(folder / "points.csv", points.to_csv(index=False).encode())
        write_whole(folder / "experiment.toml", again.to_toml().encode())
        write_whole(folder / "design.csv", plan.design.to_csv(index=False).encode())
        write_whole(folder / MANIFEST, (self._manifest.model_dump_json(indent=2) + "\n").encode())

    def _write_runs(self) -> None:
        frame = read_result(self.folder).runs()
        write_whole(self.folder / "runs.parquet", parquet(frame, RUN_COLUMNS))


def _manifest(plan: Plan) -> ExperimentManifest:
    experiment = plan.experiment
    keys = [spec.digest() for spec in plan.specs]
    return ExperimentManifest(
        format="kortrijk-sim experiment",
        format_version=FORMAT_VERSION,
        name=experiment.name,
        title=experiment.title,
        question=experiment.question,
        base=plan.base,
        scenarios=tuple(plan.scenarios),
        seeds=experiment.seeds,
        points=len(plan.design),
        factors=tuple(Varied(name=f.name, kind=f.kind, low=f.low, high=f.high) for f in plan.factors),
        design=experiment.design.kind if experiment.design is not None else "",
        years=experiment.years,
        scale=experiment.scale,
        city_seed=experiment.city_seed,
        keep=tuple(sorted(experiment.keep)),
        runs=len(plan.specs),
        plan_digest=hashlib.sha256("".join(keys).encode()).hexdigest()[:16],
        model_digest=model_digest(),
        tables_digest=plan.specs[0].tables_digest,
        package_version=metadata.version("kortrijk-sim"),
        versions={
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("numpy", "numba", "mesa", "pandas", "pyarrow", "SALib")},
        },
    )


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that it stands whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)


def is_being_written(folder: str | Path) -> bool:
    """Return whether a process is running the experiment of a folder at this moment."""
    file = Path(folder) / _LOCK
    if not file.exists():
        return False
    lock = filelock.FileLock(file)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    lock.release()
    return False
