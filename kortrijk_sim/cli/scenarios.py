"""Commands on scenario files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.cli.options import TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of, listing
from kortrijk_sim.errors import InputError

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
    from kortrijk_sim.experiments.scenario_totals import said  # noqa: PLC0415

    scenario = load_scenario(file, tables_of(tables))
    base = f", on top of {', '.join(scenario.extends)}" if scenario.extends else ""
    typer.echo(
        f"{scenario.name}: {scenario.years} years to {scenario.until_year}, "
        f"{_count(len(scenario.measures), 'measure')}, {_count(len(scenario.parameters), 'parameter')} changed{base}."
    )
    for theme, words in said(scenario.measures):
        typer.echo(f"{theme}: {words}.")
    if scenario.parameters:
        from kortrijk_sim.city.facts import Parameters  # noqa: PLC0415

        known = Parameters(tables_of(tables))
        changed = (
            (name, f"{value:g}", f"{known[name].value:g}", f"{known[name].low:g} to {known[name].high:g}")
            for name, value in scenario.parameters.items()
        )
        console_of().print(listing("Parameters", ("parameter", "value", "by default", "range"), changed))
    if scenario.measures:
        rows = (_when_where_what(measure) for measure in scenario.measures)
        console_of().print(listing("Measures", ("measure", "when", "where", "what"), rows))


@app.command("list")
def scenario_list_command() -> None:
    """List the ready-made scenarios."""
    from kortrijk_sim.experiments.scenario_files import load_scenario, ready_scenarios  # noqa: PLC0415

    rows = []
    for name in ready_scenarios():
        scenario = load_scenario(name)
        rows.append((name, scenario.title, ", ".join(scenario.extends), " ".join(scenario.description.split())))
    console_of().print(listing("Ready-made scenarios", ("name", "title", "extends", "what it is"), rows))


@app.command("schema")
def scenario_schema_command(
    out: Annotated[Path | None, typer.Option("--out", help="File to write instead of printing.")] = None,
    tables: TablesFolder = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors.

    With a first line such as '#:schema scenario.schema.json' in a TOML file, editors that know the hint complete
    names, explain keys and mark slips while it is written.
    """
    from kortrijk_sim.experiments.scenario_schema import scenario_schema  # noqa: PLC0415

    text = json.dumps(scenario_schema(tables_of(tables)), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); valid: a file in a folder of yours") from error


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


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
