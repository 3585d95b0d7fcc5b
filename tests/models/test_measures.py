"""What the city can do: each measure works in the right direction, where and when it holds."""

from __future__ import annotations

import numpy as np
import pytest

from kortrijk_sim.city.vocabulary import DwellingUse, HouseholdStatus, PersonStatus, Scheme, Tenure
from kortrijk_sim.models.events import Cause, Kind
from kortrijk_sim.models.measures import (
    BuildHomes,
    ConformityChecks,
    HousingFirst,
    LargeFamilyPremium,
    MovingHelp65Plus,
    NotaryHelp,
    RentToBuy,
    SecondHomeTax,
    VacancyTax,
    homes_due,
)
from kortrijk_sim.models.policy import Scenario

YEARS = 4
TENTH = 0.1


@pytest.fixture(scope="module")
def future(small_city):
    """Return a function that runs a tenth of the city for four years under some measures."""

    def run(*measures, years=YEARS, rng=1, scale=TENTH, **scenario):
        model = small_city(Scenario(measures=measures, **scenario), rng=rng, scale=scale)
        for _ in range(12 * years):
            model.step()
        return model

    return run


@pytest.fixture(scope="module")
def unchanged(future):
    return future()


def log_of(model):
    t = model.state.tables
    return t.log[: int(t.counts[3])]


def total(model, name):
    return float(model.indicators.frame().query("place == 'Kortrijk'")[name].sum())


def last(model, name):
    return model.indicators.value(name)


def policy_homes(model):
    log = log_of(model)
    return log[(log["kind"] == Kind.BUILT) & (log["value"] >= 100)]


@pytest.mark.parametrize(
    "feather",
    [
        MovingHelp65Plus(from_=2025, share_reached=1e-9),
        NotaryHelp(from_=2025, eur=1e-9),
        LargeFamilyPremium(from_=2025, eur_month=1e-9),
        VacancyTax(from_=2025, eur_per_year=1e-9),
        SecondHomeTax(from_=2025, eur_per_year=1e-9),
        BuildHomes(from_="2040-12", until="2040-12", homes=100, programme="family"),
    ],
    ids=lambda m: m.measure,
)
def test_a_measure_as_light_as_a_feather_changes_nothing(future, feather):
    assert future(feather, years=1, scale=0.05).state_hash() == future(years=1, scale=0.05).state_hash()


# --- building ------------------------------------------------------------------------------------------


def test_homes_stand_in_the_number_the_wijk_and_the_month_of_the_measure(small_city):
    measures = (
        BuildHomes(from_="2025-03", until="2025-08", homes=17, programme="family", wijk=("Marke",)),
        BuildHomes(from_=2025, until=2025, homes=31, programme="life_cycle", wijk=("Bissegem", "Kooigem")),
    )
    model = small_city(Scenario(measures=measures), scale=1.0)
    for _ in range(12):
        model.step()
    t, built = model.state.tables, policy_homes(model)
    wijk = model.geography.sector_wijk[t.dwellings.sector[built["destination"]]]
    names = [model.geography.wijken[w].name for w in wijk]
    for number, measure in enumerate(measures):
        mine = built["value"] == 100 + number
        assert mine.sum() == measure.homes
        assert {names[i] for i in np.flatnonzero(mine)} == set(measure.wijk)
        for month in range(12):
            assert (mine & (built["month"] == month)).sum() == homes_due(measure, month)
    assert (t.dwellings.built_month[built["destination"]] == built["month"]).all()
    assert len(set(built["chain"].tolist())) == len(built), "each home starts a chain of its own"


@pytest.mark.parametrize(
    ("programme", "holds"),
    [
        ("life_cycle", lambda d: (d["life_cycle_proof"] == 1).all()),
        ("social", lambda d: (d["tenure"] == Tenure.SOCIAL_RENT).all()),
        ("family", lambda d: (d["kind"] != 3).all() and (d["rooms"] >= 4).all()),
        ("apartment", lambda d: (d["kind"] == 3).all()),
        ("cohousing", lambda d: (d["scheme"] == Scheme.COHOUSING).all()),
        ("land_trust", lambda d: (d["scheme"] == Scheme.LAND_TRUST).all()),
        ("cooperative", lambda d: (d["scheme"] == Scheme.COOPERATIVE).all()),
        ("market", lambda d: set(d["scheme"].tolist()) == {Scheme.MARKET}),
    ],
)
def test_each_programme_builds_what_its_name_says(future, programme, holds):
    model = future(BuildHomes(from_="2025-01", until="2025-01", homes=400, programme=programme), years=1)
    built = policy_homes(model)
    assert len(built) == 40, "a tenth of the city gets a tenth of the homes"
    homes = model.state.tables.dwellings[built["destination"]]
    assert holds(homes)
    assert (homes["household"] >= 0).sum() > 10, "people move in"


