"""Starsim doing births and deaths only: the same number of agents and of months, arrays as ours."""

# ruff: noqa: PLC0415 - what importing costs is measured, too

from __future__ import annotations

import time
from typing import Any

from benchmarks.meter import resident_mb, seconds

AGENTS = 81_045
BIRTHS_PER_1000 = 9.8  # about those of the city
DEATHS_PER_1000 = 11.2


def years(scale: float, months: int) -> dict[str, Any]:
    """Run all months twice, the second time with everything loaded."""
    before = resident_mb()
    begin = time.perf_counter()
    import starsim as ss

    imported = time.perf_counter()
    imported_mb = resident_mb()

    def make(seed: int) -> Any:
        sim = ss.Sim(
            n_agents=round(AGENTS * scale),
            start="2025-01-01",
            dur=ss.months(months - 1),  # the first month counts as a step of its own
            dt=ss.month,
            demographics=[
                ss.Births(birth_rate=ss.peryear(BIRTHS_PER_1000)),
                ss.Deaths(death_rate=ss.peryear(DEATHS_PER_1000)),
            ],
            rand_seed=seed,
            verbose=0,
        )
        sim.init()
        return sim

    sim = make(1)
    built = time.perf_counter()
    built_mb = resident_mb()
    first = seconds(sim.run)
    sim = make(2)
    run = seconds(sim.run)
    return {
        "import_s": imported - begin,
        "build_s": built - imported,
        "start_s": built - begin,
        "first_run_s": first,
        "run_s": run,
        "steps": len(sim.results.deaths.new),
        "import_mb": imported_mb - before,
        "model_mb": built_mb - imported_mb,
        "lived_mb": resident_mb(),
        "agents": round(AGENTS * scale),
        "deaths_per_month": float(sim.results.deaths.new[:].sum()) / months,
    }
