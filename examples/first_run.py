"""A first look: the city to 2041, another policy from 2031 on, and one household in a large home."""

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

homes = city.agents_by_type[Household].select(lambda h: h.rooms >= 7 and h.size == 2 and h.head_age_years >= 75)
household = max(homes, key=lambda h: h.explain_moving().hazard_per_year)
print(*city.biography(person=household.members[0].row), *household.explain_moving().sentences(), sep="\n")
