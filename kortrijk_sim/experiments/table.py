"""The table after a run: the city in 2025, 2030, 2035 and 2040, beside the figures of the city's note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import pandas as pd
from rich.table import Table
from rich.text import Text

from kortrijk_sim.city.facts import Facts
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.run import RunResult
from kortrijk_sim.models.policy import END_YEAR, START_YEAR

YEARS = (2025, 2030, 2035, 2040)
CITY = "Kortrijk"


class Row(NamedTuple):
    """One line of the table.

    ``kind`` says how months become a year: the stock at its beginning, the sum of its months, or, for what
    already looks back over twelve months, the value at its end. Counts of a part of the city are scaled up.
    """

    indicator: str
    label: str
    kind: Literal["stock", "flow", "past year"] = "stock"
    form: Literal["count", "percent", "decimal"] = "count"
    heading: str = ""


class Comparison(NamedTuple):
    """A figure to lay beside one of ours.

    ``figure`` reads it from the facts; ``when`` is the moment of ours: 1 January or the end of 2040;
    ``reading`` says what to keep in mind about the difference.
    """

    indicator: str
    figure: Callable[[Facts], float]
    source: str
    when: Literal["1 January", "end"]
    reading: str


class Difference(NamedTuple):
    """One figure of ours beside the one of the note."""

    label: str
    ours: float
    theirs: float
    sentence: str


ROWS = (
    Row("population", "Inhabitants", heading="People"),
    Row("persons_0_17", "under 18"),
    Row("persons_18_64", "18 to 64"),
    Row("persons_65plus", "65 and older"),
    Row("persons_80plus", "80 and older"),
    Row("labour_force", "Labour force"),
    Row("births", "Births in the year", "flow"),
    Row("deaths", "Deaths in the year", "flow"),
    Row("net_migration", "Net migration in the year", "flow"),
    Row("households", "Households", heading="Households"),
    Row("households_alone", "living alone"),
    Row("households_couple", "couples without children"),
    Row("households_couple_children", "couples with children"),
    Row("households_lone_parent", "lone parents"),
    Row("dwellings", "Dwellings", heading="Homes"),
    Row("life_cycle_homes", "life-cycle-proof"),
    Row("homes_built", "Homes built in the year", "flow"),
    Row("vacancy_share", "Vacant", form="percent"),
    Row("neglected_dwellings", "Vacant for long or neglected"),
    Row("second_homes", "Second homes"),
    Row("price_index", "Price index (2025 = 1)", form="decimal"),
    Row("rent_index", "Rent index (2025 = 1)", form="decimal"),
    Row("price_to_income", "Price to yearly income", form="decimal"),
    Row("cost_stress_share", "Households with housing-cost stress", form="percent"),
    Row("under_occupied_share_65plus", "65+ in too large a home", form="percent", heading="Rotation"),
    Row("family_homes_freed", "Family homes freed by 65+ in the year", "flow"),
    Row("family_homes_to_families", "of which to families", "flow"),
    Row("chain_length_city", "Homes per vacancy chain, in the city", "past year", "decimal"),
    Row("chain_length_region", "Homes per vacancy chain, with region", "past year", "decimal"),
    Row("moves_city", "Moves within the city in the year", "flow"),
    Row("social_homes", "Social homes", heading="A home for everybody"),
    Row("social_per_100_households", "Social homes per 100 households", form="decimal"),
    Row("social_queue", "Households waiting for a social home"),
    Row("social_wait_years", "Years waited by those who got one", "past year", "decimal"),
    Row("homeless_persons", "Homeless persons"),
    Row("nursing_residents", "Residents of nursing homes", heading="Care"),
    Row("nursing_occupancy", "Occupancy of nursing homes", form="percent"),
    Row("nursing_waiting", "Waiting for a nursing home"),
    Row("nursing_waited_months_median", "Months waited by those who entered, median", "past year", "decimal"),
    Row("family_homes_freed_by_care", "Family homes freed by entries in the year", "flow"),
    Row("unmet_hours_week", "Hours of help a week that nobody gives"),
    Row("carers_overburdened", "Overburdened informal carers"),
    Row("isolated_65plus", "65+ living alone and isolated"),
    Row("assisted_homes", "Assisted homes"),
    Row("vehicle_km", "Kilometres that inhabitants drive in a day", heading="Getting around"),
    Row("co2_travel", "CO2 of those kilometres, kg a day"),
    Row("mode_share_car", "Trips by car, at the wheel or beside it", form="percent"),
    Row("mode_share_bike", "Trips by bike", form="percent"),
    Row("mode_share_walk", "Trips on foot", form="percent"),
    Row("mode_share_transit", "Trips by bus or train", form="percent"),
    Row("cars_per_1000", "Cars per 1,000 inhabitants", form="decimal"),
    Row("electric_car_share", "Electric, of the cars of households", form="percent"),
    Row("active_share", "Move 30 minutes a day on foot or by bike", form="percent"),
    Row("firms", "Local business units", heading="Work and study"),
    Row("jobs", "Jobs in the city"),
    Row("in_commuters", "People from outside who work here"),
    Row("out_commuters", "Inhabitants who work outside"),
    Row("employment_rate", "Employed, of those aged 20 to 64", form="percent"),
    Row("students_in_rooms", "Students in a student room"),
    Row("students_unhoused", "Students who find no room and travel"),
    Row("graduates_staying_share", "Graduates who stay", "past year", "percent"),
)

# Names of facts, the section of the note that they stand in, and what explains a difference.
COMPARISONS = (
    Comparison(
        "population",
        lambda facts: facts.value("population_2025") + facts.value("growth_2040"),
        "note, section 4.5: today's inhabitants and the expected growth",
        "end",
        "growth is an outcome here: newcomers fill the homes that are left, so it follows what is built",
    ),
    Comparison(
        "population",
        lambda facts: facts.value("population_2040_projected"),
        "Flemish projection as quoted by the city",
        "1 January",
        "the projection continues past migration and does not look at homes",
    ),
    Comparison(
        "persons_65plus",
        lambda facts: facts.value("pop_65plus_2040"),
        "note, introduction 1",
        "1 January",
        "most of them live here already; what differs is mortality and the migration of people over 50",
    ),
    Comparison(
        "persons_80plus",
        lambda facts: facts.value("population_80plus_2025") + facts.value("seniors_80plus_extra"),
        "note, section 2: today's 80+ and those expected on top",
        "1 January",
        "our 80+ of 2025 are an estimate by age, and the note counts from 2024",
    ),
    Comparison(
        "labour_force",
        lambda facts: facts.value("labour_force_2040"),
        "note, introduction 1, under unchanged policy",
        "1 January",
        "it depends on how long people over 60 keep working and on the age of newcomers",
    ),
    Comparison(
        "social_per_100_households",
        lambda facts: facts.value("social_rate_2040"),
        "note, section 2.1, a target",
        "end",
        "the note's figure needs its 1,000 extra social homes and divides by its own number of households",
    ),
)


class Yearly:
    """The city's indicators by year.

    Args:
        indicators: Frame with month, date, place and one column per indicator.
        months: Number of months that were run.
        scale: Share of the city that was simulated; counts are divided by it.
    """

    def __init__(self, indicators: pd.DataFrame, months: int, scale: float = 1.0) -> None:
        city = indicators[indicators["place"] == CITY].sort_values("month")
        # Rows are numbered by the months that have passed, or by the month that they close.
        passed = city["month"] if len(city) and city["month"].max() == months else city["month"] + 1
        self._by_months_passed = city.set_index(passed.rename("passed"))
        self.months = months
        self.scale = scale

    def has(self, row: Row) -> bool:
        """Return whether the run counted this."""
        return row.indicator in self._by_months_passed

    def value(self, row: Row, year: int) -> float | None:
        """Return the stock on 1 January of a year, or what its months came to; None if not run."""
        start = 12 * (year - START_YEAR)
        column = self._by_months_passed[row.indicator]
        if row.kind == "stock":
            return self._scaled(row, column.get(start))
        if start + 12 > self.months:
            return None
        if row.kind == "past year":
            return self._scaled(row, column.get(start + 12))
        return self._scaled(row, column.loc[start + 1 : start + 12].sum())

    def last(self, row: Row) -> float | None:
        """Return the stock at the end of the run; None for what is counted over a year."""
        if row.kind != "stock":
            return None
        return self._scaled(row, self._by_months_passed[row.indicator].get(self.months))

    def _scaled(self, row: Row, value: float | None) -> float | None:
        if value is None or pd.isna(value):
            return None
        return float(value) / (self.scale if row.form == "count" else 1.0)


def headline_table(result: RunResult) -> Table:
    """Return the table of a run: stocks on 1 January, flows over the year, the note's figure beside them."""
    yearly = Yearly(result.indicators, result.manifest.months, result.manifest.scale)
    years = [year for year in YEARS if year <= result.scenario.until_year]
    part = f", {result.manifest.scale:g} of the city scaled up" if result.manifest.scale != 1 else ""
    title = f"{result.scenario.title or result.scenario.name}, seed {result.manifest.seed}{part}"
    table = Table(title=Text(title), title_justify="left", caption_justify="left", header_style="bold")
    table.add_column("1 January; flows over the year")
    for heading in [*(str(year) for year in years), f"end {result.scenario.until_year}", "the note, 2040"]:
        table.add_column(heading, justify="right")
    notes = note_figures(result.facts)
    for row in ROWS:
        if row.heading:
            table.add_section()
        if not yearly.has(row):
            continue
        ours = [yearly.value(row, year) for year in years] + [yearly.last(row)]
        label = f"  {row.label}" if row.label[0].islower() else row.label
        table.add_row(label, *(_written(row, v) for v in ours), _written(row, notes.get(row.indicator)))
    return table


