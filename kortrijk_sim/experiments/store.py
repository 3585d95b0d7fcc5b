"""The folder of a run: written whole or not at all, and never mistaken for a result when it is not one.

A run is written into ``.<name>.partial-<process>`` beside its place and renamed when complete; the manifest
comes last and holds size and hash of every other file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kortrijk_sim.city.facts import Parameter
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.scenario_files import scenario_from_toml, scenario_to_toml
from kortrijk_sim.models.policy import Scenario

FORMAT_VERSION = 3
MANIFEST = "manifest.json"
_MANIFEST_BYTES_MAX = 5_000_000


class StoredFile(BaseModel):
    """Size and hash by which a file of a run is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """What a run was made of and how long it took.

    ``timings_s`` holds seconds per process; ``parameters_outside_range`` names the parameters that a
    scenario set outside the range their table documents.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: int
    complete: bool
    package_version: str
    versions: dict[str, str]
    scenario: str
    scenario_digest: str
    tables_digest: str
    state_hash: str
    seed: int
    city_seed: int
    scale: float
    months: int
    created_utc: str
    timings_s: dict[str, float]
    parameters_outside_range: list[str]
    files: dict[str, StoredFile] = Field(default_factory=dict)


@dataclass(frozen=True)
class StoredRun:
    """A complete run, read back."""

    folder: Path
    manifest: Manifest
    scenario: Scenario

    def indicators(self) -> pd.DataFrame:
        """Read the indicators: one row per month and place."""
        return pd.read_parquet(self.folder / "indicators.parquet")

    def events(self) -> pd.DataFrame:
        """Read the event log: one row per event."""
        return pd.read_parquet(self.folder / "events.parquet")

    def care_sites(self) -> pd.DataFrame:
        """Read the care sites at the end of the run; the events name them by key."""
        return pd.read_parquet(self.folder / "care_sites.parquet")

    def mode_shares(self) -> pd.DataFrame:
        """Read trips and km at the end of the run by purpose, length, age group, wijk and mode."""
        return pd.read_parquet(self.folder / "mode_shares.parquet")

    def link_loads(self) -> pd.DataFrame:
        """Read the cars on every link at the end of the run."""
        return pd.read_parquet(self.folder / "link_loads.parquet")

    def units(self, table: str) -> dict[str, str]:
        """Return the unit of each column of ``indicators``, ``events`` or ``care_sites``."""
        schema = pq.read_schema(self.folder / f"{table}.parquet")
        return {field.name: (field.metadata or {}).get(b"unit", b"").decode() for field in schema}


@contextlib.contextmanager
def run_folder(out: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give a folder to write a run into; it gets its place only when the block ends without an error.

    Args:
        out: Where the run belongs.
        overwrite: Whether a complete run that stands there may be replaced.

    Yields:
        The unfinished folder beside that place; it vanishes when the block is interrupted.

    Raises:
        InputError: The place is taken by something that may not be replaced, or cannot be written.
    """
    place = Path(out).resolve()
    partial = place.parent / f".{place.name}.partial-{os.getpid()}"
    try:
        _check_place(place, out, overwrite)
        place.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(place)
        partial.mkdir()
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); valid: a folder of yours") from error
    try:
        yield partial
        _check_place(place, out, overwrite)
        _put_in_place(partial, place)
    except OSError as error:
        ours = str(error.filename or "").startswith(str(place.parent))
        if not ours and error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise InputError(f"{out}: cannot be written ({error.strerror}); valid: a folder with room") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_run(
    folder: Path,
    manifest: Manifest,
    scenario: Scenario,
    tables: Mapping[str, tuple[pd.DataFrame, Mapping[str, str]]],
    parameters: Sequence[Parameter],
    *,
    csv: bool = False,
) -> Manifest:
    """Write the files of a run, the manifest last.

    Args:
        folder: Folder given by :func:`run_folder`.
        manifest: What is known about the run; ``files`` is filled in here.
        scenario: The scenario that was run.
        tables: Per table name its frame and the unit of each column.
        parameters: Every parameter, with the values that were used.
        csv: Whether the tables are also written as CSV.

    Returns:
        The manifest as written.
    """
    (folder / "scenario.toml").write_text(scenario_to_toml(scenario), encoding="utf-8")
    rows = [parameter.model_dump(by_alias=True) for parameter in parameters]
    pd.DataFrame(rows, columns=[f.alias or name for name, f in Parameter.model_fields.items()]).to_csv(
        folder / "parameters.csv", index=False
    )
    for name, (frame, units) in tables.items():
        table = pa.Table.from_pandas(frame, preserve_index=False)
        fields = [field.with_metadata({"unit": units.get(field.name, "")}) for field in table.schema]
        schema = pa.schema(fields, metadata=table.schema.metadata)
        pq.write_table(
            pa.Table.from_arrays(table.columns, schema=schema), folder / f"{name}.parquet", compression="zstd"
        )
        if csv:
            frame.to_csv(folder / f"{name}.csv", index=False)
    files = {file.name: _fingerprint(file) for file in sorted(folder.iterdir())}
    manifest = manifest.model_copy(update={"files": files, "complete": True})
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return manifest


