from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments import scenario_files
from kortrijk_sim.experiments.scenario_files import (
    load_scenario,
    ready_scenarios,
    scenario_from_toml,
    scenario_to_toml,
)
from kortrijk_sim.models.care_measures import PlacesAdded, places_added
from kortrijk_sim.models.mobility_measures import ChargePoints, OpenHub, SharedCars
from kortrijk_sim.models.policy import (
    MONTHS,
    PROGRAMMES,
    BuildHomes,
    CloseCareSite,
    ConvertCareSite,
    ExtendCareSite,
    HousingFirst,
    MovingHelp65Plus,
    OpenCareVillage,
    Scenario,
    StudentRooms,
    VacancyTax,
)

BUILD = '[[measures]]\nmeasure = "build_homes"\nprogramme = "social"\n'
VILLAGE = '[[measures]]\nmeasure = "open_care_village"\nnursing_places = 60\n'
EXTEND = '[[measures]]\nmeasure = "extend_care_site"\n'
CLOSE = '[[measures]]\nmeasure = "close_care_site"\n'
OAK = VILLAGE + 'from = 2030\nname = "The Oak"\nwijk = "Marke"\n'

BAD: dict[str, tuple[str, tuple[str, ...]]] = {
    "unknown key": ('titel = "x"', ("titel", "unknown key", "'title'")),
    "unknown key in a measure": (BUILD + "from = 2026\nhome = 5", ("measures[0].home", "'homes'")),
    "the Python name of a key": (
        BUILD + "from = 2026\nhomes = 1\nfrom_ = 2026",
        ("].from_", "'from'"),
    ),
    "unknown measure": ('[[measures]]\nmeasure = "bild_homes"', ("measures[0]", "'build_homes'")),
    "measure without a kind": ("[[measures]]\nfrom = 2026", ("measures[0]", "'measure' is missing")),
    "measure without a date": (BUILD + "homes = 5", ("measures[0].from", "missing")),
    "text for a number": (
        BUILD + 'from = 2026\nhomes = "many"',
        ("[0].homes", "'many'", "1 to 20000"),
    ),
    "truth for a number": (BUILD + "from = 2026\nhomes = true", ("measures[0].homes", "whole number")),
    "a number for a wijk": (BUILD + "from = 2026\nhomes = 5\nwijk = 8", ("measures[0].wijk", "a wijk")),
    "negative homes": (BUILD + "from = 2026\nhomes = -5", ("measures[0].homes", "-5", "1 to 20000")),
    "too many homes": (BUILD + "from = 2026\nhomes = 999999", ("measures[0].homes", "1 to 20000")),
    "a number of thousands of digits": (
        BUILD + "from = 2026\nhomes = 0x" + "f" * 9999,
        ("measures[0].homes",),
    ),
    "unknown wijk": (
        BUILD + "from = 2026\nhomes = 5\n" + BUILD + 'from = 2026\nhomes = 5\nwijk = "Heul Centrum"',
        ("measures[1].wijk", "'Heul Centrum'", "'Heule Centrum'"),
    ),
    "unspellable wijk": (
        BUILD + 'from = 2026\nhomes = 5\nwijk = "\\u001b[31m\\n☃"',
        ("measures[0].wijk", "one line of text"),
    ),
    "the year 1999": (BUILD + "from = 1999\nhomes = 5", ("measures[0].from", "1999", "2025 to 2040")),
    "the year 2041": (BUILD + "from = 2026\nuntil = 2041\nhomes = 5", ("measures[0].until", "2025 to 2040")),
    "a TOML date": (BUILD + "from = 2026-01-01\nhomes = 5", ("measures[0].from", "2025-07")),
    "a tax in one wijk only": (
        '[[measures]]\nmeasure = "vacancy_tax"\nfrom = 2026\neur_per_year = 9\nwijk = "Marke"',
        ("measures[0].wijk (vacancy_tax)", "unknown key"),
    ),
    "an end before the beginning": (
        BUILD + "from = 2030\nuntil = 2026\nhomes = 5",
        ("measures[0]", "'until' (2026)", "'from' (2030)"),
    ),
    "seventeen years": ("years = 17", ("years", "1 to 16")),
    "no TOML": ("this is not { TOML", ("not valid TOML", "line 1")),
    "JSON": ('{"years": 3}', ("not valid TOML",)),
    "not a number": ("[parameters]\nx = nan", ("parameters.x", "finite")),
    "infinitely many euros": (
        '[[measures]]\nmeasure = "notary_help"\nfrom = 2026\neur = inf',
        ("measures[0].eur", "finite"),
    ),
    "unknown parameter": ("[parameters]\nwishful_thinking = 1.0", ("parameters.wishful_thinking",)),
    "unknown switch": ("[switches]\nkangaroo = true", ("switches.kangaroo", "'kangaroo_living'")),
    "a number for a switch": (
        "[switches]\nkangaroo_living = 1",
        ("s.kangaroo_living", "true or false"),
    ),
    "a table for the list of measures": ('[measures]\nmeasure = "build_homes"', ("measures", "[[measures]]")),
    "lists in lists in lists": ("x = " + "[" * 100_000, ("nested too deeply",)),
    "tables in tables in tables": ("x = " + "{a = " * 50_000, ("nested too deeply",)),
    "a key of very many parts": (".".join(["a"] * 400_000) + " = 1", ("nested too deeply",)),
    "a key of very many quoted parts": ("[" + ".".join(['"a"'] * 150_000) + "]", ("nested too deeply",)),
    "itself as its base": ('extends = "bad.toml"', ("extends", "leads back to itself")),
    "a base that is no name": ("extends = 5", ("extends", "5 is not a scenario or a list of scenarios")),
    "no base at all": ("extends = []", ("extends", "names no scenario", "list of scenarios")),
    "one base twice": ('extends = ["care", "care"]', ("extends", "'care' stands twice")),
    "itself as its second base": ('extends = ["care", "bad.toml"]', ("extends", "leads back to itself")),
    "an unknown second base": ('extends = ["care", "rotatoin"]', ("extends", "'rotation'")),
    "an unknown kind left out": (
        'extends = "care"\nwithout = ["bild_homes"]',
        ("without[0]", "is no measure", "'build_homes'"),
    ),
    "a kind left out of nothing": ('without = ["build_homes"]', ("without", "together with 'extends'")),
    "an unknown base": ('extends = "rotatoin"', ("extends", "'rotation'")),
    "a name of two lines": ('name = "a\\nb"', ("name", "one line")),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complaint(name: str) -> str:
    with pytest.raises(InputError) as caught:
        load_scenario(name)
    return str(caught.value)


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_bad_scenario_gets_a_sentence_with_file_key_and_what_is_valid(case: str, folder: Path) -> None:
    text, words = BAD[case]
    (folder / "bad.toml").write_text(text, encoding="utf-8")
    sentence = complaint("bad.toml")
    assert sentence.startswith("bad.toml: ")
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_a_file_of_100_mb_is_refused_without_being_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "huge.toml").open("wb") as file:
        file.truncate(100_000_000)

    opened, open_file = [], Path.open

    def noting(path: Path, *mode: Any, **how: Any) -> Any:
        opened.append(path.name)
        return open_file(path, *mode, **how)

    monkeypatch.setattr(Path, "open", noting)
    assert "huge.toml: 100.0 MB, not read" in complaint("huge.toml")
    assert opened
    assert "huge.toml" not in opened


