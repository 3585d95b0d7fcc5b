"""Households from elsewhere: they are the same people when they search and when they live here."""

from __future__ import annotations

from kortrijk_sim.city.vocabulary import HouseholdStatus, Tenure
from kortrijk_sim.models.model import KortrijkModel

RIVALS = 1.2  # what rival bids may have added to an asked rent


def test_newcomers_pay_no_more_than_the_income_they_come_with_allows():
    model = KortrijkModel(rng=1, scale=0.2)
    model.run_for(6)
    t, most = model.state.tables, model.environment.housing.rent_to_income_max
    households, persons = t.households, t.persons
    shares = []
    for row in range(t.counts[1]):
        head = households.first_member[row]
        if households.status[row] != HouseholdStatus.HOUSED or households.since_month[row] < 0:
            continue
        if persons.arrived_month[head] != households.since_month[row]:
            continue
        if t.dwellings.tenure[households.dwelling[row]] != Tenure.PRIVATE_RENT:
            continue
        income, member = 0.0, head
        while member >= 0:
            income += float(persons.income_eur_month[member])
            member = persons.next_member[member]
        shares.append(households.rent_eur_month[row] / income)
    assert len(shares) > 50
    assert max(shares) <= most * RIVALS
