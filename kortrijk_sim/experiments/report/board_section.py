"""The board in a report: the simulated targets, and the names of the others."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from kortrijk_sim.experiments.findings import START, Findings
from kortrijk_sim.experiments.report.texts import NONE, THIN, Texts

_VERDICTS = {"met": "met", "on course": "course", "behind": "behind", "missed": "missed"}


def board_section(findings: Findings, titles: Mapping[str, str], texts: Texts) -> dict[str, Any] | None:
    """Return the rows of the board, or None when it is not known.

    Args:
        findings: What the result says.
        titles: Titles by scenario, the base first.
        texts: The language.
    """
    board = findings.board
    if board.empty:
        return None
    rows, left_out = [], []
    for target, lines in board.groupby("target", sort=False):
        first = lines.iloc[0]
        subject = texts.known(f"target.{target}", str(first["subject"]))
        if first["verdict"] == "not simulated":
            left_out.append(subject)
            continue
        by_scenario = {str(row["scenario"]): row for _, row in lines.iterrows()}
        rows.append(
            {
                "target": str(target),
                "subject": subject,
                "section": texts("board.section", section=first["section"]),
                "wanted": _amount(float(first["goal"]), str(first["unit"]), texts),
                "year": int(first["target_year"]),
                "cells": [_cell(by_scenario[name], texts) if name in by_scenario else None for name in titles],
            }
        )
    return {"rows": rows, "left_out": left_out}


def _cell(row: pd.Series, texts: Texts) -> dict[str, str]:
    first = float(row["first_year"])
    return {
        "value": _amount(float(row["value"]), str(row["unit"]), texts),
        "verdict": _VERDICTS[str(row["verdict"])],
        "word": texts(f"board.verdict.{_VERDICTS[str(row['verdict'])]}"),
        "share": texts("board.met", share=texts.percent(float(row["probability"]))),
        "first": "" if not math.isfinite(first) else _first(math.ceil(first), texts),
    }


def _first(year: int, texts: Texts) -> str:
    return texts("board.start") if year <= START else texts("board.first", year=year)


def _amount(value: float, unit: str, texts: Texts) -> str:
    decimals = 0 if abs(value) >= 100 or value == round(value) else 1
    written = texts.number(value, decimals)
    return f"{written}{THIN}%" if unit == "percent" and written != NONE else written
