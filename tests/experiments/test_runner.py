"""Experiments run whole, whoever does the work and whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from distributed import LocalCluster
from fake_runs import fake_run, slow_run, third_fails, third_kills, third_kills_once, third_raises

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.experiment_file import Experiment, experiment_of, load_experiment
from kortrijk_sim.experiments.plan import make_plan
from kortrijk_sim.experiments.results import MANIFEST, read_result
from kortrijk_sim.experiments.run_spec import RunOutput, run_one
from kortrijk_sim.experiments.runner import TRIES, Advance, cancel, run_experiment, status

FAKE = Path(__file__).with_name("fake_runs.py")


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """These runs need no compiled rules, so nothing is compiled first."""
    monkeypatch.setattr("kortrijk_sim.experiments.runner.is_compiled", lambda: True)


def experiment(**changes: object) -> Experiment:
    return experiment_of({"name": "trial", "scenarios": ["unchanged", "rotation"], "seeds": 5, "years": 1} | changes)


def tables_of(folder: Path) -> dict[str, bytes]:
    """Return every file that is not about how a run went: records hold seconds and memory."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.parent.name != "records"]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.name != ".lock"}


def test_every_run_is_there_once_and_in_order(tmp_path: Path) -> None:
    result = run_experiment(experiment(), tmp_path / "r", task=fake_run)
    assert [record.key for record in result.records] == [
        (name, 0, seed) for name in ("unchanged", "rotation") for seed in range(1, 6)
    ]
    assert result.missing == 0
    frame = result.indicators()
    assert len(frame) == 10 * 2 * 2
    assert frame.groupby("seed")["population"].min().tolist() == [100.0 * seed for seed in range(1, 6)]
    assert result.units()["population"] == "persons"


def test_tables_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    for workers in (1, 3):
        run_experiment(experiment(), tmp_path / str(workers), workers=workers, task=slow_run)
    assert tables_of(tmp_path / "1") == tables_of(tmp_path / "3")


def test_killed_twice_and_gone_on_with_it_gives_the_same_bytes(tmp_path: Path) -> None:
    file = tmp_path / "trial.toml"
    file.write_text(experiment(seeds=40).to_toml())
    place = tmp_path / "killed"

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(FAKE), str(file), str(place)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def records() -> int:
        return len(list((place / "records").glob("*.json")))

    for wanted in (10, 40):
        process = start()
        while records() < wanted and process.poll() is None:
            time.sleep(0.005)
        assert process.poll() is None, "it ended before it could be killed"
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = records()
        assert wanted <= before < 80
        assert read_result(place).missing == 80 - before
    written = {file: file.stat().st_mtime_ns for file in place.rglob("part.parquet")}
    done = {record.run for record in read_result(place).records}
    assert start().wait() == 0
    kept = [file for file, stamp in written.items() if file.stat().st_mtime_ns == stamp]
    assert len(kept) >= len(done)
    run_experiment(experiment(seeds=40), tmp_path / "whole", task=slow_run)
    assert tables_of(place) == tables_of(tmp_path / "whole")
    assert not list(place.rglob(".*.unfinished"))


def test_one_run_that_fails_leaves_a_reason_and_all_the_others(tmp_path: Path) -> None:
    result = run_experiment(experiment(), tmp_path / "r", task=third_fails)
    assert [(record.key, record.reason) for record in result.failed] == [(("unchanged", 0, 3), "the third one fails")]
    assert len(result.records) == 10
    assert len(result.indicators()) == 9 * 2 * 2
    again = run_experiment(experiment(), tmp_path / "r", task=fake_run)
    assert not again.failed
    assert tables_of(tmp_path / "r") == tables_of(run_experiment(experiment(), tmp_path / "s", task=fake_run).folder)


def test_what_a_worker_raises_is_the_reason_of_its_runs(tmp_path: Path) -> None:
    result = run_experiment(experiment(), tmp_path / "r", task=third_raises)
    assert {record.seed for record in result.failed} == {3}
    assert all("raised in a worker" in record.reason for record in result.failed)


def test_a_run_that_kills_its_process_is_given_up_and_the_others_are_not(tmp_path: Path) -> None:
    result = run_experiment(experiment(), tmp_path / "r", task=third_kills)
    assert [record.key for record in result.failed] == [("unchanged", 0, 3)]
    assert f"died {TRIES} times" in result.failed[0].reason
    assert result.missing == 0


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_RUNS_MARK", str(tmp_path / "mark"))
    result = run_experiment(experiment(), tmp_path / "r", task=third_kills_once)
    assert not result.failed
    assert result.missing == 0