def test_a_file_just_over_a_megabyte_is_refused_and_one_just_under_it_is_read(folder: Path) -> None:
    (folder / "over.toml").write_bytes(b"#" * 1_000_001)
    (folder / "under.toml").write_bytes(b"#" * 1_000_000)
    assert "over.toml" in complaint("over.toml")
    assert load_scenario("under.toml").name == "under"


@pytest.mark.parametrize("content", [b'title = "caf\xe9"', b"\x00\xff\xfe", "years = 3".encode("utf-16")])
def test_a_file_that_is_not_utf8_is_refused(content: bytes, folder: Path) -> None:
    (folder / "bad.toml").write_bytes(content)
    assert "bad.toml" in complaint("bad.toml")
    assert "UTF-8" in complaint("bad.toml")


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    (folder / "marked.toml").write_bytes(b"\xef\xbb\xbfyears = 3\n")
    assert load_scenario("marked.toml").years == 3


def test_a_folder_a_pipe_and_a_missing_file_are_refused(folder: Path) -> None:
    (folder / "folder.toml").mkdir()
    os.mkfifo(folder / "pipe.toml")
    assert "folder.toml: is a folder" in complaint("folder.toml")
    assert "pipe.toml: is not a regular file" in complaint("pipe.toml")
    assert "missing.toml: cannot be read (No such file" in complaint("missing.toml")


