"""Care measures and couplings: each acts where and when it should, and in the right direction."""

from __future__ import annotations

import numpy as np
import pytest
from care_runs import SCALE, happened, last, log_of, same_people, schedule_with, series, site, village
from invariants import NEVER

from kortrijk_sim.city.vocabulary import CarerKind, DwellingUse, Operator, SiteStatus
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.events import Cause, Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import (
    CloseCareSite,
    ConvertCareSite,
    ExtendCareSite,
    GrowHomeCare,
    OpenCareVillage,
    Scenario,
    SupportCarers,
)

OPENS = 14  # March 2026
EVERYTHING = {"nursing_places": 100, "assisted_homes": 50, "day_care_places": 20}
PLACES = ("nursing_places", "assisted_homes", "day_care_places")


@pytest.fixture(scope="module")
def with_village(future):
    return future(village(**EVERYTHING))


# --- a village opens -----------------------------------------------------------------------------------


def test_nothing_differs_before_the_month_in_which_a_village_opens(small_city):
    without, with_it = small_city(scale=SCALE), small_city(Scenario(measures=(village(**EVERYTHING),)), scale=SCALE)
    for _ in range(OPENS):
        without.step()
        with_it.step()
        assert without.state_hash() == with_it.state_hash()
    without.step()
    with_it.step()
    assert without.state_hash() != with_it.state_hash()


@pytest.mark.parametrize("name", PLACES)
def test_a_village_brings_its_places_to_its_wijk_from_its_month_on_and_nowhere_else(name, with_village, unchanged):
    more = EVERYTHING[name] * SCALE
    frames = with_village.indicators.frame(), unchanged.indicators.frame()
    gained = frames[0][name] - frames[1][name]
    there = frames[0]["place"].isin(["Kortrijk", "Marke"]) & (frames[0]["month"] > OPENS)
    assert (gained[there] == more).all()
    assert (gained[~there] == 0).all()


def test_a_village_has_the_traits_it_was_asked_for(small_city):
    oak = village(operator="other", price="high", quality=0.9, nursing_places=50)
    ash = village("The Ash", operator="city", price="low", services=False, wijk="Bissegem", nursing_places=50)
    model = small_city(Scenario(measures=(oak, ash)), scale=SCALE)
    first = len(model.base.sites["key"])
    model.run_for(OPENS + 1)
    sites = model.sites().iloc[first:]
    assert sites["name"].tolist() == ["The Oak", "The Ash"]
    assert sites["wijk"].tolist() == ["Marke", "Bissegem"]
    assert sites["operator"].tolist() == [Operator.OTHER, Operator.CITY]
    assert sites["services"].tolist() == [1, 0]
    assert sites["quality"].tolist() == pytest.approx([0.9, 0.7])
    assert sites["opened_month"].tolist() == [OPENS, OPENS]
    high, low = (model.parameters.value(f"price_{price}_eur_day") for price in ("high", "low"))
    assert sites["price_eur_day"].tolist() == pytest.approx([high, low])
    opened = happened(model, Kind.SITE_OPENED)
    assert opened["position"].tolist() == [first, first + 1]
    assert opened["value"].tolist() == [5, 5]


@pytest.mark.parametrize("operator", ["city", "other"])
def test_the_share_of_the_city_in_nursing_places_follows_the_operator(small_city, operator):
    model = small_city(Scenario(measures=(village(nursing_places=400, operator=operator),)), scale=SCALE)
    model.run_for(OPENS + 1)
    before, after = series(model, "city_operator_share")[[OPENS, OPENS + 1]]
    assert after == pytest.approx((before * 132 + 40 * (operator == "city")) / 172, abs=1e-9)


def test_a_village_fills_and_shortens_the_queue(with_village, unchanged):
    row = site(with_village, "The Oak")
    assert with_village.state.tables.sites.residents[row] > 0.7 * with_village.state.tables.sites.usable_places[row]
    assert last(with_village, "nursing_waiting") < last(unchanged, "nursing_waiting")
    assert last(with_village, "nursing_residents") > last(unchanged, "nursing_residents")
    assert series(with_village, "nursing_entries").sum() > series(unchanged, "nursing_entries").sum()


