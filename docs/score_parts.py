"""The score card as it stands in ``validation.md``, and what is read off it: counts, and the lines it misses."""

from __future__ import annotations

import re
from collections import Counter

from markers import table

from kortrijk_sim.experiments.scorecard import ScoreCard, written

HEADS = ("", "pattern", "ours", "wanted", "unit", "verdict", "use", "source")
VERDICTS = ("pass", "near", "fail")


def scores(card: ScoreCard) -> str:
    """Return the whole score card of one seed; what is not passed in bold."""
    rows = []
    for s in card:
        side = (
            f"{written(s.target)} ± {written(s.tolerance)}" if s.side == "within" else f"{s.side} {written(s.target)}"
        )
        verdict = s.verdict if s.verdict == "pass" else f"**{s.verdict}**"
        rows.append((s.pattern, s.part, written(s.figure), side, s.unit, verdict, s.use, s.source))
    why = "\n".join(f"* {sentence}" for sentence in card.sentences)
    return f"{table(HEADS, rows, 'llrrllll')}\n\nAgainst cohorts that know no homes:\n\n{why}"


def beyond(text: str) -> str:
    """Return the lines of a written score card that are not passed.

    Args:
        text: What :func:`scores` returned.
    """
    rows = [row for row in _rows(text) if row[5] != "pass"]
    return table(HEADS, sorted(rows, key=lambda row: row[5]), "llrrllll")


def counts(text: str) -> str:
    """Return how many lines of a written score card have which verdict, by what they are used for.

    Args:
        text: What :func:`scores` returned.
    """
    found = Counter((row[6], row[5].strip("*")) for row in _rows(text))
    rows = []
    for use in ("calibrated", "held out"):
        numbers = [found[use, verdict] for verdict in VERDICTS]
        rows.append((use, *(str(number) for number in numbers), str(sum(numbers))))
    total = [sum(int(row[column]) for row in rows) for column in (1, 2, 3, 4)]
    rows.append(("together", *(str(number) for number in total)))
    return table(("", *VERDICTS, "lines"), rows, "lrrrr")


def _rows(text: str) -> list[list[str]]:
    return [re.split(r" (?<!\\)\| ", line[2:-2]) for line in text.splitlines() if re.match(r"\| V[0-9]+ \|", line)]
