"""Commands that turn a result into files for others: tables and maps for programs, a report for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
ResultFolder = Annotated[Path, typer.Argument(metavar="RESULT", help="Folder that an experiment wrote.")]


@app.command("export")
def export_command(
    result: ResultFolder,
    to: Annotated[str, typer.Option("--to", help="csv, xlsx, parquet or geojson.")],
    out: Annotated[Path, typer.Option("--out", help="A file (xlsx, geojson) or a folder (csv, parquet).")],
    wijk: Annotated[
        list[str] | None, typer.Option("--wijk", help="Only this wijk, or Kortrijk; more than once.")
    ] = None,
    years: Annotated[str, typer.Option("--years", help="Only these years, such as 2030,2035,2040.")] = "",
    scenario: Annotated[str | None, typer.Option("--scenario", help="geojson: of this scenario.")] = None,
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", help="Only this indicator; more than once.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that stand there.")] = False,
) -> None:
    """Write a result as CSV, Excel, Parquet, or as a map of the wijken (GeoJSON)."""
    from kortrijk_sim.experiments.exports.export import check_export, export  # noqa: PLC0415
    from kortrijk_sim.experiments.gathering import gather  # noqa: PLC0415
    from kortrijk_sim.experiments.results import read_result  # noqa: PLC0415

    chosen = _years(years)
    check_export(to, out, overwrite=overwrite)
    files = export(
        gather(read_result(result)),
        to,
        out,
        wijken=wijk or (),
        years=chosen,
        scenario=scenario,
        indicators=indicator or (),
        overwrite=overwrite,
    )
    for file in files:
        typer.echo(f"{file} ({file.stat().st_size:,} bytes)")


@app.command("report")
def report_command(
    result: ResultFolder,
    out: Annotated[Path, typer.Option("--out", help="The HTML file to write.")],
    language: Annotated[str, typer.Option("--lang", help="nl or en.")] = "en",
    charts: Annotated[
        Path | None, typer.Option("--charts", help="Folder that also gets each chart as SVG and PNG.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that stand there.")] = False,
) -> None:
    """Write a report for everybody: one HTML file that opens offline and prints well."""
    from kortrijk_sim.experiments.report import check_report, write_report  # noqa: PLC0415
    from kortrijk_sim.experiments.results import read_result  # noqa: PLC0415

    check_report(out, language, overwrite=overwrite)
    file = write_report(read_result(result), out, language, charts=charts, overwrite=overwrite)
    typer.echo(f"{file} ({file.stat().st_size:,} bytes)")


def _years(text: str) -> list[int]:
    from kortrijk_sim.errors import InputError  # noqa: PLC0415

    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) == 4 for part in parts):
        raise InputError(f"--years: '{text}' is no list of years; valid: such as 2030,2035,2040")
    return [int(part) for part in parts]
