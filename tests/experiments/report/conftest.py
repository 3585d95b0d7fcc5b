from __future__ import annotations

import pytest
from findings_made import made_findings

from kortrijk_sim.experiments.findings import Findings
from kortrijk_sim.experiments.report.page import Page, make_page


@pytest.fixture(scope="session")
def findings() -> Findings:
    return made_findings()


@pytest.fixture(scope="session")
def pages(findings: Findings) -> dict[str, Page]:
    """Return the report in both languages."""
    return {language: make_page(findings, language) for language in ("en", "nl")}
