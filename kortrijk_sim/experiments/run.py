"""One run: build the city, let the months pass, keep what came of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import platform
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pandas as pd

from kortrijk_sim.agents.columns import SITE_COLUMNS
from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Facts, Parameter, Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.network import load_network
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.experiments.store import FORMAT_VERSION, Manifest, run_folder, write_run
from kortrijk_sim.models.policy import END_YEAR, START_YEAR, Scenario, check_scenario

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

type Progress = Callable[[int, int, dt.date], None]

SEED_MAX = 2**63 - 1
SCALE_MIN = 0.02  # a smaller city is too small for its own margins
YEARS_MAX = END_YEAR - START_YEAR + 1


@dataclass(frozen=True)
class RunResult:
    """What came of a run.

    Attributes:
        scenario: What was run.
        indicators: One row per month and place ('Kortrijk' or a wijk), one column per indicator.
        events: One row per event.
        units: Unit of each column of ``indicators``.
        facts: The note's and the base year's figures, to lay beside the indicators.
        manifest: Seeds, versions, hashes, timings.
        folder: Where the run was written, or None.
    """

    scenario: Scenario
    indicators: pd.DataFrame
    events: pd.DataFrame
    units: dict[str, str]
    facts: Facts
    manifest: Manifest
    folder: Path | None


MODE_SHARE_UNITS = {"trips_per_day": "trips/day", "km_per_day": "km/day", "share": "share of the group's trips"}
LINK_UNITS = {
    "a": "node", "b": "node", "road": "class", "km": "km", "cars_there": "cars/day", "cars_back": "cars/day",
    "slowdown": "ratio over the base year",
}  # fmt: skip


def run(
    scenario: Scenario | str | Path | None = None,
    seed: int = 1,
    years: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    *,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    csv: bool = False,
    overwrite: bool = False,
) -> RunResult:
    """Run a scenario and, if asked, write its folder.

    Args:
        scenario: A scenario, the name of a ready-made one, a TOML file, or None for unchanged policy.
        seed: Seed of the dice; runs with one seed differ only where the policies do.
        years: Simulated years instead of the scenario's own, 1 to 16.
        out: Folder to write; it appears only when the run is complete.
        progress: Called with months done, months in all and the date: before the city is built, when all
            that was given is in order, and after each month.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated, 0.02 to 1; for tests and teaching.
        csv: Whether the folder also gets its tables as CSV.
        overwrite: Whether a complete run in ``out`` may be replaced.

    Raises:
        InputError: The scenario, an option or the folder is not usable.
    """
    tables = tables if tables is not None else Tables()
    scenario = _scenario(scenario, years, tables)
    _check_number("seed", seed, 0, SEED_MAX)
    _check_number("city seed", city_seed, 0, SEED_MAX)
    if not SCALE_MIN <= scale <= 1:
        raise InputError(f"scale: {scale} is out of bounds; valid: {SCALE_MIN} to 1")
    with contextlib.ExitStack() as stack:
        partial = None
        if out is not None:
            stack.enter_context(_leaving_on_termination())
            partial = stack.enter_context(run_folder(out, overwrite=overwrite))
        model = _simulate(scenario, seed, tables, city_seed, scale, progress)
        manifest = _manifest(model, scenario, seed, city_seed, scale)
        indicators, events = model.indicators.frame(), model.events.frame()
        units = {"month": "months since 1 January 2025"}
        units |= {d.name: d.unit for d in model.indicators.definitions}
        if partial is not None:
            site_units = {name: column.unit for name, column in SITE_COLUMNS.items()}
            written = {
                "indicators": (indicators, units),
                "events": (events, dict(model.events.units)),
                "care_sites": (model.sites(), site_units),
                "mode_shares": (model.mode_shares(), MODE_SHARE_UNITS),
                "link_loads": (model.link_loads(), LINK_UNITS),
            }
            parameters = list(model.parameters.values())
            manifest = write_run(partial, manifest, scenario, written, parameters, csv=csv)
    folder = Path(out) if out is not None else None
    return RunResult(scenario, indicators, events, units, Facts(tables), manifest, folder)


def _scenario(scenario: Scenario | str | Path | None, years: int | None, tables: Tables) -> Scenario:
    if isinstance(scenario, Scenario):
        geography = load_geography(tables)
        sites = [site.name for site in load_care_sites(tables, geography)]
        network = load_network(tables, geography)
        scenario = check_scenario(scenario, geography, Parameters(tables), sites=sites, network=network)
    else:
        scenario = load_scenario(scenario if scenario is not None else "unchanged", tables)
    if years is None:
        return scenario
    _check_number("years", years, 1, YEARS_MAX)
    return scenario.model_copy(update={"years": years})


def _check_number(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError(f"{name}: {value} is out of bounds; valid: {low} to {high}")


def _simulate(
    scenario: Scenario, seed: int, tables: Tables, city_seed: int, scale: float, progress: Progress | None
) -> KortrijkModel:
    from kortrijk_sim.models.model import KortrijkModel  # noqa: PLC0415 - loads the kernels

    months = scenario.horizon_months
    if progress is not None:
        progress(0, months, dt.date(START_YEAR, 1, 1))
    model = KortrijkModel(scenario, rng=seed, tables=tables, city_seed=city_seed, scale=scale)
    for done in range(1, months + 1):
        model.step()
        if progress is not None:
            progress(done, months, model.date)
    return model


def _manifest(model: KortrijkModel, scenario: Scenario, seed: int, city_seed: int, scale: float) -> Manifest:
    return Manifest(
        format_version=FORMAT_VERSION,
        complete=False,
        package_version=metadata.version("kortrijk-sim"),
        versions={
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("numpy", "numba", "mesa", "pandas", "pyarrow")},
        },
        scenario=scenario.name,
        scenario_digest=scenario.digest(),
        tables_digest=model.base.tables_digest,
        state_hash=str(model.state_hash()),
        seed=seed,
        city_seed=city_seed,
        scale=scale,
        months=model.month,
        created_utc=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        timings_s={name: float(seconds) for name, seconds in model.timings.items()},
        parameters_outside_range=sorted(p.name for p in model.parameters.values() if _outside_range(p)),
    )


def _outside_range(parameter: Parameter) -> bool:
    return not parameter.low <= parameter.value <= parameter.high


@contextlib.contextmanager
def _leaving_on_termination() -> Iterator[None]:
    """Turn a request to end into an ordinary exit, so that what is half written is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler != signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
