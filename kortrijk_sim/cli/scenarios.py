"""Commands on scenario files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.cli.options import TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of, listing

if TYPE_CHECKING:
    from kortrijk_sim.models.measures import Measure

app = typer.Typer(name="scenario", help="Scenario files.", no_args_is_help=True)


@app.command("check")
def scenario_check_command(
    file: Annotated[str, typer.Argument(help="A TOML file or the name of a ready-made scenario.")],
    tables: TablesFolder = None,
) -> None:
    """Read a scenario, check it against the city, and say what it does."""
    from kortrijk_sim.experiments.scenario_files import load_scenario  # noqa: PLC0415
    from kortrijk_sim.models.care_measures import places_added  # noqa: PLC0415
    from kortrijk_sim.models.policy import BuildHomes  # noqa: PLC0415

    scenario = load_scenario(file, tables_of(tables))
    builds = list(scenario.of(BuildHomes))
    homes, proof = sum(m.homes for m in builds), sum(m.homes for m in builds if m.proof)
    places = places_added(scenario.measures)
    typer.echo(
        f"{scenario.name}: {scenario.years} years to {scenario.until_year}, "
        f"{len(scenario.measures)} measures with {homes} homes ({proof} life-cycle-proof), "
        f"{places.nursing} nursing places, {places.assisted} assisted homes and {places.day_care} day-care places, "
        f"{len(scenario.parameters)} parameters changed."
    )
    if scenario.measures:
        rows = (_when_where_what(measure) for measure in scenario.measures)
        console_of().print(listing("Measures", ("measure", "when", "where", "what"), rows))


def _when_where_what(measure: Measure) -> tuple[str, str, str, str]:
    """Return a measure as a line of a listing."""
    content = measure.model_dump(exclude_none=True, exclude={"measure", "from_"})
    until = content.pop("until", None)  # what is done to a care site has no end
    given = {key: content.pop(key) for key in ("site", "name", "wijk", "sector", "lon", "lat") if content.get(key)}
    if isinstance(given.get("wijk"), tuple):
        given["wijk"] = ", ".join(given["wijk"])
    when = str(measure.from_) if until is None else f"{measure.from_} to {until}"
    what = ", ".join(f"{key} {value}" for key, value in content.items() if key != "wijk")
    return measure.measure, when, ", ".join(str(place) for place in given.values()) or "whole city", what
