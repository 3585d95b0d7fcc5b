"""A household as a Mesa agent: a view on one row of the household table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

from kortrijk_sim.agents.household_rules import is_too_large, mismatch, moving_probability, rooms_needed
from kortrijk_sim.agents.person_view import Person
from kortrijk_sim.agents.senior_rules import senior_moving_ratio
from kortrijk_sim.city.vocabulary import DwellingKind, HouseholdStatus, Role, Tenure

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel


class MovingTerms(NamedTuple):
    """The terms behind a household's decision to look for another home."""

    head_age_years: int
    rooms: int
    rooms_needed: int
    profile_per_year: float
    mismatch_missing_rooms: float
    mismatch_spare_rooms: float
    mismatch_stairs: float
    mismatch_widowed: float
    mismatch_child_born: float
    mismatch: float
    tenure_ratio: float
    senior_ratio: float
    hazard_per_year: float

    def sentences(self) -> list[str]:
        """Return the terms as sentences."""
        lines = [
            f"The head is {self.head_age_years}.",
            f"Of households of that age {100 * self.profile_per_year:.1f} % look for another home in a year.",
            f"The home has {self.rooms} rooms, {self.rooms_needed} are needed.",
        ]
        for value, why in (
            (self.mismatch_missing_rooms, "rooms are missing"),
            (self.mismatch_spare_rooms, "rooms stand empty"),
            (self.mismatch_stairs, "there are stairs and somebody walks badly"),
            (self.mismatch_widowed, "a partner died in the last two years"),
            (self.mismatch_child_born, "a child was born this year"),
        ):
            if value:
                lines.append(f"The wish to move grows by {value:+.2f} because {why}.")
        if self.tenure_ratio != 1.0:
            lines.append(f"As tenants they look {self.tenure_ratio:.2f} times as often as owners.")
        if self.senior_ratio != 1.0:
            lines.append(f"At their age the wish counts {self.senior_ratio:.2f} times.")
        lines.append(f"Together: {100 * self.hazard_per_year:.1f} % a year.")
        return lines


class Household(mesa.Agent):  # type: ignore[misc]
    """A private household, or one without a home.

    Args:
        model: The model.
        row: Row of the household table.
    """

    model: KortrijkModel

    def __init__(self, model: KortrijkModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    def _column(self, name: str) -> Any:
        return getattr(self.model.state.tables.households, name)[self.row]

    def _home(self, name: str) -> Any:
        return getattr(self.model.state.tables.dwellings, name)[self.dwelling]

    @property
    def key(self) -> int:
        """Name of the household in every run with this seed."""
        return int(self._column("key"))

    @property
    def size(self) -> int:
        """Number of members."""
        return int(self._column("members"))

    @property
    def dwelling(self) -> int:
        """Row of the home, -1 without."""
        return int(self._column("dwelling"))

    @property
    def homeless(self) -> bool:
        """Whether the household has no home."""
        return bool(self._column("status") == HouseholdStatus.HOMELESS)

    @property
    def seeking(self) -> bool:
        """Whether it looks for another home."""
        return bool(self._column("seeking"))

    @property
    def members(self) -> list[Person]:
        """The members, a head first."""
        persons = self.model.state.tables.persons
        row, members = int(self._column("first_member")), []
        while row >= 0:
            members.append(Person(self.model, row))
            row = int(persons.next_member[row])
        return members

    @property
    def income_eur_month(self) -> float:
        """Net income of all members, EUR a month."""
        return sum(member.income_eur_month for member in self.members)

    @property
    def tenure(self) -> Tenure | None:
        """How the home is held, None without one."""
        return None if self.dwelling < 0 else Tenure(self._home("tenure"))

    @property
    def kind(self) -> DwellingKind | None:
        """Type of the home, None without one."""
        return None if self.dwelling < 0 else DwellingKind(self._home("kind"))

    @property
    def rooms(self) -> int:
        """Rooms of the home, 0 without one."""
        return 0 if self.dwelling < 0 else int(self._home("rooms"))

    @property
    def wijk(self) -> str:
        """Name of the wijk, empty without a home."""
        return self.model.wijk_of_household(self.row)

    @property
    def head_age_years(self) -> int:
        """Age of the head."""
        return self.members[0].age_years

    def rooms_needed(self) -> int:
        """Return the rooms the household needs."""
        members = self.members
        head = members[0]
        couple = head.partner is not None and head.partner.row in {m.row for m in members}
        children = sum(m.age_years < 18 for m in members)
        return int(rooms_needed(len(members) - children, couple, children))

    def explain_moving(self) -> MovingTerms:
        """Return the terms by which this household would start to look for another home.

        The very same rules that the kernel calls for everybody (H1-H3).

        Raises:
            ValueError: The household has no home.
        """
        if self.dwelling < 0:
            raise ValueError("a household without a home does not decide to move: it looks for one every month")
        env, month, members = self.model.environment, self.model.month, self.members
        persons, p = self.model.state.tables.persons, self.model.environment.housing
        head = members[0]
        needed, rooms = self.rooms_needed(), self.rooms
        has_children = any(m.role == Role.CHILD for m in members)
        limited = max(int(m.health) for m in members if m.role == Role.ADULT)
        house = self.kind != DwellingKind.APARTMENT and self._home("life_cycle_proof") == 0
        stairs = house and limited > 0
        widowed = month - int(persons.widowed_since[head.row]) <= 24
        born = month - max(int(persons.birth_month[m.row]) for m in members) <= 12
        profile = float(env.rates["moving"].mean(axis=0)[min(head.age_years, 119)]) * p.moving_profile_ratio
        tenure_ratio = {
            Tenure.OWNER: 1.0,
            Tenure.PRIVATE_RENT: p.moving_private_tenant_ratio,
            Tenure.SOCIAL_RENT: p.moving_social_tenant_ratio,
        }[Tenure(self._home("tenure"))]
        senior_ratio = 1.0
        if max(m.age_years for m in members) >= 65:
            willingness, help_draw = self.model.once_draws_of_household(self.row)
            share = self.model.moving_help_share(self.wijk)
            reached = share > 0 and self.tenure == Tenure.OWNER and is_too_large(rooms, needed) and help_draw < share
            senior_ratio = senior_moving_ratio(willingness, reached, env.moving_help_ratio, p)
        nothing = (rooms, rooms, has_children, False, False, False)
        m_total = mismatch(rooms, needed, has_children, stairs, widowed, born, p)
        return MovingTerms(
            head_age_years=head.age_years,
            rooms=rooms,
            rooms_needed=needed,
            profile_per_year=profile,
            mismatch_missing_rooms=mismatch(rooms, max(needed, rooms), has_children, False, False, False, p),
            mismatch_spare_rooms=mismatch(rooms, min(needed, rooms), has_children, False, False, False, p),
            mismatch_stairs=mismatch(*nothing[:3], stairs, False, False, p),
            mismatch_widowed=mismatch(*nothing[:3], False, widowed, False, p),
            mismatch_child_born=mismatch(*nothing[:3], False, False, born, p),
            mismatch=m_total,
            tenure_ratio=tenure_ratio,
            senior_ratio=senior_ratio,
            hazard_per_year=moving_probability(profile, m_total, tenure_ratio * senior_ratio, 1.0),
        )

    def biography(self) -> list[str]:
        """Return what happened to the household since January 2025, as sentences."""
        return self.model.biography(household=self.row)
