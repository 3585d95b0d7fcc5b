"""Our contender: the whole city, demography and housing rotation, every process of the schedule."""

# ruff: noqa: PLC0415 - what importing costs is measured, too

from __future__ import annotations

import gc
import time
from typing import Any

from benchmarks.meter import repeated, resident_mb, seconds

REPEATS = 10
RUNS_IN_ONE_PROCESS = 6


def start(scale: float, months: int) -> dict[str, Any]:
    """Start as a newcomer's process does: import, build the city, make the model, live one month."""
    begin = time.perf_counter()
    from kortrijk_sim.models.model import KortrijkModel

    imported = time.perf_counter()
    model = KortrijkModel(rng=1, scale=scale)
    made = time.perf_counter()
    model.step()
    return {
        "import_s": imported - begin,
        "build_s": made - imported,
        "start_s": made - begin,
        "first_month_s": time.perf_counter() - made,
    }


def synthesis(scale: float, months: int) -> dict[str, Any]:
    """Synthesise the population: once with kernels still on disk (cold), then again (warm)."""
    from kortrijk_sim.city.synthesis import synthesise
    from kortrijk_sim.city.tables import Tables

    tables = Tables(None)
    cold = seconds(lambda: synthesise(tables, scale=scale))
    return {"cold_s": cold, "warm_s": seconds(lambda: synthesise(tables, scale=scale))}


def years(scale: float, months: int) -> dict[str, Any]:
    """Run all months twice, the second time with every kernel loaded; then fork, snapshot and restore."""
    before = resident_mb()
    from kortrijk_sim.models.model import KortrijkModel

    imported = resident_mb()
    model = KortrijkModel(rng=1, scale=scale)
    built = resident_mb()
    first = seconds(lambda: _live(model, months))
    model = KortrijkModel(rng=2, scale=scale)
    gc.collect()
    run = seconds(lambda: _live(model, months))
    lived = resident_mb()
    snapshot = model.snapshot()
    series = model.indicators.frame()
    series = series[series["place"] == "Kortrijk"]
    return {
        "first_run_s": first,
        "run_s": run,
        "processes_s": dict(model.timings),
        "fork_s": repeated(model.fork, REPEATS),
        "snapshot_s": repeated(model.snapshot, REPEATS),
        "restore_s": repeated(lambda: model.restore(snapshot), REPEATS),
        "import_mb": imported - before,
        "model_mb": built - imported,
        "lived_mb": lived,
        "agents": float(series["population"].iloc[0]),
        "deaths_per_month": float(series["deaths"].iloc[1:].mean()),
        "sought_per_month": _sought(model) / months,
    }


def memory(scale: float, months: int) -> dict[str, Any]:
    """Run several times in one process and look at its memory after each."""
    from kortrijk_sim.models.model import KortrijkModel

    resident = []
    for seed in range(1, RUNS_IN_ONE_PROCESS + 1):
        model = KortrijkModel(rng=seed, scale=scale)
        _live(model, months)
        del model
        gc.collect()
        resident.append(resident_mb())
    return {"resident_mb": resident}


def compilation(scale: float, months: int) -> dict[str, Any]:
    """Import, build a small city and live two months; the caller says where compilations are kept."""

    def first_use() -> None:
        from kortrijk_sim.models.model import KortrijkModel

        _live(KortrijkModel(rng=1, scale=0.05), 2)

    return {"first_use_s": seconds(first_use)}


def _live(model: Any, months: int) -> None:
    for _ in range(months):
        model.step()


def _sought(model: Any) -> float:
    from kortrijk_sim.models.events import Kind

    log, used = model.state.tables.log, int(model.state.tables.counts[3])
    return float((log.kind[:used] == Kind.SOUGHT).sum())
