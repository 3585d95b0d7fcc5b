from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from experiments.fake_city import as_module

from kortrijk_sim.cli import main
from kortrijk_sim.cli.output import COMPILING
from kortrijk_sim.experiments.scenario_files import load_scenario, ready_scenarios

BUILD = '[[measures]]\nmeasure = "build_homes"\nprogramme = "social"\n'

BAD_FILES = {
    "unknown key": (b"tittle = 1", "tittle"),
    "wrong type": (f'{BUILD}from = 2026\nhomes = "many"'.encode(), "measures[0].homes"),
    "wrong wijk": (f'{BUILD}from = 2026\nhomes = 5\nwijk = "Heul"'.encode(), "measures[0].wijk"),
    "the year 1999": (f"{BUILD}from = 1999\nhomes = 5".encode(), "measures[0].from"),
    "negative homes": (f"{BUILD}from = 2026\nhomes = -5".encode(), "measures[0].homes"),
    "no TOML": (b"{", "TOML"),
    "no text": (b"\xff\xfe\x00", "UTF-8"),
    "nesting": (b"x=" + b"[" * 100_000, "nested"),
    "itself as its base": (b'extends = "bad.toml"', "extends"),
    "infinity": (b"[parameters]\nx = inf", "parameters.x"),
    "control characters": (b'"\\u001b[2J\\n" = 1', "unknown key"),
    "100 MB": (b"", "100.0 MB"),
}


class Answer(NamedTuple):
    code: int
    out: str
    err: str


