"""The answer in a few plain sentences, all of them computed from the numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kortrijk_sim.experiments.findings import CITY, Findings
from kortrijk_sim.experiments.gathering import headline_names
from kortrijk_sim.experiments.report.headlines import form_of, label_of
from kortrijk_sim.experiments.report.texts import Texts

FUTURES_NAMED = 3
_CLEAREST = 3
_UNITS_TOLD = ("households", "seniors")


def answer(findings: Findings, titles: Mapping[str, str], texts: Texts) -> list[str]:
    """Return the sentences.

    Args:
        findings: What the result says.
        titles: Titles by scenario, the base first.
        texts: The language.
    """
    about = findings.about
    n = len(about.seeds) * about.points
    once = "answer.once" if n == 1 else "answer.runs"
    found = [texts(once, n=texts.number(n), year=about.last_year)]
    for scenario in about.alternatives[:FUTURES_NAMED]:
        found.append(_told(findings, scenario, titles, texts))
    if len(about.alternatives) > FUTURES_NAMED:
        found.append(texts("answer.more"))
    for sentence in (_board(findings, titles, texts), _winners(findings, titles, texts)):
        if sentence:
            found.append(sentence)
    if about.scale < 1:
        found.append(texts("answer.scale", share=texts.percent(about.scale)))
    return found


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
    return texts("answer.told", year=year, told=len(told), all=len(rows), which=texts.listing(which), **names)


def _board(findings: Findings, titles: Mapping[str, str], texts: Texts) -> str:
    board = findings.board
    if board.empty:
        return ""
    simulated = board[board["verdict"] != "not simulated"]
    number = simulated["target"].nunique()
    counts = []
    for scenario in list(titles)[: FUTURES_NAMED + 1]:
        mine = simulated[simulated["scenario"] == scenario]
        if not mine.empty:
            met = int(mine["verdict"].isin(["met", "on course"]).sum())
            counts.append(texts("answer.met", name=titles[scenario], met=met))
    return texts("answer.board", all=number, counts=texts.listing(counts)) if counts else ""


def _winners(findings: Findings, titles: Mapping[str, str], texts: Texts) -> str:
    winners, about = findings.winners, findings.about
    if winners.empty or not about.alternatives:
        return ""
    scenario = about.alternatives[0]
    rows = winners[(winners["scenario"] == scenario) & (winners["by"] == "all") & (winners["all"] > 0)]
    if rows.empty:
        return ""
    changed = ((rows["better"] + rows["worse"]) / rows["all"]).where(rows["unit"].isin(_UNITS_TOLD), -1.0)
    row = rows.loc[changed.idxmax()]
    return texts(
        "answer.winners",
        name=titles[scenario],
        base=titles[about.base],
        unit=texts(f"unit.{row['unit']}"),
        criterion=texts.known(f"criterion.{row['criterion']}", str(row["label"])).lower(),
        better=texts.percent(row["better"] / row["all"], 1),
        worse=texts.percent(row["worse"] / row["all"], 1),
    )