def test_more_homes_let_more_people_live_here_at_lower_prices(future, unchanged):
    more = future(BuildHomes(from_=2025, until=2027, homes=3000, programme="market"))
    assert last(more, "dwellings") - last(unchanged, "dwellings") == pytest.approx(300, abs=40)
    assert last(more, "population") > last(unchanged, "population")
    assert last(more, "price_index") < last(unchanged, "price_index")


def test_social_homes_shorten_the_queue(future, unchanged):
    more = future(BuildHomes(from_=2025, until=2026, homes=1000, programme="social"))
    assert total(more, "social_allocations") > total(unchanged, "social_allocations") + 50
    assert last(more, "social_queue") < last(unchanged, "social_queue")


def seniors_in_life_cycle_homes(model):
    persons, households, dwellings = model.persons(), model.households(), model.dwellings()
    old = persons[(persons.status == 1) & (persons.birth_month <= model.month - 780) & (persons.household >= 0)]
    home = households.dwelling.to_numpy()[old.household]
    return int(dwellings.life_cycle_proof.to_numpy()[home[home >= 0]].sum())


def test_life_cycle_homes_draw_seniors_out_of_family_homes(future, unchanged):
    more = future(BuildHomes(from_=2025, until=2026, homes=3000, programme="life_cycle"))
    homes = policy_homes(more)["destination"]
    log = log_of(more)
    into = log[(log["kind"] == Kind.MOVED) & np.isin(log["destination"], homes) & (log["position"] == 0)]
    others = log[(log["kind"] == Kind.MOVED) & ~np.isin(log["destination"], homes)]
    assert (into["profile"] == 4).mean() > 1.5 * (others["profile"] == 4).mean()
    assert seniors_in_life_cycle_homes(more) > 1.1 * seniors_in_life_cycle_homes(unchanged)


def test_a_land_trust_home_is_cheap_and_for_those_who_need_it(future):
    model = future(BuildHomes(from_="2025-01", until="2025-01", homes=600, programme="land_trust"), years=2)
    ceiling = model.parameters.value("land_trust_income_max_eur_month")
    log, homes = log_of(model), policy_homes(model)["destination"]
    sold = log[(log["kind"] == Kind.MOVED) & np.isin(log["destination"], homes)]
    assert len(sold) > 10
    assert (sold["cause"] == Cause.BOUGHT).all()
    dwellings = model.state.tables.dwellings
    market = dwellings.value_eur[sold["destination"]]
    assert np.median(sold["value"] / market) < 0.85
    assert ceiling > 0


# --- people --------------------------------------------------------------------------------------------


def test_moving_help_makes_seniors_look_where_it_is_given(future, unchanged):
    helped = future(MovingHelp65Plus(from_=2025, share_reached=1.0))
    assert total(helped, "moves_65plus") > 1.1 * total(unchanged, "moves_65plus")
    assert total(helped, "family_homes_freed") > total(unchanged, "family_homes_freed")


def test_moving_help_in_one_wijk_acts_in_that_wijk_first(small_city):
    measure = MovingHelp65Plus(from_=2025, share_reached=1.0, wijk=("Kortrijk Oost",))
    helped, unhelped = small_city(Scenario(measures=(measure,)), scale=TENTH), small_city(scale=TENTH)
    helped.step()
    unhelped.step()
    extra = {}
    for model in (helped, unhelped):
        log = log_of(model)
        extra[model] = {int(h) for h in log["household"][log["kind"] == Kind.SOUGHT]}
    new = extra[helped] - extra[unhelped]
    assert {helped.wijk_of_household(h) for h in new} <= {"Kortrijk Oost"}
    assert not extra[unhelped] - extra[helped]


def test_notary_help_makes_young_buyers(future, unchanged):
    def young_buyers(model):
        log = log_of(model)
        bought = log[(log["kind"] == Kind.MOVED) & (log["cause"] == Cause.BOUGHT)]
        return int((bought["month"] - model.state.tables.persons.birth_month[bought["person"]] < 35 * 12).sum())

    assert young_buyers(future(NotaryHelp(from_=2025, eur=40_000))) > young_buyers(unchanged)


def test_rent_to_buy_makes_owners_of_tenants(future, unchanged):
    helped = future(RentToBuy(from_=2025, homes_per_year=800))
    assert total(helped, "purchases") > total(unchanged, "purchases")


