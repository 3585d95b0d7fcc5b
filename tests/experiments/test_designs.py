from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments import design_files
from kortrijk_sim.experiments.designs import Design, Factor, count_points, problem, sample
from kortrijk_sim.experiments.parameters_chosen import select_parameters

RATE = Factor("rate", "uncertainty", 2.0, 4.0)
PLACES = Factor("places", "lever", 0, 10, integer=True)
SITES = Factor("sites", "lever", 0, 0, values=(120, 0, 60))
FACTORS = (RATE, PLACES, SITES)
HERE = Path()

SAMPLED = [
    Design(kind="lhs", samples=50),
    Design(kind="morris", trajectories=8),
    Design(kind="sobol", samples=16),
    Design(kind="sobol", samples=16, second_order=True),
    Design(kind="factorial", levels=3),
]


@pytest.mark.parametrize("design", SAMPLED, ids=lambda d: f"{d.kind} {d.second_order}")
def test_every_kind_of_design_keeps_to_range_type_and_values_of_its_factors(design: Design) -> None:
    points = sample(design, FACTORS, HERE)
    assert list(points) == ["point", "rate", "places", "sites"]
    assert list(points["point"]) == list(range(count_points(design, FACTORS)))
    assert points["rate"].between(2, 4).all()
    assert (points["places"] % 1 == 0).all()
    assert points["places"].between(0, 10).all()
    assert set(points["sites"]) == {0, 60, 120}


def test_a_factorial_holds_every_combination_once() -> None:
    points = sample(Design(kind="factorial", levels=3), FACTORS, HERE)
    assert len(points) == 27
    assert len(points.drop_duplicates(["rate", "places", "sites"])) == 27
    assert sorted(set(points["rate"])) == [2, 3, 4]


def test_a_latin_hypercube_visits_each_slice_of_a_range_once() -> None:
    points = sample(Design(kind="lhs", samples=40), (RATE, PLACES), HERE)
    assert sorted(((points["rate"] - 2) / 2 * 40).astype(int)) == list(range(40))


