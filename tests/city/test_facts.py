"""Facts and parameters: every number has a unit, a year or a range, and a source."""

from typing import NamedTuple

import pytest

from kortrijk_sim.city.facts import Facts, Parameters, describe
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError

HEADER = "name,unit,value,low,high,class,source,note\n"


class OneTable(Tables):
    """The package's tables, with exactly one table of parameters."""

    def __init__(self, *lines: str, copies: int = 1) -> None:
        super().__init__()
        self._lines_given = lines
        self._copies = copies

    def names(self) -> list[str]:
        return [f"parameters_test{n}" for n in range(self._copies)]

    def text(self, name: str) -> str:
        if name.startswith("parameters_"):
            return HEADER + "\n".join(self._lines_given)
        return super().text(name)


RENT = "rent_eur_month,euro per month,866,800,950,observed,focus-wtv.be 2024,asked rents"
SHARE = "owner_share,share of households,0.677,0.65,0.70,observed,Census 2021,"


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(Tables())


def test_the_notes_127_statements_are_there_by_unique_name(facts):
    assert len(facts.note) == len({fact.name for fact in facts.note}) == 127
    assert len(facts.base_year) >= 60
    assert len(facts.by_name) == len(facts.note) + len(facts.base_year)


def test_every_statement_of_the_note_cites_its_section(facts):
    for fact in facts.note:
        assert fact.source == f"City of Kortrijk, inspiration note 2040, section {fact.section}"
    assert {fact.kind for fact in facts.note} == {"state", "projection", "target", "action"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("homes_extra", 3760),
        ("lifecycle_homes_extra", 2600),
        ("nursing_places_extra", 400),
        ("growth_2040", 6500),
        ("shared_cars_total", 158),
        ("charge_points_extra", 666),
        ("population_2025", 81_045),
        ("households_2025", 35_120),
        ("dwellings_2025", 40_289),
        ("social_waiting_days", 1406),
        ("population_2040_projected", 85_000),
    ],
)
def test_the_figures_the_model_is_measured_against_are_there(facts, name, value):
    assert facts.value(name) == value


def test_base_year_figures_agree_with_one_another(facts):
    value = facts.value
    assert value("population_female_2025") + value("population_male_2025") == value("population_2025")
    parts = ["kortrijk_8500", "heule", "marke", "bissegem", "bellegem", "aalbeke", "rollegem", "kooigem"]
    assert sum(value(f"population_{part}_2025") for part in parts) == value("population_2025")
    sizes = ["1_person", "2_persons", "3_persons", "4plus_persons"]
    assert sum(value(f"households_{size}_2025") for size in sizes) == value("households_2025")
    kinds = ["terraced", "semi_detached", "detached", "apartment", "other"]
    assert sum(value(f"dwellings_{kind}_2025") for kind in kinds) == value("dwellings_2025")
    assert value("births_2024") - value("deaths_2024") + value("net_migration_2024") == value("growth_2024")
    assert value("population_2024") + value("growth_2024") == value("population_2025")
    assert sum(value(f"students_{s}") for s in ["vives", "howest", "kulak", "ugent"]) == value("students_2020")
    assert value("dwellings_2025") - value("households_2025") == value("dwellings_without_household_2025")


def test_an_unknown_fact_gets_the_nearest_name(facts):
    with pytest.raises(InputError, match="did you mean 'homes_extra'"):
        facts.value("homes_extr")


def test_a_fact_that_stands_in_both_tables_is_refused(tmp_path):
    text = Tables().text("facts_base_year").replace("population_2025,", "homes_extra,", 1)
    (tmp_path / "facts_base_year.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"facts_base_year\.csv: fact 'homes_extra' stands twice"):
        Facts(Tables(tmp_path))


def test_facts_are_found_by_a_word_in_any_case(facts):
    assert {"social_homes_extra", "social_waiting_days"} <= {fact.name for fact in facts.find("SOCIAL")}
    assert facts.find("dodo") == []


def test_every_parameter_of_the_package_is_valid():
    for name, parameter in Parameters(Tables()).items():
        assert parameter.name == name
        assert parameter.low <= parameter.value <= parameter.high


def test_a_parameter_that_stands_twice_is_refused():
    with pytest.raises(InputError, match="'rent_eur_month' stands twice"):
        Parameters(OneTable(RENT, copies=2))


def test_an_unknown_parameter_gets_the_nearest_name():
    with pytest.raises(InputError, match="did you mean 'rent_eur_month'"):
        Parameters(OneTable(RENT)).value("rent_eur_mont")


def test_a_process_takes_just_the_parameters_it_names():
    class Market(NamedTuple):
        owner_share: float
        rent_eur_month: float

    market = Parameters(OneTable(RENT, SHARE)).select(Market)
    assert (market.owner_share, market.rent_eur_month) == (0.677, 866)


def test_an_override_changes_a_copy_only():
    parameters = Parameters(OneTable(RENT, SHARE))
    changed = parameters.override({"rent_eur_month": 2000})  # outside its range: extreme tests need it
    assert (parameters.value("rent_eur_month"), changed.value("rent_eur_month")) == (866, 2000)


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("owner_share", 1.2, "not a share"),
        ("owner_share", -0.1, "not a share"),
        ("owner_share", float("nan"), "not a number"),
        ("rent_eur_month", -5, "negative"),
        ("rent_eur_month", float("nan"), "not a number"),
        ("rent_eur_month", float("inf"), "not a number"),
        ("rent", 5, "no parameter 'rent'"),
    ],
)
def test_an_impossible_override_is_refused(name, value, what):
    with pytest.raises(InputError, match=what):
        Parameters(OneTable(RENT, SHARE)).override({name: value})


def test_a_description_gives_value_unit_year_or_range_class_and_source(facts):
    rows = describe(facts, Parameters(OneTable(RENT)), "rent")
    asked = next(row for row in rows if row.name == "rent_asked_2024")
    assert asked[1:4] == ("866 euro per month", "2024", "state")
    assert rows[-1] == (
        "rent_eur_month",
        "866 euro per month",
        "800 to 950",
        "observed",
        "focus-wtv.be 2024",
    )


def test_a_description_says_against_which_year_a_target_counts(facts):
    (row,) = describe(facts, Parameters(OneTable(RENT)), "homes_extra")[:1]
    assert "2040 (from 202" in row.when


def test_without_a_word_everything_is_described(facts):
    parameters = Parameters(OneTable(RENT, SHARE))
    assert len(describe(facts, parameters)) == len(facts.by_name) + 2
    assert "81,045 persons" in {row.value for row in describe(facts, parameters)}
    assert describe(facts, parameters, "dodo") == []
