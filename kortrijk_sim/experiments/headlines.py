"""The figures that a reader sees first: about twenty indicators in six groups, with their labels."""

from __future__ import annotations

from typing import NamedTuple

from kortrijk_sim.experiments.table import ROWS


class Headline(NamedTuple):
    """An indicator that stands among the first.

    Attributes:
        group: People, homes, rotation, care, travel or work.
        indicator: Its name.
        label: What it is called in a table.
    """

    group: str
    indicator: str
    label: str


# Labels of their own where those of a run's table lean on the row above them.
_GROUPS: dict[str, dict[str, str]] = {
    "People": {"population": "", "persons_80plus": "Aged 80 and older", "households": "", "net_migration": ""},
    "Homes": {"price_index": "Price index", "rent_index": "Rent index", "cost_stress_share": "Housing-cost stress",
              "vacancy_share": "", "social_queue": "Waiting for a social home",
              "homeless_persons": ""},
    "Rotation": {"family_homes_freed": "Family homes freed by 65+", "under_occupied_share_65plus": "",
                 "chain_length_city": "Homes per vacancy chain", "moves_city": "Moves within the city"},
    "Care": {"nursing_waiting": "", "unmet_hours_week": "Unmet hours of help a week", "carers_overburdened": "",
             "isolated_65plus": "65+ alone and isolated"},
    "Travel": {"vehicle_km": "Kilometres driven a day", "co2_travel": "CO2 of those, kg a day",
               "mode_share_car": "Trips by car", "mode_share_bike": "", "cars_per_1000": "Cars per 1,000 people"},
    "Work": {"jobs": "", "employment_rate": "Employed, aged 20 to 64", "in_commuters": "In-commuters"},
}  # fmt: skip
_LABELS = {row.indicator: row.label.removesuffix(" in the year") for row in ROWS}

HEADLINES: tuple[Headline, ...] = tuple(
    Headline(group, name, label or _LABELS[name]) for group, names in _GROUPS.items() for name, label in names.items()
)


def label_of(indicator: str) -> str:
    """Return what an indicator is called: its headline label, or its name with spaces."""
    for headline in HEADLINES:
        if headline.indicator == indicator:
            return headline.label
    return indicator.replace("_", " ")
