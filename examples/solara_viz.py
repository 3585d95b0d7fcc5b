"""Mesa's own page on the city: ``solara run examples/solara_viz.py``."""

import solara
from mesa.visualization import Slider, SolaraViz, make_plot_component

from kortrijk_sim import KortrijkModel

SCALE = 0.1  # a tenth of the city answers at once; 1.0 is everybody


def calendar(model: KortrijkModel) -> solara.Element:
    """Say how far the city has come."""
    return solara.Info(f"{model.date:%B %Y}: {model.indicator('population'):,.0f} inhabitants")


@solara.component
def Page() -> None:  # noqa: N802 - the name Solara looks for
    """Show the city; the model is made in here so that every visitor has one of their own."""
    SolaraViz(
        solara.use_memo(lambda: KortrijkModel(scale=SCALE), []),
        components=[make_plot_component("population"), make_plot_component("vacancy_share"), (calendar, 0)],
        model_params={
            "scale": Slider("Share of the city", value=SCALE, min=0.05, max=1.0, step=0.05),
            "rng": Slider("Seed", value=1, min=1, max=100, step=1),
        },
        name="Kortrijk",
    )
