"""A first look: the city to 2041, another policy from 2031 on, and one household that looks for a home."""

from kortrijk_sim import KortrijkModel, load_scenario
from kortrijk_sim.agents.household import Household

city = KortrijkModel(rng=1)  # everybody, on 1 January 2025
city.run_for(72)  # months
what_if = city.fork(load_scenario("rotation"))  # the same people in January 2031, another policy from now on
for model in (city, what_if):
    model.run_for(120)

for name in ("population", "vacancy_share", "price_index", "family_homes_freed"):
    print(f"{name:20}{city.indicator(name):12,.3f}{what_if.indicator(name):12,.3f}")
frame = city.indicators.frame()  # a row per month and place, a column per indicator
print(frame.loc[frame["place"] == "Marke", ["date", "population", "moves_city", "homes_built"]].tail(2))

old = city.agents_by_type[Household].select(lambda h: h.seeking and h.dwelling >= 0 and h.members[0].age_years >= 65)
household = max(old, key=lambda h: len(h.biography()))
print(*household.biography(), *household.explain_moving().sentences(), sep="\n")