def note_figures(facts: Facts) -> dict[str, float]:
    """Return the note's figure for 2040 by indicator; the first one where two are known."""
    found: dict[str, float] = {}
    for comparison in COMPARISONS:
        figure = _figure(comparison, facts)
        if figure is not None:
            found.setdefault(comparison.indicator, figure)
    return found


def differences(result: RunResult) -> list[Difference]:
    """Return each figure of ours for 2040 beside the note's, with a sentence on the difference.

    Empty for a run that does not reach 2040.
    """
    yearly = Yearly(result.indicators, result.manifest.months, result.manifest.scale)
    rows = {row.indicator: row for row in ROWS}
    found = []
    for comparison in COMPARISONS:
        row, theirs = rows[comparison.indicator], _figure(comparison, result.facts)
        if theirs is None or not yearly.has(row) or result.scenario.until_year < END_YEAR:
            continue
        ours = yearly.value(row, END_YEAR) if comparison.when == "1 January" else yearly.last(row)
        if ours is not None:
            found.append(Difference(row.label, ours, theirs, _sentence(row, comparison, ours, theirs)))
    return found


def _figure(comparison: Comparison, facts: Facts) -> float | None:
    try:
        return comparison.figure(facts)
    except InputError:  # a table of one's own need not hold every fact
        return None


def _sentence(row: Row, comparison: Comparison, ours: float, theirs: float) -> str:
    gap = ours - theirs
    moment = f"on 1 January {END_YEAR}" if comparison.when == "1 January" else f"at the end of {END_YEAR}"
    if _written(row, abs(gap)) == _written(row, 0):
        size = "the same as"
    else:
        share = f" ({abs(gap) / theirs:.1%})" if theirs else ""
        size = f"{_written(row, abs(gap))}{share} {'more' if gap > 0 else 'less'} than"
    return (
        f"{row.label}: {_written(row, ours)} {moment}, {size} the {_written(row, theirs)} of the "
        f"{comparison.source}; {comparison.reading}."
    )


def _written(row: Row, value: float | None) -> str:
    if value is None:
        return ""
    if row.form == "percent":
        return f"{value:.1%}"
    return f"{value:,.2f}" if row.form == "decimal" else f"{round(value):,}"
