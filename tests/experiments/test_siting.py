from __future__ import annotations

import csv
import itertools
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import floyd_warshall

from kortrijk_sim.agents.travel_rules import TravelParams, car_minutes, senior_walk_minutes
from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.synthesis import BaseYear, synthesise
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.experiments.siting.candidates import Candidate, find_candidates, positions
from kortrijk_sim.experiments.siting.interchange import assign, greedy, interchange
from kortrijk_sim.experiments.siting.people import People, Points
from kortrijk_sim.experiments.siting.place import place
from kortrijk_sim.experiments.siting.plan import Offer, plan_path, plan_text, scenario_of, villages_of, write_plan
from kortrijk_sim.experiments.siting.pmedian import Choice, maximal_cover, p_median
from kortrijk_sim.experiments.siting.propose import Ground, Proposal, propose, survey
from kortrijk_sim.experiments.siting.score import SitingParams, score
from kortrijk_sim.experiments.siting.verify import check_verification, verify
from kortrijk_sim.models.care_measures import OpenCareVillage, position_of
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario, check_scenario

EDGES = Path(__file__).parent / "data" / "p_median_edges.csv"
PARAMETERS = Parameters(Tables())
TRAVEL, NEAR = PARAMETERS.select(TravelParams), PARAMETERS.select(SitingParams)


def graph(name: str) -> np.ndarray:
    """Return the shortest paths of a published graph."""
    length = np.full((100, 100), np.inf)
    with EDGES.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["instance"] == name:
                one, other = int(row["node"]) - 1, int(row["other_node"]) - 1
                length[one, other] = length[other, one] = float(row["length"])
    return floyd_warshall(length)


@pytest.mark.parametrize(("name", "p", "optimum"), [("pmed1", 5, 5819), ("pmed5", 33, 1355)])
def test_the_published_optimum_of_a_p_median_is_found_and_proven(name: str, p: int, optimum: int) -> None:
    found = p_median(np.ones(100), graph(name), Choice(p))
    assert found.objective == pytest.approx(optimum)
    assert found.gap == 0.0
    assert len(found.sites) == p


def test_vertex_substitution_comes_near_the_published_optimum() -> None:
    distance, everywhere = graph("pmed1"), np.ones(100, np.bool_)
    start = greedy(np.ones(100), distance, 5, everywhere)
    found = interchange(np.ones(100), distance, start, everywhere)
    assert 5819 <= found.objective <= assign(np.ones(100), distance, start, None).objective
    assert found.objective <= 1.02 * 5819


# Small problems, solved beside the program by looking at every choice.


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, int, np.ndarray]:
    """Return distances from unit demand to sites, a number of sites, and their whole capacities."""
    n, m = draw(st.integers(2, 7)), draw(st.integers(2, 5))
    p = draw(st.integers(1, m))
    distance = np.array(draw(st.lists(st.integers(0, 30), min_size=n * m, max_size=n * m)), float).reshape(n, m)
    capacity = np.array(draw(st.lists(st.integers(1, n), min_size=m, max_size=m)), float)
    return distance, p, capacity


def best_value(cost: np.ndarray, sites: tuple[int, ...], capacity: np.ndarray, *, in_full: bool) -> float:
    """Return the least cost of unit demand that each takes one place of the sites; inf if there are too few."""
    columns = np.repeat(list(sites), [int(capacity[site]) for site in sites])
    if in_full and len(columns) < len(cost):
        return math.inf
    places = cost[:, columns]
    row, column = linear_sum_assignment(places)
    return float(places[row, column].sum())


