"""The score card: every pattern has a figure, a verdict and a source."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from rich.console import Console

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.null_model import Account, cohort_accounts, explain, our_accounts
from kortrijk_sim.experiments.replications import lives, rotation_reach, ten_seeds
from kortrijk_sim.experiments.scorecard import FIRST_YEARS, Pattern, score_card, written
from kortrijk_sim.experiments.stress import MONTHS as STRESS_MONTHS
from kortrijk_sim.models.model import KortrijkModel

PATTERNS = {
    "V1", "V3", "V4", "V6", "V7", "V8", "V10", "V11", "V12", "V14", "V15", "V18", "V19", "V20", "V21", "V22", "V23",
    "V24", "V25",
}  # fmt: skip


@pytest.fixture(scope="module")
def heard():
    return []


@pytest.fixture(scope="module")
def card(heard):
    return score_card(2, scale=0.05, progress=lambda done, months, date: heard.append((done, months)))


@pytest.fixture(scope="module")
def whole_run():
    model = KortrijkModel(rng=1, scale=0.05)
    for _ in range(192):
        model.step()
    return model


def test_every_pattern_is_judged_in_its_parts(card):
    assert {score.pattern for score in card} == PATTERNS
    measures = [p.measure for p in Tables().rows("patterns", Pattern)]
    assert len(card.scores) == len(measures) == len(set(measures))
    for score in card:
        assert math.isfinite(score.figure), score
        assert score.verdict in {"pass", "near", "fail"}
        assert score.use in {"calibrated", "held out"}
        assert len(score.source) > 3


def test_verdicts_follow_from_figure_target_and_tolerance(card):
    for score in card:
        off = abs(score.figure - score.target)
        if score.side == "within":
            assert (score.verdict == "pass") == (off <= score.tolerance * (1 + 1e-9) + 1e-9)
            assert (score.verdict == "fail") == (off > 2 * score.tolerance * (1 + 1e-9) + 1e-9)
    assert sum(card.count(v) for v in ("pass", "near", "fail")) == len(card.scores)


@pytest.mark.parametrize(
    ("side", "figure", "verdict"),
    [
        ("within", 10.0, "pass"), ("within", 8.0, "pass"), ("within", 6.1, "near"), ("within", 14.0, "near"),
        ("within", 14.1, "fail"), ("at least", 10.0, "pass"), ("at least", 99.0, "pass"), ("at least", 8.0, "near"),
        ("at least", 7.9, "fail"), ("at most", 10.0, "pass"), ("at most", -99.0, "pass"), ("at most", 12.0, "near"),
        ("at most", 12.1, "fail"), ("within", math.nan, "fail"), ("at most", math.inf, "fail"),
    ],
)  # fmt: skip
def test_near_is_within_twice_the_tolerance(side, figure, verdict):
    pattern = Pattern(
        pattern="V1",
        part="a part",
        measure="m",
        unit="%",
        target=10,
        tolerance=2,
        side=side,
        use="held out",
        source="here",
    )
    assert pattern.judge(figure, 10.0) == verdict


def test_what_the_base_year_is_built_to_have_passes_in_a_small_city_too(card):
    passes = {s.part: s.verdict for s in card.of("V1") + card.of("V3")}
    assert passes["inhabitants aged 65+ in 2025"] == passes["mean age in 2025"] == "pass"


def test_extreme_tests_without_chance_pass_at_any_scale(card):
    by_part = {s.part: s for s in card.of("V25")}
    assert by_part["no building: homes built in eight years"].figure == 0
    assert by_part["closed borders: persons who came in five years"].figure == 0
    assert by_part["no building: inhabitants after eight years, against unchanged"].verdict == "pass"
    assert by_part["twice the building: inhabitants after eight years, against unchanged"].verdict == "pass"


def test_progress_reaches_its_end(card, heard):
    done, months = zip(*heard, strict=True)
    wanted = 192 + 12 * (FIRST_YEARS - 1) + STRESS_MONTHS
    assert list(done) == list(range(wanted + 1))
    assert set(months) == {wanted}


def test_the_card_prints_as_a_table_with_its_sentences(card):
    text = io.StringIO()
    Console(file=text, width=160).print(card)
    assert all(pattern in text.getvalue() for pattern in PATTERNS)
    assert "Score card, seed 2, 0.05 of the city scaled up" in text.getvalue()
    assert f"{card.count('pass')} pass, {card.count('near')} near, {card.count('fail')} fail." in text.getvalue()
    assert "1 January 2040" in text.getvalue()


def test_the_card_is_a_frame_too(card):
    frame = card.frame()
    assert len(frame) == len(card.scores)
    assert {"pattern", "figure", "target", "verdict", "source"} <= set(frame.columns)


def test_a_target_that_nobody_measures_is_refused_before_it_is_judged(tmp_path):
    text = Tables().text("patterns").replace("mean_age_2025", "mean_age_2052", 1)
    (tmp_path / "patterns.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="mean_age_2025"):
        score_card(tables=Tables(tmp_path), scale=0.02)


@pytest.mark.parametrize(("value", "text"), [(81045.0, "81,045"), (21.64, "21.6"), (0.484, "0.48"), (math.nan, "none")])
def test_a_figure_has_as_many_digits_as_it_deserves(value, text):
    assert written(value) == text


# --- the null model ------------------------------------------------------------------------------------


def test_our_account_adds_up_to_our_population(whole_run):
    ours = our_accounts(whole_run, 15)
    assert ours[0].end == pytest.approx(whole_run.indicators.value("population", month=180) / 0.05)
    persons, n = whole_run.state.tables.persons, len(whole_run.base.persons["key"])
    assert ours[0].start == pytest.approx(n / 0.05)
    assert ours[1].births == ours[2].births == 0
    assert ours[0].end > ours[1].end > ours[2].end > 0
    assert (persons.status[:n] > 0).all()


def test_the_null_model_starts_from_the_same_people_and_totals(whole_run):
    ours, null = our_accounts(whole_run, 15), cohort_accounts(whole_run, 15)
    for mine, theirs in zip(ours, null, strict=True):
        assert theirs.start == pytest.approx(mine.start, rel=0.01)
    (first_year, *_) = cohort_accounts(whole_run, 1)
    facts = whole_run.facts
    assert first_year.deaths == pytest.approx(facts.value("deaths_2024"), rel=0.02)
    assert first_year.births == pytest.approx(facts.value("births_2024"), rel=0.02)
    assert first_year.net_migration == pytest.approx(facts.value("net_migration_2024"), rel=0.05)


def test_nobody_is_lost_between_two_years_of_the_null_model(whole_run):
    ends = [cohort_accounts(whole_run, years)[0] for years in (5, 10, 15)]
    assert ends[0].end < ends[2].end
    assert all(np.isfinite(account.end) for account in ends)
    assert ends[2].deaths > ends[1].deaths > ends[0].deaths > 0


def test_the_sentence_on_a_difference_accounts_for_all_of_it():
    ours, null = Account("aged 80+", 100, 0, 40, 10), Account("aged 80+", 100, 0, 45, 30)
    sentence = explain(ours, null)
    assert "difference of -15" in sentence
    assert "+5 from deaths" in sentence
    assert "-20 from migration" in sentence


# --- many runs -----------------------------------------------------------------------------------------


def test_ten_seeds_lay_2040_beside_the_note():
    estimates = ten_seeds(3, scale=0.02)
    assert {e.name for e in estimates} == {"population", "persons_65plus", "persons_80plus", "labour_force"}
    for e in estimates:
        assert e.low <= e.mean <= e.high
        assert e.sd > 0
        assert f"{e.figure:,.0f}" in e.sentence
        assert "3 seeds" in e.sentence
        assert 0.5 < e.mean / e.figure < 1.6


def test_without_a_policy_everybody_lives_the_same_life():
    reach = rotation_reach(5, scenario="unchanged", months=24, scale=0.05)
    assert reach.identical == reach.households > 1500
    assert (reach.policy_homes, reach.freed_in_policy_chains) == (0, 0)
    assert reach.freed_with == reach.freed_without


def test_rotation_reaches_some_households_and_leaves_others_alone():
    reach = rotation_reach(1, months=96, scale=0.05)
    assert 0.3 < reach.share < 1
    assert reach.policy_homes > 50
    assert 0 < reach.freed_in_policy_chains <= reach.freed_with
    assert f"{reach.identical:,} of {reach.households:,}" in reach.sentence


def test_a_single_different_event_makes_a_different_life():
    model = KortrijkModel(rng=1, scale=0.02)
    for _ in range(6):
        model.step()
    t = model.state.tables
    n = len(model.base.households["key"])
    before = lives(model, n)
    assert (before != 0).sum() > 50
    row = int(np.flatnonzero(t.log.household[: int(t.counts[3])] >= 0)[0])
    t.log.month[row] += 1
    assert np.flatnonzero(lives(model, n) != before).tolist() == [int(t.log.household[row])]
