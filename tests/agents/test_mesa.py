"""The city through Mesa's own tools: agent sets, data collection, batch runs."""

from __future__ import annotations

from collections import Counter

import mesa
import numpy as np
import pytest
from mesa.agentset import AbstractAgentSet

from kortrijk_sim.agents.firm import Firm
from kortrijk_sim.agents.household import Household
from kortrijk_sim.agents.senior import Senior
from kortrijk_sim.agents.student import Student
from kortrijk_sim.city.vocabulary import (
    Activity,
    FirmStatus,
    HouseholdStatus,
    PersonStatus,
    StudentLiving,
    StudentStatus,
    Tenure,
)
from kortrijk_sim.models.model import KortrijkModel


def households_in(model: KortrijkModel) -> set[int]:
    status = model.state.tables.households.status[: model.state.tables.counts[1]]
    return set(np.flatnonzero((status == HouseholdStatus.HOUSED) | (status == HouseholdStatus.HOMELESS)).tolist())


def seniors_in(model: KortrijkModel) -> set[int]:
    persons, n = model.state.tables.persons, int(model.state.tables.counts[0])
    old = model.month - persons.birth_month[:n] >= 780
    return set(np.flatnonzero(old & (persons.status[:n] == PersonStatus.RESIDENT)).tolist())


def enrolled_in(model: KortrijkModel) -> int:
    e = model.state.economy
    return int((e.students.status[: e.counts[1]] == StudentStatus.ENROLLED).sum())


def firms_in(model: KortrijkModel) -> int:
    e = model.state.economy
    return int((e.firms.status[: e.counts[0]] == FirmStatus.OPEN).sum())


def in_step(model: KortrijkModel) -> None:
    by_type = model.agents_by_type
    assert {agent.row for agent in by_type[Household]} == households_in(model)
    assert {agent.row for agent in by_type[Senior]} == seniors_in(model)
    assert len(by_type[Student]) == enrolled_in(model)
    assert len(by_type[Firm]) == firms_in(model)
    assert len(model.agents) == sum(len(agents) for agents in by_type.values())


def test_a_model_is_a_mesa_model_with_four_kinds_of_agents(four_years):
    assert isinstance(four_years, mesa.Model)
    assert set(four_years.agent_types) == {Household, Senior, Student, Firm}
    assert isinstance(four_years.agents, AbstractAgentSet)
    assert all(isinstance(agent, mesa.Agent) for agent in four_years.agents)
    ids = [agent.unique_id for agent in four_years.agents]
    assert len(set(ids)) == len(ids)


def test_agents_stay_in_step_with_the_tables(small_city):
    model = small_city()
    in_step(model)
    before = households_in(model)
    for months in (1, 5, 18):
        for _ in range(months):
            model.step()
        in_step(model)
    assert before - households_in(model), "some households dissolve"
    assert households_in(model) - before, "some are founded"


def test_agents_are_the_same_objects_from_month_to_month(small_city):
    model = small_city()
    before = {agent.row: agent for agent in model.agents_by_type[Household]}
    model.step()
    after = {agent.row: agent for agent in model.agents_by_type[Household]}
    shared = before.keys() & after.keys()
    assert len(shared) > 1000
    assert all(before[row] is after[row] for row in shared)


def test_agents_follow_a_restored_model(small_city):
    model = small_city()
    snapshot = model.snapshot()
    in_step(model)
    for _ in range(6):
        model.step()
    in_step(model)
    model.restore(snapshot)
    in_step(model)


def test_a_fork_has_agents_of_its_own(small_city):
    model = small_city()
    twin = model.fork()
    in_step(twin)
    assert all(agent.model is twin for agent in twin.agents)
    assert all(agent.model is model for agent in model.agents)


def test_nobody_who_looks_at_the_agents_changes_the_city(small_city):
    watched, alone = small_city(), small_city()
    for _ in range(4):
        watched.step()
        assert watched.agents_by_type[Household].agg("size", sum) > 3000
        alone.step()
    assert watched.state_hash() == alone.state_hash()


def test_agg_select_and_groupby_say_what_the_tables_say(four_years):
    t = four_years.state.tables
    households = four_years.agents_by_type[Household]
    rows = np.array(sorted(households_in(four_years)))
    assert households.agg("size", sum) == int(t.households.members[rows].sum())
    alone = households.select(lambda h: h.size == 1)
    assert len(alone) == int((t.households.members[rows] == 1).sum())
    tenures = households.groupby("tenure").count()
    home = t.households.dwelling[rows]
    for tenure in Tenure:
        assert tenures[tenure] == int((t.dwellings.tenure[home[home >= 0]] == tenure).sum())
    in_wijk = households.groupby("wijk").count()
    frame = four_years.indicators.frame().query(f"month == {four_years.month}").set_index("place")
    for wijk in four_years.geography.wijken:
        assert in_wijk.get(wijk.name, 0) == frame.loc[wijk.name, "households"]


def test_do_and_get_reach_every_agent(four_years):
    met: Counter[type] = Counter()
    four_years.agents.do(lambda agent: met.update([type(agent)]))
    assert met == {kind: len(agents) for kind, agents in four_years.agents_by_type.items()}
    ages = four_years.agents_by_type[Senior].get("age_years")
    assert min(ages) >= 65
    assert 70 < sum(ages) / len(ages) < 80


