"""Many runs on two processes: our experiment runner beside ``mesa.batch_run``, with the very same model."""

# ruff: noqa: PLC0415 - each contender loads only what it needs

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

PROCESSES = 2
RUNS = 8


def experiment(scale: float, months: int) -> dict[str, Any]:
    """Run with our runner: indicators of all places by year and everybody's life at the end on disk."""
    from kortrijk_sim.experiments.experiment_file import experiment_of
    from kortrijk_sim.experiments.runner import run_experiment

    years = max(1, months // 12)
    asked = {"name": "benchmark", "scenarios": ["unchanged"], "seeds": RUNS, "years": years, "scale": scale}
    with tempfile.TemporaryDirectory() as folder, _memory() as memory:
        begin = time.perf_counter()
        result = run_experiment(experiment_of(asked | {"keep": ["lives"]}), Path(folder) / "r", workers=PROCESSES)
        taken = time.perf_counter() - begin
        stored = sum(file.stat().st_size for file in Path(folder).rglob("*.parquet")) / 1e6 / RUNS
    return {"run_s": taken / RUNS, "memory_mb": max(memory), "failed": len(result.failed), "stored_mb": stored}


def batch_run(scale: float, months: int) -> dict[str, Any]:
    """Run with Mesa's own runner: the headline indicators of the city at the end, in memory."""
    import mesa

    from kortrijk_sim.models.model import KortrijkModel

    with _memory() as memory:
        begin = time.perf_counter()
        rows = mesa.batch_run(
            KortrijkModel, {"scale": scale}, number_processes=PROCESSES, rng=list(range(1, RUNS + 1)),
            max_steps=12 * max(1, months // 12), data_collection_period=-1, display_progress=False,
        )  # fmt: skip
        taken = time.perf_counter() - begin
    assert len(rows) == RUNS
    return {"run_s": taken / RUNS, "memory_mb": max(memory)}


@contextlib.contextmanager
def _memory() -> Iterator[list[float]]:
    """Watch the memory of this process and its children together, in MB."""
    seen: list[float] = [0.0]
    over = threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not over.wait(0.2):
            total = 0.0
            for process in [me, *me.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    total += process.memory_info().rss / 1e6
            seen.append(total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