def test_a_misspelt_name_points_to_the_ready_made_scenario() -> None:
    assert "did you mean 'rotation'" in complaint("rotatoin")


def test_two_scenarios_that_extend_each_other_are_refused(folder: Path) -> None:
    (folder / "one.toml").write_text('extends = "two.toml"')
    (folder / "two.toml").write_text('extends = "one.toml"')
    assert "two.toml: extends: 'one.toml' leads back to itself" in complaint("one.toml")


def test_a_long_chain_of_scenarios_is_refused(folder: Path) -> None:
    for number in range(30):
        (folder / f"s{number}.toml").write_text(f'extends = "s{number + 1}.toml"')
    assert "scenarios deep" in complaint("s0.toml")


def test_what_is_wrong_in_the_base_is_said_of_the_base(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "base.toml").write_text(BUILD + "from = 1999\nhomes = 5")
    (folder / "own.toml").write_text('extends = "sub/base.toml"')
    assert complaint("own.toml").startswith(f"{Path('sub/base.toml')}: measures[0].from")


def test_a_scenario_adds_to_the_one_it_extends(folder: Path) -> None:
    (folder / "own.toml").write_text(
        'extends = "rotation"\nyears = 5\n[switches]\nkangaroo_living = false\n'
        '[[measures]]\nmeasure = "housing_first"\nfrom = 2031\nplaces_per_year = 9\n'
    )
    own, base = load_scenario("own.toml"), load_scenario("rotation")
    assert own.measures[:-1] == base.measures
    assert isinstance(own.measures[-1], HousingFirst)
    assert (own.name, own.extends, own.years, own.title) == ("own", ("rotation",), 5, "")
    assert not own.switch("kangaroo_living")
    assert own.switch("care_entry_frees_home")


def test_a_scenario_extends_a_village_of_the_scenario_that_it_extends(folder: Path) -> None:
    (folder / "base.toml").write_text(OAK)
    (folder / "own.toml").write_text(
        'extends = "base.toml"\n' + EXTEND + 'from = 2031\nsite = "the oak"\nnursing_places = 5'
    )
    village, extension = load_scenario("own.toml").measures
    assert isinstance(village, OpenCareVillage)
    assert isinstance(extension, ExtendCareSite)
    assert extension.site == village.name == "The Oak"


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (EXTEND + 'from = 2029\nsite = "The Oak"\nnursing_places = 5', ("[0].site", "opens in 2030")),
        (BUILD + "from = 2026\nhomes = 5\n" + OAK, ("measures[1].name", "another village")),
        (CLOSE + 'from = 2030\nsite = "The Oka"', ("measures[0].site", "did you mean 'The Oak'")),
        (CLOSE + 'from = 2030\nsite = "De Zon"', ("measures[0].site", "closes in 2030", "extend_care_site")),
    ],
)
def test_what_does_not_fit_the_sites_of_the_base_is_said_of_the_scenario_that_extends_it(
    own: str, words: tuple[str, ...], folder: Path
) -> None:
    (folder / "base.toml").write_text(OAK + EXTEND + 'from = 2035\nsite = "De Zon"\nday_care_places = 5')
    (folder / "own.toml").write_text('extends = "base.toml"\n' + own)
    sentence = complaint("own.toml")
    assert sentence.startswith("own.toml: measures[")
    for word in words:
        assert word in sentence


def test_several_scenarios_are_taken_over_in_their_order_and_what_they_share_once(folder: Path) -> None:
    tax = '[[measures]]\nmeasure = "vacancy_tax"\nfrom = 2026\neur_per_year = '
    (folder / "a.toml").write_text(
        tax + "900\n" + BUILD + "from = 2026\nhomes = 1\n" + BUILD + "from = 2026\nhomes = 1"
    )
    (folder / "b.toml").write_text(BUILD + "from = 2026\nhomes = 1\n" + tax + "900\n" + tax + "800")
    (folder / "own.toml").write_text('extends = ["a.toml", "b.toml"]\n' + tax + "900")
    measures = load_scenario("own.toml").measures
    built = [m.homes for m in measures if isinstance(m, BuildHomes)]
    taxes = [m.eur_per_year for m in measures if isinstance(m, VacancyTax)]
    assert built == [1, 1]  # written twice in a.toml, so meant twice; that of b.toml is one of them
    assert taxes == [900, 800, 900]  # a measure of the file itself always counts
    assert [m.measure for m in measures[:2]] == ["vacancy_tax", "build_homes"]


