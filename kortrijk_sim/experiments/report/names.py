"""What futures, measures and groups are called in a report: in its language where they are the package's own."""

from __future__ import annotations

from collections.abc import Mapping

from kortrijk_sim.experiments.findings import Findings
from kortrijk_sim.experiments.report.texts import Texts, all_texts
from kortrijk_sim.models.policy import Scenario


def titles_of(findings: Findings, texts: Texts) -> dict[str, str]:
    """Return the title of every scenario, the base first; no two are the same."""
    about = findings.about
    titles: dict[str, str] = {}
    for name in (about.base, *about.alternatives):
        title = title_of(findings.policies[name], texts) if name in findings.policies else name
        titles[name] = title if title not in titles.values() else f"{title} ({name})"
    return titles


def title_of(scenario: Scenario, texts: Texts) -> str:
    """Return the title of a scenario; that of a ready one in the language of the report."""
    return _own(scenario.name, "title", scenario.title, texts) or scenario.name


def description_of(scenario: Scenario, texts: Texts) -> str:
    """Return the description of a scenario; that of a ready one in the language of the report."""
    return _own(scenario.name, "description", scenario.description, texts)


def _own(name: str, what: str, given: str, texts: Texts) -> str:
    """Return the translation of a text if it is still the package's; a user's own text stays as it is."""
    given = " ".join(given.split())
    known = all_texts().get(f"scenario.{name}.{what}", {})
    return known[texts.language] if given and given == known.get("en") else given


def listed(titles: Mapping[str, str], texts: Texts, *, without: str = "") -> str:
    """Return titles as a phrase."""
    return texts.listing([title for name, title in titles.items() if name != without])
