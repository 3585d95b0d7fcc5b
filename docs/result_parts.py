"""Lists of the result tables, and of the command line and the Python names: from the package itself."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from markers import table

import kortrijk_sim
from kortrijk_sim.cli import app
from kortrijk_sim.experiments.lives import LIVES_COLUMNS
from kortrijk_sim.experiments.results import RUN_COLUMNS
from kortrijk_sim.experiments.yearly import YEARLY_COLUMNS

# What else is meant for use from Python, by the module it is imported from.
PYTHON = {
    "kortrijk_sim.experiments.experiment_file": ("load_experiment", "experiment_of", "paired_experiment"),
    "kortrijk_sim.experiments.plan": ("make_plan",),
    "kortrijk_sim.experiments.runner": ("run_experiment", "status", "cancel"),
    "kortrijk_sim.experiments.results": ("read_result", "Result"),
    "kortrijk_sim.experiments.comparison": ("compare", "Comparison", "seeds_needed"),
    "kortrijk_sim.experiments.winners": ("winners", "winners_over_seeds"),
    "kortrijk_sim.experiments.lives": ("lives",),
    "kortrijk_sim.experiments.yearly": ("yearly",),
    "kortrijk_sim.experiments.board": ("board",),
    "kortrijk_sim.experiments.designs": ("sample", "Factor", "Design"),
    "kortrijk_sim.experiments.outcomes": ("Outcome", "parse_outcome", "outcome_values"),
    "kortrijk_sim.experiments.sensitivity": ("sensitivity", "elementary_effects", "sobol_indices", "side_by_side"),
    "kortrijk_sim.experiments.discovery": ("discover", "regret"),
}


def yearly_columns() -> str:
    """Return the columns of the indicators by year."""
    keys = {
        "scenario": {"meaning": "the future; from the folder's name"},
        "point": {"meaning": "point of the design, 0 without one; from the folder's name"},
        "seed": {"meaning": "seed of the dice; from the folder's name"},
    }
    return _columns(keys | YEARLY_COLUMNS)


def lives_columns() -> str:
    """Return the columns of what became of everybody."""
    return _columns(LIVES_COLUMNS)


def run_columns() -> str:
    """Return the columns of the list of runs."""
    return _columns(RUN_COLUMNS)


def _columns(columns: Mapping[str, Mapping[str, str]]) -> str:
    rows = ((f"`{name}`", about.get("meaning", ""), about.get("unit", "-")) for name, about in columns.items())
    return table(("column", "meaning", "unit or code"), rows, "lll")


def commands() -> str:
    """Return every command with its arguments and options."""
    out: list[str] = []
    for path, command in _commands("kortrijk-sim", typer.main.get_command(app)):
        arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
        options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
        words = [path, *(_argument(parameter) for parameter in arguments), *(["[OPTIONS]"] if options else [])]
        out += [f"## {path}", _line(command.help or ""), f"```text\n{' '.join(words)}\n```"]
        rows = [
            (f"`{_argument(parameter)}`", _line(parameter.help or ""), _default(parameter)) for parameter in arguments
        ]
        rows += [(f"`{_option(parameter)}`", _line(parameter.help or ""), _default(parameter)) for parameter in options]
        if rows:
            out.append(table(("", "what it is", "default"), rows, "lll"))
    return "\n\n".join(out)


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name in command.commands:
        yield from _commands(f"{path} {name}", command.commands[name])


def _argument(parameter: Any) -> str:
    name = str(parameter.metavar or parameter.name).upper() + ("..." if parameter.nargs == -1 else "")
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> str:
    names = "/".join((*parameter.opts, *parameter.secondary_opts))
    return names if parameter.is_flag else f"{names} {parameter.metavar or parameter.opts[0].strip('-').upper()}"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "needed"
    default = parameter.default
    shown = isinstance(default, int | float | str) and not isinstance(default, bool) and default != ""
    text = f"`{default}`" if shown else ""
    return f"{text} may be repeated".strip() if getattr(parameter, "multiple", False) else text


def _line(text: str) -> str:
    return " ".join(text.split())


def python_names() -> str:
    """Return the names for use from Python, with what they take and what they are."""
    out = ["## kortrijk_sim"]
    for name in kortrijk_sim.__all__:
        out += _about(name, getattr(kortrijk_sim, name))
    shown = {id(getattr(kortrijk_sim, name)) for name in kortrijk_sim.__all__}
    for module, names in PYTHON.items():
        objects = {name: getattr(importlib.import_module(module), name) for name in names}
        objects = {name: value for name, value in objects.items() if id(value) not in shown}
        if objects:
            out.append(f"## {module}")
            for name, value in objects.items():
                out += _about(name, value)
    return "\n\n".join(out)


def _about(name: str, value: Any) -> list[str]:
    """Return heading, signature and docstring; sections of the docstring become lists."""
    doc = inspect.getdoc(value) or ""
    parts = [f"### {name}", f"```text\n{_signature(name, value)}\n```", _as_markdown(doc)]
    if inspect.isclass(value):
        rows = [
            (f"`{key}`", (inspect.getdoc(member) or "").split("\n\n")[0].replace("\n", " "))
            for key, member in vars(value).items()
            if not key.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
        ]
        if rows:
            parts.append(table(("member", "what it is"), rows, "ll"))
    return parts


def _signature(name: str, value: Any) -> str:
    names = []
    star = False
    for parameter in inspect.signature(value).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            names.append("*")
            star = True
        default = "" if parameter.default is parameter.empty else f"={_shown(parameter.default)}"
        prefix = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        names.append(f"{prefix}{parameter.name}{default}")
    return f"{name}({', '.join(names)})"


def _shown(value: Any) -> str:
    return value.__name__ if callable(value) else "..." if len(repr(value)) > 40 else repr(value)


_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Source|Yields):$")


def _as_markdown(doc: str) -> str:
    """Turn a docstring in Google style into paragraphs and lists."""
    doc = re.sub(r"``([^`]+)``", r"`\1`", re.sub(r":\w+:`~?([^`]+)`", r"`\1`", doc))
    lines: list[str] = []
    section = ""
    for line in doc.splitlines():
        head = _SECTION.match(line)
        if head:
            section = head[1]
            lines += [f"**{section}**", ""]
        elif section in ("Args", "Attributes", "Raises") and re.match(r"    \S", line):
            names, _, meaning = line.strip().partition(": ")
            lines.append(f"* `{names}`: {meaning}")
        elif section:
            lines.append(("  " if section in ("Args", "Attributes", "Raises") and line.strip() else "") + line.strip())
        else:
            lines.append(line)
    return "\n".join(lines).strip()
