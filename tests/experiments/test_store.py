from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import fake_city as fake_city_module
import pandas as pd
import pytest

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.run import run
from kortrijk_sim.experiments.store import FORMAT_VERSION, read_run, run_folder
from kortrijk_sim.models.policy import Scenario

FAKE = Path(fake_city_module.__file__)


def start_run(out: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    """Start a slow run of the fake city in a process of its own and wait until it is under way."""
    process = subprocess.Popen(
        [sys.executable, str(FAKE), "run", "--years", "16", "--out", str(out), *words],
        env={**os.environ, "FAKE_CITY_SLEEP": "0.2", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever started the tests in the background has them, and so their children, ignore an interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    for _ in range(300):
        if process.poll() is not None:
            break
        if list(out.parent.glob(f".{out.name}.partial-{process.pid}")):
            time.sleep(0.3)
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate())


@pytest.mark.usefixtures("fake_city")
def test_a_run_folder_holds_scenario_manifest_indicators_events_and_parameters(tmp_path: Path) -> None:
    out = tmp_path / "runs" / "one"
    result = run("rotation", seed=7, years=2, out=out)
    assert sorted(f.name for f in out.iterdir()) == [
        "care_sites.parquet",
        "events.parquet",
        "indicators.parquet",
        "link_loads.parquet",
        "manifest.json",
        "mode_shares.parquet",
        "parameters.csv",
        "scenario.toml",
    ]
    assert result.folder == out
    stored = read_run(out)
    assert stored.scenario == result.scenario.model_copy(update={"extends": (), "without": ()})
    pd.testing.assert_frame_equal(stored.indicators(), result.indicators)
    pd.testing.assert_frame_equal(stored.events(), result.events)
    assert stored.care_sites()["name"].tolist() == ["De Zon"]


@pytest.mark.usefixtures("fake_city")
def test_the_manifest_says_what_a_run_was_made_of(tmp_path: Path) -> None:
    run("rotation", seed=7, years=2, out=tmp_path / "one", city_seed=3)
    content = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert content["complete"] is True
    assert content["format_version"] == FORMAT_VERSION
    assert content["package_version"]
    assert {"python", "numpy", "numba", "mesa"} <= content["versions"].keys()
    assert (content["seed"], content["city_seed"], content["months"], content["scale"]) == (7, 3, 24, 1.0)
    assert len(content["scenario_digest"]) == len(content["tables_digest"]) == 16
    assert content["state_hash"] == "00000007"
    assert content["timings_s"] == {"demography": 0.25, "housing": 0.5}
    assert content["parameters_outside_range"] == []
    assert content["created_utc"].endswith("+00:00")
    assert "manifest.json" not in content["files"]
    assert len(content["files"]) == 7


@pytest.mark.usefixtures("fake_city")
def test_columns_carry_their_units(tmp_path: Path) -> None:
    run(years=1, out=tmp_path / "one")
    stored = read_run(tmp_path / "one")
    assert stored.units("indicators")["population"] == "persons"
    assert stored.units("indicators")["vacancy_share"] == "share"
    assert stored.units("events")["month"] == "months since 1 January 2025"


@pytest.mark.usefixtures("fake_city")
def test_tables_come_as_csv_when_asked(tmp_path: Path) -> None:
    result = run(years=1, out=tmp_path / "one", csv=True)
    read = pd.read_csv(tmp_path / "one" / "indicators.csv")
    assert read["population"].tolist() == result.indicators["population"].tolist()
    assert (tmp_path / "one" / "events.csv").is_file()


@pytest.mark.usefixtures("fake_city")
def test_two_runs_with_one_seed_differ_only_in_when_they_were_made(tmp_path: Path) -> None:
    manifests = [run(years=1, seed=4, out=tmp_path / name).manifest for name in ("one", "two")]
    one, two = (m.model_dump(exclude={"created_utc", "timings_s"}) for m in manifests)
    assert one == two


@pytest.mark.usefixtures("fake_city")
def test_a_complete_run_is_replaced_only_when_that_is_asked(tmp_path: Path) -> None:
    out = tmp_path / "one"
    run(years=1, seed=1, out=out)
    with pytest.raises(InputError, match="--overwrite"):
        run(years=1, seed=2, out=out)
    assert read_run(out).manifest.seed == 1
    run(years=1, seed=2, out=out, overwrite=True)
    assert read_run(out).manifest.seed == 2
    assert os.listdir(tmp_path) == ["one"]


@pytest.mark.usefixtures("fake_city")
def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(InputError, match="thesis"):
        run(years=1, out=tmp_path / "thesis", overwrite=True)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


@pytest.mark.usefixtures("fake_city")
def test_a_file_is_never_replaced_and_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        run(years=1, out=tmp_path / "file", overwrite=True)
    (tmp_path / "empty").mkdir()
    run(years=1, out=tmp_path / "empty")
    assert read_run(tmp_path / "empty").manifest.complete


@pytest.mark.usefixtures("fake_city")
@pytest.mark.parametrize("how", ["FAKE_CITY_FAILS_IN", "FAKE_CITY_INTERRUPTED_IN"])
def test_an_interrupted_run_leaves_nothing_and_keeps_what_stood_there(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(years=1, seed=1, out=tmp_path / "one")
    monkeypatch.setenv(how, "5")
    for name in ("one", "two"):
        with pytest.raises((RuntimeError, KeyboardInterrupt)):
            run(years=1, seed=2, out=tmp_path / name, overwrite=True)
    assert os.listdir(tmp_path) == ["one"]
    assert read_run(tmp_path / "one").manifest.seed == 1


def test_nothing_stands_in_the_place_before_the_run_is_complete(tmp_path: Path) -> None:
    out = tmp_path / "one"
    with run_folder(out) as unfinished:
        (unfinished / "half").write_text("written")
        assert not out.exists()
        with pytest.raises(InputError, match="interrupted"):
            read_run(unfinished)
    assert (out / "half").read_text() == "written"


def test_a_failure_while_replacing_keeps_the_old_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_city: None
) -> None:
    run(years=1, seed=1, out=tmp_path / "one")

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(KeyboardInterrupt):
        run(years=1, seed=2, out=tmp_path / "one", overwrite=True)
    assert os.listdir(tmp_path) == ["one"]
    assert read_run(tmp_path / "one").manifest.seed == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_is_told_to_end_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    process = start_run(tmp_path / "one")
    process.send_signal(number)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert os.listdir(tmp_path) == []
    assert "Traceback" not in stderr


@pytest.mark.usefixtures("fake_city")
def test_a_killed_run_is_no_result_and_the_next_run_clears_it_away(tmp_path: Path) -> None:
    out = tmp_path / "one"
    process = start_run(out)
    process.kill()
    process.communicate(timeout=20)
    left = os.listdir(tmp_path)
    assert left == [f".one.partial-{process.pid}"]
    with pytest.raises(InputError, match="interrupted run"):
        read_run(tmp_path / left[0])
    with pytest.raises(InputError):
        read_run(out)
    run(years=1, out=out)
    assert os.listdir(tmp_path) == ["one"]


@pytest.mark.usefixtures("fake_city")
def test_a_run_still_being_written_is_left_alone(tmp_path: Path) -> None:
    process = start_run(tmp_path / "one")
    try:
        run(years=1, out=tmp_path / "one")
        assert sorted(os.listdir(tmp_path)) == [f".one.partial-{process.pid}", "one"]
    finally:
        process.kill()
        process.communicate(timeout=20)


@pytest.mark.usefixtures("fake_city")
def test_clearing_away_touches_only_what_belongs_to_this_place(tmp_path: Path) -> None:
    others = [".two.partial-999999999", ".on[e].partial-999999999", ".one.partial-mine", ".one.partial-"]
    for name in others:
        (tmp_path / name).mkdir()
    (tmp_path / ".one.partial-999999999").mkdir()
    run(years=1, out=tmp_path / "one")
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "one"])


