"""How charts of a report look, and how they become SVG and PNG."""

from __future__ import annotations

import base64
import io
import re
import warnings
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, SOFT, RULE, PAPER = "#1c2a33", "#55636d", "#d9dfe3", "#ffffff"
# Okabe and Ito's colours can be told apart by colour-blind readers; darker, so that letters in them are legible.
COLOURS = ("#5b6770", "#0072b2", "#bd4b00", "#007a5a", "#a3447f", "#806500", "#2f7ba8", "#7a4b2a")
LINES = ("-", (0, (6, 1.6)), (0, (2.4, 1.4)))
BETTER, WORSE = "#0072b2", "#bd4b00"
FONT = "DejaVu Sans"  # comes with matplotlib: charts look the same everywhere
_PNG_DPI = 200


@dataclass(frozen=True)
class Chart:
    """A finished chart.

    Attributes:
        name: Name of its files.
        title: What it shows.
        alt: What a reader who cannot see it should know.
        svg: As SVG.
        png: As PNG.
        width, height: In CSS pixels.
    """

    name: str
    title: str
    alt: str
    svg: bytes
    png: bytes
    width: int
    height: int

    @property
    def source(self) -> str:
        """The SVG as an address that holds the picture itself."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode()


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches, that no global state knows of."""
    figure = Figure(figsize=(width, height), facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def chart_of(figure: Figure, name: str, title: str, alt: str) -> Chart:
    """Return a figure as a chart; the same figure gives the same bytes."""
    svg, png = io.BytesIO(), io.BytesIO()
    unwritten: dict[str, str | None] = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # a title in a script that the font lacks
        with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": name}):
            figure.savefig(svg, format="svg", metadata=unwritten)
        figure.savefig(png, format="png", dpi=_PNG_DPI, metadata={"Software": None})
    width, height = (round(96 * float(inches)) for inches in figure.get_size_inches())
    return Chart(name, title, alt, _with_title(svg.getvalue(), title), png.getvalue(), width, height)


def colour_of(number: int) -> str:
    """Return the colour of the nth scenario; the base is grey."""
    return COLOURS[number] if number < len(COLOURS) else COLOURS[1 + (number - 1) % (len(COLOURS) - 1)]


def line_of(number: int) -> object:
    """Return the line style of the nth scenario: another one when colours come again."""
    return LINES[0 if number < len(COLOURS) else min((number - 1) // (len(COLOURS) - 1), 2)]


def file_name(*parts: str) -> str:
    """Return a name that is safe as that of a file, whatever a user's file calls things."""
    return "-".join(re.sub(r"[^a-z0-9]+", "_", part.lower()).strip("_")[:40] or "x" for part in parts)


def plain(text: str) -> str:
    """Return a text that a chart shows as it stands: a dollar sign would begin mathematics."""
    return text.replace("$", r"\$")


def _with_title(svg: bytes, title: str) -> bytes:
    """Give an SVG the title that programs show for it."""
    safe = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(rb"(<svg [^>]*>)", lambda found: found[1] + f"<title>{safe}</title>".encode(), svg, count=1)
