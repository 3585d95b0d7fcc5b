"""The report says what the tables say, is safe whatever files bring, and needs nothing from elsewhere."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from findings_made import SCENARIOS, made_about, made_influences

from kortrijk_sim.city.attribution import PUBLISHERS
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.findings import CITY, Findings
from kortrijk_sim.experiments.report import writing
from kortrijk_sim.experiments.report.answer import answer
from kortrijk_sim.experiments.report.drawing import Chart
from kortrijk_sim.experiments.report.fans import fan_chart
from kortrijk_sim.experiments.report.headlines import form_of
from kortrijk_sim.experiments.report.page import Page, make_page
from kortrijk_sim.experiments.report.texts import Texts
from kortrijk_sim.experiments.report.writing import write_report

VOID = {"meta", "img", "br", "hr", "link", "input"}
SECTIONS = ["question", "answer", "policies", "differences", "charts", "maps", "board", "winners", "assumptions"]
SECTIONS += ["method", "sources"]


class Reader(HTMLParser):
    """Collects every tag and the text of every table row, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.rows: list[tuple[str, dict[str, str], list[str]]] = []
        self._scenario = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.tags.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self._scenario = given.get("data-scenario", "")
        if tag == "tr":
            self.rows.append((self._scenario, given, []))
        if tag in ("td", "th") and self.rows:
            self.rows[-1][2].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)
        if self.rows and self.rows[-1][2] and ("td" in self.open or "th" in self.open):
            self.rows[-1][2][-1] += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert not reader.open
    return reader


def figure_rows(page: Page) -> Iterator[tuple[str, str, list[str]]]:
    for scenario, attributes, cells in read(page.html).rows:
        if "data-indicator" in attributes:
            yield scenario, attributes["data-indicator"], [" ".join(cell.split()) for cell in cells]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_difference_in_the_report_is_that_of_the_table(
    findings: Findings, pages: dict[str, Page], language: str
) -> None:
    table = findings.differences[findings.differences["place"] == CITY]
    table = table.set_index(["scenario", "indicator", "year"])
    seen = 0
    points, comma = (".", ",") if language == "nl" else (",", ".")
    for scenario, indicator, cells in figure_rows(pages[language]):
        form = form_of(indicator)
        for year, cell in zip((2030, 2035, 2040), cells[2:], strict=True):
            row = table.loc[(scenario, indicator, year)]
            bare = cell.replace(points, "").replace(comma, ".").replace("−", "-")
            numbers = [float(number) for number in re.findall(r"[+-]?\d+(?:\.\d+)?", bare)]
            wanted = [form.factor * float(row[name]) for name in ("mean", "low", "high")]
            assert numbers == pytest.approx(wanted, abs=0.5001 * 10**-form.decimals_change)
            assert (" tot " if language == "nl" else " to ") in cell
            seen += 1
    assert seen == 3 * 2 * len({name for _, name, _ in figure_rows(pages[language])}) > 40


