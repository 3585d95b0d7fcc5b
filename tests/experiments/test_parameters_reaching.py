from __future__ import annotations

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.experiments.parameters_reaching import acting, reaching_runs
from kortrijk_sim.models.policy import Scenario


def test_parameters_that_only_make_the_base_city_change_no_run(parameters: Parameters) -> None:
    reaching = reaching_runs()
    others = {n: (p.low, p.high) for n, p in parameters.items() if n not in reaching and p.low < p.high}
    assert {"couple_share", "value_noise_sd", "home_loss_per_year", "siting_walk_minutes"} <= others.keys()
    assert acting(Scenario(), others, months=12) == []


def test_parameters_that_act_are_found_among_those_that_do_not(parameters: Parameters) -> None:
    names = ["couple_share", "bike_age_utility", "siting_walk_minutes", "value_noise_sd", "need_alone_ratio"]
    tried = {name: (parameters[name].low, parameters[name].high) for name in names}
    assert acting(Scenario(), tried, months=2) == ["bike_age_utility", "need_alone_ratio"]
    assert {"bike_age_utility", "need_alone_ratio"} <= reaching_runs()
