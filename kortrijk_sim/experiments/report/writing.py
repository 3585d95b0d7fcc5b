"""Write the report on a result, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.exports.placing import check_places, placed
from kortrijk_sim.experiments.gathering import gather
from kortrijk_sim.experiments.report.page import make_page
from kortrijk_sim.experiments.report.texts import Texts

if TYPE_CHECKING:
    from kortrijk_sim.experiments.results import Result


def check_report(out: Path, language: str, *, overwrite: bool = False) -> None:
    """Refuse a language or a place before anything long is begun.

    Raises:
        InputError: There is no such language, or the place is taken or no HTML file.
    """
    Texts(language)
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--out: {out} is no HTML file; valid: a name that ends in .html")
    check_places([out], overwrite=overwrite)


def write_report(
    result: Result,
    out: Path,
    language: str = "en",
    *,
    charts: Path | None = None,
    overwrite: bool = False,
    tables: Tables | None = None,
) -> Path:
    """Write the report on a result as one HTML file that needs nothing else.

    Args:
        result: An experiment read back.
        out: The HTML file.
        language: ``en`` or ``nl``.
        charts: Folder that also gets each chart as SVG and PNG.
        overwrite: Whether files that stand there may be replaced.
        tables: Tables instead of the package's own.

    Returns:
        The file.

    Raises:
        InputError: The language or a place is not valid, or the result holds no finished run.
    """
    check_report(out, language, overwrite=overwrite)
    page = make_page(gather(result, tables), language, tables)
    content = {out: page.html.encode("utf-8")}
    if charts is not None:
        for chart in page.charts:
            content |= {charts / f"{chart.name}.svg": chart.svg, charts / f"{chart.name}.png": chart.png}
    with placed(list(content), overwrite=overwrite) as parts:
        for part, data in zip(parts, content.values(), strict=True):
            part.write_bytes(data)
    return out