class Command:
    """Calls the command line and catches what it prints."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: str | Path) -> Answer:
        code = main([str(word) for word in words])
        return Answer(code, *self.capsys.readouterr())


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setitem(sys.modules, "kortrijk_sim.models.model", as_module())
    monkeypatch.setattr("kortrijk_sim.compiling.is_compiled", lambda: True)
    return Command(capsys)


def is_one_sentence(answer: Answer, *words: str) -> bool:
    """Return whether a refusal is a single printable line with these words, and nothing else."""
    assert answer.code == 2, answer
    assert answer.out == ""
    assert answer.err.endswith("\n")
    assert answer.err[:-1].isprintable(), answer.err
    for word in words:
        assert word in answer.err
    return True


@pytest.mark.parametrize("case", sorted(BAD_FILES))
@pytest.mark.parametrize("before", [["run"], ["scenario", "check"]])
def test_a_bad_scenario_gets_one_sentence_and_exit_code_2(
    case: str, before: Sequence[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A refusal stands alone, also on a machine where nothing is compiled yet.
    monkeypatch.setattr("kortrijk_sim.compiling.is_compiled", lambda: False)
    content, word = BAD_FILES[case]
    with Path("bad.toml").open("wb") as file:
        file.write(content)
        file.truncate(100_000_000 if case == "100 MB" else None)
    assert is_one_sentence(command(*before, "bad.toml"), "bad.toml", word)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["run", "rotatoin"], "'rotation'"),
        (["run", "missing.toml"], "missing.toml"),
        (["run", "."], "folder"),
        (["run", "--years", "0"], "years"),
        (["run", "--years", "many"], "--years"),
        (["run", "--scale", "2"], "scale"),
        (["run", "--scale", "nan"], "scale"),
        (["run", "--seed", "-1"], "seed"),
        (["run", "--csv"], "--out"),
        (["run", "--tables", "nowhere"], "nowhere"),
        (["run", "--out", "/dev/null"], "/dev/null"),
        (["run", "--colour"], "--colour"),
        (["place", "--villages", "0"], "villages"),
        (["place", "--villages", "many"], "--villages"),
        (["place", "--places", "2"], "do not fill 3 villages"),
        (["place", "--places", "9000"], "up to 2000 in each"),
        (["place", "--open", "1999"], "'1999'"),
        (["place", "--open", "soon"], "'soon'"),
        (["place", "--years", "3"], "years: 3"),
        (["place", "--rank-by", "family_minute"], "'family_minutes'"),
        (["place", "--seed", "-1"], "seed: -1"),
        (["place", "--scale", "nan"], "scale: nan"),
        (["place", "--workers", "0"], "--workers"),
        (["place", "--out", "three"], ".toml"),
        (["place", "--out", "nowhere/three.toml"], "nowhere"),
        (["place", "--tables", "nowhere"], "nowhere"),
        (["place", "--objective", "p-medan"], "'p-median'"),
        (["rn"], "'run'"),
        (["facts", "zzzz"], "zzzz"),
    ],
)
def test_a_wrong_word_gets_one_sentence_and_exit_code_2(words: list[str], part: str, command: Command) -> None:
    assert is_one_sentence(command(*words), part)


def test_a_run_prints_the_table_beside_the_note(command: Command) -> None:
    answer = command("run", "rotation", "--seed", "3")
    assert answer.code == 0
    for words in ("Housing rotation, seed 3", "end 2040", "87,545", "192 months", "state 00000003"):
        assert words in answer.out
    assert answer.err == ""


def test_a_quiet_run_says_nothing_and_writes_its_folder(command: Command) -> None:
    answer = command("run", "--years", "1", "--quiet", "--out", "one", "--csv")
    assert answer == (0, "", "")
    assert json.loads(Path("one/manifest.json").read_text())["months"] == 12
    assert Path("one/indicators.csv").is_file()


def test_a_second_run_needs_overwrite(command: Command) -> None:
    assert command("run", "--years", "1", "--quiet", "--out", "one").code == 0
    assert is_one_sentence(command("run", "--years", "1", "--out", "one"), "one", "--overwrite")
    assert command("run", "--years", "1", "--quiet", "--out", "one", "--overwrite").code == 0


def test_the_first_compilation_is_announced_in_one_sentence(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kortrijk_sim.compiling.is_compiled", lambda: False)
    assert command("run", "--years", "1").err == COMPILING + "\n"
    assert COMPILING.count(".") == 1


def test_an_interrupted_run_says_so_and_leaves_nothing(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_CITY_INTERRUPTED_IN", "5")
    answer = command("run", "--out", "one")
    assert (answer.code, answer.out) == (130, "")
    assert answer.err == "Interrupted; no unfinished run was left behind.\n"
    assert list(Path().iterdir()) == []


def test_a_defect_of_ours_is_not_disguised_as_an_input_error(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_CITY_FAILS_IN", "5")
    with pytest.raises(RuntimeError, match="as it was told to"):
        command("run")


def test_scenario_check_counts_what_a_scenario_builds(command: Command) -> None:
    answer = command("scenario", "check", "rotation")
    assert answer.code == 0
    assert "Homes: 3,760 homes, 2,600 life-cycle-proof, 1,000 social.\n" in answer.out
    assert "Kortrijk Centrum, Bissegem" in answer.out


def test_scenario_check_counts_the_places_that_a_scenario_brings(command: Command) -> None:
    answer = command("scenario", "check", "care")
    assert answer.code == 0
    assert "Care: 400 nursing places, 186 assisted homes, 45 day-care places.\n" in answer.out
    assert "De Zon" in answer.out


def test_scenario_check_says_what_a_scenario_brings_to_travel_students_and_firms(command: Command) -> None:
    answer = command("scenario", "check", "note")
    assert answer.code == 0
    assert "on top of rotation, care, mobility." in answer.out
    assert "Travel: 12 hubs, 124 shared cars, 666 charge points, 7 cycle links, 1 new line.\n" in answer.out
    assert "Students: 1,220 student rooms.\n" in answer.out
    assert "60 firms with room to grow, 150 places in social employment.\n" in answer.out


def test_scenario_check_lays_changed_parameters_beside_their_ranges(command: Command) -> None:
    answer = command("scenario", "check", "double_ageing")
    assert answer.code == 0
    assert "nursing_stay_mean_years" in answer.out
    assert "2.5 to 3.3" in answer.out


def test_scenario_list_names_every_ready_made_scenario_with_its_title(command: Command) -> None:
    answer = command("scenario", "list")
    assert answer.code == 0
    for name in ready_scenarios():
        assert f"{name} " in answer.out
        assert load_scenario(name).title in answer.out


def test_scenario_schema_prints_or_writes_the_same_schema(command: Command) -> None:
    printed = command("scenario", "schema")
    assert printed.code == 0
    assert json.loads(printed.out)["properties"]["extends"]["examples"] == ready_scenarios()
    assert command("scenario", "schema", "--out", "scenario.schema.json").out == ""
    assert Path("scenario.schema.json").read_text(encoding="utf-8") == printed.out
    assert is_one_sentence(command("scenario", "schema", "--out", "no/such.json"), "no/such.json", "cannot be written")


def test_place_proposes_a_site_and_writes_a_scenario_that_can_be_checked(command: Command) -> None:
    answer = command("place", "--villages", "1", "--places", "120", "--no-simulation", "--out", "one.toml")
    assert answer.code == 0
    for words in (
        "Proposal 1 (p-median, answer 1)",
        "Proposal 2 (cover, answer 1)",
        "75+",
        "kortrijk-sim run one.toml",
    ):
        assert words in answer.out
    assert answer.err == ""
    checked = command("scenario", "check", "one.toml")
    assert checked.code == 0
    assert "one: 16 years to 2040, 1 measure, 0 parameters changed, on top of unchanged." in checked.out
    assert "120 nursing places" in checked.out
    assert is_one_sentence(command("place", "--out", "one.toml"), "one.toml exists", "--overwrite")


def test_a_fact_comes_with_value_unit_and_source(command: Command) -> None:
    answer = command("facts", "lifecycle_homes_extra")
    assert answer.code == 0
    for word in ("lifecycle_homes_extra", "2600", "dwellings", "2.4"):
        assert word in answer.out


def test_the_version_is_the_one_of_the_package(command: Command) -> None:
    from importlib.metadata import version  # noqa: PLC0415

    assert command("--version").out == f"kortrijk-sim {version('kortrijk-sim')}\n"


def test_help_comes_at_once_because_nothing_heavy_is_loaded() -> None:
    heavy = "('mesa', 'numba', 'numpy', 'pandas', 'pyarrow')"
    code = (
        "import sys; from kortrijk_sim.cli import main; import kortrijk_sim; main(['run', '--help']);"
        f" sys.exit(', '.join(m for m in {heavy} if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
    assert "--overwrite" in done.stdout


def test_the_public_api_is_there_and_an_unknown_name_is_not() -> None:
    import kortrijk_sim  # noqa: PLC0415

    assert kortrijk_sim.load_scenario("unchanged") == kortrijk_sim.Scenario(
        **kortrijk_sim.load_scenario("unchanged").model_dump()
    )
    assert {"KortrijkModel", "Scenario", "load_scenario", "run"} <= set(dir(kortrijk_sim))
    with pytest.raises(AttributeError):
        kortrijk_sim.nonsense  # noqa: B018