def test_new_places_open_as_staff_is_found(future):
    model = future(village(nursing_places=800))
    t, row = model.state.tables, site(model, "The Oak")
    usable = series(model, "nursing_places_open", "Marke")
    rise = usable[OPENS + 1 :] - usable[OPENS]
    assert 0 < rise[0] < rise[-1] <= 0.85 * 80 + 1
    assert t.sites.staff_fte[row] <= t.sites.jobs_fte[row]
    assert last(model, "care_jobs") > series(model, "care_jobs")[OPENS]


def test_a_large_group_of_assisted_homes_stands_partly_empty_at_first(future):
    model = future(village(assisted_homes=800), months=OPENS + 24)
    vacant = series(model, "assisted_homes_vacant", "Marke")[OPENS + 1 :]
    assert vacant[0] > 60
    assert vacant[5] > 40, "half of them in the first half year"
    assert vacant[-1] < vacant[0]
    t = model.state.tables
    taken = happened(model, Kind.MOVED)
    taken = taken[taken["cause"] == Cause.ASSISTED]
    age = (taken["month"] - t.persons.birth_month[taken["person"]]) / 12
    assert len(taken) > 10
    assert (age >= 65).all()
    assert (t.dwellings.use[taken["destination"]] == DwellingUse.ASSISTED).all()
    assert series(model, "moves_to_assisted").sum() == len(taken)


@pytest.mark.parametrize("frees", [True, False])
def test_assisted_homes_stay_assisted_homes(future, frees):
    model = future(months=36, switches={"care_entry_frees_home": frees})
    assert (series(model, "assisted_homes") == 51).all()
    t = model.state.tables
    assisted = t.dwellings.use == DwellingUse.ASSISTED
    assert not assisted[happened(model, Kind.LOST_HOME)["origin"]].any(), "care within call is not lost for the rent"
    left = happened(model, Kind.VACATED)
    assert assisted[left["origin"][left["cause"] == Cause.NURSING]].any()


def test_who_takes_an_assisted_home_hands_the_old_home_on(with_village):
    taken = happened(with_village, Kind.MOVED)
    taken = taken[(taken["cause"] == Cause.ASSISTED) & (taken["origin"] >= 0)]
    assert len(taken) > 0
    left = happened(with_village, Kind.VACATED)
    passed_on = {(int(e["household"]), int(e["origin"]), int(e["chain"]), int(e["position"])) for e in left}
    for move in taken:
        link = (int(move["household"]), int(move["origin"]), int(move["chain"]), int(move["position"]) + 1)
        assert link in passed_on


def test_better_villages_are_liked_more(future):
    slack = {"nursing_places_ratio": 1.3}
    good, poor = (
        future(village(nursing_places=300, quality=quality), months=30, parameters=slack) for quality in (1.0, 0.0)
    )
    inside = [int(m.state.tables.sites.residents[site(m, "The Oak")]) for m in (good, poor)]
    assert inside[0] > 1.5 * inside[1]


def test_neighbourhood_services_make_seniors_near_a_village_less_isolated(future):
    here = {"wijk": "Kortrijk Centrum", "day_care_places": 30}
    with_it, without = future(village(**here), months=30), future(village(services=False, **here), months=30)
    assert last(with_it, "isolated_share", "Kortrijk Centrum") < last(without, "isolated_share", "Kortrijk Centrum")
    assert last(with_it, "isolated_share", "Kooigem") == last(without, "isolated_share", "Kooigem")


# --- sites of today change -----------------------------------------------------------------------------