def test_what_is_told_from_zero_and_only_that_is_marked(findings: Findings, no_drawing: None) -> None:
    differences = findings.differences.assign(distinguishable=False)
    place = (differences["indicator"] == "jobs") & (differences["scenario"] == "care") & (differences["year"] == 2035)
    differences.loc[place & (differences["place"] == CITY), "distinguishable"] = True
    html = make_page(replace(findings, differences=differences)).html
    assert html.count('class="number told"><span class="mean">') == 1 + 6  # and the balances of winners, all clear


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the slow part of charts, for tests of the words around them."""

    def empty(figure: object, name: str, title: str, alt: str) -> Chart:
        return Chart(name, title, alt, b"", b"", 300, 200)

    for module in ("fans", "maps", "bars"):
        monkeypatch.setattr(f"kortrijk_sim.experiments.report.{module}.chart_of", empty)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_answer_counts_what_the_tables_hold(findings: Findings, pages: dict[str, Page], language: str) -> None:
    text = " ".join("".join(read(pages[language].html).text).split())
    table = findings.differences
    names = {name for _, name, _ in figure_rows(pages[language])}
    chosen = table[(table["place"] == CITY) & (table["year"] == 2040) & table["indicator"].isin(names)]
    for scenario in SCENARIOS[1:]:
        told = int(chosen[chosen["scenario"] == scenario]["distinguishable"].sum())
        wanted = f"{told} of {len(names)} headline" if language == "en" else f"{told} van de {len(names)} kerncijfers"
        assert wanted in text
    sentence = "Unchanged policy meets 1, Housing rotation meets 1 and Care villages meets 2"
    assert (sentence if language == "en" else "Ongewijzigd beleid er 1, Woonrotatie er 1 en Zorgdorpen er 2") in text
    answer = re.search(r'<div class="answer">(.*?)</div>', pages[language].html, re.DOTALL)
    assert answer is not None and 3 <= answer[1].count("<p>") <= 5


def test_the_answer_names_the_gain_and_the_loss_of_most_people(findings: Findings) -> None:
    winners = findings.winners.copy()
    worst = (winners["scenario"] == "care") & (winners["criterion"] == "way_to_work") & (winners["by"] == "all")
    winners.loc[worst, ["better", "worse", "net", "low", "high"]] = [100.0, 900.0, -800.0, -850.0, -750.0]
    best = (winners["scenario"] == "rotation") & (winners["criterion"] == "unmet_help") & (winners["by"] == "all")
    winners.loc[best, ["better", "worse", "net", "low", "high"]] = [3000.0, 400.0, 2600.0, 2500.0, 2700.0]
    titles = {"unchanged": "U", "rotation": "R", "care": "C"}
    sentence = answer(replace(findings, winners=winners), titles, Texts("en"))[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert "gain is in R: for “help that is given”, 30.0 % of the 10,000 65+ whom it concerns" in sentence
    assert "loss is in C: for “way to work”, 1.0 % of the 10,000 commuters whom it concerns" in sentence
    clear = winners.assign(low=-1.0, high=1.0)
    assert answer(replace(findings, winners=clear), titles, Texts("en"))[-1] == Texts("en")("answer.nobody")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_needs_nothing_from_elsewhere(pages: dict[str, Page], language: str) -> None:
    reader = read(pages[language].html)
    policies = [a["content"] for tag, a in reader.tags if tag == "meta" and a.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    for tag, attributes in reader.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base", "form")
        for name in ("src", "href", "srcset", "action", "poster", "data"):
            assert attributes.get(name, "#").startswith(("#", "data:image/svg+xml;base64,")), attributes
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in pages[language].html and "@import" not in pages[language].html


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_can_be_used_by_everybody(pages: dict[str, Page], language: str) -> None:
    reader = read(pages[language].html)
    assert ("html", {"lang": language}) in reader.tags
    assert [tag for tag, _ in reader.tags].count("h1") == 1
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    images = [attributes for tag, attributes in reader.tags if tag == "img"]
    assert len(images) == len(pages[language].charts) and all(len(image["alt"]) > 30 for image in images)
    heads = [attributes for tag, attributes in reader.tags if tag == "th"]
    assert heads and all(head.get("scope") in ("col", "row", "rowgroup") for head in heads)
    tables = sum(tag == "table" for tag, _ in reader.tags)
    assert tables == sum(tag == "caption" for tag, _ in reader.tags) == sum(tag == "thead" for tag, _ in reader.tags)
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    links = [attributes["href"][1:] for tag, attributes in reader.tags if tag == "a"]
    assert links == SECTIONS and set(links) <= set(ids)
    assert [i for i in ids if i in SECTIONS] == SECTIONS, "sections stand in another order"


def test_the_dutch_page_has_no_english_left(pages: dict[str, Page]) -> None:
    text = " ".join("".join(read(pages["nl"].html).text).split()).replace("A trial", "").replace("Does it work?", "")
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", text)}
    allowed = {"and"} if any(" and " in publisher.holder for publisher in PUBLISHERS) else set()
    allowed |= {"the", "of", "our", "rest", "a", "is"} & set(" ".join(p.holder for p in PUBLISHERS).split())
    assert (
        not (words & {"the", "of", "and", "with", "homes", "care", "households", "better", "worse", "year"}) - allowed
    )


def test_hostile_titles_are_shown_as_text(findings: Findings) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> $\\frac{ & ${{7*7}} {t} 日本"
    policies = dict(findings.policies)
    for name in ("care", "unchanged"):
        changes = {"title": nasty, "description": nasty}
        policies[name] = policies[name].model_copy(update=changes)
    about = made_about(title=nasty, question=nasty, name=nasty, versions={nasty: nasty})
    page = make_page(replace(findings, policies=policies, about=about, influences=made_influences()))
    reader = read(page.html)
    assert "script" not in {tag for tag, _ in reader.tags} and "b" not in {tag for tag, _ in reader.tags}
    assert all(attributes["src"].startswith("data:") for tag, attributes in reader.tags if tag == "img")
    assert nasty in "".join(reader.text)
    for chart in page.charts:
        assert re.fullmatch(r"[a-z0-9_-]+", chart.name)
        assert b"<script" not in chart.svg


def test_charts_are_well_formed_and_ask_for_nothing(pages: dict[str, Page]) -> None:
    charts = pages["nl"].charts
    assert len({chart.name for chart in charts}) == len(charts) > 12
    for chart in charts:
        root = ElementTree.fromstring(chart.svg)
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        for element in root.iter():
            assert not element.tag.endswith(("}script", "}image", "}foreignObject"))
            for name, value in element.attrib.items():
                assert not (name.endswith("href") and not value.startswith("#"))
        assert chart.png.startswith(b"\x89PNG") and chart.width > 200 and chart.height > 100


def test_the_same_findings_give_the_same_charts(findings: Findings) -> None:
    titles = dict.fromkeys(SCENARIOS, "T")
    first, again = (fan_chart(findings.indicators, "jobs", titles, 2040, Texts("en")) for _ in range(2))
    assert first == again is not None


def test_sources_and_versions_are_named(pages: dict[str, Page]) -> None:
    text = " ".join("".join(read(pages["en"].html).text).split())
    assert all(publisher.holder in text for publisher in PUBLISHERS)
    for word in ("0.1.0", "numpy 2.2.0", "0123456789abcdef", "Vlaamse provincies", "1, 2, 3, 4"):
        assert word in text


def test_a_result_with_one_future_and_one_seed_still_makes_a_report(findings: Findings, no_drawing: None) -> None:
    frame = findings.indicators
    one = frame[(frame["scenario"] == "care") & (frame["seed"] == 1)]
    about = made_about(base="care", scenarios=("care",), seeds=(1,), scale=1.0, question="")
    empty = pd.DataFrame()
    page = make_page(replace(findings, about=about, indicators=one, differences=empty, winners=empty, board=empty))
    text = " ".join("".join(read(page.html).text).split())
    assert (
        "simulated once" in text and "one future" in text and "How does the city develop under Care villages?" in text
    )


def test_assumptions_are_ranked_when_the_result_knows_them(findings: Findings, no_drawing: None) -> None:
    page = make_page(replace(findings, influences=made_influences()))
    rows = [cells for _, _, cells in read(page.html).rows]
    assert ["House prices, 2025 = 100", "price_elasticity", "12.5\N{NO-BREAK SPACE}%", "yes"] in rows


def test_a_report_is_written_whole_and_only_where_nothing_stands(
    findings: Findings, pages: dict[str, Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "gather", lambda *_: findings)
    monkeypatch.setattr(writing, "make_page", lambda *_: pages["nl"])
    out = write_report(None, tmp_path / "new" / "report.html", "nl", charts=tmp_path / "charts")  # type: ignore[arg-type]
    assert out.read_text(encoding="utf-8") == pages["nl"].html
    written = {file.name for file in (tmp_path / "charts").iterdir()}
    assert written == {f"{chart.name}.{kind}" for chart in pages["nl"].charts for kind in ("svg", "png")}
    with pytest.raises(InputError, match="--overwrite"):
        write_report(None, out, "nl")  # type: ignore[arg-type]
    for place, language, words in ((tmp_path / "r.pdf", "nl", "ends in .html"), (tmp_path / "r.html", "de", "--lang")):
        with pytest.raises(InputError, match=words):
            write_report(None, place, language)  # type: ignore[arg-type]


def test_a_small_difference_is_written_with_decimals_enough_to_see_it() -> None:
    english = Texts("en")
    form = form_of("vacancy_share").fine_enough([-0.0002, 0.00004, float("nan")])
    assert form.change(english, -0.0002).startswith("−0.02")
    assert form_of("vacancy_share").fine_enough([0.03]).decimals_change == 1
    assert form_of("population").fine_enough([0.0]).decimals_change == 0
