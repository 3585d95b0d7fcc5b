"""The parts of ``results.md`` about travel, students and firms; ``make_results.py`` writes them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from markers import table

from kortrijk_sim import KortrijkModel, load_scenario
from kortrijk_sim.experiments.mobility_comparison import (
    CHARGE_EUR_KM,
    CHARGED,
    COUNTS,
    GROUPS,
    LEVELS,
    PACKAGE,
    SHIFT,
    MobilityResults,
)
from kortrijk_sim.experiments.mobility_elasticities import ANSWER_YEARS, Elasticity
from kortrijk_sim.experiments.mobility_patterns import shares_by_length
from kortrijk_sim.experiments.mobility_shifts import shifts
from kortrijk_sim.experiments.paired_result import Difference
from kortrijk_sim.models.measures import MONTHS

TARGET = -20.0  # per cent of vehicle-km by 2040, note 5.4
NAMES = {
    PACKAGE: "**the whole package**",
    SHIFT: "without students, firms and jobs",
    CHARGED: f"the package and {100 * CHARGE_EUR_KM:.0f} cents a km from 2030, which the note does not ask for",
}
LABELS = (
    COUNTS
    | LEVELS
    | {
        "commuter_km": "km a day that people from outside drive to work here",
        "graduates_staying_share": "graduates who stay",
    }
)
WHOLE = (
    "vehicle_km", "vehicle_km_per_person", "commuter_km", "co2_travel", "electric_km_share", "mode_share_car_driver",
    "mode_share_car", "mode_share_bike", "mode_share_walk", "mode_share_transit", "mode_share_sustainable", "trip_km",
    "household_cars", "cars_per_1000", "car_sharing_households", "shared_car_trips", "charge_points", "active_share",
    "population",
)  # fmt: skip
ECONOMY = (
    "students_in_rooms", "students_in_flats", "students_unhoused", "graduates_staying_share", "jobs", "firms",
    "employment_rate", "in_commuters", "out_commuters",
)  # fmt: skip
_KINDS = {
    "car_driver": "car, at the wheel", "car_passenger": "car, beside the driver", "bike": "bike", "walk": "on foot",
    "transit": "bus or train",
}  # fmt: skip


def package(results: MobilityResults) -> str:
    """Lay the mobility package beside unchanged policy, and say how far it is from the note's goal."""
    found = results.city(PACKAGE)
    rows = [_row(found[name]) for name in WHOLE]
    body = table(("mean of 2040", "unchanged", "mobility", "difference", "95 % interval of it"), rows, "lrrrr")
    km, since = found["vehicle_km"], found["vehicle_km_over_2025"]
    co2 = found["co2_travel"]
    return (
        f"{body}\n\nThe note wants {-TARGET:.0f} % fewer vehicle-kilometres by 2040. Inhabitants drive "
        f"{_percent(since.with_it)} than in 2025 with the package and {_percent(since.without)} without it, so the "
        f"package itself makes {_relative(km)}. Its CO2 is another matter: {_relative(co2)} against unchanged policy "
        "in 2040, because more of the kilometres are electric."
    )


def groups(results: MobilityResults) -> str:
    """Lay each group of measures alone beside the package, and its parts together beside their sum."""
    rows, total = [], 0.0
    for name in (*GROUPS, SHIFT, PACKAGE, CHARGED):
        d = results.city(name)
        km = d["vehicle_km"]
        if name in GROUPS:
            total += km.mean / km.without
        rows.append(
            (
                NAMES.get(name, name), _relative(km), _spread(km), f"{d['vehicle_km_over_2025'].with_it:+.1f} %",
                _relative(d["co2_travel"]), f"{d['mode_share_car'].mean:+.2f}", f"{d['mode_share_bike'].mean:+.2f}",
                f"{d['mode_share_transit'].mean:+.2f}", f"{d['household_cars'].mean:+,.0f}",
                _relative(d["commuter_km"]),
            )
        )  # fmt: skip
    heads = (
        "measures", "vehicle-km against unchanged", "95 % interval", "vehicle-km against 2025", "CO2 against unchanged",
        "car, points", "bike, points", "bus and train, points", "cars of households", "km of in-commuters",
    )  # fmt: skip
    together = results.city(PACKAGE)["vehicle_km"]
    return (
        f"{table(heads, rows, 'lrrrrrrrrr')}\n\nThe groups alone add up to {100 * total:+.1f} %, together they make "
        f"{_relative(together)}."
    )


def who(results: MobilityResults, shifted: pd.DataFrame) -> str:
    """Say who drives less: by age and wijk over all seeds, by former mode and reason counted in one seed."""
    ages = [_share_row(name, d) for name, d in results.by_group(PACKAGE, "car_share_age").items()]
    wijken = [
        (*_share_row(name, d), f"{km.mean:+.2f}")
        for (name, d), km in zip(
            results.by_group(PACKAGE, "car_share").items(),
            results.by_group(PACKAGE, "vehicle_km_per_person").values(),
            strict=True,
        )
    ]
    heads = ("trips at the wheel, %", "unchanged", "mobility", "points", "95 % interval")
    parts = [
        table(("age", *heads[1:]), ages, "lrrrr"),
        table(("wijk of the home", *heads[1:], "km driven a day, each"), wijken, "lrrrrr"),
        _former(shifted),
        _reasons(shifted),
    ]
    return "\n\n".join(parts)


def both_runs(scale: float, seed: int = 1) -> tuple[KortrijkModel, KortrijkModel]:
    """Run unchanged policy and the package with one seed."""
    unchanged, model = (KortrijkModel(load_scenario(name), rng=seed, scale=scale) for name in ("unchanged", PACKAGE))
    for each in (unchanged, model):
        each.run_for(MONTHS)
    return unchanged, model