def test_a_base_of_two_bases_counts_once(folder: Path) -> None:
    (folder / "root.toml").write_text(OAK)
    for side in ("left", "right"):
        (folder / f"{side}.toml").write_text(f'extends = "root.toml"\n{BUILD}from = 2026\nhomes = {len(side)}')
    (folder / "own.toml").write_text('extends = ["left.toml", "right.toml"]')
    measures = load_scenario("own.toml").measures
    assert [m.measure for m in measures] == ["open_care_village", "build_homes", "build_homes"]


def test_many_scenarios_that_share_their_bases_are_each_read_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for depth in range(12):  # 4,096 ways lead from the first to each of the last
        for side in "ab":
            (folder / f"{side}{depth}.toml").write_text(f'extends = ["a{depth + 1}.toml", "b{depth + 1}.toml"]')
    for side in "ab":
        (folder / f"{side}12.toml").write_text(BUILD + "from = 2026\nhomes = 5")
    read: list[str] = []
    real = scenario_files._read

    def noting(name: str, *where: Any) -> Any:
        read.append(name)
        return real(name, *where)

    monkeypatch.setattr(scenario_files, "_read", noting)
    assert len(load_scenario("a0.toml").measures) == 1
    assert len(read) < 100


def test_of_two_bases_the_later_one_decides(folder: Path) -> None:
    (folder / "a.toml").write_text(
        "years = 4\n[parameters]\ndeveloper_ratio = 0.5\nbid_up_ratio = 1.06\n"
        "[switches]\nkangaroo_living = false\nvisits_make_trips = false\n"
    )
    (folder / "b.toml").write_text("[parameters]\ndeveloper_ratio = 0.7\n[switches]\nvisits_make_trips = true\n")
    (folder / "own.toml").write_text('extends = ["a.toml", "b.toml"]')
    own = load_scenario("own.toml")
    assert own.parameters == {"developer_ratio": 0.7, "bid_up_ratio": 1.06}
    assert own.years == 4  # b.toml does not say
    assert not own.switch("kangaroo_living")  # nor this
    assert own.switch("visits_make_trips")


def test_bases_that_do_not_fit_together_are_refused_in_the_name_of_who_put_them_together(folder: Path) -> None:
    (folder / "a.toml").write_text(OAK)
    (folder / "b.toml").write_text(OAK.replace("60", "80"))
    (folder / "own.toml").write_text('extends = ["a.toml", "b.toml"]\n' + BUILD + "from = 2026\nhomes = 5")
    sentence = complaint("own.toml")
    assert sentence.startswith("own.toml: extends: name (open_care_village): 'The Oak' is another village")


def test_kinds_of_measures_are_left_out_of_what_is_taken_over_and_only_there(folder: Path) -> None:
    (folder / "own.toml").write_text(
        'extends = "rotation"\nwithout = ["build_homes", "notary_help"]\n' + BUILD + "from = 2026\nhomes = 5"
    )
    own, base = load_scenario("own.toml"), load_scenario("rotation")
    kept = [m for m in base.measures if m.measure not in ("build_homes", "notary_help")]
    assert list(own.measures[:-1]) == kept
    assert [m.homes for m in own.of(BuildHomes)] == [5]


def test_leaving_out_what_something_else_builds_on_is_refused(folder: Path) -> None:
    (folder / "base.toml").write_text(OAK + EXTEND + 'from = 2031\nsite = "The Oak"\nnursing_places = 5')
    (folder / "own.toml").write_text('extends = "base.toml"\nwithout = ["open_care_village"]')
    assert complaint("own.toml").startswith("own.toml: extends: site (extend_care_site): no care site 'The Oak'")


def test_a_scenario_runs_more_buses_on_a_line_of_the_scenario_that_it_extends(folder: Path) -> None:
    line = '[[measures]]\nmeasure = "transit_line"\nfrom = 2028\nname = "Ring"\nstops = ["34022A00-", "34022A01-"]\n'
    (folder / "base.toml").write_text(line)
    more = '[[measures]]\nmeasure = "transit_service"\nfrom = 2030\nline = "Ring"\nheadway_ratio = 0.5\n'
    (folder / "own.toml").write_text('extends = "base.toml"\n' + more)
    assert [m.measure for m in load_scenario("own.toml").measures] == ["transit_line", "transit_service"]
    (folder / "again.toml").write_text('extends = "base.toml"\n' + line)
    assert complaint("again.toml").startswith("again.toml: measures[0].name (transit_line): there is a line 'Ring'")


