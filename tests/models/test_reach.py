"""Ways between zones, as long as no network gives them, and the places outside."""

from __future__ import annotations

import numpy as np
import pytest

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.synthesis import synthesise
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.economy_start import EconomyStart, commuting_shares
from kortrijk_sim.models.reach import labour_access_of, load_outside, make_reach
from kortrijk_sim.models.state import State

HEADER = "name,lon,lat,population,jobs,students_home_weight,source\n"


def with_tables(folder, **tables: str) -> Tables:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return Tables(folder)


def test_ways_are_as_long_there_as_back_and_longer_farther_away():
    tables = Tables()
    geography = load_geography(tables)
    reach = make_reach(tables, geography, Parameters(tables))
    n, zones = len(geography.sectors), len(geography.sectors) + len(reach.outside.names)
    assert reach.ease.shape == (zones, zones)
    np.testing.assert_allclose(reach.ease, reach.ease.T)
    assert (reach.ease <= 0).all()
    assert (np.diag(reach.ease)[:n] < 0).all()
    brussels, kuurne = n + reach.outside.names.index("Brussels"), n + reach.outside.names.index("Kuurne")
    assert (reach.ease[:n, brussels] < reach.ease[:n, kuurne]).all()
    assert reach.labour_access.shape == (n,)


def test_more_workers_near_by_mean_better_access():
    ease = np.log(np.array([[1.0, 0.2], [0.2, 1.0]]))
    before = labour_access_of(ease, np.array([100.0, 100.0]), 2)
    after = labour_access_of(ease, np.array([200.0, 100.0]), 2)
    assert (after > before).all()
    assert after[0] - before[0] > after[1] - before[1]


def test_the_known_share_works_in_the_city_and_workplaces_are_shares():
    rng = np.random.default_rng(0)
    ease = -rng.uniform(0, 3, (12, 12))
    homes = np.repeat(np.arange(8), 50)
    shares = commuting_shares(ease, rng.uniform(1, 9, 8), rng.uniform(1, 9, 4), homes, 0.52, 8)
    assert shares.shape == (8, 12)
    assert (np.diff(shares, axis=1) >= 0).all()
    np.testing.assert_allclose(shares[:, -1], 1.0)
    assert shares[:, 7].mean() == pytest.approx(0.52, abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("Here,3.2,50.8,10,10,1,made up\nHere,3.3,50.8,10,10,1,made up\n", "line 3, name: 'Here' stands twice"),
        ("Here,50.8,3.2,10,10,1,made up\n", "line 2, column 'lon'"),
        ("Here,3.2,50.8,10,0,1,made up\n", "jobs: 0 everywhere"),
        ("Here,3.2,50.8,-1,10,1,made up\n", "line 2, column 'population'"),
    ],
)
def test_a_table_of_places_outside_that_cannot_be_is_refused(tmp_path, lines, says):
    with pytest.raises(InputError, match=says):
        load_outside(with_tables(tmp_path, outside_zones=HEADER + lines))


def test_one_place_outside_is_enough(tmp_path):
    tables = with_tables(tmp_path, outside_zones=HEADER + "Elsewhere,3.4,50.9,50000,20000,1,made up\n")
    assert load_outside(tables).names == ("Elsewhere",)


def test_a_campus_in_an_unknown_sector_is_refused_by_line(tmp_path):
    text = Tables().text("institutions").replace("34022A732", "34022A733")
    tables = with_tables(tmp_path, institutions=text)
    base = synthesise(tables, scale=0.02)
    start = EconomyStart(State(base), tables, base.geography, Parameters(tables), 0.02, 2025)
    with pytest.raises(InputError, match=r"institutions\.csv, line 4, campus_sector: no sector '34022A733'"):
        start.start()