def answers(found: Iterable[Elasticity]) -> str:
    """Lay elasticities beside the ranges of the literature."""
    words = {"vehicle_km": "vehicle-km", "transit_trips": "trips by bus or train"}
    rows = [
        (e.change, words[e.of], f"{e.mean:+.2f}", f"{e.low:+.2f} to {e.high:+.2f}", e.published or "none looked up")
        for e in found
    ]
    heads = ("change on 1 January 2026", "answer of", "elasticity", "95 % interval", "literature, unverified")
    text = f"Arc elasticities (mid-points), {ANSWER_YEARS} years after the change, in paired runs."
    return f"{text}\n\n{table(heads, rows, 'llrrr')}"


def lengths(model: KortrijkModel) -> str:
    """Return the shares of modes by length of the trip, on which nothing is calibrated."""
    shares = shares_by_length(model)
    rows = [
        (str(name), *(f"{100 * float(row[kind]):.0f}" for kind in _KINDS), f"{100 * float(row['trips']):.1f}")
        for name, row in shares.iterrows()
    ]
    return table(("length", *(f"{label}, %" for label in _KINDS.values()), "of all trips, %"), rows, "lrrrrrr")


def students_and_firms(results: MobilityResults) -> str:
    """Lay students, firms and jobs with the package beside unchanged policy, and what each group adds."""
    whole, rooms, firms = (results.city(name) for name in (PACKAGE, "students", "firms and jobs"))
    rows = [(*_row(whole[name]), _change(name, rooms[name].mean), _change(name, firms[name].mean)) for name in ECONOMY]
    heads = (
        "mean of 2040", "unchanged", "mobility", "difference", "95 % interval of it", "students' measures alone",
        "firms' measures alone",
    )  # fmt: skip
    return table(heads, rows, "lrrrrrr")


def _former(shifted: pd.DataFrame) -> str:
    """Return trips a day by former and new kind of mode."""
    cells = shifted.pivot_table(index="former", columns="now", values="trips_per_day", aggfunc="sum", fill_value=0.0)
    cells = cells.reindex(index=list(_KINDS), columns=list(_KINDS), fill_value=0.0)
    net = cells.sum(axis=0) - cells.sum(axis=1)
    rows = [
        (_KINDS[kind], *("" if kind == to else f"{float(cells.loc[kind, to]):,.0f}" for to in _KINDS),
         f"{float(net[kind]):+,.0f}")
        for kind in _KINDS
    ]  # fmt: skip
    heads = ("trips a day in 2040, seed 1: from", *(f"to {label}" for label in _KINDS.values()), "net")
    return table(heads, rows, "lrrrrrr")


def _reasons(shifted: pd.DataFrame) -> str:
    """Return why trips leave the wheel, and why others come to it."""
    away = shifted[shifted["former"] == "car_driver"].groupby("why")["trips_per_day"].sum()
    to = shifted[shifted["now"] == "car_driver"].groupby("why")["trips_per_day"].sum()
    reasons = sorted(set(away.index) | set(to.index), key=lambda why: -float(away.get(why, 0.0)))
    rows = [
        (why, f"{float(away.get(why, 0.0)):,.0f}", f"{float(to.get(why, 0.0)):,.0f}",
         f"{float(away.get(why, 0.0)) - float(to.get(why, 0.0)):+,.0f}")
        for why in reasons
    ]  # fmt: skip
    heads = ("first reason that holds, trips a day", "leave the wheel", "come to the wheel", "fewer at the wheel")
    return table(heads, rows, "lrrr")


def _row(d: Difference) -> tuple[str, str, str, str, str]:
    figure = d.figure
    interval = f"{_change(figure, d.low)} to {_change(figure, d.high)}"
    return _label(figure), _level(figure, d.without), _level(figure, d.with_it), _change(figure, d.mean), interval


def _share_row(name: str, d: Difference) -> tuple[str, str, str, str, str]:
    return name, f"{d.without:.1f}", f"{d.with_it:.1f}", f"{d.mean:+.2f}", f"{d.low:+.2f} to {d.high:+.2f}"


def _label(figure: str) -> str:
    share = _is_share(figure)
    return f"{LABELS[figure]}, %" if share else LABELS[figure]


def _is_share(figure: str) -> bool:
    return ("share" in figure and "shared" not in figure) or figure == "employment_rate"


def _fine(figure: str) -> bool:
    return _is_share(figure) or figure in ("vehicle_km_per_person", "trip_km")


def _level(figure: str, value: float) -> str:
    return f"{value:,.2f}" if _fine(figure) else f"{value:,.0f}"


def _change(figure: str, value: float) -> str:
    return f"{value:+,.2f}" if _fine(figure) else f"{value:+,.0f}"


def _percent(value: float) -> str:
    return f"{abs(value):.1f} % {'less' if value < 0 else 'more'}"


def _relative(d: Difference) -> str:
    return f"{100 * d.mean / d.without:+.1f} %"


def _spread(d: Difference) -> str:
    return f"{100 * d.low / d.without:+.1f} to {100 * d.high / d.without:+.1f}"


def parts(results: MobilityResults, found: Iterable[Elasticity], scale: float) -> dict[str, str]:
    """Return all parts about mobility by the name of the part; two runs are made for who shifts."""
    unchanged, model = both_runs(scale)
    return {
        "mobility": package(results),
        "mobility-groups": groups(results),
        "mobility-who": who(results, shifts(unchanged, model)),
        "elasticities": answers(found),
        "lengths": lengths(unchanged),
        "students-firms": students_and_firms(results),
    }
