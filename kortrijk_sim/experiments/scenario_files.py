"""Scenarios as TOML files: reading them strictly, and writing them.

A ready-made scenario goes by its name, a user's own by its path. Whatever is wrong with a file is said in
one sentence that names the file, the key and what would be valid.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.network import Network, load_network
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.scenario_merging import Content, bases_together, content_of, extended
from kortrijk_sim.experiments.toml_files import bounds, parse_toml, read_toml_text, short
from kortrijk_sim.models.policy import MEASURES, SWITCHES, Scenario, check_scenario

MAX_EXTENDS = 20


class _City(NamedTuple):
    """What a scenario is checked against."""

    geography: Geography
    parameters: Parameters
    sites: list[str]
    network: Network


class _Source(NamedTuple):
    """Where a scenario was found."""

    where: str
    identity: str
    stem: str
    text: str
    folder: Path | None


def ready_scenarios() -> list[str]:
    """Return the names of the scenarios that come with the package, sorted."""
    folder = resources.files("kortrijk_sim.experiments") / "scenarios"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load_scenario(name_or_path: str | Path, tables: Tables | None = None, *, beside: Path | None = None) -> Scenario:
    """Read a scenario and check it against the city.

    Args:
        name_or_path: Name of a ready-made scenario, or path of a TOML file.
        tables: Tables with the wijken, care sites and parameters; the package's own by default.
        beside: Folder that a relative path starts from; the working folder by default.

    Returns:
        The scenario; what it extends is already part of it.

    Raises:
        InputError: The file cannot be read or something in it is wrong; names file and key.
    """
    tables = tables if tables is not None else Tables()
    geography = load_geography(tables)
    sites = [site.name for site in load_care_sites(tables, geography)]
    city = _City(geography, Parameters(tables), sites, load_network(tables, geography))
    return _Reader(city).load(str(name_or_path), beside)


def scenario_from_toml(text: str, where: str = "scenario") -> Scenario:
    """Read a scenario from text, as :func:`scenario_to_toml` writes it; places are not checked.

    Raises:
        InputError: The text is not a valid scenario.
    """
    return scenario_of(parse_toml(text, where), where)


def scenario_to_toml(scenario: Scenario) -> str:
    """Write a scenario as TOML; reading it back gives an equal scenario.

    What the scenario took over from others is written out in full, ``extends`` and ``without`` left out.
    """
    content = scenario.model_dump(mode="json", by_alias=True, exclude={"extends", "without"}, exclude_none=True)
    measures, tables = content.pop("measures"), {k: content.pop(k) for k in ("parameters", "switches")}
    lines = [f"{key} = {_value(value)}" for key, value in content.items() if value != ""]
    for name, table in tables.items():
        if table:
            lines += ["", f"[{name}]", *(f"{_value(key)} = {_value(value)}" for key, value in table.items())]
    for measure in measures:
        if "wijk" in measure:
            measure["wijk"] = measure["wijk"] or "all"
        first = {key: measure.pop(key) for key in ("measure", "from", "until") if key in measure}
        lines += [
            "",
            "[[measures]]",
            *(f"{key} = {_value(value)}" for key, value in (first | measure).items()),
        ]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    """Write a value as TOML: its strings, numbers and lists are those of JSON, but for one character."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("\x7f", "\\u007f")


class _Reader:
    """Reads a scenario and those that it extends, each file once."""

    def __init__(self, city: _City) -> None:
        self._city = city
        self._known: dict[str, Content] = {}

    def load(self, name: str, beside: Path | None) -> Scenario:
        """Read a scenario; what it extends becomes part of it."""
        return self._load(_read(name, beside), ())[0]

    def _load(self, source: _Source, trail: tuple[_Source, ...]) -> tuple[Scenario, Content]:
        """Read one file; ``trail`` holds those that led to it."""
        if len(trail) >= MAX_EXTENDS:
            raise InputError(f"{source.where}: extends: more than {MAX_EXTENDS} scenarios deep; valid: fewer")
        given = parse_toml(source.text, source.where)
        given.setdefault("name", source.stem)
        own = scenario_of(given, source.where)
        base = bases_together([self._base(name, (*trail, source)) for name in own.extends], own.without)
        content = extended(base, content_of(own, given))
        merged = own.model_dump(exclude={"measures", "switches", "parameters", "years"}) | {
            key: value for key, value in content._asdict().items() if value is not None
        }
        scenario = check_scenario(
            scenario_of(merged, source.where), self._city.geography, self._city.parameters, source.where,
            self._city.sites, self._city.network, inherited=len(base.measures),
        )  # fmt: skip
        return scenario, content._replace(measures=scenario.measures)

    def _base(self, name: str, trail: tuple[_Source, ...]) -> Content:
        source = _read(name, trail[-1].folder, trail[-1].where)
        if source.identity in {before.identity for before in trail}:
            raise InputError(f"{trail[-1].where}: extends: '{name}' leads back to itself; valid: a chain with an end")
        if source.identity not in self._known:
            self._known[source.identity] = self._load(source, trail)[1]
        return self._known[source.identity]