@pytest.fixture
def stored(tmp_path: Path, fake_city: None) -> Path:
    run(years=1, out=tmp_path / "one")
    return tmp_path / "one"


def test_a_folder_without_a_manifest_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder of a run"):
        read_run(tmp_path)
    with pytest.raises(InputError, match="no folder of a run"):
        read_run(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"complete": False}, "not complete"),
        ({"format_version": FORMAT_VERSION + 1}, "format_version"),
        ({"format_version": "1"}, "format_version"),
        ({"files": {}}, "not complete"),
        ({"seed": "one"}, "seed"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(stored: Path, change: dict[str, object], word: str) -> None:
    file = stored / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(InputError, match=word) as caught:
        read_run(stored)
    assert "manifest.json" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, "\x00"])
def test_a_manifest_that_is_no_manifest_is_refused(stored: Path, text: str) -> None:
    (stored / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_run(stored)


def test_a_manifest_cannot_point_outside_its_folder(stored: Path) -> None:
    content = json.loads((stored / "manifest.json").read_text())
    content["files"]["../../secret"] = {"bytes": 1, "sha256": ""}
    (stored / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match="outside the folder"):
        read_run(stored)


@pytest.mark.parametrize(
    "name",
    [
        "care_sites.parquet",
        "events.parquet",
        "indicators.parquet",
        "link_loads.parquet",
        "mode_shares.parquet",
        "scenario.toml",
        "parameters.csv",
    ],
)
def test_a_missing_shortened_or_changed_file_is_noticed(stored: Path, name: str) -> None:
    copy = stored.parent / "copy"
    shutil.copytree(stored, copy)
    assert read_run(copy).manifest.complete
    content = (copy / name).read_bytes()
    for damaged in (content[:-1], bytes([content[0] ^ 1]) + content[1:]):
        (copy / name).write_bytes(damaged)
        with pytest.raises(InputError, match=f"{name}: changed"):
            read_run(copy)
    (copy / name).unlink()
    with pytest.raises(InputError, match=f"{name}: missing"):
        read_run(copy)


@pytest.mark.usefixtures("fake_city")
def test_a_place_that_cannot_be_written_is_refused_before_the_city_is_built(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    started: list[int] = []
    for out in (tmp_path / "file" / "one", tmp_path / ("n" * 300), tmp_path / ".one.partial-3"):
        with pytest.raises(InputError):
            run(years=1, out=out, progress=lambda done, months, date: started.append(done))
    assert started == []


@pytest.mark.usefixtures("fake_city")
def test_a_run_checks_the_places_of_a_scenario_made_in_python() -> None:
    measure = {"measure": "build_homes", "from": 2026, "homes": 3, "programme": "social", "wijk": "Gent"}
    with pytest.raises(InputError, match=r"measures\[0\]\.wijk"):
        run(Scenario.model_validate({"measures": [measure]}))


@pytest.mark.usefixtures("fake_city")
@pytest.mark.parametrize("wrong", [{"years": 0}, {"years": 17}, {"seed": -1}, {"scale": 0.0}, {"scale": 2.0}])
def test_impossible_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        run(**wrong)  # type: ignore[arg-type]


@pytest.mark.usefixtures("fake_city")
def test_progress_counts_every_month() -> None:
    seen: list[tuple[int, int]] = []
    run(years=1, progress=lambda done, months, date: seen.append((done, months)))
    assert seen == [(month, 12) for month in range(13)]
