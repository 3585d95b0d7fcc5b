"""Every text of the report exists in both languages, and numbers are written as readers expect."""

from __future__ import annotations

import math
import re
import string
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.headlines import HEADLINES
from kortrijk_sim.experiments.report import headlines
from kortrijk_sim.experiments.report.policies import QUANTITIES, STRENGTHS
from kortrijk_sim.experiments.report.texts import LANGUAGES, Texts, all_texts
from kortrijk_sim.experiments.targets import load_targets
from kortrijk_sim.experiments.winners import CRITERIA
from kortrijk_sim.models.policy import MEASURES

PACKAGE = Path(headlines.__file__).parent
MADE_UP = ("theme.", "indicator.", "measure.", "quantity.", "strength.", "scenario.", "target.", "criterion.", "group.")
MADE_UP += ("who.", "by.", "method.", "board.verdict.", "assumptions.effect.", "answer.")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_both_languages_with_the_same_blanks() -> None:
    for key, versions in all_texts().items():
        assert set(versions) == set(LANGUAGES), key
        assert all(text.strip() for text in versions.values()), key
        assert fields(versions["en"]) == fields(versions["nl"]), key


def test_every_text_that_is_asked_for_exists_and_no_text_is_left_over() -> None:
    sources = [file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*") if file.suffix in (".py", ".j2")]
    asked = {key for text in sources for key in re.findall(r"""(?:\bt|texts)\(\s*["']([a-z_.]+[a-z])["']""", text)}
    known = set(all_texts())
    assert asked <= known, asked - known
    words = {word for text in sources for word in re.findall(r"""["']([a-z_.]+)["']""", text)}
    left_over = {key for key in known - asked - words if not key.startswith(MADE_UP)}
    assert not left_over


def test_everything_the_package_knows_has_a_name_in_both_languages() -> None:
    known = set(all_texts())
    assert {f"measure.{kind}" for kind in MEASURES} <= known
    assert {f"quantity.{name}" for name in QUANTITIES} | {f"strength.{name}" for name in STRENGTHS} <= known
    assert {f"indicator.{headline.indicator}" for headline in HEADLINES} <= known
    assert {f"theme.{headline.group.lower()}" for headline in HEADLINES} <= known
    assert {f"indicator.{name}" for name in (*headlines.CHARTED, *headlines.MAPPED)} <= known
    assert {f"target.{target.fact.name}" for target in load_targets(Tables())} <= known
    assert {f"criterion.{criterion.name}" for criterion in CRITERIA} <= known
    assert {f"who.{criterion.unit}" for criterion in CRITERIA} <= known


def test_ready_scenarios_are_known_by_their_own_words() -> None:
    texts = all_texts()
    for file in (resources.files("kortrijk_sim.experiments") / "scenarios").iterdir():
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for what in ("title", "description"):
            assert texts[f"scenario.{content['name']}.{what}"]["en"] == " ".join(content[what].split()), file.name


@pytest.mark.parametrize(
    ("language", "value", "decimals", "sign", "wanted"),
    [
        ("nl", 1234.5, 1, False, "1.234,5"),
        ("en", 1234.5, 1, False, "1,234.5"),
        ("nl", -1234567.0, 0, True, "−1.234.567"),
        ("en", 12.0, 0, True, "+12"),
        ("en", -0.004, 1, True, "0.0"),
        ("en", math.nan, 1, True, "–"),
        ("nl", math.inf, 1, False, "–"),
    ],
)
def test_numbers_are_written_as_in_belgium_or_in_english(
    language: str, value: float, decimals: int, sign: bool, wanted: str
) -> None:
    assert Texts(language).number(value, decimals, sign=sign) == wanted


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="valid: en, nl"):
        Texts("fr")
