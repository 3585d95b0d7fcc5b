"""Population synthesis: the whole city of 1 January 2025 from tables of figures.

Persons by age, sex and household position and households by type and size are whole tables that meet their
margins exactly (``positions``); couples, brothers and sisters and parents are then made from them
(``families``, ``sibships``); dwellings by type, period and sector (``dwellings``) meet households in a table
of size x tenure x type (``matching``). IPF is done by ``ipfn``, whole numbers by SciPy's HiGHS
(``contingency``).

Known tensions between the sources, settled as follows:

* 81,045 persons in 35,120 households of which 70 % hold one or two persons leave a mean of about 4.9 persons
  in the households of four or more. The sizes 4 to 9 are the census distribution tilted to that mean, and
  more relatives and lodgers live in them than in 2011 (``other_member_share``).
* The census knows residents of other collective homes; here nobody lives in one: everybody is a member of a
  household, homeless, or a resident of a nursing home.
* The labour force follows from the employment rate of 76 % and comes out about 4 % below the 40,000 of the
  city's note.
"""

from kortrijk_sim.city.synthesis.base_year import BaseYear, synthesise

__all__ = ["BaseYear", "synthesise"]
