"""What a household says about moving is what the kernel used to decide."""

from __future__ import annotations

import numpy as np
import pytest

from kortrijk_sim.agents.household import Household
from kortrijk_sim.city.vocabulary import HouseholdStatus
from kortrijk_sim.draws import stream, uniform
from kortrijk_sim.models.dice import Dice
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.policy import MovingHelp65Plus, Scenario


@pytest.mark.parametrize("helped", [False, True], ids=["unchanged", "with moving help"])
def test_the_kernel_decides_by_the_terms_that_a_household_explains(small_city, helped):
    measures = (
        (MovingHelp65Plus(from_=2025, share_reached=0.7, wijk=("Heule Sente", "Marke", "Kortrijk Centrum")),)
        if helped
        else ()
    )
    model = small_city(Scenario(measures=measures), rng=4, scale=0.2)
    for _ in range(14):
        model.step()
    month, first = model.month, len(model.events)
    t = model.state.tables
    settled = t.households.status[: t.counts[1]] == HouseholdStatus.HOUSED
    asked = np.flatnonzero(settled & (t.households.seeking[: t.counts[1]] == 0))
    members = {int(h): [m.row for m in Household(model, int(h)).members] for h in asked}
    terms = {h: Household(model, h).explain_moving() for h in members}
    model.step()
    t = model.state.tables
    log = t.log[first : int(t.counts[3])]
    sought = {int(e["household"]): float(e["value"]) for e in log[log["kind"] == Kind.SOUGHT]}
    # Whoever was born, died, fell ill, paired up ... this month changed the terms before the kernel looked.
    before = log[~np.isin(log["kind"], (Kind.SOUGHT, Kind.MOVED, Kind.VACATED, Kind.FREED_HOME_TAKEN))]
    touched = set(before["household"].tolist())
    touched_persons = set(before["person"].tolist())
    dice = np.uint64(stream(model.seed, int(Dice.INTENT), month))
    agreed = seniors = 0
    for h, members_then in members.items():
        if h in touched or touched_persons & set(members_then):
            continue
        monthly = 1 - (1 - terms[h].hazard_per_year) ** (1 / 12)
        decides = uniform(dice, t.households.key[h]) < monthly
        assert decides == (h in sought), (h, terms[h])
        if decides:
            assert sought[h] == pytest.approx(terms[h].mismatch, abs=1e-5)
            agreed += 1
        seniors += terms[h].senior_ratio != 1.0
    assert agreed >= 5
    assert seniors >= 20


def test_the_terms_sum_to_the_mismatch(four_years):
    for household in list(four_years.agents_by_type[Household])[:300]:
        if household.homeless:
            continue
        m = household.explain_moving()
        parts = (
            m.mismatch_missing_rooms, m.mismatch_spare_rooms, m.mismatch_stairs, m.mismatch_widowed,
            m.mismatch_child_born,
        )  # fmt: skip
        assert sum(parts) == pytest.approx(m.mismatch)
        assert all(part >= 0 for part in parts)
        assert 0 <= m.hazard_per_year <= 1
        assert m.rooms_needed == household.rooms_needed()


def test_the_explanation_reads_as_sentences(four_years):
    lines = [h.explain_moving().sentences() for h in list(four_years.agents_by_type[Household])[:300] if not h.homeless]
    assert all(line.endswith(".") for said in lines for line in said)
    assert all(said[-1].startswith("Together") for said in lines)
    assert any("rooms stand empty" in line for said in lines for line in said)


def test_a_household_without_a_home_has_nothing_to_explain(four_years):
    homeless = four_years.agents_by_type[Household].select(lambda h: h.homeless)
    assert len(homeless) > 0
    with pytest.raises(ValueError, match="without a home"):
        next(iter(homeless)).explain_moving()
