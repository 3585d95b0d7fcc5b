"""The report as a page: what each section shows, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from kortrijk_sim.city.attribution import PUBLISHERS
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.findings import Findings
from kortrijk_sim.experiments.gathering import headline_names
from kortrijk_sim.experiments.report.answer import answer, headline_differences
from kortrijk_sim.experiments.report.board_section import board_section
from kortrijk_sim.experiments.report.drawing import Chart, colour_of
from kortrijk_sim.experiments.report.fans import fan_chart
from kortrijk_sim.experiments.report.headlines import CHARTED, MAPPED, form_of, label_of
from kortrijk_sim.experiments.report.maps import map_chart
from kortrijk_sim.experiments.report.names import description_of, listed, titles_of
from kortrijk_sim.experiments.report.policies import measure_lines
from kortrijk_sim.experiments.report.texts import Texts
from kortrijk_sim.experiments.report.winners_section import FEWEST, winners_sections

SNAPSHOTS = (2030, 2035, 2040)
INFLUENCES_SHOWN = 5


@dataclass(frozen=True)
class Page:
    """A finished report.

    Attributes:
        html: The page.
        charts: Every chart on it.
    """

    html: str
    charts: list[Chart] = field(default_factory=list)


def make_page(findings: Findings, language: str = "en", tables: Tables | None = None) -> Page:
    """Return the report on a result.

    Args:
        findings: What the result says.
        language: ``en`` or ``nl``.
        tables: Where outlines and parameters are read from; the package's own by default.

    Raises:
        InputError: There is no such language.
    """
    tables = tables if tables is not None else Tables()
    texts = Texts(language)
    about = findings.about
    titles = titles_of(findings, texts)
    geography = load_geography(tables)
    fans = [
        fan_chart(findings.indicators, name, titles, about.last_year, texts) for name in _present(findings, CHARTED)
    ]
    maps = [map_chart(findings, name, titles, geography, texts) for name in _present(findings, MAPPED)]
    winners = winners_sections(findings, titles, texts)
    content = {
        "t": texts,
        "about": about,
        "base": titles[about.base],
        "titles": titles,
        "colours": {name: colour_of(number) for number, name in enumerate(titles)},
        "title": about.title or texts("untitled"),
        "question": _question(findings, titles, texts),
        "answer": answer(findings, titles, texts),
        "policies": _policies(findings, titles, texts),
        "differences": _differences(findings, titles, texts),
        "fans": [chart for chart in fans if chart is not None],
        "maps": [chart for chart in maps if chart is not None],
        "board": board_section(findings, titles, texts),
        "winners": winners,
        "fewest": FEWEST,
        "influences": _influences(findings, texts),
        "parameters": _parameters(tables, texts),
        "method": _method(findings, texts),
        "publishers": [(p.onderwerp if language == "nl" else p.subject, p.holder) for p in PUBLISHERS],
        "attribution": geography.attribution,
    }
    environment = Environment(
        loader=PackageLoader("kortrijk_sim.experiments.report", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    html = environment.get_template("report.html.j2").render(content)
    charts = [chart for chart in (*fans, *maps) if chart is not None]
    charts += [chart for section in winners for chart in section.charts]
    return Page(html, charts)


def _present(findings: Findings, names: Sequence[str]) -> list[str]:
    return [name for name in names if name in findings.indicators]


def _question(findings: Findings, titles: Mapping[str, str], texts: Texts) -> str:
    about = findings.about
    if about.question:
        return texts.sentence(about.question)
    if not about.alternatives:
        return texts("question.alone", base=titles[about.base])
    return texts("question.default", base=titles[about.base], others=listed(titles, texts, without=about.base))


def _policies(findings: Findings, titles: Mapping[str, str], texts: Texts) -> list[dict[str, Any]]:
    found = []
    for name, title in titles.items():
        scenario = findings.policies[name]
        found.append(
            {
                "name": name,
                "title": title,
                "is_base": name == findings.about.base,
                "description": description_of(scenario, texts),
                "lines": measure_lines(scenario, texts),
                "parameters": ", ".join(
                    f"{key} = {texts.number(value, _decimals(value))}" for key, value in scenario.parameters.items()
                ),
            }
        )
    return found


def _decimals(value: float) -> int:
    text = f"{value:.6g}"
    return len(text.split(".")[1]) if "." in text and "e" not in text else 0


def _differences(findings: Findings, titles: Mapping[str, str], texts: Texts) -> list[dict[str, Any]]:
    """Return a table per future: themes with rows of level and differences at each year."""
    about = findings.about
    years = sorted({year for year in (*SNAPSHOTS, about.last_year) if year <= about.last_year})
    found = []
    for scenario in about.alternatives:
        by_year = {year: headline_differences(findings, scenario, year) for year in years}
        themes = []
        for theme, names in headline_names(findings.indicators):
            rows = [_row(name, by_year, years, texts) for name in names if name in by_year[years[-1]].index]
            themes.append((texts(f"theme.{theme}"), rows))
        found.append({"name": scenario, "title": titles[scenario], "years": years, "themes": themes})
    return found


def _row(name: str, by_year: Mapping[int, pd.DataFrame], years: Sequence[int], texts: Texts) -> dict[str, Any]:
    form = form_of(name).fine_enough([float(by_year[year]["mean"].loc[name]) for year in years])
    cells = []
    for year in years:
        row = by_year[year].loc[name].to_dict()
        cells.append(
            {
                "mean": form.change(texts, float(row["mean"])),
                "interval": form.interval(texts, float(row["low"]), float(row["high"])),
                "told": bool(row["distinguishable"]),
            }
        )
    level = form.value(texts, float(by_year[years[-1]]["without"].loc[name]))
    return {"name": name, "label": label_of(texts, name), "level": level, "cells": cells}


def _influences(findings: Findings, texts: Texts) -> dict[str, Any] | None:
    """Return the strongest assumptions per figure, or None when the result does not tell."""
    table = findings.influences
    if table.empty:
        return None
    rows = []
    for indicator, part in table.groupby("indicator", sort=False):
        strongest = part.sort_values("effect", ascending=False).head(INFLUENCES_SHOWN)
        for number, row in enumerate(strongest.itertuples()):
            rows.append(
                {
                    "figure": label_of(texts, str(indicator)) if number == 0 else "",
                    "span": len(strongest) if number == 0 else 0,
                    "factor": str(row.factor),
                    "effect": texts.percent(float(str(row.effect)), 1),
                    "told": texts("yes" if row.above_noise else "no"),
                }
            )
    return {"method": str(table["method"].iloc[0]), "rows": rows}


def _parameters(tables: Tables, texts: Texts) -> dict[str, str]:
    kinds = [parameter.kind for parameter in Parameters(tables).values()]
    counts = {kind: texts.number(kinds.count(kind)) for kind in ("observed", "calibrated", "assumed")}
    return {"all": texts.number(len(kinds)), **counts}


def _method(findings: Findings, texts: Texts) -> list[tuple[str, str]]:
    about, runs = findings.about, findings.runs
    failed = int((runs["status"] == "failed").sum()) if "status" in runs else 0
    number = texts.number(len(runs))
    seeds = ", ".join(map(str, about.seeds))
    rows = [
        ("experiment", about.name),
        (
            "seeds",
            seeds if len(seeds) < 80 else f"{texts.number(len(about.seeds))}: {about.seeds[0]}–{about.seeds[-1]}",
        ),
        ("years", f"2025–{about.last_year}"),
        ("scale", texts.percent(about.scale)),
        ("population", str(about.city_seed)),
    ]
    if len(runs):
        rows.append(("runs", texts("method.failed", n=number, failed=texts.number(failed)) if failed else number))
    if about.design:
        rows.append(("design", texts("method.points", kind=about.design, n=texts.number(about.points))))
    rows.append(("version", about.package_version))
    rows.append(("versions", ", ".join(f"{name} {version}" for name, version in about.versions.items())))
    rows.append(("tables", about.tables_digest))
    if about.result_digest:
        rows.append(("result", about.result_digest))
    return [(texts(f"method.{key}"), value) for key, value in rows]
