"""Writing the folder of an experiment: each run at once and whole, by one process at a time."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import filelock

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.plan import Plan
from kortrijk_sim.experiments.results import (
    CANCEL,
    FORMAT_VERSION,
    LOCK,
    MANIFEST,
    RUN_COLUMNS,
    ExperimentManifest,
    Record,
    Varied,
    path_of,
    read_manifest,
    read_result,
)
from kortrijk_sim.experiments.run_spec import RunOutput, RunSpec, model_digest, parquet
from kortrijk_sim.experiments.scenario_files import scenario_to_toml
from kortrijk_sim.experiments.store import StoredFile


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
        self._lock = filelock.FileLock(folder / LOCK)

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
            path = path_of(spec.key, table)
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
        if not any(entry.name != LOCK for entry in self.folder.iterdir()):
            return
        try:
            before = read_manifest(self.folder)
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