@given(problems())
@settings(max_examples=60, deadline=None)
def test_a_p_median_is_the_best_of_all_choices(problem: tuple[np.ndarray, int, np.ndarray]) -> None:
    distance, p, _ = problem
    n, m = distance.shape
    found = p_median(np.ones(n), distance, Choice(p))
    best = min(distance[:, list(sites)].min(axis=1).sum() for sites in itertools.combinations(range(m), p))
    assert found.objective == pytest.approx(best)
    assert found.gap == 0.0
    assert found.share.sum(axis=1) == pytest.approx(np.ones(n))
    assert set(np.flatnonzero(found.share.sum(axis=0))) <= set(found.sites)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_a_p_median_with_capacities_is_the_best_of_all_choices(problem: tuple[np.ndarray, int, np.ndarray]) -> None:
    distance, p, capacity = problem
    n, m = distance.shape
    choices = itertools.combinations(range(m), p)
    best = min(best_value(distance, sites, capacity, in_full=True) for sites in choices)
    if best == math.inf:
        with pytest.raises(InputError, match="larger capacities"):
            p_median(np.ones(n), distance, Choice(p, capacity))
        return
    found = p_median(np.ones(n), distance, Choice(p, capacity))
    assert found.objective == pytest.approx(best)
    assert (found.share.sum(axis=0) <= capacity + 1e-6).all()
    near = interchange(np.ones(n), distance, found.sites, np.ones(m, np.bool_), capacity)
    assert near.objective == pytest.approx(best)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_a_cover_is_the_best_of_all_choices(problem: tuple[np.ndarray, int, np.ndarray]) -> None:
    distance, p, capacity = problem
    n, m = distance.shape
    covers = distance <= 10
    free = maximal_cover(np.ones(n), covers, Choice(p))
    assert free.objective == max(
        covers[:, list(sites)].any(axis=1).sum() for sites in itertools.combinations(range(m), p)
    )
    bound = maximal_cover(np.ones(n), covers, Choice(p, capacity))
    choices = itertools.combinations(range(m), p)
    most = max(-best_value(-covers.astype(float), sites, capacity, in_full=False) for sites in choices)
    assert bound.objective == pytest.approx(most)
    assert not (bound.share[~covers] > 0).any()


@given(problems())
@settings(max_examples=30, deadline=None)
def test_a_site_that_stands_serves_without_being_chosen(problem: tuple[np.ndarray, int, np.ndarray]) -> None:
    distance, p, _ = problem
    n, m = distance.shape
    standing = np.arange(m) == 0
    p = min(p, m - 1)
    found = p_median(np.ones(n), distance, Choice(p, fixed=standing))
    assert 0 not in found.sites
    best = min(distance[:, [0, *sites]].min(axis=1).sum() for sites in itertools.combinations(range(1, m), p))
    assert found.objective == pytest.approx(best)
    covers = distance <= 10
    covered = maximal_cover(np.ones(n), covers, Choice(p, fixed=standing)).objective
    assert covered >= covers[:, 0].sum()


def test_the_people_of_one_point_may_be_served_by_two_sites() -> None:
    found = p_median(np.array([10.0]), np.array([[1.0, 3.0]]), Choice(2, np.array([6.0, 6.0])))
    assert found.share == pytest.approx(np.array([[0.6, 0.4]]))
    assert found.objective == pytest.approx(6 * 1 + 4 * 3)


def test_more_sites_than_candidates_are_refused() -> None:
    with pytest.raises(InputError, match="valid: 0 to 2"):
        p_median(np.ones(1), np.ones((1, 2)), Choice(3))


def test_a_search_that_is_cut_off_says_how_far_it_may_be_from_the_best() -> None:
    rng = np.random.default_rng(4)
    spots, sites = rng.uniform(size=(80, 2)), rng.uniform(size=(60, 2))
    distance = np.hypot(*(spots[:, None] - sites[None]).transpose(2, 0, 1))
    demand, capacity = np.ones(80), np.full(60, 80 / 7 / 0.99)
    hasty = Choice(7, capacity, enough=0.5)
    found = p_median(demand, distance, hasty)
    assert found.gap <= 0.5
    assert found.bound <= found.objective
    assert found.bound <= p_median(demand, distance, Choice(7, None)).objective * (1 + found.gap)
    try:
        cut = p_median(demand, distance, Choice(7, capacity, time_limit_s=0.3))
    except InputError as error:
        assert "valid: more time" in str(error)
    else:
        assert cut.gap >= 0.0


# The city.


@pytest.fixture(scope="session")
def city() -> BaseYear:
    return synthesise(Tables(), scale=0.2)


@pytest.fixture(scope="session")
def ground(city: BaseYear) -> Ground:
    return survey(city, Tables(), PARAMETERS)


@pytest.fixture(scope="session")
def proposals(ground: Ground) -> list[Proposal]:
    return propose(ground, 3)


def names(candidates: list[Candidate]) -> list[str]:
    return [candidate.name for candidate in candidates]


def test_candidates_are_homes_stations_shop_centres_and_land_in_every_wijk(city: BaseYear) -> None:
    sites = load_care_sites(Tables(), city.geography)
    found = find_candidates(city.geography, sites, apart_km=0.25, shop_centres=5)
    said = " / ".join(names(found))
    for words in ("Site De Zon", "Station Kortrijk", "Station Bissegem", "Shop centre", "Bellegem, sector"):
        assert words in said
    assert {candidate.wijk for candidate in found} == set(range(14))
    assert "Station Menen" not in said  # not in the city
    assert len(set(names(found))) == len(found)


