"""A first look: the city to 2041, another policy from 2031 on, a household in a large home, a life that needs care."""

from kortrijk_sim import KortrijkModel, load_scenario
from kortrijk_sim.agents.household import Household
from kortrijk_sim.agents.senior import Senior

city = KortrijkModel(rng=1)  # everybody, on 1 January 2025
city.run_for(72)  # months
what_if = city.fork(load_scenario("rotation"))  # the same people in January 2031, another policy from now on
for model in (city, what_if):
    model.run_for(120)
for name in ("population", "vacancy_share", "price_index", "family_homes_freed", "nursing_waiting"):
    print(f"{name:20}{city.indicator(name):12,.3f}{what_if.indicator(name):12,.3f}")
frame = city.indicators.frame()  # a row per month and place, a column per indicator
print(frame.loc[frame["place"] == "Marke", ["date", "population", "moves_city", "homes_built"]].tail(2))

homes = city.agents_by_type[Household].select(lambda h: h.rooms >= 7 and h.size == 2 and h.head_age_years >= 75)
household = max(homes, key=lambda h: h.explain_moving().hazard_per_year)
print(*household.explain_moving().sentences(), sep="\n")
residents = city.agents_by_type[Senior].select(lambda s: s.in_nursing_home)
refused = set(city.events.frame().query("kind == 'nursing_refused'")["person"])  # who refused an offer, by key
print(*city.biography(person=max(residents, key=lambda s: (s.key in refused, s.weekly_visitors)).row), sep="\n")