def test_a_premium_lets_large_families_rent(future, unchanged):
    def large_family_rentals(model):
        t, log = model.state.tables, log_of(model)
        rented = log[(log["kind"] == Kind.MOVED) & (log["cause"] == Cause.RENTED) & (log["profile"] == 1)]
        return int((t.households.members[rented["household"]] >= 4).sum())

    helped = sum(large_family_rentals(future(LargeFamilyPremium(from_=2025, eur_month=2000), rng=r)) for r in (1, 2))
    assert helped > large_family_rentals(unchanged) + large_family_rentals(future(rng=2))


def test_housing_first_gives_homes_to_those_without_one(future, unchanged):
    helped = future(HousingFirst(from_=2025, places_per_year=120))
    log = log_of(helped)
    placed = log[(log["kind"] == Kind.MOVED) & (log["cause"] == Cause.HOUSING_FIRST)]
    assert 0 < len(placed) <= 12 * YEARS
    assert (placed["origin"] == -1).all()
    assert last(helped, "homeless_persons") < last(unchanged, "homeless_persons")
    assert not (log_of(unchanged)["cause"] == Cause.HOUSING_FIRST).any()


# --- homes that stand apart ----------------------------------------------------------------------------


def test_a_vacancy_tax_brings_neglected_homes_back(future, unchanged):
    assert last(future(VacancyTax(from_=2025, eur_per_year=8000)), "neglected_dwellings") < last(
        unchanged, "neglected_dwellings"
    )


def test_a_second_home_tax_brings_second_homes_back(future, unchanged):
    taxed = future(SecondHomeTax(from_=2025, eur_per_year=8000))
    assert last(taxed, "second_homes") < last(unchanged, "second_homes")
    log = log_of(taxed)
    back = log[(log["kind"] == Kind.USE_CHANGED) & (log["cause"] == Cause.BACK_ON_MARKET)]
    assert len(back) > 0
    assert (back["chain"] != 0).all(), "a home that comes back starts a chain"


def test_conformity_checks_renovate_poor_rental_homes(future, unchanged):
    checked = future(ConformityChecks(from_=2025, checks_per_year=2000))

    def poor(model):
        t = model.state.tables
        d = t.dwellings[: t.counts[2]]
        let = (d["tenure"] == Tenure.PRIVATE_RENT) & (d["use"] == DwellingUse.MAIN_RESIDENCE)
        return float((d["epc"][let] >= 4).mean())

    assert poor(checked) < poor(unchanged)


# --- couplings -----------------------------------------------------------------------------------------


def test_a_nursing_home_frees_a_home_unless_the_coupling_is_off(future):
    kept = future(years=2, switches={"care_entry_frees_home": False}, scale=0.05)
    freed = future(years=2, scale=0.05)
    assert last(kept, "second_homes") > last(freed, "second_homes")


def test_kangaroo_living_ends_with_its_switch(future):
    often = {"kangaroo_hazard_per_year": 0.9}
    on = future(parameters=often, years=2, scale=TENTH)
    off = future(parameters=often, years=2, scale=TENTH, switches={"kangaroo_living": False})
    joined = [int((log_of(model)["kind"] == Kind.JOINED_KIN).sum()) for model in (on, off)]
    assert joined[0] > 0
    assert joined[1] == 0


def test_who_lives_in_a_life_cycle_proof_home_asks_later_for_a_nursing_home(future):
    never = {"nursing_life_cycle_home_ratio": 0.0}

    def asked_from_proof_homes(model):
        t, log = model.state.tables, log_of(model)
        moved = set(log["household"][np.isin(log["kind"], (Kind.MOVED, Kind.LOST_HOME))].tolist())
        homes = model.base.households["dwelling"]
        asked = [int(h) for h in log["household"][log["kind"] == Kind.NURSING_APPLIED] if h < len(homes)]
        stayed = [h for h in asked if h not in moved and homes[h] >= 0]
        assert len(stayed) > 20
        return sum(int(t.dwellings.life_cycle_proof[homes[h]]) for h in stayed)

    assert asked_from_proof_homes(future(parameters=never)) == 0
    assert asked_from_proof_homes(future(parameters=never, switches={"life_cycle_home_postpones_care": False})) > 0


# --- the city itself -----------------------------------------------------------------------------------


def test_seniors_and_the_homeless_are_people_like_others(unchanged):
    t = unchanged.state.tables
    homeless = t.households.status[: t.counts[1]] == HouseholdStatus.HOMELESS
    assert t.households.members[: t.counts[1]][homeless].sum() == last(unchanged, "homeless_persons")
    alive = t.persons.status[: t.counts[0]] == PersonStatus.RESIDENT
    assert alive.sum() == last(unchanged, "population")
