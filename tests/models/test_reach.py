"""Ways to work and study between zones, as the network gives them."""

from __future__ import annotations

import numpy as np
import pytest

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.economy_start import commuting_shares
from kortrijk_sim.models.jobs import workers_free
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.reach import reach_of


@pytest.fixture(scope="module")
def city() -> KortrijkModel:
    return KortrijkModel(scale=0.05)


def test_ways_to_work_are_harder_farther_away(city):
    reach = reach_of(city.state.transport)
    n, zones = len(city.geography.sectors), len(city.base.network.zones)
    assert reach.ease.shape == (zones, zones)
    assert np.isfinite(reach.ease).all()
    brussels, kuurne = n + city.outside_names.index("Brussels"), n + city.outside_names.index("Kuurne")
    assert (reach.ease[:n, brussels] < reach.ease[:n, kuurne]).all()
    assert reach.labour_access.shape == reach.quality.shape == (n,)
    assert (reach.quality == 0).all()


def test_who_has_jobs_at_hand_rarely_goes_far():
    ease = np.log(np.array([[1.0, 0.1], [0.1, 1.0]]))
    alike = workers_free(ease, np.array([100.0, 100.0]), np.array([50.0, 50.0]))
    assert alike[0] == pytest.approx(alike[1])
    rich = workers_free(ease, np.array([100.0, 100.0]), np.array([500.0, 50.0]))
    assert rich[0] < rich[1] < alike[1]


def test_the_known_share_works_in_the_city_and_workplaces_are_shares():
    rng = np.random.default_rng(0)
    ease = -rng.uniform(0, 3, (12, 12))
    homes = np.repeat(np.arange(8), 50)
    shares = commuting_shares(ease, rng.uniform(1, 9, 8), rng.uniform(1, 9, 4), homes, 0.52, 8)
    assert shares.shape == (8, 12)
    assert (np.diff(shares, axis=1) >= 0).all()
    np.testing.assert_allclose(shares[:, -1], 1.0)
    assert shares[:, 7].mean() == pytest.approx(0.52, abs=1e-6)


def test_a_campus_in_an_unknown_sector_is_refused_by_line(tmp_path):
    (tmp_path / "institutions.csv").write_text(Tables().text("institutions").replace("34022A732", "34022A733"))
    with pytest.raises(InputError, match=r"institutions\.csv, line 4, campus_sector: no sector '34022A733'"):
        KortrijkModel(tables=Tables(tmp_path), scale=0.02)
