"""What is measured of students, firms and jobs every month: their counts by sector, added up."""

from __future__ import annotations

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.compiling import inlined, kernel
from kortrijk_sim.models.economy import Economy, Total
from kortrijk_sim.models.indicator_names import Raw


@inlined
def add_both(out: FloatArray, wijk: int, column: int, value: float) -> None:
    """Add to a wijk and to the city."""
    out[wijk + 1, column] += value
    out[0, column] += value


@kernel
def count_economy(e: Economy, sector_wijk: Array, out: FloatArray) -> None:
    """Add the counts of students, firms and jobs.

    Args:
        e: Students, firms and jobs.
        sector_wijk: Wijk of each sector.
        out: Counts per place, the city first; see ``Raw``.
    """
    s = e.sectors
    for r in range(s.shape[0]):
        wijk = int(sector_wijk[r])
        add_both(out, wijk, Raw.FIRMS, s.firms[r])
        add_both(out, wijk, Raw.FIRM_BIRTHS, s.births[r])
        add_both(out, wijk, Raw.FIRM_CLOSURES, s.closures[r])
        add_both(out, wijk, Raw.JOBS, s.jobs[r])
        add_both(out, wijk, Raw.JOBS_RESIDENTS, s.residents[r])
        add_both(out, wijk, Raw.JOBS_COMMUTERS, s.commuters[r])
        add_both(out, wijk, Raw.JOBS_VACANT, s.jobs[r] - s.residents[r] - s.commuters[r])
        add_both(out, wijk, Raw.STUDENTS, s.students[r])
        add_both(out, wijk, Raw.STUDENT_ROOMS, s.student_rooms[r])
        add_both(out, wijk, Raw.STUDENTS_ROOMS, s.rooms_let[r])
        add_both(out, wijk, Raw.STUDENTS_FLATS, s.flat_students[r])
        add_both(out, wijk, Raw.STUDENTS_HOME, s.home_students[r])
        add_both(out, wijk, Raw.STUDENTS_UNHOUSED, s.unhoused[r])
    out[0, Raw.WORK_ELSEWHERE] = e.totals[Total.WORK_ELSEWHERE]
    out[0, Raw.GRADUATES] = e.totals[Total.GRADUATES]
    out[0, Raw.GRADUATES_STAYING] += e.totals[Total.GRADUATES_AT_HOME]
