"""What an experiment file may say, what it becomes, and the sentence when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.experiment_file import experiment_of, load_experiment, paired_experiment
from kortrijk_sim.experiments.plan import make_plan

LEVER = {
    "name": "village_places",
    "field": "nursing_places",
    "values": [0, 60],
    "measure": {"measure": "open_care_village", "name": "De Linde", "from": 2030, "wijk": "Heule Centrum"},
}


def content(**changes: object) -> dict[str, object]:
    return {"name": "trial", "scenarios": ["unchanged", "rotation"], "seeds": 2, "years": 1} | changes


def test_a_number_of_seeds_stands_for_the_first_ones() -> None:
    assert experiment_of(content(seeds=3)).seeds == (1, 2, 3)
    assert experiment_of(content(seeds=[7, 3])).seeds == (7, 3)


def test_written_and_read_back_it_is_the_same(tmp_path: Path) -> None:
    varied = content(
        design={"kind": "morris", "trajectories": 3},
        uncertainties={"parameters": ["market_*"], "ranges": {"habit_reconsider_per_year": [0.1, 0.3]}},
        levers=[LEVER],
        keep=["lives", "months"],
        title='With "quotes" and é',
    )
    experiment = experiment_of(varied)
    (tmp_path / "a.toml").write_text(experiment.to_toml(), encoding="utf-8")
    assert load_experiment(tmp_path / "a.toml") == experiment


def test_the_name_is_that_of_the_file_when_none_is_given(tmp_path: Path) -> None:
    (tmp_path / "Heat.toml").write_text('scenarios = ["unchanged"]\n')
    assert load_experiment(tmp_path / "Heat.toml").name == "heat"


def test_runs_are_futures_times_points_times_seeds_with_pairs_beside_each_other() -> None:
    plan = make_plan(experiment_of(content(design={"kind": "factorial"}, levers=[LEVER])))
    assert plan.base == "unchanged"
    assert [spec.key for spec in plan.specs] == [
        (name, point, seed) for point in (0, 1) for seed in (1, 2) for name in ("unchanged", "rotation")
    ]
    assert len({spec.digest() for spec in plan.specs}) == len(plan.specs)


def test_a_lever_adds_its_measure_and_at_nought_leaves_it_out() -> None:
    plan = make_plan(experiment_of(content(design={"kind": "factorial"}, levers=[LEVER])))
    by_point = {spec.point: spec.scenario for spec in plan.specs if spec.policy == "unchanged"}
    assert plan.design["village_places"].tolist() == [0.0, 60.0]
    assert by_point[0].measures == ()
    (village,) = by_point[1].measures
    assert (village.measure, village.nursing_places) == ("open_care_village", 60)


def test_an_uncertainty_has_the_range_of_its_table_unless_another_is_given() -> None:
    known = Parameters(Tables())["habit_reconsider_per_year"]
    wanted = content(
        design={"kind": "factorial", "levels": 2}, uncertainties={"parameters": ["habit_reconsider_per_year"]}
    )
    plan = make_plan(experiment_of(wanted))
    assert plan.design["habit_reconsider_per_year"].tolist() == [known.low, known.high]
    assert {spec.scenario.parameters["habit_reconsider_per_year"] for spec in plan.specs} == {known.low, known.high}
    own = content(design={"kind": "factorial", "levels": 2}, uncertainties={"ranges": {known.name: [0.11, 0.12]}})
    assert make_plan(experiment_of(own)).design[known.name].tolist() == [0.11, 0.12]


def test_what_determines_a_run_is_in_its_hash_and_names_are_not() -> None:
    def digests(**changes: object) -> set[str]:
        return {spec.digest() for spec in make_plan(experiment_of(content(**changes))).specs}

    base = digests()
    assert digests(title="Another title", name="other") == base
    for changes in ({"scale": 0.5}, {"city_seed": 1}, {"years": 2}, {"keep": ["months"]}, {"seeds": [5, 6]}):
        assert not digests(**changes) & base, changes


def test_a_scenario_file_beside_the_experiment_is_found(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "rotation"\n')
    plan = make_plan(experiment_of(content(scenarios=["unchanged", "mine.toml"])), folder=tmp_path)
    assert list(plan.scenarios) == ["unchanged", "mine"]


def test_a_paired_experiment_is_named_after_its_futures() -> None:
    experiment = paired_experiment(["unchanged", "dir/My Plan.toml"], 4, years=3)
    assert experiment.name == "unchanged-my-plan"
    assert (experiment.seeds, experiment.years, experiment.keep) == ((1, 2, 3, 4), 3, ("lives",))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 3}, "seed: unknown key; did you mean 'seeds'?"),
        ({"seeds": 0}, "seeds: is out of bounds; valid: 1 to 10000 seeds"),
        ({"seeds": [1, 1]}, "seeds: one stands twice"),
        ({"seeds": [-1]}, "seeds: one is out of bounds"),
        ({"seeds": "many"}, "seeds"),
        ({"seeds": True}, "seeds"),
        ({"years": 17}, "years: 17 is out of bounds; valid: a number from 1 to 16"),
        ({"years": 2.5}, "years: 2.5"),
        ({"scale": 0.001}, "scale: 0.001 is out of bounds"),
        ({"scale": float("nan")}, "scale: nan"),
        ({"name": "../up"}, "name: '../up' is no such name; valid: small letters"),
        ({"name": "a" * 99}, "name"),
        ({"scenarios": []}, "scenarios"),
        ({"scenarios": ["unchanged", "unchanged"]}, "scenarios: one stands twice"),
        ({"scenarios": 3}, "scenarios"),
        ({"keep": ["everything"]}, "keep.*'lives', 'months' or 'events'"),
        ({"design": {"kind": "morris"}}, "design: there is nothing to vary"),
        ({"design": {"kind": "guess"}}, "design.kind: guess is unknown"),
        ({"levers": [LEVER]}, "design: is missing"),
        ({"uncertainties": {"parameters": ["habit_reconsider_per_year"]}}, "design: is missing"),
        ({"uncertainties": {"ranges": {"x": [2, 1]}}, "design": {"kind": "lhs"}}, "ranges.x: from 2 to 1"),
        ({"uncertainties": {"pattern": ["*"]}, "design": {"kind": "lhs"}}, "uncertainties.pattern: unknown key"),
        ({"levers": [LEVER | {"low": 0, "high": 3}], "design": {"kind": "lhs"}}, "either 'low' and 'high' or 'values'"),
        ({"levers": [LEVER | {"values": [1]}], "design": {"kind": "lhs"}}, "at least two different values"),
        ({"levers": [LEVER, LEVER], "design": {"kind": "lhs"}}, "levers: one name stands twice"),
        ({"levers": [LEVER | {"name": "Big One"}], "design": {"kind": "lhs"}}, "levers.*no such name"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_key(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        experiment_of(content(**changes), "trial.toml")
    assert str(error.value).startswith("trial.toml: ")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scenarios": ["unchangd"]}, "no such scenario; did you mean 'unchanged'"),
        ({"scenarios": ["missing.toml"]}, "missing.toml"),
        ({"uncertainties": {"parameters": ["no_such"]}, "design": {"kind": "lhs"}}, "no_such"),
        ({"uncertainties": {"ranges": {"no_such": [1, 2]}}, "design": {"kind": "lhs"}}, "no_such"),
        ({"levers": [LEVER | {"field": "places"}], "design": {"kind": "lhs"}}, "places.*unknown key"),
        (
            {"levers": [LEVER | {"measure": LEVER["measure"] | {"wijk": "Nowhere"}}], "design": {"kind": "factorial"}},  # type: ignore[operator]
            "Nowhere",
        ),
        ({"levers": [LEVER | {"values": [0, -5]}], "design": {"kind": "factorial"}}, "nursing_places"),
        ({"design": {"kind": "lhs", "samples": 90_000}, "levers": [LEVER]}, "runs; valid: up to"),
        ({"design": {"kind": "file", "file": "no.csv"}, "levers": [LEVER]}, "no.csv"),
    ],
)
def test_what_cannot_be_run_is_refused_before_it_starts(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_plan(experiment_of(content(**changes)))


def test_a_parameter_that_a_scenario_sets_cannot_be_uncertain(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[parameters]\nhabit_reconsider_per_year = 0.3\n")
    wanted = content(
        scenarios=["unchanged", "own.toml"],
        design={"kind": "lhs"},
        uncertainties={"parameters": ["habit_reconsider_per_year"]},
    )
    with pytest.raises(InputError, match="scenario 'own' sets 'habit_reconsider_per_year' itself"):
        make_plan(experiment_of(wanted), folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"name = ", "not valid TOML"),
        (b"a" + b".a" * 5000 + b" = 1", "nested too deeply"),
        (b"x = 1\n" * 200_000, "not read; valid: a file of up to 1 MB"),
    ],
)
def test_a_hostile_file_is_refused_in_one_sentence(text: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(text)
    with pytest.raises(InputError, match=said):
        load_experiment(tmp_path / "bad.toml")
    with pytest.raises(InputError, match="is a folder"):
        load_experiment(tmp_path)
