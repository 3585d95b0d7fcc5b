"""Care measures and the dice: forks, snapshots and hashes, and lives that no measure reaches."""

from __future__ import annotations

import pytest
from care_runs import happened, last, site, village, watched

from kortrijk_sim.errors import InputError
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.policy import (
    CloseCareSite,
    ConvertCareSite,
    ExtendCareSite,
    GrowHomeCare,
    Scenario,
    SupportCarers,
)

SCALE = 0.1
OPENS = 14  # March 2026
EVERYTHING = {"nursing_places": 100, "assisted_homes": 50, "day_care_places": 20}

CARE = (
    village(**EVERYTHING),
    ConvertCareSite(from_="2026-02", site="De Zon"),
    ExtendCareSite(from_="2026-04", site="The Oak", nursing_places=50, assisted_homes=20),
    CloseCareSite(from_="2026-05", site="De Weister"),
    GrowHomeCare(from_="2025-06", share=0.1),
    SupportCarers(from_="2025-06", share_reached=0.5),
)


def test_under_every_care_measure_nobody_and_nothing_gets_lost(small_city):
    watched(small_city(Scenario(measures=CARE), scale=SCALE), 24)


@pytest.mark.parametrize("months", [7, OPENS, OPENS + 2], ids=["before", "on the eve", "after"])
def test_a_fork_under_care_measures_continued_unchanged_is_bit_identical(small_city, months):
    model = small_city(Scenario(measures=CARE))
    model.run_for(months)
    twin = model.fork()
    assert twin.state_hash() == model.state_hash()
    twin.run_for(12)
    assert model.month == months
    model.run_for(12)
    assert twin.state_hash() == model.state_hash()
    assert twin.site_names == model.site_names
    assert "The Oak" in twin.site_names.values()
    assert twin.indicators.frame().equals(model.indicators.frame())


def test_a_fork_that_opens_a_village_leaves_the_original_its_sites(small_city):
    model = small_city()
    model.run_for(OPENS)
    fork = model.fork(Scenario(measures=(village(**EVERYTHING),)))
    assert fork.state_hash() == model.state_hash()
    fork.run_for(2)
    assert "The Oak" in fork.site_names.values()
    assert "The Oak" not in model.site_names.values()
    other = model.fork(Scenario(measures=(village("The Ash", **EVERYTHING),)))
    other.run_for(2)
    assert site(other, "The Ash") == site(fork, "The Oak")
    model.run_for(2)
    assert len(model.sites()) == len(fork.sites()) - 1
    assert model.state_hash() != fork.state_hash()


def test_a_fork_may_change_a_village_that_stands_already(small_city):
    oak = village(**EVERYTHING)
    model = small_city(Scenario(measures=(oak,)), scale=SCALE)
    model.run_for(OPENS + 4)
    grows = ExtendCareSite(from_="2026-09", site="the oak", nursing_places=50)
    forks = [model.fork(Scenario(measures=measures)) for measures in ((oak, grows), (grows,))]
    for fork in forks:
        fork.run_for(4)
        assert fork.state.tables.sites.nursing_places[site(fork, "The Oak")] == 15
    assert forks[0].state_hash() == forks[1].state_hash(), "what lies in the past happens no second time"


def test_a_fork_gets_no_village_of_the_years_before_it(small_city):
    model = small_city()
    model.run_for(OPENS + 1)
    fork = model.fork(Scenario(measures=(village(**EVERYTHING),)))
    for one in (model, fork):
        one.run_for(3)
    assert fork.state_hash() == model.state_hash()
    with pytest.raises(InputError, match="no care site 'The Oak'"):
        model.fork(Scenario(measures=(village(**EVERYTHING), CloseCareSite(from_="2027-01", site="The Oak"))))


def test_a_snapshot_from_before_a_village_replays_to_the_same_city(small_city):
    model = small_city(Scenario(measures=CARE))
    model.run_for(OPENS - 1)
    snapshot = model.snapshot()
    hashes = []
    for _ in range(2):
        model.run_for(5)
        hashes.append((model.state_hash(), len(model.sites()), last(model, "nursing_places")))
        model.restore(snapshot)
        assert len(model.sites()) == len(model.base.sites["key"])
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    ("table", "column"), [("care", "isolation"), ("care", "next_of_father"), ("care", "visitors"), ("sites", "quality")]
)
def test_the_hash_of_a_city_covers_care_and_sites(small_city, table, column):
    model = small_city()
    before = model.state_hash()
    getattr(model.state.tables, table)[column][3] += 1
    assert model.state_hash() != before


def test_health_and_death_depend_on_no_village(small_city):
    """Only who lives in a nursing home in one future and at home in the other may die at another time."""
    models = [small_city(Scenario(measures=measures), scale=SCALE) for measures in ((), (village(**EVERYTHING),))]
    dead, housed = [], set()
    for model in models:
        model.run_for(24)
        rows = happened(model, Kind.DEATH)["person"]
        dead.append(set(rows[rows < len(model.base.persons["key"])].tolist()))
        housed |= set(happened(model, Kind.NURSING_ENTERED)["person"].tolist())
    others = [those - housed for those in dead]
    assert len(others[0]) > 50
    assert len(others[0] & others[1]) / len(others[0] | others[1]) > 0.98
