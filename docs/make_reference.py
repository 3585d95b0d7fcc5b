"""Write the lists of the docs from the package itself: ``python docs/make_reference.py``.

The month's schedule goes into ``model.md``; state variables, events, indicators and measures into ``data.md``; the
first example into ``README.md``. A test compares the pages with what this script would write.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from markers import DOCS, ROOT, table, write_parts
from pydantic.fields import FieldInfo

from kortrijk_sim.agents import columns
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.models.events import EVENT_UNITS, Cause, Kind
from kortrijk_sim.models.indicators import DEFINITIONS, DERIVED
from kortrijk_sim.models.measures import MEASURES, PROGRAMMES
from kortrijk_sim.models.policy import SWITCHES
from kortrijk_sim.models.processes import SCHEDULE

TABLES = (
    ("Persons", columns.PERSON_COLUMNS),
    ("Households", columns.HOUSEHOLD_COLUMNS),
    ("Dwellings", columns.DWELLING_COLUMNS),
    ("Students", columns.STUDENT_COLUMNS),
    ("Firms", columns.FIRM_COLUMNS),
)


def schedule() -> str:
    """Return the processes of a month in their order."""
    # Codes such as (P1) name equations for those who work on the code.
    meanings = (re.sub(r" \([CHP][0-9][^)]*\)", "", process.meaning) for process in SCHEDULE)
    named = zip(SCHEDULE, meanings, strict=True)
    rows = ((str(number), f"`{process.name}`", meaning) for number, (process, meaning) in enumerate(named, start=1))
    return table(("", "process", "what it does"), rows, "lll")


def state_variables() -> str:
    """Return every column of every table."""
    out = []
    for name, spec in TABLES:
        rows = ((f"`{key}`", c.meaning, c.unit or "-", c.writer) for key, c in spec.items())
        out += [f"### {name}", table(("column", "meaning", "unit or code", "written by"), rows, "llll")]
    return "\n\n".join(out)


def events() -> str:
    """Return the columns of the event log, the kinds of events and their causes."""
    kinds = ", ".join(f"`{kind.name.lower()}`" for kind in Kind)
    causes = ", ".join(f"`{cause.name.lower()}`" for cause in Cause)
    rows = ((f"`{name}`", unit) for name, unit in EVENT_UNITS.items())
    return f"{table(('column', 'unit or code'), rows, 'll')}\n\nKinds: {kinds}.\n\nCauses: {causes}."


def indicators() -> str:
    """Return name, unit and meaning of every indicator."""
    rows = ((f"`{d.name}`", d.meaning, d.unit) for d in (*DEFINITIONS, *DERIVED))
    return table(("indicator", "meaning", "unit"), rows, "lll")


def measures() -> str:
    """Return every measure with its keys, and what a scenario may switch."""
    rows = []
    for name, kind in MEASURES.items():
        keys = ", ".join(
            _key(key, field) for key, field in kind.model_fields.items() if key not in ("measure", "from_", "until")
        )
        rows.append((f"`{name}`", (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " "), keys))
    return "\n\n".join(
        (
            table(("measure", "what it is", "keys, besides `from` and `until`"), rows, "lll"),
            "Programmes of `build_homes`: " + ", ".join(f"`{name}`" for name in PROGRAMMES) + ".",
            "Switches: " + ", ".join(f"`{name}`" for name in SWITCHES) + ". All are on unless a scenario sets one off.",
        )
    )


def _key(key: str, field: FieldInfo) -> str:
    unit = f" ({field.description})" if field.description else ""
    return f"`{key}`{unit}" if field.is_required() else f"`{key}`{unit}, optional"


def code() -> str:
    """Return the first example without its docstring."""
    source = (ROOT / "examples" / "first_run.py").read_text(encoding="utf-8")
    return "```python\n" + source.split('"""\n\n', 1)[1].rstrip() + "\n```"


def numbers() -> str:
    """Return how many parameters and facts there are, by class."""
    tables = Tables()
    parameters = Parameters(tables)
    kinds = [parameter.kind for parameter in parameters.values()]
    rows = (
        ("observed", str(kinds.count("observed")), "read from a statistic that is named"),
        ("calibrated", str(kinds.count("calibrated")), "set so that a pattern of the score card comes out"),
        ("assumed", str(kinds.count("assumed")), "nobody has measured it here; carries a range to sweep"),
    )
    facts = len(Facts(tables).find(""))
    listed = table(("class", "parameters", "meaning"), rows, "lrl")
    return f"{listed}\n\nBesides these {len(kinds)} parameters: {facts} facts."


def pages() -> dict[Path, dict[str, str]]:
    """Return the parts of each page, by file and name."""
    return {
        ROOT / "README.md": {"code": code()},
        DOCS / "model.md": {"schedule": schedule()},
        DOCS / "data.md": {
            "state": state_variables(), "events": events(), "indicators": indicators(), "measures": measures(),
            "numbers": numbers(),
        },
    }  # fmt: skip


if __name__ == "__main__":
    for page, parts in pages().items():
        write_parts(page, parts)
