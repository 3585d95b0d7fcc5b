"""The answer in a few plain sentences, all of them computed from the numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kortrijk_sim.experiments.findings import CITY, Findings
from kortrijk_sim.experiments.gathering import headline_names
from kortrijk_sim.experiments.report.headlines import form_of, label_of
from kortrijk_sim.experiments.report.texts import Texts

FUTURES_NAMED, BOARDS_NAMED = 2, 5
_CLEAREST = 3


def answer(findings: Findings, titles: Mapping[str, str], texts: Texts) -> list[str]:
    """Return three to five sentences.

    Args:
        findings: What the result says.
        titles: Titles by scenario, the base first.
        texts: The language.
    """
    about = findings.about
    n = len(about.seeds) * about.points
    first = [texts("answer.once" if n == 1 else "answer.runs", n=texts.number(n), year=about.last_year)]
    if about.scale < 1:
        first.append(texts("answer.scale", share=texts.percent(about.scale)))
    named = _most_told(findings)
    if len(named) < len(about.alternatives):
        first.append(texts("answer.more", n=texts.number(len(about.alternatives))))
    found = [" ".join(first), *(_told(findings, scenario, titles, texts) for scenario in named)]
    found += [_board(findings, titles, texts), _winners(findings, titles, texts)]
    return [sentence for sentence in found if sentence]


def _most_told(findings: Findings) -> list[str]:
    """Return the futures that differ in most headline figures, in the order of the result."""
    about = findings.about
    told = {
        scenario: int(headline_differences(findings, scenario, about.last_year)["distinguishable"].sum())
        for scenario in about.alternatives
    }
    most = sorted(told, key=lambda scenario: -told[scenario])[:FUTURES_NAMED]
    return [scenario for scenario in about.alternatives if scenario in most]


def headline_differences(findings: Findings, scenario: str, year: int) -> pd.DataFrame:
    """Return the city's headline differences of a future at the end of a year, by indicator."""
    table = findings.differences
    names = [name for _, theme in headline_names(findings.indicators) for name in theme]
    chosen = (table["scenario"] == scenario) & (table["year"] == year) & (table["place"] == CITY)
    rows = table[chosen].set_index("indicator")
    return rows.loc[[name for name in names if name in rows.index]]


def _told(findings: Findings, scenario: str, titles: Mapping[str, str], texts: Texts) -> str:
    year = findings.about.last_year
    rows = headline_differences(findings, scenario, year)
    told = rows[rows["distinguishable"].astype(bool)]
    names = {"name": titles[scenario], "base": titles[findings.about.base]}
    if told.empty:
        return texts("answer.none", year=year, all=len(rows), **names)
    # The clearest: the mean difference over the width of its interval.
    clear = (told["mean"].abs() / (told["high"] - told["low"]).clip(lower=1e-12)).sort_values(ascending=False)
    which = []
    for indicator in clear.index[:_CLEAREST]:
        change = form_of(str(indicator)).change(texts, float(told.loc[indicator, "mean"]))
        label = label_of(texts, str(indicator))
        which.append(texts("answer.figure", label=f"{label[:1].lower()}{label[1:]}", change=change))
    return texts("answer.told", year=year, told=len(told), all=len(rows), which="; ".join(which), **names)


def _board(findings: Findings, titles: Mapping[str, str], texts: Texts) -> str:
    board = findings.board
    if board.empty:
        return ""
    simulated = board[board["verdict"] != "not simulated"]
    number = simulated["target"].nunique()
    counts = []
    for scenario in list(titles)[:BOARDS_NAMED]:
        mine = simulated[simulated["scenario"] == scenario]
        if not mine.empty:
            met = int((mine["verdict"] == "met").sum())
            course = int((mine["verdict"] == "on course").sum())
            key = "answer.course" if course else "answer.met"
            counts.append(texts(key, name=titles[scenario], met=met, course=course))
    return texts("answer.board", all=number, counts=texts.listing(counts)) if counts else ""


def _winners(findings: Findings, titles: Mapping[str, str], texts: Texts) -> str:
    """Name the gain and the loss of most people among all futures, of those that are told from zero."""
    winners = findings.winners
    if winners.empty:
        return ""
    rows = winners[(winners["by"] == "all") & (winners["all"] > 0)]
    gains, losses = rows["net"][rows["low"] > 0], rows["net"][rows["high"] < 0]
    if gains.empty and losses.empty:
        return texts("answer.nobody")
    parts = []
    for key, found in (("gain", gains.nlargest(1)), ("loss", losses.nsmallest(1))):
        if found.empty:
            parts.append(texts(f"answer.no{key}"))
            continue
        row = rows.loc[found.index[0]]
        label = texts.known(f"criterion.{row['criterion']}", str(row["label"]))
        parts.append(
            texts(
                f"answer.{key}",
                name=titles[row["scenario"]],
                unit=texts.known(f"who.{row['unit']}", str(row["unit"])),
                criterion=f"{label[:1].lower()}{label[1:]}",
                all=texts.number(row["all"]),
                better=texts.percent(row["better"] / row["all"], 1),
                worse=texts.percent(row["worse"] / row["all"], 1),
            )
        )
    return texts.sentence("; ".join(parts))