def test_an_extended_site_keeps_its_people_and_gets_the_places(future, unchanged):
    model = future(ExtendCareSite(from_="2026-03", site="de zon", nursing_places=100, day_care_places=10))
    row = site(model, "De Zon")
    now, then = model.state.tables.sites[row], unchanged.state.tables.sites[row]
    assert now["nursing_places"] == then["nursing_places"] + 10
    assert now["day_care_places"] == then["day_care_places"] + 1
    assert now["residents"] > then["residents"]
    assert now["services"] == 0
    assert last(model, "nursing_places") == last(unchanged, "nursing_places") + 10


def test_a_converted_site_gets_services_and_quality_but_not_a_place_more(future, unchanged):
    model = future(
        ConvertCareSite(from_="2026-03", site="De Weister", quality=0.8, price="high"),
        ConvertCareSite(from_="2026-03", site="Sint-Jozef", quality=0.1),
    )
    weister, jozef = (model.state.tables.sites[site(model, name)] for name in ("De Weister", "Sint-Jozef"))
    was = unchanged.state.tables.sites[site(model, "Sint-Jozef")]
    assert was["quality"] > 0.5
    assert weister["services"] == jozef["services"] == 1
    assert weister["quality"] == pytest.approx(0.8)
    assert weister["price_eur_day"] == model.parameters.value("price_high_eur_day")
    assert jozef["quality"] == pytest.approx(0.1), "what is asked is done"
    assert jozef["price_eur_day"] == was["price_eur_day"]
    assert last(model, "nursing_places") == last(unchanged, "nursing_places")
    assert len(happened(model, Kind.SITE_CHANGED)) == 2


def test_a_site_that_closes_sends_its_residents_on_as_places_come_free_and_takes_nobody_in(future):
    closing = CloseCareSite(from_="2026-03", site="De Korenbloem")
    model = future(closing, village(nursing_places=300), months=OPENS + 12)
    row, oak = site(model, "De Korenbloem"), site(model, "The Oak")
    t = model.state.tables
    entered, moved = happened(model, Kind.NURSING_ENTERED), happened(model, Kind.NURSING_TRANSFERRED)
    assert not ((entered["position"] == row) & (entered["month"] >= OPENS)).any()
    assert len(moved) > 5
    assert (moved["value"] == row).all()
    assert (moved["position"] == oak).any()
    assert len(np.unique(moved["person"])) == len(moved)
    assert t.sites.status[row] == SiteStatus.CLOSED
    assert t.sites.residents[row] == 0, "all have found another place"
    assert t.sites.usable_places[row] == t.sites.day_guests[row] == 0
    assert t.sites.jobs_fte[row] == 0
    assert series(model, "nursing_transfers").sum() == len(moved)


def test_a_site_that_closes_while_all_others_are_full_keeps_its_people_for_a_while(future):
    model = future(CloseCareSite(from_="2026-03", site="Sint-Jozef"), months=OPENS + 1)
    row = site(model, "Sint-Jozef")
    assert model.state.tables.sites.residents[row] > 0
    assert model.state.tables.sites.usable_places[row] == 0
    moved = happened(model, Kind.NURSING_TRANSFERRED)
    assert (moved["position"] != row).all()


def test_homes_of_a_site_that_closed_keep_their_tenants_and_are_not_let_again(future):
    model = future(village(assisted_homes=800), CloseCareSite(from_="2026-09", site="The Oak"), months=36)
    t = model.state.tables
    homes = happened(model, Kind.BUILT)["destination"]
    homes = homes[t.dwellings.use[homes] == DwellingUse.ASSISTED]
    assert len(homes) == 80
    taken = happened(model, Kind.MOVED)
    taken = taken["month"][np.isin(taken["destination"], homes)]
    assert len(taken) > 0
    assert taken.max() < 20
    assert 0 < (t.dwellings.household[homes] >= 0).sum() <= len(taken), "who lives there may stay"


def test_a_village_that_grows_in_the_month_in_which_it_opens_has_homes_of_their_own(future):
    more = ExtendCareSite(from_="2026-03", site="The Oak", assisted_homes=200)
    model = future(village(assisted_homes=200), more, months=OPENS + 2)
    t = model.state.tables
    new = happened(model, Kind.BUILT)["destination"]
    homes = new[t.dwellings.use[new] == DwellingUse.ASSISTED]
    assert len(homes) == 40
    assert len(np.unique(t.dwellings.key[homes])) == 40


