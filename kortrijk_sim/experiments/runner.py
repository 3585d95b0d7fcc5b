"""Running an experiment: each run is written as soon as it ends, and what is there already is not run again.

Whoever runs it may be killed at any moment; only the runs under way are lost.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.compiling import is_compiled
from kortrijk_sim.experiments.experiment_file import Experiment
from kortrijk_sim.experiments.plan import Plan, make_plan
from kortrijk_sim.experiments.result_writer import ResultWriter
from kortrijk_sim.experiments.results import CANCEL, Result, is_being_written, read_result
from kortrijk_sim.experiments.run_spec import RunOutput, RunSpec, run_one
from kortrijk_sim.experiments.workers import check_workers, dask_workers, local_workers

TRIES = 3  # a run whose worker has died this often is given up
_LOOK_S = 0.5  # how often a request to stop is looked for
_HANDED_OUT = 2  # runs per worker: one under way and one to go on with at once

type Task = Callable[[RunSpec], RunOutput]


@dataclass(frozen=True)
class Advance:
    """How far an experiment is.

    Attributes:
        done, failed, runs: Finished runs, failed ones, and all that were asked for.
        seconds: Since this process began.
        seconds_left: Until the end at the pace so far; None before the first run has ended.
    """

    done: int
    failed: int
    runs: int
    seconds: float
    seconds_left: float | None


type OnAdvance = Callable[[Advance], None]


class StopRequest(Exception):  # noqa: N818 - nothing went wrong
    """Somebody asked the experiment to stop."""


def run_experiment(
    experiment: Experiment | Plan,
    out: str | Path,
    *,
    workers: int = 2,
    dask: str | None = None,
    tables: Tables | None = None,
    folder: str | Path = ".",
    on_advance: OnAdvance | None = None,
    task: Task = run_one,
) -> Result:
    """Run what is missing of an experiment.

    The tables depend neither on who does the work nor on the order in which runs end.

    Args:
        experiment: The experiment, or its plan.
        out: Folder of its result: new, or that of the same experiment, which is then gone on with.
        workers: Processes on this machine.
        dask: Address of the scheduler of a Dask cluster, which then does the work.
        tables: Tables instead of the package's own.
        folder: Where relative paths in the experiment start from.
        on_advance: Called before the first run and after each.
        task: What makes a run; a function of a module, since workers look it up by name.

    Returns:
        The result. When somebody asked to stop, runs are missing in it.

    Raises:
        InputError: The experiment, the folder or the workers are not in order.
    """
    check_workers(workers)
    plan = experiment if isinstance(experiment, Plan) else make_plan(experiment, tables, folder)
    writer = ResultWriter(Path(out), plan)
    with writer.open() as missing, contextlib.suppress(StopRequest):
        pace = _Pace(writer, len(plan.specs), len(missing), on_advance)
        if missing and dask is not None:
            with dask_workers(dask) as (executor, threads):
                _run_all(executor, _HANDED_OUT * threads, missing, task, pace)
        elif missing:
            _run_here(missing, min(workers, len(missing)), task, pace)
    return read_result(out)


def _run_here(specs: Sequence[RunSpec], workers: int, task: Task, pace: _Pace) -> None:
    """Run on this machine. A worker that dies takes all the others with it, so they are started anew."""
    tries: Counter[tuple[str, int, int]] = Counter()
    todo = list(specs)
    if not is_compiled():  # compiled once: several workers would each compile
        with local_workers(1) as executor:
            _run_all(executor, 1, todo[:1], task, pace)
        todo = todo[1:]
    while todo:
        # After two deaths one run at a time, so that the one that kills is told from those beside it.
        alone = any(tries[spec.key] >= TRIES - 1 for spec in todo)
        at_once = 1 if alone else workers
        try:
            with local_workers(at_once) as executor:
                _run_all(executor, at_once if alone else _HANDED_OUT * at_once, todo, task, pace)
        except BrokenExecutor:
            for key in pace.under_way:
                tries[key] += 1
            for spec in todo:
                if tries[spec.key] >= TRIES and spec.key not in pace.ended:
                    pace.ends(
                        spec,
                        RunOutput(reason=f"its process died {TRIES} times, perhaps for want of memory"),
                    )
        todo = [spec for spec in todo if spec.key not in pace.ended]


def _run_all(executor: Executor, at_once: int, specs: Sequence[RunSpec], task: Task, pace: _Pace) -> None:
    """Hand out some runs at once and write each when it ends."""
    waiting = deque(specs)
    running: dict[Future[RunOutput], RunSpec] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                spec = waiting.popleft()
                running[executor.submit(task, spec)] = spec
            pace.under_way = [spec.key for spec in running.values()]
            for future in wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED).done:
                spec = running[future]
                output = _output_of(future)
                del running[future]
                pace.ends(spec, output)
            if pace.is_cancelled():
                raise StopRequest
    finally:
        for future in running:
            future.cancel()


def _output_of(future: Future[RunOutput]) -> RunOutput:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        raise
    except Exception as error:  # what a cluster says of a run that it gave up
        return RunOutput(reason=f"{type(error).__name__}: {error}"[:500])


class _Pace:
    """Writes runs as they end and keeps count."""

    def __init__(self, writer: ResultWriter, runs: int, missing: int, on_advance: OnAdvance | None) -> None:
        self._writer = writer
        self._runs = runs
        self._before = runs - missing
        self._failed = 0
        self._start = time.monotonic()
        self._on_advance = on_advance
        self.ended: set[tuple[str, int, int]] = set()
        self.under_way: list[tuple[str, int, int]] = []
        self._say()

    def ends(self, spec: RunSpec, output: RunOutput) -> None:
        self._writer.add(spec, output)
        self.ended.add(spec.key)
        self._failed += bool(output.reason)
        self._say()

    def is_cancelled(self) -> bool:
        return (self._writer.folder / CANCEL).exists()

    def _say(self) -> None:
        if self._on_advance is None:
            return
        seconds, ended = time.monotonic() - self._start, len(self.ended)
        left = seconds / ended * (self._runs - self._before - ended) if ended else None
        self._on_advance(Advance(self._before + ended - self._failed, self._failed, self._runs, seconds, left))


def cancel(folder: str | Path) -> bool:
    """Ask the process that runs an experiment to stop; finished runs stay.

    Returns:
        Whether somebody is running it.

    Raises:
        InputError: The folder holds no result.
    """
    read_result(folder)
    if not is_being_written(folder):
        return False
    (Path(folder) / CANCEL).touch()
    return True


@dataclass(frozen=True)
class Status:
    """Where an experiment stands, read from its folder.

    Attributes:
        result: The result so far.
        running: Whether a process is at work on it.
        by_scenario: Per future: runs done, failed and missing.
    """

    result: Result
    running: bool
    by_scenario: dict[str, tuple[int, int, int]]


def status(folder: str | Path) -> Status:
    """Return where an experiment stands.

    Raises:
        InputError: The folder holds no result.
    """
    result = read_result(folder)
    manifest = result.manifest
    each = manifest.points * len(manifest.seeds)
    counts = Counter((record.scenario, record.status) for record in result.records)
    by_scenario = {
        name: (done, failed, each - done - failed)
        for name in manifest.scenarios
        for done, failed in [(counts[name, "done"], counts[name, "failed"])]
    }
    return Status(result, is_being_written(folder), by_scenario)
