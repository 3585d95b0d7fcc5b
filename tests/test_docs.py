"""README and docs say what is so: their code runs, their lists are those of the package, their commands exist."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import typer

from kortrijk_sim.agents import columns
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.cli import app
from kortrijk_sim.experiments.designs import Design
from kortrijk_sim.experiments.experiment_file import Experiment, Lever, Uncertainties, load_experiment
from kortrijk_sim.experiments.parameters_reaching import acting, reaching_runs
from kortrijk_sim.experiments.plan import make_plan
from kortrijk_sim.experiments.scenario_files import load_scenario, ready_scenarios
from kortrijk_sim.models import model as city_model
from kortrijk_sim.models.policy import MEASURES, BuildHomes, MovingHelp65Plus, OpenCareVillage

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a loader of the scripts in docs."""
    monkeypatch.syspath_prepend(str(DOCS))

    def load(name: str) -> dict[str, Any]:
        return runpy.run_path(str(DOCS / f"{name}.py"))

    yield load
    for name in ("markers", "odd_parts", "result_parts", "score_parts"):
        sys.modules.pop(name, None)


def test_the_lists_in_the_docs_are_those_of_the_package(script: Any) -> None:
    parts_of = script("markers")["parts_of"]
    for page, parts in script("make_reference")["pages"]().items():
        written = parts_of(page)
        for name, text in parts.items():
            assert written[name] == text.strip(), f"{page.name}, {name}: run python docs/make_reference.py"


def test_the_schedule_in_the_docs_is_that_of_the_month(script: Any) -> None:
    listed = script("markers")["parts_of"](DOCS / "model.md")["schedule"]
    assert re.findall(r"\| `(\w+)` \|", listed) == [process.name for process in city_model.SCHEDULE]


def test_the_results_were_made_with_these_tables(script: Any) -> None:
    made_with = script("markers")["parts_of"](DOCS / "results.md")["made-with"]
    assert f"`{Tables().digest()}`" in made_with, "figures have changed since: run python docs/make_results.py"


def test_every_part_of_the_pages_has_been_filled(script: Any) -> None:
    parts_of = script("markers")["parts_of"]
    for page in PAGES:
        assert text_of(page).count("<!-- begin: ") == len(parts_of(page))
        assert all(parts_of(page).values()), f"{page.name} has an empty part"


def test_the_code_in_the_readme_is_the_first_example() -> None:
    example = (ROOT / "examples" / "first_run.py").read_text(encoding="utf-8").split('"""\n\n', 1)[1]
    assert blocks(PAGES[0], "python") == [example]
    assert len(example.splitlines()) <= 20