def test_the_note_is_its_three_programmes_and_nothing_twice() -> None:
    note, facts = load_scenario("note"), Facts(Tables())
    parts = [measure for name in ("rotation", "care", "mobility") for measure in load_scenario(name).measures]
    assert list(note.measures) == parts
    built = list(note.of(BuildHomes))
    assert sum(m.homes for m in built) == facts.value("homes_extra")
    assert sum(m.homes for m in built if m.programme == "social") == facts.value("social_homes_extra")
    assert sum(m.homes for m in built if m.proof) == facts.value("lifecycle_homes_extra")
    asked = ("nursing_places_extra", "assisted_homes_extra", "day_care_places_extra")
    assert places_added(note.measures) == PlacesAdded(*(int(facts.value(name)) for name in asked))
    cars = sum(m.cars for m in note.of(SharedCars)) + sum(m.shared_cars for m in note.of(OpenHub))
    points = sum(m.points for m in note.of(ChargePoints)) + sum(m.charge_points for m in note.of(OpenHub))
    assert (cars, points) == (facts.value("shared_cars_extra"), facts.value("charge_points_extra"))
    assert any(isinstance(m, StudentRooms) for m in note.measures)


def test_all_in_the_centre_builds_what_the_rotation_builds_and_in_one_wijk() -> None:
    centre, rotation = load_scenario("all_in_centre"), load_scenario("rotation")

    def homes(scenario: Scenario) -> Counter[tuple[str, bool, float]]:
        found: Counter[tuple[str, bool, float]] = Counter()
        for m in scenario.of(BuildHomes):
            found[m.programme, m.proof, m.replaces_market] += m.homes
        return found

    assert homes(centre) == homes(rotation)
    assert {m.wijk for m in centre.of(BuildHomes)} == {("Kortrijk Centrum",)}
    assert [m for m in centre.measures if not isinstance(m, BuildHomes)] == [
        m for m in rotation.measures if not isinstance(m, BuildHomes)
    ]


@pytest.mark.parametrize("name", ready_scenarios())
def test_ready_made_scenarios_say_what_they_are_and_stay_within_the_ranges_of_the_parameters(name: str) -> None:
    scenario, parameters = load_scenario(name), Parameters(Tables())
    assert scenario.title
    assert scenario.description
    for parameter, value in scenario.parameters.items():
        assert parameters[parameter].low <= value <= parameters[parameter].high


def test_a_users_own_care_sites_are_those_that_a_scenario_may_name(folder: Path) -> None:
    (folder / "tables").mkdir()
    (folder / "tables" / "care_sites.csv").write_text(Tables().text("care_sites").replace(",De Zon,", ",De Maan,"))
    (folder / "own.toml").write_text(CLOSE + 'from = 2030\nsite = "De Maan"')
    tables = Tables(folder / "tables")
    assert [m.site for m in load_scenario("own.toml", tables).of(CloseCareSite)] == ["De Maan"]
    with pytest.raises(InputError, match="no care site 'De Maan'"):
        load_scenario("own.toml")


def test_what_is_not_said_comes_from_the_base(folder: Path) -> None:
    (folder / "base.toml").write_text("years = 4\n[switches]\nkangaroo_living = false\n")
    (folder / "own.toml").write_text('extends = "base.toml"\n')
    own = load_scenario("own.toml")
    assert own.years == 4
    assert not own.switch("kangaroo_living")


def test_a_file_may_bear_the_name_of_a_ready_made_scenario_that_it_extends(folder: Path) -> None:
    (folder / "rotation.toml").write_text('extends = "rotation"\nyears = 3\n')
    assert load_scenario("rotation.toml").years == 3


@pytest.mark.parametrize("name", ready_scenarios())
def test_ready_made_scenarios_load_and_survive_writing_and_reading(name: str) -> None:
    scenario = load_scenario(name)
    again = scenario_from_toml(scenario_to_toml(scenario))
    assert again == scenario.model_copy(update={"extends": (), "without": ()})
    assert again.digest() == scenario.digest()
    assert scenario.name == name