def test_candidates_lie_apart_and_within_the_city_where_their_measure_says(city: BaseYear) -> None:
    sites = load_care_sites(Tables(), city.geography)
    found = find_candidates(city.geography, sites, apart_km=0.25, shop_centres=5)
    x_km, y_km = positions(found)
    apart = np.hypot(x_km[:, None] - x_km, y_km[:, None] - y_km)
    assert apart[~np.eye(len(found), dtype=bool)].min() >= 0.25
    for candidate in found:
        measure = OpenCareVillage(from_=2028, name="New", nursing_places=1, **candidate.place)
        sector, *spot = position_of(measure, city.geography)
        assert spot == pytest.approx([candidate.x_km, candidate.y_km], abs=1e-3)
        assert city.geography.sectors[sector].wijk == candidate.wijk


def one_family(child_x_km: float = 5.0) -> People:
    """Return a city of two seniors 1 km apart, the first with a child to the east, and one who could work."""
    return People(
        x_km=np.array([0.0, 1.0]),
        y_km=np.zeros(2),
        need=np.array([0.2, 0.1]),
        sector=np.array([0, 1]),
        parent=np.array([0]),
        child_x_km=np.array([child_x_km]),
        child_y_km=np.zeros(1),
        staff=Points(np.array([0.0, 40.0]), np.zeros(2), np.ones(2)),
    )


def test_a_score_weighs_ways_by_need_and_counts_who_is_near() -> None:
    here = np.zeros(1)
    found = score(one_family(), here, here, np.ones((2, 1)), np.array([[1.0, 0.1]]), TRAVEL, NEAR)
    minutes = (2 * car_minutes(0.0, TRAVEL) + car_minutes(1.0, TRAVEL)) / 3
    assert found.home_minutes == pytest.approx(minutes)
    assert found.family_minutes == pytest.approx(car_minutes(5.0, TRAVEL))
    assert senior_walk_minutes(1.0, TRAVEL) > NEAR.siting_walk_minutes
    assert found.walk_share == 0.5
    assert found.walk_share_with_today == 1.0
    assert found.ride_share == 1.0
    assert found.staff_share == 0.5


def test_a_village_nobody_can_reach_scores_nothing() -> None:
    far = np.array([500.0])
    found = score(one_family(), far, far, np.ones((2, 1)), np.empty((0, 2)), TRAVEL, NEAR)
    assert (found.walk_share, found.walk_share_with_today, found.ride_share, found.staff_share) == (0, 0, 0, 0)
    assert found.home_minutes > 1000


def test_a_family_travels_to_the_village_the_parent_lives_in() -> None:
    x_km, there = np.array([0.0, 5.0]), np.array([[0.0, 1.0], [1.0, 0.0]])
    found = score(one_family(), x_km, np.zeros(2), there, np.empty((0, 2)), TRAVEL, NEAR)
    assert found.family_minutes == pytest.approx(car_minutes(0.0, TRAVEL))


def test_proposals_differ_and_the_first_answers_the_question_asked(ground: Ground, proposals: list[Proposal]) -> None:
    sets = [frozenset(names(list(p.sites))) for p in proposals]
    assert len(set(sets)) == len(sets) >= 3
    assert (proposals[0].objective, proposals[0].rank) == ("p-median", 1)
    assert {p.objective for p in proposals} >= {"p-median", "cover"}
    assert all(len(p.sites) == 3 for p in proposals)
    near = {p.rank: p for p in proposals if p.objective == "p-median"}
    assert near[1].value <= near[2].value <= near[1].value * 1.1
    assert near[1].gap <= near[2].gap
    assert not set(names(list(near[1].sites))) & set(names(list(near[2].sites)))
    cover = next(p for p in proposals if p.objective == "cover")
    assert cover.score.walk_share_with_today == max(p.score.walk_share_with_today for p in proposals)
    assert near[1].score.home_minutes <= cover.score.home_minutes
    asked = propose(ground, 3, objective="cover", alternatives=1)
    assert [(p.objective, p.rank) for p in asked if p.objective == "cover"] == [("cover", 1), ("cover", 2)]
    assert asked[0].sites == cover.sites


def test_three_villages_are_nearer_to_people_than_one(ground: Ground, proposals: list[Proposal]) -> None:
    one = propose(ground, 1, alternatives=0)[0]
    assert proposals[0].score.home_minutes < one.score.home_minutes
    assert proposals[0].score.walk_share > one.score.walk_share


def test_what_cannot_be_proposed_is_refused(ground: Ground) -> None:
    with pytest.raises(InputError, match="'p-median'"):
        propose(ground, 3, objective="p-medan")
    with pytest.raises(InputError, match="candidate sites; valid: 1 to"):
        propose(ground, 500)


