"""Commands on the network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kortrijk_sim.cli.options import TablesFolder, tables_of
from kortrijk_sim.cli.output import console_of, listing

if TYPE_CHECKING:
    from kortrijk_sim.city.network import Network

app = typer.Typer(name="network", help="The streets, lines and hubs one gets around by.", no_args_is_help=True)


@app.command("show")
def network_show_command(tables: TablesFolder = None) -> None:
    """Print how large the network is, layer by layer, and the lines that run."""
    from kortrijk_sim.city.geography import load_geography  # noqa: PLC0415
    from kortrijk_sim.city.network import load_network  # noqa: PLC0415

    own = tables_of(tables)
    _show_network(load_network(own, load_geography(own)))


@app.command("check")
def network_check_command(tables: TablesFolder = None) -> None:
    """Lay known distances and times beside those of the network; exit code 1 when one does not fit."""
    from kortrijk_sim.city.facts import Parameters  # noqa: PLC0415
    from kortrijk_sim.city.geography import load_geography  # noqa: PLC0415
    from kortrijk_sim.city.network import NetworkParams, load_network  # noqa: PLC0415
    from kortrijk_sim.city.network.checking import known_distances, zones_without_transit  # noqa: PLC0415

    own = tables_of(tables)
    parameters = Parameters(own)
    network = load_network(own, load_geography(own), parameters)
    params = parameters.select(NetworkParams)
    found = known_distances(network, params, own)
    rows = (
        (
            row.start,
            row.end,
            row.mode,
            *("" if value != value else f"{value:.1f}" for value in row[3:7]),  # nan where it is not known
            f"{row.tolerance_share:.0%}",
            "yes" if row.fits else "NO",
            row.source,
        )
        for row in found
    )
    heads = ("from", "to", "mode", "km", "km here", "minutes", "minutes here", "tolerance", "fits", "source")
    console = console_of()
    console.print(listing("Known distances and times", heads, rows))
    if far := zones_without_transit(network, params):
        console.print(f"No stop within a walk: {', '.join(far)}.", markup=False, highlight=False, soft_wrap=True)
    fitting = sum(row.fits for row in found)
    typer.echo(f"{fitting} of {len(found)} known distances and times fit.")
    if fitting < len(found):
        raise typer.Exit(1)


@app.command("import")
def network_import_command(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the tables to, for --tables.")],
    graphml: Annotated[
        Path | None, typer.Option("--graphml", help="Street graph as osmnx.save_graphml writes it.")
    ] = None,
    gtfs: Annotated[
        list[Path] | None, typer.Option("--gtfs", help="Timetable feed, a zip; may be given several times.")
    ] = None,
    tables: TablesFolder = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace tables that stand in --out.")] = False,
) -> None:
    """Put real streets and timetables in the place of the schematic network."""
    from kortrijk_sim.city.geography import load_geography  # noqa: PLC0415
    from kortrijk_sim.city.network.importing import import_network  # noqa: PLC0415

    own = tables_of(tables)
    network = import_network(own, load_geography(own), out, graphml=graphml, gtfs=gtfs or (), overwrite=overwrite)
    _show_network(network)
    console_of().print(
        f"Written to {out}: kortrijk-sim network check --tables {out}", markup=False, highlight=False, soft_wrap=True
    )


def _show_network(network: Network) -> None:
    from kortrijk_sim.city.network.checking import layer_sizes  # noqa: PLC0415

    console = console_of()
    rows = (
        (size.layer, str(size.nodes), str(size.links), "" if size.km != size.km else f"{size.km:.0f}", size.remark)
        for size in layer_sizes(network)
    )
    console.print(listing("The network", ("layer", "nodes", "links or lines", "km", "remark"), rows))
    lines = (
        (line.code, line.kind, line.name, str(len(line.stops)), f"{line.headway_minutes:g}", f"{sum(line.minutes):.0f}")
        for line in network.lines
    )
    heads = ("line", "kind", "name", "stops", "every minutes", "end to end minutes")
    console.print(listing("Lines", heads, lines))
    crossings = sorted({link.crossing for link in network.links if link.crossing})
    console.print(f"Crossings: {'; '.join(crossings)}.", markup=False, highlight=False, soft_wrap=True)
