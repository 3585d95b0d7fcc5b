"""Charts: labels that do not overlap, colours that are legible, numbers that lie inside their wijk."""

from __future__ import annotations

import numpy as np
import pytest
from findings_made import made_findings
from matplotlib.colors import to_rgb
from shapely.geometry import Point, Polygon

from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.findings import CITY, Findings
from kortrijk_sim.experiments.report.drawing import BETTER, COLOURS, INK, SOFT, WORSE, colour_of, file_name, line_of
from kortrijk_sim.experiments.report.fans import spread
from kortrijk_sim.experiments.report.maps import label_point, panels_of
from kortrijk_sim.experiments.report.texts import Texts


def contrast_with_white(colour: str) -> float:
    """WCAG 2: contrast of a colour with white."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05)


@pytest.mark.parametrize("colour", [*COLOURS, INK, SOFT, BETTER, WORSE])
def test_letters_in_every_colour_are_legible_on_white(colour: str) -> None:
    assert contrast_with_white(colour) >= 4.5


def test_more_futures_than_colours_differ_in_their_line() -> None:
    looks = [(colour_of(number), str(line_of(number))) for number in range(20)]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("wanted", [[0.5, 0.5, 0.5], [0.0, 0.01, 1.0], [1.0, 1.0, 0.99, 0.98], [0.3]])
def test_labels_at_the_ends_of_lines_do_not_overlap(wanted: list[float]) -> None:
    heights = np.full(len(wanted), 0.16)
    at = spread(np.array(wanted), heights)
    assert (np.diff(np.sort(at)) >= 0.16 - 1e-6).all()
    assert at.min() >= -0.1 and at.max() <= 1.1
    assert (np.argsort(at, kind="stable") == np.argsort(wanted, kind="stable")).all()


def test_labels_that_have_room_stay_where_their_lines_end() -> None:
    assert spread(np.array([0.1, 0.5, 0.9]), np.full(3, 0.1)) == pytest.approx([0.1, 0.5, 0.9])


def test_the_number_of_a_wijk_lies_inside_it_and_away_from_its_border() -> None:
    geography = load_geography(Tables())
    for outline in geography.outlines:
        x, y = geography.project(outline[:, 0], outline[:, 1])
        polygon, point = Polygon(np.column_stack([x, y])), Point(*label_point(x, y))
        assert polygon.contains(point) and polygon.exterior.distance(point) > 0.3


def test_maps_show_the_change_in_the_base_and_the_differences_of_the_others() -> None:
    findings: Findings = made_findings()
    titles = {"unchanged": "U", "rotation": "R", "care": "C"}
    panels = panels_of(findings, "population", titles, Texts("en"))
    assert [panel.title.split("\n")[0] for panel in panels] == ["U", "R", "C"]
    frame = findings.indicators.set_index(["scenario", "year", "place"])["population"].sort_index()
    for place, value in panels[0].values.items():
        change = frame.loc[("unchanged", 2040, place)].mean() - frame.loc[("unchanged", 2024, place)].mean()
        assert value == pytest.approx(change)
    for panel, scenario in zip(panels[1:], ("rotation", "care"), strict=True):
        assert len(panel.values) == 14 and CITY not in panel.values
        wanted = frame.loc[(scenario, 2040, "Marke")].mean() - frame.loc[("unchanged", 2040, "Marke")].mean()
        assert panel.values["Marke"] == pytest.approx(wanted)


def test_what_a_file_calls_things_never_leaves_the_folder_of_charts() -> None:
    assert file_name("fan", "../../etc/passwd") == "fan-etc_passwd"
    assert file_name("winners", "日本") == "winners-x"