@pytest.mark.parametrize("levels", [4, 6])
def test_each_step_of_a_morris_trajectory_changes_exactly_one_factor(levels: int) -> None:
    two = Factor("two", "lever", 0, 1, integer=True)
    points = sample(Design(kind="morris", trajectories=30, levels=levels), (*FACTORS, two), HERE)
    for _, rows in points.drop(columns="point").groupby(np.arange(len(points)) // 5):
        changed = (rows.diff().iloc[1:] != 0).to_numpy()
        assert (changed.sum(axis=1) == 1).all()
        assert (changed.sum(axis=0) == 1).all()


def test_whole_numbers_and_values_get_equal_chances() -> None:
    points = sample(Design(kind="lhs", samples=6600), (PLACES, SITES), HERE)
    assert set(points["places"].value_counts()) == {600}
    assert set(points["sites"].value_counts()) == {2200}


def test_designs_are_the_same_in_another_process_and_differ_by_seed() -> None:
    code = (
        "from pathlib import Path; from kortrijk_sim.experiments.designs import *\n"
        "factors = [Factor(n, 'uncertainty', 0, 1) for n in 'zyxwa']\n"
        "for kind in ('lhs', 'morris', 'sobol'): print(sample(Design(kind=kind, seed=SEED), factors, Path()).to_csv())"
    )
    texts = []
    for seed, hashing in ((7, "1"), (7, "2"), (8, "1")):
        environment = os.environ | {"PYTHONHASHSEED": hashing}
        command = [sys.executable, "-c", code.replace("SEED", str(seed))]
        texts.append(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) > 1000


def test_the_size_of_a_design_is_known_beforehand() -> None:
    assert count_points(Design(kind="morris", trajectories=6), FACTORS) == 24
    assert count_points(Design(kind="sobol", samples=8), FACTORS) == 40
    assert count_points(Design(kind="sobol", samples=8, second_order=True), FACTORS) == 64


def test_a_factorial_that_explodes_is_refused_with_its_size() -> None:
    many = [Factor(f"f{i}", "lever", 0, 1) for i in range(30)]
    with pytest.raises(InputError, match=r"205,891,132,094,649 points; valid: up to 1,000,000"):
        sample(Design(kind="factorial", levels=3), many, HERE)


def test_points_times_factors_are_bounded_too() -> None:
    many = [Factor(f"f{i}", "lever", 0, 1) for i in range(500)]
    with pytest.raises(InputError, match="500,000 points of 500 factors"):
        sample(Design(kind="lhs", samples=500_000), many, HERE)


@pytest.mark.parametrize(
    ("factors", "says"),
    [
        ([], "nothing to vary"),
        ([Factor("a", "lever", 1, 1)], "'a' has nothing to vary"),
        ([Factor("a", "lever", 2, 1)], "'a' has nothing to vary"),
        ([Factor("a", "lever", 0, 1, (3,))], "'a' has nothing to vary"),
        ([Factor("a", "lever", 0.2, 1.3, integer=True)], "'a' has nothing to vary"),
        ([Factor("a", "lever", 0, 1, (3, 3, 4))], "'a' has a value twice"),
        ([Factor("a", "lever", 0, 1, (0.5, 1), integer=True)], "'a' takes whole numbers"),
        ([Factor("a", "lever", 0, float("nan"))], "'a' has an end that is not a number"),
        ([RATE, RATE], "'rate' stands twice"),
        ([Factor("point", "lever", 0, 1)], "cannot be called 'point'"),
    ],
)
def test_factors_that_cannot_be_varied_are_refused(factors: list[Factor], says: str) -> None:
    with pytest.raises(InputError, match=says):
        sample(Design(kind="lhs", samples=4), factors, HERE)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "lhs", "trajectories": 5}, "'trajectories' says nothing about a design of kind 'lhs'"),
        ({"kind": "morris", "levels": 5}, "5 is odd"),
        ({"kind": "sobol", "samples": 100}, "a power of two such as 64 or 128"),
        ({"kind": "file"}, "'file' is missing"),
        ({"kind": "grid"}, "kind"),
        ({"kind": "lhs", "sample": 5}, "sample"),
        ({"kind": "lhs", "samples": 2.5}, "samples"),
        ({"kind": "lhs", "seed": -1}, "seed"),
    ],
)
def test_a_design_refuses_keys_that_do_not_suit_it(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Design.model_validate(fields)


def test_a_design_written_out_in_full_can_be_read_again() -> None:
    design = Design(kind="lhs", samples=12)
    assert Design.model_validate(design.model_dump()) == design


def test_the_problem_of_salib_has_names_and_bounds() -> None:
    assert problem(FACTORS) == {
        "num_vars": 3,
        "names": ["rate", "places", "sites"],
        "bounds": [[2.0, 4.0], [0, 10], [0, 120]],
    }


def test_points_of_a_file_come_in_the_order_of_the_factors(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("sites,rate,places\n0,2.5,3\n\n120,4,10\n")
    points = sample(Design(kind="file", file="own.csv"), FACTORS, tmp_path)
    wanted = pd.DataFrame({"point": [0, 1], "rate": [2.5, 4.0], "places": [3.0, 10.0], "sites": [0.0, 120.0]})
    pd.testing.assert_frame_equal(points, wanted)


def test_the_points_of_a_result_can_be_used_again(tmp_path: Path) -> None:
    points = sample(Design(kind="sobol", samples=4), FACTORS, tmp_path)
    points.to_csv(tmp_path / "design.csv", index=False)
    again = sample(Design(kind="file", file="design.csv"), FACTORS, tmp_path)
    pd.testing.assert_frame_equal(points, again, check_exact=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rate,places,sites,plases\n", "line 1: unknown column 'plases'; did you mean 'places'"),
        ("rate,places\n", "line 1: column 'sites' is missing"),
        ("rate,rate,places,sites\n", "line 1: column 'rate' stands twice"),
        ("rate,places,sites\n2,3,nan\n", "line 2, column 'sites': 'nan' is not a finite number"),
        ("rate,places,sites\n2,3,0\n2,3,\n", "line 3, column 'sites': '' is not a number"),
        ("rate,places,sites\n2,3,many\n", "'many' is not a number"),
        ("rate,places,sites\n2,3,inf\n", "'inf' is not a finite number"),
        ("rate,places,sites\n2,3.5,0\n", "column 'places': 3.5 is not a whole number"),
        ("rate,places,sites\n2,3,30\n", "column 'sites': 30 is not one of its values; valid: 120, 0, 60"),
        ("rate,places,sites\n5,3,0\n", "column 'rate': 5 is out of its range; valid: 2 to 4"),
        ("rate,places,sites\n5,3\n", "line 2: 2 cells; valid: 3"),
        ("point,rate,places,sites\n1,3,3,0\n", "column 'point': 1; valid: 0"),
        ('rate,places,sites\n"2,3,0\n', "valid: CSV"),
        ("rate,places,sites\n", "no point in it"),
        ("", "column 'rate' is missing"),
    ],
)
def test_a_file_of_points_that_is_not_in_order_gets_one_clear_sentence(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(InputError, match=r"own\.csv") as refused:
        sample(Design(kind="file", file="own.csv"), FACTORS, tmp_path)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_of_points_that_is_missing_a_folder_too_large_or_no_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, says in ((".", "not a regular file"), ("none.csv", "cannot be read"), ("bytes.csv", "not UTF-8")):
        (tmp_path / "bytes.csv").write_bytes(b"rate\n\xff\xfe\n")
        with pytest.raises(InputError, match=says):
            sample(Design(kind="file", file=name), FACTORS, tmp_path)
    monkeypatch.setattr(design_files, "MAX_BYTES", 3)
    with pytest.raises(InputError, match="not read; valid: up to"):
        sample(Design(kind="file", file="bytes.csv"), FACTORS, tmp_path)


def test_a_file_with_too_many_points_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("rate\n" + "3\n" * 11)
    with pytest.raises(InputError, match="too many points; valid: up to 10"):
        design_files.read_points(tmp_path / "own.csv", [RATE], 10)


def test_uncertainties_are_chosen_by_pattern_and_class_with_the_ranges_of_their_tables(parameters: Parameters) -> None:
    chosen = select_parameters(parameters, ["nursing_*"], ["assumed"])
    expected = [n for n, p in parameters.items() if n.startswith("nursing_") and p.kind == "assumed"]
    assert [factor.name for factor in chosen] == expected != []
    for factor in chosen:
        assert (factor.low, factor.high) == (parameters[factor.name].low, parameters[factor.name].high)
        assert factor.kind == "uncertainty"


def test_patterns_can_leave_out_again(parameters: Parameters) -> None:
    names = {factor.name for factor in select_parameters(parameters, ["nursing_*", "!nursing_men_*"])}
    assert names
    assert not any(name.startswith("nursing_men_") for name in names)


def test_what_is_named_in_full_is_chosen_whatever_its_class(parameters: Parameters) -> None:
    chosen = select_parameters(parameters, ["nursing_men_log_at_80"], ["assumed"])
    assert [factor.name for factor in chosen] == ["nursing_men_log_at_80"]


def test_an_own_range_replaces_that_of_the_table(parameters: Parameters) -> None:
    chosen = select_parameters(parameters, [], [], {"structural_vacancy_house_share": (0.01, 0.1)})
    assert chosen == [Factor("structural_vacancy_house_share", "uncertainty", 0.01, 0.1)]


def test_rooms_are_counted_in_whole_numbers(parameters: Parameters) -> None:
    by_name = {factor.name: factor for factor in select_parameters(parameters, ["programme_*"])}
    assert by_name["programme_developer_house_rooms_apartment_min"].integer
    assert not by_name["programme_developer_house_apartment_share"].integer


@pytest.mark.parametrize(
    ("patterns", "classes", "ranges", "says"),
    [
        (["nursing_men_log_at_8"], [], {}, "did you mean 'nursing_men_log_at_80'"),
        (["zzz_*"], [], {}, "'zzz_\\*' fits no parameter"),
        (["!zzz_*"], [], {}, "'zzz_\\*' fits no parameter"),
        (["*"], ["guessed"], {}, "no class 'guessed'; valid: observed, calibrated, assumed"),
        ([], [], {"nothing": (0, 1)}, "ranges: no parameter 'nothing'"),
        ([], [], {"structural_vacancy_house_share": (0.2, 0.1)}, "valid: \\[low, high\\] with low below high"),
        ([], [], {"structural_vacancy_house_share": (0.2, 1.5)}, "valid: 0 to 1"),
        (["*" * 500], [], {}, "too long"),
    ],
)
def test_a_choice_that_fits_nothing_is_refused(
    parameters: Parameters,
    patterns: list[str],
    classes: list[str],
    ranges: dict[str, tuple[float, float]],
    says: str,
) -> None:
    with pytest.raises(InputError, match=says):
        select_parameters(parameters, patterns, classes, ranges)
