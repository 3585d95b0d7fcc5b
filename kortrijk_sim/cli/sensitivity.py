"""Commands that ask what a result depends on: sensitivity, scenario discovery, regret."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.cli.options import TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of

if TYPE_CHECKING:
    from rich.table import Table

    from kortrijk_sim.experiments.discovery import Box
    from kortrijk_sim.experiments.sensitivity import Sensitivity

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(help="The folder of a result.")]
OneFigure = Annotated[
    str, typer.Option("--figure", help="INDICATOR@YEAR or INDICATOR@YEAR@WIJK, such as price_index@2040.")
]
OneScenario = Annotated[
    str | None, typer.Option("--scenario", help="The future it is taken of; the first one by default.")
]
LessOther = Annotated[
    str | None, typer.Option("--difference", help="What one future changes: FUTURE-OTHER, such as note-unchanged.")
]


@app.command("sensitivity")
def sensitivity_command(
    result: Folder,
    figure: Annotated[
        list[str],
        typer.Option("--figure", help="INDICATOR@YEAR or INDICATOR@YEAR@WIJK; may be given several times."),
    ],
    scenario: OneScenario = None,
    difference: LessOther = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Number of lines.")] = 10,
    tables: TablesFolder = None,
) -> None:
    """Rank what a figure depends on, after an experiment with a Morris or Sobol design."""
    from kortrijk_sim.city.facts import Parameters  # noqa: PLC0415
    from kortrijk_sim.experiments.outcomes import parse_outcome  # noqa: PLC0415
    from kortrijk_sim.experiments.results import read_result  # noqa: PLC0415
    from kortrijk_sim.experiments.sensitivity import sensitivity  # noqa: PLC0415

    read, outcomes = read_result(result), [parse_outcome(text) for text in figure]
    scenario, less = _future(scenario, difference, read.manifest.scenarios)
    parameters = Parameters(tables_of(tables))
    about: dict[str, tuple[str, str]] = {}
    for factor in read.manifest.factors:
        sort = parameters[factor.name].kind if factor.name in parameters else factor.kind
        unit = f" {parameters[factor.name].unit}" if factor.name in parameters else ""
        about[factor.name] = (sort, f"{_number(factor.low)} to {_number(factor.high)}{unit}")
    console = console_of()
    for outcome in outcomes:
        found = sensitivity(read, outcome._replace(less=less), scenario)
        of = scenario if scenario is not None else read.manifest.base
        of = f"{of} less {less}" if less is not None else of
        console.print(_ranking(f"{outcome}, {of}: mean {_number(found.mean)}", found, about, top))
        for sentence in _reading(found):
            console.print(f"• {sentence}", markup=False, highlight=False, soft_wrap=True)


@app.command("discover")
def discover_command(
    result: Folder,
    figure: OneFigure,
    above: Annotated[float | None, typer.Option("--above", help="Of interest is a figure above this.")] = None,
    below: Annotated[float | None, typer.Option("--below", help="Of interest is a figure below this.")] = None,
    scenario: OneScenario = None,
    difference: LessOther = None,
    boxes: Annotated[int, typer.Option("--boxes", min=1, max=20, help="Number of boxes to look for.")] = 1,
    levers: Annotated[bool, typer.Option("--levers", help="Levers may limit a box as well.")] = False,
) -> None:
    """Find which uncertainties come together when a figure goes wrong (PRIM)."""
    from kortrijk_sim.experiments.discovery import discover  # noqa: PLC0415
    from kortrijk_sim.experiments.outcomes import parse_outcome  # noqa: PLC0415
    from kortrijk_sim.experiments.results import read_result  # noqa: PLC0415

    read, outcome = read_result(result), parse_outcome(figure)
    scenario, less = _future(scenario, difference, read.manifest.scenarios)
    outcome = outcome._replace(less=less)
    found = discover(read, outcome, above=above, below=below, scenario=scenario, boxes=boxes, levers=levers)
    console = console_of()
    left_out = f"; {found.dropped:,} left out, as runs are missing" if found.dropped else ""
    typer.echo(f"{found.of_interest:,} of {found.points:,} points are of interest{left_out}.")
    for number, box in enumerate(found.boxes, 1):
        console.print(_limits(f"Box {number}", box))
        typer.echo(
            f"It holds {box.coverage:.0%} of the points of interest; {box.density:.0%} of its points are of interest, "
            f"and it holds {box.mass:.0%} of all points."
        )
    if not found.boxes:
        typer.echo("No box tells them apart from the others better than chance.")


@app.command("regret")
def regret_command(
    result: Folder,
    figure: OneFigure,
    best: Annotated[str, typer.Option("--best", help="Whether low or high values are good.")],
) -> None:
    """Say by how much each policy falls short of the best one, over all futures, and which is most robust."""
    from kortrijk_sim.experiments.discovery import regret  # noqa: PLC0415
    from kortrijk_sim.experiments.outcomes import parse_outcome  # noqa: PLC0415
    from kortrijk_sim.experiments.results import read_result  # noqa: PLC0415

    found = regret(read_result(result), parse_outcome(figure), best)  # type: ignore[arg-type] # checked there
    heads = ("policy", "mean regret", "90th percentile", "largest", "best in")
    table = _table(f"Regret in {figure} ({best} is good), {len(found.by_point):,} points", heads, left=1)
    for row in found.table.to_dict("records"):
        sizes = (_number(row[name]) for name in ("mean", "p90", "most"))
        _add(table, (str(row["policy"]), *sizes, f"{row['best_share']:.0%}"))
    console_of().print(table)
    if found.dropped:
        typer.echo(f"{found.dropped:,} points were left out, as runs are missing.")
    typer.echo(f"Most robust: {found.most_robust}, whose largest regret is smallest.")


def _future(scenario: str | None, difference: str | None, scenarios: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Return which future is meant, and the one to subtract."""
    from kortrijk_sim.errors import InputError  # noqa: PLC0415
    from kortrijk_sim.experiments.outcomes import parse_difference  # noqa: PLC0415

    if difference is None:
        return scenario, None
    if scenario is not None:
        raise InputError("--scenario: stands beside --difference, which names its futures; valid: one of the two")
    return parse_difference(difference, scenarios)


