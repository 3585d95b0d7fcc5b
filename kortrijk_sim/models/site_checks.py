"""Whether the care measures of a scenario fit together: each site has one name, opens first and closes last."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from kortrijk_sim.agents.columns import MAX_SITES
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.care_measures import CloseCareSite, ExistingSiteMeasure, OpenCareVillage, site_key
from kortrijk_sim.models.dated_measure import measure_key
from kortrijk_sim.models.measures import Measure


def check_care_sites(
    measures: Sequence[Measure], sites: Iterable[str] | None, where: str, inherited: int = 0
) -> tuple[Measure, ...]:
    """Check the names and the order of what is done to care sites.

    Args:
        measures: The measures of a scenario, with those that it took over in front.
        sites: Names of today's care sites, or None when they are not known: then every name may be one.
        where: File that the scenario came from, for messages.
        inherited: Number of measures that it took over; those of the file itself are counted from there.

    Returns:
        The measures with each site under its full name.

    Raises:
        InputError: A name is unknown or stands for two sites, or something is done to a site before it opens
            or after it closes; names file and key.
    """
    names = {site_key(name): name for name in sites or ()}
    villages: dict[str, OpenCareVillage] = {}
    for number, measure in enumerate(measures):
        if isinstance(measure, OpenCareVillage):
            same = names.get(site_key(measure.name))
            if same is not None:
                which = "another village of this scenario" if site_key(same) in villages else "a care site of today"
                key = _key(measures, number, "name", where, inherited)
                raise InputError(f"{key}: '{same}' is {which}; valid: a name that no other site has")
            names[site_key(measure.name)] = measure.name
            villages[site_key(measure.name)] = measure

    if len(names) > MAX_SITES:
        today = len(names) - len(villages)
        raise InputError(
            f"{where}: measures: {len(villages)} care villages beside {today} care sites; valid: {MAX_SITES} in all"
        )

    checked = list(measures)
    closed: dict[str, int] = {}
    for number in sorted(range(len(measures)), key=lambda n: measures[n].first_month):
        measure = measures[number]
        if not isinstance(measure, ExistingSiteMeasure):
            continue
        site, key = site_key(measure.site), _key(measures, number, "site", where, inherited)
        if site not in names:
            if sites is None:
                continue
            raise InputError(f"{key}: no care site '{measure.site}'; {_nearest_site(site, names)}")
        village = villages.get(site)
        if village is not None and measure.first_month < village.first_month:
            raise InputError(
                f"{key}: '{village.name}' opens in {village.from_}, after {measure.from_}; "
                f"valid: 'from' = {village.from_} or later"
            )
        if site in closed:
            closing = measures[closed[site]]
            key = _key(measures, max(number, closed[site]), "site", where, inherited)
            raise InputError(
                f"{key}: '{names[site]}' closes in {closing.from_}, but {measure.measure} follows "
                f"in {measure.from_}; valid: closing as the last thing done to a site, once"
            )
        if isinstance(measure, CloseCareSite):
            closed[site] = number
        checked[number] = measure.model_copy(update={"site": names[site]})
    return tuple(checked)


def _key(measures: Sequence[Measure], number: int, field: str, where: str, inherited: int) -> str:
    return measure_key(where, number, measures[number].measure, field, inherited)


def _nearest_site(site: str, names: dict[str, str]) -> str:
    """Point to the nearest name, whatever its case."""
    close = difflib.get_close_matches(site, names, n=1)
    return nearest(names[close[0]] if close else site, names.values())
