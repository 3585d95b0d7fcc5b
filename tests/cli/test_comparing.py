from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kortrijk_sim.cli.comparing import app
from kortrijk_sim.errors import InputError


def said(*words: str, width: int = 100) -> str:
    found = CliRunner(env={"COLUMNS": str(width)}).invoke(app, list(words))
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.stdout


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A result of two seeds and what the command said of it."""
    folder = tmp_path_factory.mktemp("compare") / "result"
    size = ("--seeds", "2", "--years", "1", "--scale", "0.02", "--workers", "1", "--quiet")
    return folder, said("unchanged", "rotation", "care", "--out", str(folder), *size)


def test_futures_are_run_compared_and_their_winners_counted(stored: tuple[Path, str]) -> None:
    text = " ".join(stored[1].split())
    for name in ("rotation", "care"):
        assert f"{name} against unchanged, Kortrijk" in text
        assert f"Better and worse off at the end of 2025 with {name} than with unchanged" in text
    assert "2 seeds tell" in text
    assert "Life-cycle-proof home" in text


def test_a_stored_result_says_the_same_without_simulating(stored: tuple[Path, str]) -> None:
    folder, text = stored
    assert said("--result", str(folder)) == text


def test_the_first_scenario_named_is_the_one_compared_with(stored: tuple[Path, str]) -> None:
    text = said("care", "rotation", "--result", str(stored[0]), "--wijk", "Marke", "--at", "2025", "--all")
    assert "rotation against care, Marke" in text
    assert "unchanged" not in text
    assert "who lived in Marke in 2025" in " ".join(text.split())
    assert "vacancy_share" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("unchanged",), "fewer than two scenarios"),
        (("unchanged", "rotaton"), "did you mean 'rotation'"),
        (("--at", "soon"), "--at: 'soon' is not a list of years"),
        (("--result", "nowhere"), "nowhere"),
        (("--result", "here", "--out", "there"), "valid: one of the two"),
    ],
)
def test_what_cannot_be_compared_is_refused(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        said(*words)


def test_scenarios_years_and_wijken_that_a_result_does_not_hold_are_refused(stored: tuple[Path, str]) -> None:
    folder = str(stored[0])
    with pytest.raises(InputError, match="no scenario 'note' in it"):
        said("note", "--result", folder)
    with pytest.raises(InputError, match="years: '2030'"):
        said("--result", folder, "--at", "2030")
    with pytest.raises(InputError, match="did you mean 'Marke'"):
        said("--result", folder, "--wijk", "Markee")


@pytest.mark.parametrize(
    ("words", "wrong"),
    [(("--at", "2050"), "--at: 2050 lies outside what is simulated"), (("--wijk", "Nowhere"), "Nowhere")],
)
def test_what_cannot_be_shown_is_refused_before_anything_is_simulated(
    words: tuple[str, str], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kortrijk_sim.experiments.runner.run_experiment", lambda *_, **__: pytest.fail("simulated"))
    with pytest.raises(InputError, match=wrong):
        said("unchanged", "rotation", "--years", "2", *words)
