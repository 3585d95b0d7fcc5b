"""Mesa's own tools on the city: agent sets, data collection, batch runs."""

import mesa
import pandas as pd

from kortrijk_sim import KortrijkModel
from kortrijk_sim.agents.household import Household
from kortrijk_sim.agents.senior import Senior

SCALE = 0.05  # a twentieth of the city, to be quick


class City(KortrijkModel):
    """The city with a collector of one's own; the model collects after each month."""

    def __init__(self, rng: int = 1, scale: float = SCALE) -> None:
        super().__init__(rng=rng, scale=scale)
        self.datacollector = mesa.DataCollector(
            {
                "inhabitants": lambda city: city.indicator("population"),
                "seniors alone": lambda city: len(city.agents_by_type[Senior].select(lambda s: s.lives_alone)),
            }
        )
        self.datacollector.collect(self)  # 1 January 2025


def main() -> None:
    """Show an agent set, a data collector and a batch run."""
    city = KortrijkModel(rng=1, scale=SCALE)
    households = city.agents_by_type[Household]
    print("mean size:", round(households.agg("size", lambda sizes: sum(sizes) / len(sizes)), 2), "persons")
    by_wijk = households.select(lambda h: not h.homeless).groupby("wijk")
    print("households by wijk:", by_wijk.count())
    city.run_for(12)
    print(city.datacollector.get_model_vars_dataframe()[["population", "vacancy_share", "moves_city"]].tail(3))

    own = City()
    own.run_for(6)
    print(own.datacollector.get_model_vars_dataframe())

    runs = mesa.batch_run(
        KortrijkModel,
        {"scale": [SCALE]},
        rng=[1, 2, 3],
        max_steps=12,
        data_collection_period=-1,
        display_progress=False,
    )
    print(pd.DataFrame(runs)[["rng", "Step", "population", "births", "deaths"]])


if __name__ == "__main__":
    main()
