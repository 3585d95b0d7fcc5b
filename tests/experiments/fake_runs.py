"""Runs that take no time, fail, kill their process or wait, as a runner meets them."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.run_spec import RunOutput, RunSpec, parquet

COLUMNS = {"year": {"unit": "year"}, "population": {"unit": "persons", "meaning": "inhabitants"}}


def fake_run(spec: RunSpec) -> RunOutput:
    """Give a small table that depends on the run alone."""
    years = np.arange(2024, 2024 + spec.scenario.years + 1, dtype=np.int16)
    shift = len(spec.scenario.measures) + sum(spec.scenario.parameters.values())
    frame = pd.DataFrame(
        {
            "year": np.repeat(years, 2),
            "place": ["Kortrijk", "Marke"] * len(years),
            "population": 100.0 * spec.seed + shift,
        }
    )
    return RunOutput({"indicators": parquet(frame, COLUMNS)}, state_hash=f"{spec.seed:x}", seconds=0.1, memory_mb=50.0)


def slow_run(spec: RunSpec) -> RunOutput:
    time.sleep(0.05)
    return fake_run(spec)


def third_fails(spec: RunSpec) -> RunOutput:
    if spec.key == ("unchanged", 0, 3):
        return RunOutput(reason="the third one fails")
    return fake_run(spec)


def third_raises(spec: RunSpec) -> RunOutput:
    if spec.seed == 3:
        raise InputError("raised in a worker")
    return fake_run(spec)


def third_kills(spec: RunSpec) -> RunOutput:
    if spec.key == ("unchanged", 0, 3):
        os.kill(os.getpid(), signal.SIGKILL)
    return slow_run(spec)


def third_kills_once(spec: RunSpec) -> RunOutput:
    mark = Path(os.environ["FAKE_RUNS_MARK"])
    if spec.seed == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return slow_run(spec)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    import fake_runs

    from kortrijk_sim.experiments.experiment_file import load_experiment
    from kortrijk_sim.experiments.runner import run_experiment

    run_experiment(load_experiment(sys.argv[1]), sys.argv[2], workers=2, task=fake_runs.slow_run)