def test_the_scenario_in_the_readme_can_be_run(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text(blocks(PAGES[0], "toml")[0], encoding="utf-8")
    scenario = load_scenario(tmp_path / "my.toml")
    (build,) = scenario.of(BuildHomes)
    (help_,) = scenario.of(MovingHelp65Plus)
    (village,) = scenario.of(OpenCareVillage)
    assert build.homes == 300
    assert build.proof
    assert help_.first_month == 18
    assert village.services
    assert village.nursing_places == 60


def test_the_readme_counts_the_measures_and_names_every_ready_made_scenario() -> None:
    readme = text_of(PAGES[0])
    assert f"the {len(MEASURES)} kinds of measures" in readme
    for name in ready_scenarios():
        assert f"`{name}`" in readme
    for name in re.findall(r"`kortrijk-sim run ([a-z_]+)[ `]", readme):
        assert name in ready_scenarios()


def test_the_page_on_processes_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(city_model, "SCHEDULE", city_model.SCHEDULE)  # put back after the page has changed it
    file = tmp_path / "renovation.py"
    file.write_text("\n\n".join(blocks(DOCS / "add_a_process.md", "python")), encoding="utf-8")
    names = runpy.run_path(str(file))
    assert "renovation" in names["model"].timings


def test_the_page_on_sensitivity_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "effects.py"
    file.write_text("\n\n".join(blocks(DOCS / "sensitivity.md", "python")), encoding="utf-8")
    runpy.run_path(str(file))
    assert "mu_star" in capsys.readouterr().out


def test_the_study_of_the_docs_varies_the_assumed_parameters_that_can_change_it() -> None:
    plan = make_plan(load_experiment(DOCS / "experiments" / "morris_assumed.toml"))
    varied = {factor.name for factor in plan.factors}
    assumed = {name: (p.low, p.high) for name, p in Parameters(Tables()).items() if p.kind == "assumed"}
    left_out = {name: ends for name, ends in assumed.items() if name not in varied}
    assert varied <= reaching_runs()
    for name in plan.scenarios:
        assert acting(plan.scenarios[name], left_out, months=24) == []


def test_the_page_on_discovery_runs(tmp_path: Path) -> None:
    file = tmp_path / "ema.py"
    file.write_text("\n\n".join(blocks(DOCS / "discovery.md", "python")), encoding="utf-8")
    names = runpy.run_path(str(file))
    assert [lever.name for lever in names["model"].levers] == ["future"]


def test_the_scenario_of_the_page_on_scenarios_can_be_run(tmp_path: Path) -> None:
    (tmp_path / "centre.toml").write_text(blocks(DOCS / "scenarios.md", "toml")[0], encoding="utf-8")
    scenario = load_scenario(tmp_path / "centre.toml")
    assert {type(measure) for measure in scenario.measures} == {BuildHomes, MovingHelp65Plus, OpenCareVillage}
    assert not scenario.switch("care_entry_frees_home")


@pytest.mark.parametrize("page", ["experiments.md", "discovery.md"])
def test_the_experiment_files_of_the_docs_can_be_planned(page: str, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(DOCS / page, "toml")):
        file = tmp_path / f"experiment{number}.toml"
        file.write_text(block, encoding="utf-8")
        plan = make_plan(load_experiment(file))
        assert plan.factors
        assert len(plan.specs) == len(plan.scenarios) * len(plan.design) * len(plan.experiment.seeds)


def test_the_page_on_experiments_shows_every_key_of_an_experiment_file() -> None:
    (block,) = blocks(DOCS / "experiments.md", "toml")
    for part in (Experiment, Design, Uncertainties, Lever):
        for key in part.model_fields:
            assert re.search(rf"^(?:# |\[+)?(?:\w+\.)?{key}\b|\b{key} = ", block, re.MULTILINE), key


def test_the_state_variables_of_the_docs_are_those_of_every_table(script: Any) -> None:
    tables = {id(value) for name, value in vars(columns).items() if name.endswith("_COLUMNS")}
    assert {id(spec) for _, spec in script("odd_parts")["ENTITIES"]} == tables


def test_every_argument_and_option_says_what_it_is(script: Any) -> None:
    listed = script("markers")["parts_of"](DOCS / "cli.md")["commands"]
    rows = re.findall(r"^\| `([^`]+)` \| (.*?) \|", listed, re.MULTILINE)
    assert len(rows) > 50
    assert not [name for name, meaning in rows if not meaning.strip()]


def test_no_page_has_code_that_no_test_runs() -> None:
    tested = ["README.md", "add_a_process.md", "discovery.md", "experiments.md", "result_tables.md", "sensitivity.md"]
    tested.append("tutorial.md")  # the last and three others: in test_tutorial.py
    assert [page.name for page in PAGES if blocks(page, "python")] == tested


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    quoted = re.findall(r"`(kortrijk-sim [^`]+)`", text_of(page))
    quoted += [line for block in blocks(page, "sh") for line in block.splitlines() if line.startswith("kortrijk-sim")]
    for line in quoted:
        command: click.Command = typer.main.get_command(app)
        for word in shlex.split(line, comments=True)[1:]:
            options = {name for parameter in command.params for name in parameter.opts}
            if isinstance(command, click.Group) or hasattr(command, "commands"):
                assert word in command.commands, f"{page.name}: {line}"
                command = command.commands[word]
            elif word.startswith("--"):
                assert word in options, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_and_scripts_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    said = re.findall(r"(?:^|`)make ([a-z-]+)", text_of(page), re.MULTILINE)
    assert set(said) <= targets
    for path in re.findall(r"python ((?:docs|examples|benchmarks)/\S+?\.py)", text_of(page)):
        assert (ROOT / path).is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_named_files_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            heads = re.findall(r"^#+ (.+)$", text_of(target), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in anchors, f"{page.name}: {link}"
    for path in re.findall(r"`(kortrijk_sim/[\w/]+\.py)`", text_of(page)):
        assert (ROOT / path).is_file(), f"{page.name}: {path}"


def test_make_city_and_make_test_are_named_in_the_readme() -> None:
    commands = blocks(PAGES[0], "sh")[0]
    assert commands.startswith("make city")
    assert "make test" in commands