def test_a_village_that_opened_can_be_extended_converted_and_closed(future):
    model = future(
        village(nursing_places=100, services=False),
        ExtendCareSite(from_="2026-05", site="THE OAK", nursing_places=50),
        ConvertCareSite(from_="2026-06", site="The Oak", quality=0.9),
        CloseCareSite(from_="2026-09", site="The Oak"),
    )
    here = model.state.tables.sites[site(model, "The Oak")]
    assert (here["nursing_places"], here["services"], here["status"]) == (15, 1, SiteStatus.CLOSED)
    kinds = (Kind.SITE_OPENED, Kind.SITE_CHANGED, Kind.SITE_CLOSED)
    assert [len(happened(model, kind)) for kind in kinds] == [1, 2, 1]


# --- care at home --------------------------------------------------------------------------------------


def test_more_home_care_leaves_fewer_hours_unmet(future, unchanged):
    model = future(GrowHomeCare(from_=2025, share=0.2))
    unmet = series(model, "unmet_hours_week")[1:] - series(unchanged, "unmet_hours_week")[1:]
    given = series(model, "home_care_hours_week")[1:] / series(unchanged, "home_care_hours_week")[1:]
    assert (unmet < 0).all()
    assert (given > 1.0).all()
    assert 1.1 < given.mean() < 1.21, "most of what more is offered is asked for"


def test_home_care_of_two_measures_adds_up_and_ends_with_them(future, unchanged):
    both = future(
        GrowHomeCare(from_=2025, until="2025-06", share=0.05), GrowHomeCare(from_=2025, until="2025-06", share=0.05)
    )
    one = future(GrowHomeCare(from_=2025, until="2025-06", share=0.1))
    home_care = [series(m, "home_care_hours_week") for m in (both, one, unchanged)]
    np.testing.assert_allclose(home_care[0], home_care[1])
    assert home_care[0][6] > 1.05 * home_care[2][6]
    assert home_care[0][8] < 1.05 * home_care[2][8]


def test_carers_with_support_are_overburdened_less_often(future, unchanged):
    model = future(SupportCarers(from_=2025, share_reached=1.0))
    assert last(model, "carers_overburdened") < 0.9 * last(unchanged, "carers_overburdened")
    assert len(happened(model, Kind.CARER_OVERBURDENED)) < 0.8 * len(happened(unchanged, Kind.CARER_OVERBURDENED))
    half = future(SupportCarers(from_=2025, share_reached=0.5))
    told = [len(happened(m, Kind.CARER_OVERBURDENED)) for m in (model, half, unchanged)]
    assert told[0] < told[1] < told[2]


@pytest.mark.parametrize(
    "feather",
    [
        SupportCarers(from_=2025, share_reached=1e-9),
        village(**{"from": "2040-12"}, **EVERYTHING),
        village(nursing_places=1),
        ExtendCareSite(from_="2040-12", site="De Zon", nursing_places=100),
        CloseCareSite(from_="2040-12", site="De Zon"),
    ],
    ids=lambda measure: f"{measure.measure} {measure.from_}",
)
def test_a_measure_as_light_as_a_feather_changes_nobodys_life(future, feather, unchanged):
    assert same_people(future(feather), unchanged)


def test_a_feather_of_home_care_changes_next_to_nothing(future, unchanged):
    model = future(GrowHomeCare(from_=2025, share=1e-9))
    assert same_people(model, unchanged)
    unmet = [series(m, "unmet_hours_week") for m in (model, unchanged)]
    np.testing.assert_allclose(*unmet, rtol=1e-5)


# --- couplings -----------------------------------------------------------------------------------------


