"""Lists of the ODD description: state variables, a month's processes, parameters by table, tables that go in."""

from __future__ import annotations

from collections import Counter

from markers import table

from kortrijk_sim.agents import columns
from kortrijk_sim.city.facts import Parameter
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.models.processes import SCHEDULE

ENTITIES = (
    ("Persons", columns.PERSON_COLUMNS),
    ("Care of persons", columns.CARE_COLUMNS),
    ("Work of persons", columns.WORK_COLUMNS),
    ("Travel of persons", columns.TRAVEL_COLUMNS),
    ("Ways of persons", columns.TRIP_COLUMNS),
    ("Households", columns.HOUSEHOLD_COLUMNS),
    ("Cars and passes of households", columns.FLEET_COLUMNS),
    ("Dwellings", columns.DWELLING_COLUMNS),
    ("Care sites", columns.SITE_COLUMNS),
    ("Students", columns.STUDENT_COLUMNS),
    ("Firms", columns.FIRM_COLUMNS),
    ("Statistical sectors", columns.SECTOR_COLUMNS),
)
SUBMODELS = {  # where model.md explains each process
    "The network": ("network",),
    "Demography": ("deaths", "births", "splits", "unions", "leaving_nest", "health", "work", "households"),
    "Moving house": (
        "homes_of_measures", "losing_home", "departures", "intents", "social_housing", "housing_first", "offers",
        "building", "housing_market", "arrivals", "prices",
    ),
    "At home": ("care_at_home", "kangaroo_living", "assisted_homes"),
    "Nursing homes": ("nursing_homes",),
    "Care villages": ("care_sites",),
    "Students": ("students",),
    "Firms and jobs": ("firms", "jobs"),
    "Cars, bikes, passes": ("travel_means",),
    "Trips": ("trips",),
    "The dice": ("rolls",),
}  # fmt: skip


def entities() -> str:
    """Return how many state variables each entity has."""
    rows = [(name, str(len(spec))) for name, spec in ENTITIES]
    rows.append(("together", str(sum(len(spec) for _, spec in ENTITIES))))
    return table(("table", "state variables"), rows, "lr")


def variables() -> str:
    """Return name, unit and meaning of every state variable."""
    out = []
    for name, spec in ENTITIES:
        rows = ((f"`{key}`", c.meaning, c.unit or "-") for key, c in spec.items())
        out += [f"**{name}**", table(("variable", "meaning", "unit or code"), rows, "lll")]
    return "\n\n".join(out)


def overview() -> str:
    """Return the processes of a month in their order, each with the submodel that explains it."""
    explained = {process: head for head, processes in SUBMODELS.items() for process in processes}
    rows = []
    for number, process in enumerate(SCHEDULE, start=1):
        head = explained[process.name]
        anchor = head.lower().replace(",", "").replace(" ", "-")
        rows.append((str(number), f"`{process.name}`", process.meaning, f"[{head}](model.md#{anchor})"))
    return table(("", "process", "what it does", "submodel"), rows, "llll")


def parameters() -> str:
    """Return the number of parameters of each table, by class."""
    tables, rows, total = Tables(), [], Counter[str]()
    for name in tables.names():
        if name.startswith("parameters_"):
            kinds = Counter(parameter.kind for parameter in tables.rows(name, Parameter))
            total += kinds
            rows.append((f"`{name}`", *_counts(kinds)))
    rows.append(("together", *_counts(total)))
    return table(("table", "parameters", "observed", "calibrated", "assumed"), rows, "lrrrr")


def _counts(kinds: Counter[str]) -> tuple[str, ...]:
    return (str(kinds.total()), *(str(kinds[kind]) for kind in ("observed", "calibrated", "assumed")))
