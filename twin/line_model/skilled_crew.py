"""People who differ in what they can do, or in when they are there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import simpy

from twin.line_calendar import Calendar
from twin.line_model.crew import Crew
from twin.line_model.environment import LineEnvironment
from twin.line_people import People

__all__ = ["Shift", "SkilledCrew", "crew_of"]


def crew_of(people: People, env: LineEnvironment) -> Crew:
    """The crew or pool of a line."""
    if people.groups:
        return SkilledCrew(people, env)
    return Crew(people.name, people.size)


class SkilledCrew(Crew):
    """Groups of people; whoever asked before goes first among those who can use the same people.

    Of the groups with a skill, the one with the fewest skills gives people first. Whoever comes
    back from work that asks for a skill is the one who went to such work first.

    Attributes
    ----------
    present : list of int
        People of each group with nothing to do; below 0 while more are at work than are on shift.
    sent : dict of str to list of int
        For each skill asked for, the groups of those at work, in the order in which they went.
    asking : deque
        (people needed, whom to call when they are there, skill), in the order in which they asked.
    """

    __slots__ = ("asking", "groups", "present", "sent", "shifts")

    def __init__(self, people: People, env: LineEnvironment) -> None:
        super().__init__(people.name, people.size)
        self.groups = people.groups
        self.present = [group.size for group in people.groups]
        self.sent: dict[str, list[int]] = {}
        self.asking: deque[tuple[int, Callable[[], None], str]] = deque()
        self.shifts = [
            Shift(self, place, group.calendar, group.size - group.off_size, env)
            for place, group in enumerate(people.groups)
            if group.calendar is not None and group.calendar.off_s and group.size > group.off_size
        ]
        for shift in self.shifts:
            shift.begin()

    def _able(self, skill: str) -> list[int]:
        """Groups that have a skill, those with the fewest skills first."""
        able = [place for place, group in enumerate(self.groups) if skill in ("", *group.skills)]
        return sorted(able, key=lambda place: len(self.groups[place].skills))

    def ask(self, needed: int, granted: Callable[[], None], skill: str = "") -> None:
        """Call `granted` now or once `needed` people with the skill are free and taken."""
        if self.take(needed, skill):
            granted()
        else:
            self.asking.append((needed, granted, skill))

    def take(self, needed: int, skill: str = "") -> bool:
        """Take people if enough are free whom nobody waits for."""
        claimed = {place for _, _, other in self.asking for place in self._able(other)}
        return self._taken(needed, skill, claimed)

    def _taken(self, needed: int, skill: str, claimed: set[int]) -> bool:
        able = [place for place in self._able(skill) if place not in claimed]
        chosen = [place for place in able for _ in range(max(0, self.present[place]))][:needed]
        if len(chosen) < needed:
            return False
        for place in chosen:
            self.present[place] -= 1
        self.sent.setdefault(skill, []).extend(chosen)
        return True

    def at_work(self, people: int, skill: str = "") -> None:
        """Count people who are busy already; too many are missed until they are back."""
        able = self._able(skill)
        for _ in range(people):
            place = next((one for one in able if self.present[one] > 0), able[0])
            self.present[place] -= 1
            self.sent.setdefault(skill, []).append(place)

    def give_back(self, people: int, skill: str = "") -> None:
        """Return people, and send them on to those who wait."""
        out = self.sent[skill]
        for place in out[:people]:
            self.present[place] += 1
        del out[:people]
        self.send_on()

    def unserved(self) -> list[Callable[[], None]]:
        return [granted for _, granted, _ in self.asking]

    def away(self) -> int:
        return self.size - sum(self.present)

    def send_on(self) -> None:
        """Give people who are free to those who wait for them."""
        claimed: set[int] = set()
        waiting = self.asking
        self.asking = deque()
        ready = []
        for needed, granted, skill in waiting:
            if self._taken(needed, skill, claimed):
                ready.append(granted)
            else:
                claimed.update(self._able(skill))
                self.asking.append((needed, granted, skill))
        for granted in ready:
            granted()


class Shift:
    """Those of a group who go home and come back; whoever is at work finishes that first."""

    __slots__ = ("calendar", "crew", "env", "group", "people")

    def __init__(
        self, crew: SkilledCrew, group: int, calendar: Calendar, people: int, env: LineEnvironment
    ) -> None:
        self.crew = crew
        self.group = group
        self.calendar = calendar
        self.people = people
        self.env = env

    def begin(self) -> None:
        """Expect the next change from now on."""
        start_s, end_s = next(self.calendar.stops(self.env.now))
        if start_s <= self.env.now:
            self.crew.present[self.group] -= self.people
            self.env.call_at(end_s, self.come)
        else:
            self.env.call_at(start_s, self.leave)

    def leave(self, event: simpy.Event) -> None:
        """The spell of work is over."""
        del event
        self.begin()

    def come(self, event: simpy.Event) -> None:
        """The next spell of work begins."""
        del event
        self.crew.present[self.group] += self.people
        self.begin()
        self.crew.send_on()