def test_more_seeds_and_scenarios_run_only_what_is_new(tmp_path: Path) -> None:
    place = tmp_path / "r"
    run_experiment(experiment(), place, task=fake_run)
    before = {file.name: file.stat().st_mtime_ns for file in (place / "records").iterdir()}
    wider = experiment(seeds=6, scenarios=["unchanged", "rotation", "care"])
    result = run_experiment(wider, place, task=fake_run)
    assert len(result.records) == 18
    after = {file.name: file.stat().st_mtime_ns for file in (place / "records").iterdir()}
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"years": 2}, "runs that this experiment does not ask for"),
        ({"seeds": 4}, "runs that this experiment does not ask for"),
        ({"scale": 0.5}, "runs that this experiment does not ask for"),
        ({"name": "other"}, "holds the experiment 'trial'"),
    ],
)
def test_another_experiment_is_not_mixed_with_what_stands(
    changes: dict[str, object], said: str, tmp_path: Path
) -> None:
    place = tmp_path / "r"
    run_experiment(experiment(), place, task=fake_run)
    before = tables_of(place)
    with pytest.raises(InputError, match=said):
        run_experiment(experiment(**changes), place, task=fake_run)
    assert tables_of(place) == before


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        run_experiment(experiment(), tmp_path, task=fake_run)
    assert os.listdir(tmp_path) == ["mine.txt"]
    with pytest.raises(InputError, match="is a file"):
        run_experiment(experiment(), tmp_path / "mine.txt", task=fake_run)


def test_another_version_of_the_model_is_not_mixed_in(tmp_path: Path) -> None:
    place = tmp_path / "r"
    run_experiment(experiment(), place, task=fake_run)
    manifest = place / MANIFEST
    manifest.write_text(manifest.read_text().replace('"model_digest": "', '"model_digest": "0'))
    with pytest.raises(InputError, match="another version of the model"):
        run_experiment(experiment(), place, task=fake_run)


def test_two_processes_do_not_write_one_folder(tmp_path: Path) -> None:
    place, said = tmp_path / "r", []

    def second(now: Advance) -> None:
        if now.done == 1:
            assert status(place).running
            with pytest.raises(InputError, match="being written by another process"):
                run_experiment(experiment(), place, task=fake_run)
            said.append(now)

    run_experiment(experiment(), place, task=slow_run, on_advance=second)
    assert said
    assert not status(place).running


def test_a_request_to_stop_leaves_what_is_finished(tmp_path: Path) -> None:
    place = tmp_path / "r"

    def ask(now: Advance) -> None:
        if now.done == 6:
            assert cancel(place)

    result = run_experiment(experiment(seeds=60), place, task=slow_run, on_advance=ask)
    assert 6 <= len(result.records) < 60
    assert result.missing == 120 - len(result.records)
    assert status(place).by_scenario["unchanged"][2] > 0
    assert not cancel(place), "nobody runs it any more"
    assert run_experiment(experiment(seeds=60), place, task=fake_run).missing == 0


def test_the_time_left_is_counted_from_what_this_process_did(tmp_path: Path) -> None:
    said: list[Advance] = []
    run_experiment(experiment(), tmp_path / "r", task=slow_run, on_advance=said.append)
    assert [now.done for now in said] == list(range(11))
    assert said[0].seconds_left is None
    assert said[-1].seconds_left == 0.0
    assert all(now.runs == 10 for now in said)


def test_the_results_experiment_file_asks_for_the_same_runs(tmp_path: Path) -> None:
    plan = make_plan(experiment())
    run_experiment(plan, tmp_path / "r", task=fake_run)
    again = make_plan(load_experiment(tmp_path / "r" / "experiment.toml"), folder=tmp_path / "r")
    assert [spec.digest() for spec in again.specs] == [spec.digest() for spec in plan.specs]


@pytest.mark.parametrize("workers", [0, -1, 5_000])
def test_a_senseless_number_of_workers_is_refused(workers: int, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="workers"):
        run_experiment(experiment(), tmp_path / "r", workers=workers, task=fake_run)
    assert not (tmp_path / "r").exists()


def test_a_cluster_that_loses_a_worker_gives_the_same_tables(tmp_path: Path) -> None:
    killed = []
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids = [worker.process.pid for worker in cluster.workers.values()]

        def kill(now: Advance) -> None:
            if now.done == 10 and not killed:
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])

        wanted = experiment(seeds=30)
        result = run_experiment(
            wanted, tmp_path / "dask", dask=cluster.scheduler_address, task=slow_run, on_advance=kill
        )
    assert killed
    assert not result.failed
    assert result.missing == 0
    run_experiment(wanted, tmp_path / "here", task=fake_run)
    assert tables_of(tmp_path / "dask") == tables_of(tmp_path / "here")


def test_a_cluster_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--dask: no scheduler answers"):
        run_experiment(experiment(), tmp_path / "r", dask="tcp://127.0.0.1:9", task=fake_run)


def test_nobody_ends_threads_of_the_caller(tmp_path: Path) -> None:
    before = threading.active_count()
    run_experiment(experiment(), tmp_path / "r", task=fake_run)
    assert threading.active_count() <= before + 1


def test_a_task_gives_its_reason_in_one_printable_line(tmp_path: Path) -> None:
    spec = make_plan(experiment(scale=0.02, seeds=1)).specs[0]
    output = run_one(spec.__class__(**(spec.__dict__ | {"tables_digest": "0"})))
    assert isinstance(output, RunOutput)
    assert output.reason.startswith("tables: not those of the plan")
    assert not output.files