def _read(name: str, beside: Path | None, named_in: str = "") -> _Source:
    """Find a scenario and read its text.

    Args:
        name: Name of a ready-made scenario, or a path.
        beside: Folder that a relative path starts from, or None for the working folder.
        named_in: File that extends it, for messages.
    """
    if name in ready_scenarios():
        ready = resources.files("kortrijk_sim.experiments") / "scenarios" / f"{name}.toml"
        return _Source(f"ready-made scenario {name}", f"ready {name}", name, ready.read_text("utf-8"), None)
    path = Path(name) if beside is None else beside / name
    what = f"{named_in}: extends: {short(name)}" if named_in else short(name) or "scenario"
    if not path.suffix and not path.exists():
        raise InputError(f"{what}: no such scenario; {nearest(name, ready_scenarios())}")
    text = read_toml_text(path, f"a TOML file or one of {', '.join(ready_scenarios())}", what)
    return _Source(str(path), str(path.resolve()), path.stem, text, path.parent)


def scenario_of(content: dict[str, Any], where: str = "scenario") -> Scenario:
    """Read a scenario from the tables of a TOML file; places are not checked.

    Raises:
        InputError: A key is unknown, or a value of the wrong type or out of bounds.
    """
    try:
        return Scenario.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{where}: {_sentence(error, content)}") from error
    except RecursionError:
        raise InputError(f"{where}: nested too deeply; valid: one table per measure") from None


def _sentence(error: ValidationError, content: dict[str, Any]) -> str:
    """Say the first thing that is wrong with a scenario: key, complaint, what is valid."""
    first = min(error.errors(), key=lambda e: _URGENCY.get(e["type"], 1))
    path = [part for part in first["loc"] if part != "[key]"]
    kind = path.pop(2) if len(path) > 2 and path[0] == "measures" and path[2] in MEASURES else None
    key = re.sub(r"\.\[", "[", ".".join(f"[{p}]" if isinstance(p, int) else short(p) for p in path))
    if isinstance(kind, str):
        key += f" ({kind})"
    complaint = _complaint(first, path, kind)
    return f"{key}: {complaint}" if key else complaint


# A misspelt key often shows as a missing one as well: the unknown key is the better thing to say.
_URGENCY = {"extra_forbidden": 0, "missing": 2}

_WANTED_LISTS = {
    "wijk": "a wijk, a list of wijken or 'all'",
    "extends": "a scenario or a list of scenarios",
    "without": "a list of kinds of measures",
}

_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text in quotes",
    "finite_number": "a finite number",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table that starts with [[measures]]",
    "tuple_type": "a list",
}


def _complaint(error: Any, path: list[int | str], kind: str | int | None) -> str:
    """Put one finding of the validator into words."""
    given, context, sort = error["input"], error.get("ctx", {}), error["type"]
    model = MEASURES[str(kind)] if kind is not None else Scenario
    fields = {str(field.validation_alias or name): field for name, field in model.model_fields.items()}
    if sort == "extra_forbidden":
        return f"unknown key; {nearest(str(path[-1]), fields)}"
    if sort == "missing":
        return "is missing"
    if sort == "union_tag_not_found":
        return f"'measure' is missing; valid: {', '.join(MEASURES)}"
    if sort == "union_tag_invalid":
        return f"no measure '{short(context['tag'])}'; {nearest(short(context['tag']), MEASURES)}"
    if sort == "literal_error" and path[0] == "switches":
        return f"unknown switch; {nearest(str(path[-1]), SWITCHES)}"
    if sort == "literal_error":
        valid = re.findall(r"'(\w+)'", context["expected"])
        return f"{_quoted(given)} is unknown; {nearest(short(given), valid)}"
    if sort == "value_error":
        return f"{_quoted(given)} {context['error']}" if len(path) > 2 else str(context["error"])
    within = bounds(fields.get(str(path[-1]))) if path else ""
    if sort in _WANTED:
        wanted = "a list of [[measures]] tables" if path == ["measures"] else _WANTED[sort]
        wanted = _WANTED_LISTS.get(str(path[-1]), wanted) if path else wanted
        return f"{_quoted(given)} is not {wanted}" + (f"; valid: {wanted}{within}" if within else "")
    if context.keys() & {"ge", "gt", "le"}:
        return f"{short(given)} is out of bounds; valid: a number{within}"
    if "max_length" in context:
        return f"is too long; valid: up to {context['max_length']} entries or characters"
    return "is empty; valid: some text" if "min_length" in context else str(error["msg"]).lower()


def _quoted(value: object) -> str:
    return f"'{short(value)}'" if isinstance(value, str) else short(value)