def read_run(folder: str | Path) -> StoredRun:
    """Read a run's folder after checking that it is complete and unchanged.

    Raises:
        InputError: It is no run, unfinished, of another format version, or a file is missing or changed.
    """
    place = Path(folder)
    if _is_unfinished(place):
        raise InputError(f"{folder}: left behind by an interrupted run; valid: the folder of a complete run")
    manifest = _read_manifest(place)
    for name, stored in manifest.files.items():
        file = place / name
        if not file.is_file():
            raise InputError(f"{file}: missing, the run is not complete; valid: the folder as it was written")
        if file.stat().st_size != stored.bytes or _fingerprint(file) != stored:
            raise InputError(f"{file}: changed since the run; valid: the folder as it was written")
    text = (place / "scenario.toml").read_text(encoding="utf-8")
    return StoredRun(place, manifest, scenario_from_toml(text, str(place / "scenario.toml")))


def _read_manifest(place: Path) -> Manifest:
    file = place / MANIFEST
    try:
        if not file.is_file():
            raise InputError(f"{place}: no folder of a run (no {MANIFEST}); valid: what 'run --out' wrote")
        if file.stat().st_size > _MANIFEST_BYTES_MAX:
            raise InputError(f"{file}: too large for a manifest; valid: what 'run --out' wrote")
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except InputError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file}: not a readable manifest; valid: what 'run --out' wrote") from error
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise InputError(f"{file}: format_version is {version!r}; valid: {FORMAT_VERSION}, so run it again")
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputError(f"{file}: {key} is not valid; valid: what 'run --out' wrote") from error
    needed = {
        "scenario.toml",
        "indicators.parquet",
        "events.parquet",
        "care_sites.parquet",
        "mode_shares.parquet",
        "link_loads.parquet",
        "parameters.csv",
    }
    if not manifest.complete or not needed <= manifest.files.keys():
        raise InputError(f"{file}: the run is not complete; valid: the folder of a complete run")
    if any(Path(name).name != name for name in manifest.files):
        raise InputError(f"{file}: files: names a file outside the folder; valid: names of its own files")
    return manifest


def _check_place(place: Path, out: str | Path, overwrite: bool) -> None:
    """Refuse to write where something stands that a run may not replace."""
    if _is_unfinished(place):
        raise InputError(f"{out}: this name marks unfinished runs; valid: any other name")
    if not os.path.lexists(place):
        return
    if not place.is_dir():
        raise InputError(f"{out}: is a file; valid: a new folder, or an empty one")
    if not any(place.iterdir()):
        return
    try:
        read_run(place)
    except InputError as error:
        raise InputError(f"{out}: holds files that are no complete run; valid: a new folder") from error
    if not overwrite:
        raise InputError(f"{out}: holds a run already; valid: another folder, or --overwrite")


def _put_in_place(partial: Path, place: Path) -> None:
    """Rename the finished folder; a run that it replaces goes only when the new one stands."""
    replaced = None
    if place.exists() and not any(place.iterdir()):
        place.rmdir()
    elif place.exists():
        replaced = place.parent / f".{place.name}.partial-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        place.rename(replaced)
    try:
        partial.replace(place)
    except BaseException:
        if replaced is not None:
            replaced.rename(place)
        raise
    if replaced is not None:
        shutil.rmtree(replaced, ignore_errors=True)


def _remove_leftovers(place: Path) -> None:
    """Remove what interrupted runs left beside this place; those still being written stay."""
    for folder in place.parent.glob(f".{_literal(place.name)}.partial-*"):
        process = re.fullmatch(r"(\d+)(-[0-9a-f]{8})?", folder.name.removeprefix(f".{place.name}.partial-"))
        if process is not None and (int(process[1]) == os.getpid() or not _lives(int(process[1]))):
            shutil.rmtree(folder, ignore_errors=True)


def _literal(name: str) -> str:
    """Return a name so that a search pattern finds only itself."""
    return re.sub(r"([*?[])", r"[\1]", name)


def _lives(process: int) -> bool:
    """Return whether a process is running; where that cannot be asked harmlessly, assume that it is."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _is_unfinished(place: Path) -> bool:
    return re.fullmatch(r"\..*\.partial-\d+(-[0-9a-f]{8})?", place.resolve().name, re.DOTALL) is not None


def _fingerprint(file: Path) -> StoredFile:
    with file.open("rb") as stream:
        return StoredFile(bytes=file.stat().st_size, sha256=hashlib.file_digest(stream, "sha256").hexdigest())
