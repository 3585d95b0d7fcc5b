"""Write the lists of the docs from the package itself: ``python docs/make_reference.py``.

The month's schedule and the values of care go into ``model.md``; care sites, targets, state variables, events,
indicators, measures and ready-made scenarios into ``data.md``; the first example into ``README.md``. ``odd.md``,
``result_tables.md``, ``cli.md`` and ``api.md`` get their lists, and ``validation.md`` what falls short on its score
card. A test compares the pages with what this script would write.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from markers import DOCS, ROOT, parts_of, table, write_parts
from odd_parts import ENTITIES, entities, overview, parameters, variables
from pydantic.fields import FieldInfo
from result_parts import commands, lives_columns, python_names, run_columns, yearly_columns
from score_parts import beyond, counts

from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.scenario_files import load_scenario, ready_scenarios
from kortrijk_sim.experiments.targets import load_targets
from kortrijk_sim.models.care_measures import SiteMeasure
from kortrijk_sim.models.events import EVENT_UNITS, Cause, Kind
from kortrijk_sim.models.indicator_names import DEFINITIONS, DERIVED
from kortrijk_sim.models.measures import MEASURES, PROGRAMMES
from kortrijk_sim.models.policy import SWITCHES
from kortrijk_sim.models.processes import SCHEDULE


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
    for name, spec in ENTITIES:
        rows = ((f"`{key}`", c.meaning, c.unit or "-", c.writer) for key, c in spec.items())
        out += [f"### {name}", table(("column", "meaning", "unit or code", "written by"), rows, "llll")]
    return "\n\n".join(out)


def care_sites() -> str:
    """Return today's care sites, by the names that measures refer to."""
    tables = Tables()
    geography = load_geography(tables)
    rows = [
        (
            site.name, geography.wijken[site.wijk].name, site.operator, str(site.nursing_places),
            str(site.assisted_homes), str(site.day_care_places), site.kind,
        )
        for site in load_care_sites(tables, geography)
    ]  # fmt: skip
    together = [f"{sum(int(row[column]) for row in rows):,}" for column in (3, 4, 5)]
    rows.append(("together", "", "", *together, ""))
    heads = ("name", "wijk", "run by", "nursing places", "assisted homes", "day-care places", "class")
    return table(heads, rows, "lllrrrl")


CARE_VALUES = (
    "need_light_hours_week", "need_heavy_hours_week", "need_dementia_hours_week", "home_care_coverage_share",
    "home_care_growth_per_year", "home_care_max_hours_week", "nursing_demand_ratio", "nursing_stay_mean_years",
    "nursing_mortality_ratio", "mortality_light_ratio", "mortality_heavy_ratio", "mortality_dementia_ratio",
    "nursing_region_share", "nursing_urgency_months", "nursing_reach_max_minutes", "nursing_wait_at_start_months",
    "staff_slack_share", "staff_at_opening_share", "village_reach_walk_minutes",
)  # fmt: skip


def care_values() -> str:
    """Return the parameters of care that weigh most."""
    parameters = Parameters(Tables())
    rows = [
        (f"`{p.name}`", p.note or p.name.replace("_", " "), f"{p.value:g} ({p.low:g} to {p.high:g})", p.unit, p.kind)
        for p in (parameters[name] for name in CARE_VALUES)
    ]
    return table(("parameter", "meaning", "value and range", "unit", "class"), rows, "llrll")


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
        own = [item for item in kind.model_fields.items() if item[0] not in ("measure", "from_", "until")]
        own.sort(key=lambda item: not item[1].is_required())
        keys = ", ".join(_key(key, field) for key, field in own)
        if issubclass(kind, SiteMeasure):
            keys += "; no `until`"
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


_FORMS = {"level": "", "change": "change of ", "change_percent": "change in per cent of "}


def targets() -> str:
    """Return the targets of the city's note that are simulated, and those that are not, by the reason."""
    rows, left_out = [], {}
    for target in load_targets():
        fact, measured = target.fact, target.measured
        if measured is None:
            left_out.setdefault(target.note, []).append(f"`{fact.name}`")
            continue
        factor = {1.0: "", -1.0: "less the "}.get(measured.factor, f"{measured.factor:g} times ")
        how = f"{factor}{_FORMS[measured.form]}`{measured.indicator}`"
        wanted = f"{measured.side} {fact.value:,g} {fact.unit}"
        rows.append((f"`{fact.name}`", fact.section, wanted, str(fact.year), how, target.note))
    listed = table(("target", "section", "wanted", "by the end of", "measured as", "keep in mind"), rows, "llllll")
    others = "\n".join(f"* {note}: {', '.join(names)}" for note, names in left_out.items())
    return f"{listed}\n\nNot simulated:\n\n{others}"


def ready() -> str:
    """Return the ready-made scenarios with their titles and what they extend."""
    scenarios = (load_scenario(name) for name in ready_scenarios())
    rows = ((f"`{s.name}`", s.title, ", ".join(f"`{base}`" for base in s.extends)) for s in scenarios)
    return table(("scenario", "title", "extends"), rows, "lll")


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
    card = parts_of(DOCS / "validation.md")["score-card"]
    return {
        ROOT / "README.md": {"code": code()},
        DOCS / "model.md": {"schedule": schedule(), "care-values": care_values()},
        DOCS / "data.md": {
            "state": state_variables(), "events": events(), "indicators": indicators(), "measures": measures(),
            "numbers": numbers(), "care-sites": care_sites(), "targets": targets(), "ready-scenarios": ready(),
        },
        DOCS / "odd.md": {
            "entities": entities(), "overview": overview(), "parameters": parameters(), "variables": variables(),
        },
        DOCS / "validation.md": {"counts": counts(card), "beyond": beyond(card)},
        DOCS / "result_tables.md": {"yearly": yearly_columns(), "lives": lives_columns(), "runs": run_columns()},
        DOCS / "cli.md": {"commands": commands()},
        DOCS / "api.md": {"names": python_names()},
    }  # fmt: skip


if __name__ == "__main__":
    for page, parts in pages().items():
        write_parts(page, parts)
