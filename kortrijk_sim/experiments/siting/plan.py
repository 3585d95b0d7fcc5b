"""A proposal as measures, as a future, and as a scenario file to go on with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from kortrijk_sim.city.geography import Geography
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.scenario_files import scenario_to_toml
from kortrijk_sim.experiments.siting.propose import Proposal
from kortrijk_sim.models.care_measures import OpenCareVillage
from kortrijk_sim.models.dated_measure import Date, month_number
from kortrijk_sim.models.policy import VILLAGES_MAX, Scenario

_NAME_MAX = 100  # characters in the name of a scenario


class Offer(NamedTuple):
    """What the villages hold together, and when they open.

    Attributes:
        nursing_places: Places in nursing homes.
        assisted_homes: Assisted-living homes.
        day_care_places: Places in day-care centres.
        opens: Year, or month such as "2028-07".
    """

    nursing_places: int
    assisted_homes: int = 0
    day_care_places: int = 0
    opens: Date = 2028


def opening_month(opens: Date) -> int:
    """Return the month (since 1 January 2025) in which villages open.

    Raises:
        InputError: It is not a date of the simulated years.
    """
    try:
        return month_number(opens)
    except ValueError as error:
        raise InputError(f"open: '{opens}' {error}") from error


def check_offer(offer: Offer, villages: int) -> None:
    """Refuse an offer that so many villages cannot hold.

    Raises:
        InputError: There are too many, a village would be empty or larger than a measure allows, or the
            opening is not a date of the simulated years.
    """
    opening_month(offer.opens)
    if not 1 <= villages <= VILLAGES_MAX:
        raise InputError(f"villages: {villages} is out of bounds; valid: 1 to {VILLAGES_MAX}")
    most = max(offer.nursing_places, offer.assisted_homes, offer.day_care_places)
    if most < villages:
        raise InputError(f"places: {most} do not fill {villages} villages; valid: at least one in each")
    limits = OpenCareVillage.model_fields["nursing_places"].metadata
    limit = next(int(bound.le) for bound in limits if hasattr(bound, "le"))
    if _part(most, villages, 0) > limit:
        raise InputError(f"places: {most} in {villages} villages; valid: up to {limit} in each")


def villages_of(proposal: Proposal, offer: Offer, geography: Geography) -> tuple[OpenCareVillage, ...]:
    """Return the measures that build a proposal: equal villages, the first ones with what does not divide.

    Raises:
        InputError: See `check_offer`.
    """
    number = len(proposal.sites)
    check_offer(offer, number)
    return tuple(
        OpenCareVillage(
            from_=offer.opens,
            name=f"Care village {index + 1} ({geography.wijken[site.wijk].name})",
            nursing_places=_part(offer.nursing_places, number, index),
            assisted_homes=_part(offer.assisted_homes, number, index),
            day_care_places=_part(offer.day_care_places, number, index),
            **site.place,
        )
        for index, site in enumerate(proposal.sites)
    )


def _part(total: int, parts: int, index: int) -> int:
    return total // parts + (index < total % parts)


def scenario_of(proposal: Proposal, offer: Offer, geography: Geography, base: Scenario, name: str) -> Scenario:
    """Return a future with the villages of a proposal.

    Args:
        proposal: Where they stand.
        offer: What they hold.
        geography: The map.
        base: The future without them.
        name: Name of the future.
    """
    where = "; ".join(site.name for site in proposal.sites)
    return base.model_copy(
        update={
            "name": name,
            "title": f"Care villages on {len(proposal.sites)} sites",
            "description": f"Sites proposed by {proposal.objective}, answer {proposal.rank}: {where}.",
            "measures": (*base.measures, *villages_of(proposal, offer, geography)),
        }
    )


def plan_text(proposal: Proposal, offer: Offer, geography: Geography, name: str) -> str:
    """Return the villages of a proposal as a scenario file that extends unchanged policy.

    Args:
        proposal: Where they stand.
        offer: What they hold.
        geography: The map.
        name: Name of the scenario; another one is taken where scenarios cannot have it.
    """
    name = name if name.isprintable() and 0 < len(name) <= _NAME_MAX else "villages"
    first, _, rest = scenario_to_toml(scenario_of(proposal, offer, geography, Scenario(), name)).partition("\n")
    # What is as in the scenario it extends, years and switches, is left to that one.
    rest = re.sub(r"^years = .*\n|^\[switches\]\n(?:.+\n)*\n?", "", rest, flags=re.MULTILINE)
    return f'{first}\nextends = "unchanged"\n{rest}'


def plan_path(path: Path, *, overwrite: bool) -> Path:
    """Return where a plan can be written, before anything long is begun.

    Raises:
        InputError: It is not a new TOML file in an existing folder.
    """
    if path.suffix != ".toml":
        raise InputError(f"--out: {path} is no scenario file; valid: a name that ends in .toml")
    if not path.parent.is_dir():
        raise InputError(f"--out: {path.parent} is no folder; valid: a file in a folder that exists")
    if path.exists() and not (overwrite and path.is_file()):
        raise InputError(f"--out: {path} exists; valid: a new file, or --overwrite to replace a scenario file")
    return path


def write_plan(path: Path, text: str) -> None:
    """Write a plan, whole or not at all.

    Raises:
        InputError: The file cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"--out: {path} cannot be written ({error.strerror}); valid: another place") from error