def test_villages_share_the_places_and_stand_on_the_proposed_sites(city: BaseYear, proposals: list[Proposal]) -> None:
    villages = villages_of(proposals[0], Offer(400, 186, 45, "2028-07"), city.geography)
    assert [v.nursing_places for v in villages] == [134, 133, 133]
    assert sum(v.assisted_homes for v in villages) == 186
    assert sum(v.day_care_places for v in villages) == 45
    assert {v.first_month for v in villages} == {42}
    spots = [position_of(v, city.geography)[1:] for v in villages]
    wanted = [(site.x_km, site.y_km) for site in proposals[0].sites]
    np.testing.assert_allclose(spots, wanted, atol=1e-3)


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        (Offer(2), "do not fill 3 villages"),
        (Offer(6_001), "valid: up to 2000 in each"),
        (Offer(400, opens="2028-13"), "open: '2028-13' is not a year or month"),
        (Offer(400, opens=2041), "open: '2041' lies outside"),
    ],
)
def test_an_offer_that_villages_cannot_hold_is_refused(
    offer: Offer, words: str, city: BaseYear, proposals: list[Proposal]
) -> None:
    with pytest.raises(InputError, match=words):
        villages_of(proposals[0], offer, city.geography)


def test_a_plan_written_to_a_file_is_the_scenario_that_was_simulated(
    city: BaseYear, proposals: list[Proposal], tmp_path: Path
) -> None:
    offer = Offer(400, 186, 45)
    path = plan_path(tmp_path / "three.toml", overwrite=False)
    write_plan(path, plan_text(proposals[1], offer, city.geography, "three"))
    assert tomllib.loads(path.read_text())["extends"] == "unchanged"
    simulated = check_scenario(
        scenario_of(proposals[1], offer, city.geography, Scenario(), "three"), city.geography, PARAMETERS
    )
    read = load_scenario(path)
    assert read.digest() == simulated.digest()
    assert (read.name, read.years) == ("three", 16)
    with pytest.raises(InputError, match="exists; valid"):
        plan_path(path, overwrite=False)
    assert plan_path(path, overwrite=True) == path
    assert [file.name for file in tmp_path.iterdir()] == ["three.toml"]


def test_villages_have_to_be_open_for_a_year_before_they_are_judged() -> None:
    assert check_verification(Offer(400), "family_minutes", None) == 5
    assert check_verification(Offer(400, opens=2040), "family_minutes", None) == 16
    assert check_verification(Offer(400), "family_minutes", 4) == 4
    for opens, years in ((2028, 3), ("2040-02", None), (2028, 17)):
        with pytest.raises(InputError, match="years: "):
            check_verification(Offer(400, opens=opens), "family_minutes", years)
    with pytest.raises(InputError, match="family_minutes"):
        check_verification(Offer(400), "family_minute", None)


def test_simulated_proposals_are_ranked_by_the_figure_and_shorten_the_queue(
    city: BaseYear, proposals: list[Proposal]
) -> None:
    found = verify(
        proposals[:2],
        Offer(400, 186, 45, opens="2025-06"),
        city.geography,
        seeds=[1, 2],
        years=2,
        figure="nursing_waiting",
        workers=1,
        scale=0.05,
    )
    changes = found.changes()
    ranked = [changes[number, "nursing_waiting"].mean for number in found.order]
    assert ranked == sorted(ranked)
    assert sorted(found.order) == [1, 2]
    assert all(change < 0 for change in ranked)
    assert len(found.behind_best()) == 1
    assert found.behind_best()[0].mean == pytest.approx(ranked[1] - ranked[0])


def test_the_simulated_villages_are_those_of_the_proposal(city: BaseYear, proposals: list[Proposal]) -> None:
    offer = Offer(400, opens="2025-02")
    scenario = scenario_of(proposals[0], offer, city.geography, Scenario(), "three")
    model = KortrijkModel(scenario, scale=0.05)
    before = len(model.sites())
    for _ in range(2):
        model.step()
    new = model.sites().iloc[before:]
    assert list(new["name"]) == [village.name for village in villages_of(proposals[0], offer, city.geography)]


@pytest.mark.parametrize(
    ("change", "words"), [({"seeds": 0}, "seeds: 0"), ({"first_seed": -1}, "seed: -1"), ({"scale": 2.0}, "scale: 2.0")]
)
def test_a_simulation_that_could_not_run_is_refused_before_the_search(change: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        place(3, Offer(400), **change)  # type: ignore[arg-type]