def test_unchanged_policy_has_no_measures() -> None:
    scenario = load_scenario("unchanged")
    assert (scenario.measures, scenario.parameters, scenario.years) == ((), {}, 16)


def test_the_rotation_builds_what_the_note_asks_for_by_the_end_of_2040() -> None:
    facts, built = Facts(Tables()), list(load_scenario("rotation").of(BuildHomes))
    assert sum(m.homes for m in built) == facts.value("homes_extra")
    assert sum(m.homes for m in built if m.proof) == facts.value("lifecycle_homes_extra")
    assert sum(m.homes for m in built if m.programme == "social") == facts.value("social_homes_extra")
    assert all(m.last_month <= 191 for m in built)


def test_the_rotation_helps_seniors_move_and_offers_life_cycle_homes_in_every_wijk() -> None:
    scenario = load_scenario("rotation")
    assert any(isinstance(m, MovingHelp65Plus) for m in scenario.measures)
    places = {w for m in scenario.of(BuildHomes) if m.programme == "life_cycle" for w in m.wijk}
    assert len(places) == 14


def test_the_care_villages_hold_what_the_note_asks_for_and_open_from_2028_to_2039() -> None:
    facts, scenario = Facts(Tables()), load_scenario("care")
    asked = ("nursing_places_extra", "assisted_homes_extra", "day_care_places_extra")
    assert places_added(scenario.measures) == PlacesAdded(*(int(facts.value(name)) for name in asked))
    openings = [m.first_month for kind in (OpenCareVillage, ExtendCareSite) for m in scenario.of(kind)]
    assert all(36 <= month < 180 for month in openings)


def test_whatever_is_built_or_renovated_for_care_is_a_care_village() -> None:
    scenario = load_scenario("care")
    assert all(village.services for village in scenario.of(OpenCareVillage))
    assert {m.site for m in scenario.of(ExtendCareSite)} == {m.site for m in scenario.of(ConvertCareSite)} != set()


def test_the_city_keeps_its_third_of_the_nursing_places_every_month_of_the_care_villages() -> None:
    tables = Tables()
    scenario, least = load_scenario("care"), Facts(tables).value("city_care_market_share") / 100
    sites = load_care_sites(tables, load_geography(tables))
    operator = {site.name: site.operator for site in sites} | {m.name: m.operator for m in scenario.of(OpenCareVillage)}
    for month in range(MONTHS):
        places = [(site.operator, site.nursing_places) for site in sites]
        for measure in scenario.measures:
            if isinstance(measure, OpenCareVillage | ExtendCareSite) and measure.first_month <= month:
                name = measure.name if isinstance(measure, OpenCareVillage) else measure.site
                places.append((operator[name], measure.nursing_places))
        share = sum(n for who, n in places if who == "city") / sum(n for _, n in places)
        assert share >= least, f"month {month}"


lines = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=30).filter(
    str.isprintable
)
builds = st.builds(
    lambda homes, programme, first, length, proof, wijk: BuildHomes.model_validate(
        {
            "homes": homes,
            "programme": programme,
            "from": first,
            "until": f"{first + length}-11",
            "life_cycle_proof": proof,
            "wijk": wijk,
        }
    ),
    st.integers(1, 1000),
    st.sampled_from(PROGRAMMES),
    st.integers(2025, 2030),
    st.integers(0, 10),
    st.none() | st.booleans(),
    st.sampled_from(["all", "Marke", ["Marke", "Heule Sente"]]),
)


@given(
    name=lines,
    description=st.text(st.characters(exclude_categories=("Cs",)), max_size=200),
    years=st.integers(1, 16),
    measures=st.lists(builds, max_size=4),
    parameters=st.dictionaries(lines, st.floats(allow_nan=False, allow_infinity=False), max_size=4),
    kangaroo=st.booleans(),
)
def test_any_scenario_survives_writing_and_reading(
    name: str,
    description: str,
    years: int,
    measures: list[BuildHomes],
    parameters: dict[str, float],
    kangaroo: bool,
) -> None:
    scenario = Scenario(
        name=name,
        description=description,
        years=years,
        measures=tuple(measures),
        parameters=parameters,
        switches={"kangaroo_living": kangaroo},
    )
    assert scenario_from_toml(scenario_to_toml(scenario)) == scenario