def _ranking(title: str, found: Sensitivity, about: dict[str, tuple[str, str]], top: int) -> Table:
    """Return the factors that matter most."""
    morris = found.method == "morris"
    sizes = ("mu* (95 %)", "mu", "sigma", "of the mean") if morris else ("total ST (95 %)", "first S1 (95 %)")
    table = _table(title, ("", "factor", "class", "range", *sizes, "above chance"), left=4)
    for number, row in enumerate(found.table.head(top).to_dict("records"), 1):
        if morris:
            share = f"{row['relative']:.1%}" if row["relative"] == row["relative"] else ""
            cells = [_spread(row["mu_star"], row["mu_star_conf"]), _number(row["mu"]), _number(row["sigma"]), share]
        else:
            cells = [_spread(row[name], row[f"{name}_conf"]) for name in ("ST", "S1")]
        name = str(row["factor"])
        _add(table, (str(number), name, *about.get(name, ("", "")), *cells, "yes" if row["above_noise"] else "no"))
    return table


def _reading(found: Sensitivity) -> list[str]:
    """Return what to know when reading a ranking."""
    above = int(found.table["above_noise"].sum())
    said = [f"{above:,} of {len(found.table):,} factors stand above what chance alone does."]
    if found.method == "morris":
        said.append(
            f"{found.used:,} trajectories"
            + (f"; {found.dropped:,} left out, as runs are missing" if found.dropped else "")
            + "; mu* is how far the figure moves over the whole range of a factor, mu the same with its sign, "
            "sigma how much that depends on the others."
        )
    how = {
        "seeds": "Chance is known from the spread between the seeds.",
        "small effects": "There is one seed: chance is judged by the many small effects; more seeds would measure it.",
        "unknown": "There is one seed: what chance does is unknown, and only intervals that leave out zero count.",
    }
    return [*said, how[found.chance_from]]


def _limits(title: str, box: Box) -> Table:
    table = _table(title, ("factor", "from", "to", "whole range", "quasi-p"), left=1)
    for row in box.limits.to_dict("records"):
        whole = f"{_number(row['range_low'])} to {_number(row['range_high'])}"
        chances = [f"{row[name]:.2g}" for name in ("quasi_p_low", "quasi_p_high") if row[name] == row[name]]
        low = _number(row["low"]) if row["low"] > row["range_low"] else ""
        high = _number(row["high"]) if row["high"] < row["range_high"] else ""
        _add(table, (str(row["factor"]), low, high, whole, ", ".join(chances)))
    return table


def _table(title: str, heads: tuple[str, ...], *, left: int) -> Table:
    """Return an empty table, its first columns to the left and the others to the right."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for number, head in enumerate(heads):
        text = number < left
        table.add_column(head, justify="left" if text else "right", overflow="fold", no_wrap=not text)
    return table


def _add(table: Table, cells: tuple[str, ...]) -> None:
    """Add a line; text from files is never read as markup."""
    from rich.text import Text  # noqa: PLC0415

    table.add_row(*(Text(cell) for cell in cells))


def _spread(value: float, half: float) -> str:
    return f"{_number(value)} ({_number(value - half)} to {_number(value + half)})"


def _number(value: float) -> str:
    """Write a number with three digits that count, and separators of thousands."""
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
