"""One run of an experiment: all that determines it, and what comes of it.

A worker gets a :class:`RunSpec` and gives back the files of the run as bytes, so that it needs no place to write:
it may be another process or another machine.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.experiment_file import Kept
from kortrijk_sim.models.policy import Scenario

# What the files of a run depend on: the model, and what makes tables of it.
_MODEL_SOURCES = (
    "draws.py", "arrays.py", "compiling.py", "city", "agents", "models",
    "experiments/yearly.py", "experiments/lives.py", "experiments/trip_minutes.py",
)  # fmt: skip
type Units = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class RunSpec:
    """What determines a run.

    Attributes:
        policy: Name of the future in results.
        scenario: The future at this point of the design: levers and uncertainties are part of it.
        point: Number of the point in the design; 0 without one.
        seed: Seed of the dice.
        city_seed: Seed of the population synthesis.
        scale: Share of the city.
        keep: What is kept besides the indicators by year.
        tables_digest: Hash of the tables.
        tables_folder: Folder of tables that replace the package's own, or None.
    """

    policy: str
    scenario: Scenario
    point: int
    seed: int
    city_seed: int
    scale: float
    keep: tuple[Kept, ...]
    tables_digest: str
    tables_folder: Path | None = None

    @property
    def key(self) -> tuple[str, int, int]:
        """Which run of the experiment it is: future, point and seed."""
        return self.policy, self.point, self.seed

    def digest(self) -> str:
        """Return the hash of everything that determines the files of the run."""
        content = [
            model_digest(), self.tables_digest, self.scenario.digest(), self.seed, self.city_seed, self.scale,
            sorted(self.keep),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class RunOutput:
    """What came of a run.

    Attributes:
        files: Parquet file of each table, as bytes that depend on the run alone.
        state_hash: Hash of the city at the end; empty for a run that failed.
        reason: Why it failed; empty for a run that did not.
        seconds: How long it took.
        memory_mb: The most memory that the process has held so far.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    state_hash: str = ""
    reason: str = ""
    seconds: float = 0.0
    memory_mb: float = 0.0


def run_one(spec: RunSpec) -> RunOutput:
    """Run a city to its end; what goes wrong becomes the reason of a failed run."""
    start = time.perf_counter()
    try:
        files, state = _simulate(spec)
        return RunOutput(files, state, seconds=time.perf_counter() - start, memory_mb=_memory_mb())
    except InputError as error:
        reason = str(error)
    except Exception as error:  # one run that fails does not stop the others
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})" if trace is not None else ""
        reason = f"{type(error).__name__}: {error}{where}"
    finally:
        gc.collect()  # models refer to themselves
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in reason).split())
    return RunOutput(reason=words[:500], seconds=time.perf_counter() - start, memory_mb=_memory_mb())


def _simulate(spec: RunSpec) -> tuple[dict[str, bytes], str]:
    from kortrijk_sim.experiments.yearly import YEARLY_COLUMNS, yearly_of  # noqa: PLC0415
    from kortrijk_sim.models.model import KortrijkModel  # noqa: PLC0415 - loads the kernels

    tables = Tables(spec.tables_folder)
    if tables.digest() != spec.tables_digest:
        raise InputError("tables: not those of the plan; valid: the same tables on all workers")
    model = KortrijkModel(spec.scenario, rng=spec.seed, tables=tables, city_seed=spec.city_seed, scale=spec.scale)
    for _ in range(spec.scenario.horizon_months):
        model.step()
    files = {"indicators": parquet(yearly_of(model), YEARLY_COLUMNS)}
    if "lives" in spec.keep:
        from kortrijk_sim.experiments.lives import LIVES_COLUMNS, lives  # noqa: PLC0415

        files["lives"] = parquet(lives(model), LIVES_COLUMNS)
    if "months" in spec.keep:
        units = {d.name: {"unit": d.unit, "meaning": d.meaning} for d in model.indicators.definitions}
        files["months"] = parquet(model.indicators.frame(), units)
    if "events" in spec.keep:
        units = {name: {"unit": unit} for name, unit in model.events.units.items()}
        files["events"] = parquet(model.events.frame(), units)
    return files, str(model.state_hash())


def parquet(frame: pd.DataFrame, columns: Units) -> bytes:
    """Return a frame as a Parquet file with unit and meaning of each column in its schema.

    Args:
        frame: The table.
        columns: Per column name what the schema says of it, such as ``unit`` and ``meaning``.
    """
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [item.with_metadata(dict(columns.get(item.name, {}))) for item in table.schema]
    schema = pa.schema(fields, metadata=table.schema.metadata)
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(table.columns, schema=schema), stream, compression="zstd")
    return stream.getvalue()


@cache
def model_digest() -> str:
    """Return a hash of the program text that a run's result depends on."""
    state = hashlib.sha256()
    package = resources.files("kortrijk_sim")
    for name in _MODEL_SOURCES:
        for file, text in _texts(package.joinpath(*name.split("/")), name):
            state.update(file.encode() + b"\0" + text + b"\0")
    return state.hexdigest()[:16]


def _texts(place: Traversable, name: str) -> list[tuple[str, bytes]]:
    if place.is_file():
        return [(name, place.read_bytes())] if name.endswith(".py") else []
    entries = sorted(place.iterdir(), key=lambda entry: entry.name)
    return [found for entry in entries for found in _texts(entry, f"{name}/{entry.name}")]


def _memory_mb() -> float:
    if os.name != "posix":
        return float("nan")
    import resource  # noqa: PLC0415 - only there is it known

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)