def test_a_household_agent_reads_its_own_row(four_years):
    t = four_years.state.tables
    for household in list(four_years.agents_by_type[Household])[:200]:
        members = household.members
        assert len(members) == household.size
        assert household.income_eur_month == pytest.approx(sum(m.income_eur_month for m in members))
        assert household.head_age_years == members[0].age_years
        assert household.homeless == (household.dwelling < 0)
        assert household.key == int(t.households.key[household.row])
        if household.homeless:
            assert (household.tenure, household.kind, household.rooms, household.wijk) == (None, None, 0, "")
        else:
            assert t.dwellings.household[household.dwelling] == household.row
            assert household.rooms == t.dwellings.rooms[household.dwelling]


def test_seniors_students_and_firms_read_theirs(four_years):
    seniors = four_years.agents_by_type[Senior]
    assert any(s.in_nursing_home for s in seniors)
    for senior in seniors:
        assert senior.alive_here
        assert not (senior.in_nursing_home and senior.lives_alone)
        if senior.partner is not None:
            assert senior.partner.partner.row == senior.row
    students = four_years.agents_by_type[Student]
    assert {s.living for s in students} >= {StudentLiving.AT_HOME_IN_CITY, StudentLiving.COMMUTES, StudentLiving.ROOM}
    assert all(f.jobs >= 0 and f.wijk for f in four_years.agents_by_type[Firm])


def test_a_data_collector_collects_the_model_and_its_agents(small_city):
    model = small_city()
    collector = mesa.DataCollector(
        model_reporters={
            "population": lambda m: m.indicators.value("population"),
            "households": lambda m: len(m.agents_by_type[Household]),
        },
        agenttype_reporters={Household: {"size": "size", "wijk": "wijk"}, Senior: {"age": "age_years"}},
    )
    for _ in range(3):
        collector.collect(model)
        model.step()
    frame = collector.get_model_vars_dataframe()
    assert len(frame) == 3
    assert frame["population"].iloc[0] == model.indicators.value("population", month=0)
    sizes = collector.get_agenttype_vars_dataframe(Household)
    first = sizes.loc[sizes.index[0][0]]
    assert len(first) == frame["households"].iloc[0]
    assert collector.get_agenttype_vars_dataframe(Senior)["age"].min() >= 65


def test_a_batch_runs_every_seed_and_scale():
    rows = mesa.batch_run(
        KortrijkModel,
        parameters={"scale": [0.02, 0.03]},
        rng=[1, 2, 3],
        max_steps=6,
        data_collection_period=-1,
        display_progress=False,
    )
    assert len(rows) == 2 * 3
    assert {(row["scale"], row["rng"]) for row in rows} == {(s, r) for s in (0.02, 0.03) for r in (1, 2, 3)}
    assert len({(row["population"], row["moves_city"], row["births"]) for row in rows}) == 6
    alone = KortrijkModel(rng=2, scale=0.03)
    for _ in range(6):
        alone.step()
    (same,) = [row for row in rows if (row["scale"], row["rng"]) == (0.03, 2)]
    assert same["population"] == alone.indicators.value("population")
    assert same["moves_city"] == alone.indicator("moves_city")


def test_a_batch_can_keep_every_month():
    rows = mesa.batch_run(
        KortrijkModel,
        parameters={"scale": 0.02},
        rng=[1, 2],
        max_steps=5,
        data_collection_period=1,
        display_progress=False,
    )
    assert sorted({row["Step"] for row in rows}) == [0, 1, 2, 3, 4, 5]
    assert len(rows) == 2 * 6


def test_a_firm_knows_its_people_and_says_why_it_may_close(four_years):
    firms = four_years.agents_by_type[Firm]
    firm = max(firms, key=lambda f: f.residents)
    assert len(firm.staff) == firm.residents > 0
    assert all(person.workplace == firm.wijk for person in firm.staff)
    assert all(person.activity == Activity.EMPLOYED for person in firm.staff)
    assert firm.is_open
    assert firm.jobs == firm.residents + firm.commuters + firm.vacancies
    small = min(firms, key=lambda f: (f.jobs, -f.age_years))
    why = small.explain_closing()
    assert 0 < why.closure_per_year < 1
    assert firm.explain_closing().size_ratio < why.size_ratio <= 1
    assert len(why.sentences()) == 4
    assert len({f.key for f in firms}) == len(firms)


def test_a_student_says_where_home_is_and_why_there_is_a_room_or_none(four_years):
    students = four_years.agents_by_type[Student]
    for living in StudentLiving:
        some = students.select(lambda s, living=living: s.living == living)
        if len(some) == 0:
            continue
        student = next(iter(some))
        why = student.explain_living()
        assert why.living == living
        assert student.home
        assert bool(student.wijk) == (living in (StudentLiving.AT_HOME_IN_CITY, StudentLiving.ROOM, StudentLiving.FLAT))
        assert len(why.sentences()) == (1 if living == StudentLiving.AT_HOME_IN_CITY else 4)
        assert 0 < student.staying_probability <= 1
        assert student.years >= 1
    rooms = students.select(lambda s: s.living == StudentLiving.ROOM)
    travels = students.select(lambda s: s.living == StudentLiving.COMMUTES)
    wish = [np.mean([s.explain_living().wants_room_probability for s in some]) for some in (rooms, travels)]
    assert wish[0] > wish[1]