def asking(parameters, **switches):
    """Run a city and return who was spared, by carer and by day care, of those who asked for a place."""
    found = {"carer": 0, "day_care": 0, "asked": 0}
    spared = {}

    def look(now):
        t, n = now.tables, int(now.tables.counts[0])
        spared["carer"] = (t.care.carer_kind[:n] != CarerKind.NONE) & (t.care.burdened_since[:n] == NEVER)
        spared["day_care"] = t.care.day_care[:n] >= 0

    schedule = schedule_with(look, after="care_at_home")
    model = KortrijkModel(Scenario(parameters=parameters, switches=switches), rng=1, scale=0.2, schedule=schedule)
    for _ in range(18):
        before = len(log_of(model))
        model.step()
        new = log_of(model)[before:]
        asked = new["person"][new["kind"] == Kind.NURSING_APPLIED]
        found["asked"] += len(asked)
        for why in ("carer", "day_care"):
            found[why] += int(spared[why][asked].sum())
    return found


def test_who_has_an_able_carer_near_asks_later_for_a_place_unless_the_coupling_is_off():
    never = {"nursing_carer_near_ratio": 0.0, "nursing_carer_near_minutes": 10_000.0}
    on = asking(never)
    off = asking(never, informal_care_postpones_nursing=False)
    assert on["asked"] > 20
    assert on["carer"] == 0
    assert off["carer"] > 10
    assert off["asked"] > on["asked"]


def test_who_goes_to_day_care_asks_later_for_a_place_unless_the_coupling_is_off():
    never = {"nursing_day_care_ratio": 0.0}
    on = asking(never)
    off = asking(never, day_care_postpones_nursing=False)
    assert on["asked"] > 20
    assert on["day_care"] == 0
    assert off["day_care"] > 3


def test_a_far_carer_postpones_nothing():
    nobody_near = {"nursing_carer_near_ratio": 0.0, "nursing_carer_near_minutes": 0.0}
    assert asking(nobody_near)["carer"] < asking({"nursing_carer_near_ratio": 1.0})["carer"]


def test_a_village_of_the_past_can_be_closed_after_a_fork_and_not_opened_twice(small_city) -> None:
    opening = OpenCareVillage(name="De Linde", wijk="Marke", from_=2026, nursing_places=400)
    model = small_city(Scenario(measures=(opening,)))
    model.run_for(13)
    closed = model.fork(Scenario(measures=(CloseCareSite(site="De Linde", from_="2026-03"),)))
    closed.run_for(3)
    row = next(row for row, name in closed.site_names.items() if name == "De Linde")
    assert closed.state.tables.sites.status[row] == SiteStatus.CLOSED
    with pytest.raises(InputError, match="De Linde"):
        model.fork(Scenario(measures=(opening.model_copy(update={"from_": 2027}),)))
    again = model.fork(Scenario(measures=(opening,)))  # its opening lies in the past: it does not happen again
    again.run_for(1)
    assert list(again.site_names.values()).count("De Linde") == 1
    with pytest.raises(InputError, match="De Eik"):
        model.fork(Scenario(measures=(ExtendCareSite(site="De Eik", from_=2027, nursing_places=5),)))


def test_nobody_moves_into_an_assisted_home_of_a_closed_site(small_city) -> None:
    names = small_city().site_names.values()
    model = small_city(Scenario(measures=tuple(CloseCareSite(site=name, from_=2025) for name in names)))
    model.run_for(24)
    assert sum(model.indicators.value("moves_to_assisted", month=month) for month in range(1, 25)) == 0


def test_deaths_in_nursing_homes_count_where_the_home_stands(small_city) -> None:
    model = small_city()
    model.run_for(24)
    frame = model.indicators.frame()
    total = frame.groupby("place")["deaths"].sum()
    city = total["Kortrijk"]
    t = model.state.tables
    log = t.log[: int(t.counts[3])]
    nowhere = (log["kind"] == Kind.DEATH) & (log["origin"] < 0) & (log["position"] < 0)
    assert city - total.drop("Kortrijk").sum() == nowhere.sum() < 0.05 * city
