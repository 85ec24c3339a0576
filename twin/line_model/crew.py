"""People who can be in one place each: repair crews and pools of operators."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

__all__ = ["Crew"]


class Crew:
    """Gives people out first come, first served; nobody overtakes who asked before.

    People of a plain crew can all do the same; `twin.line_model.skilled_crew` tells them apart.

    Attributes
    ----------
    free : int
        People with nothing to do.
    waiting : deque
        (people needed, whom to call when they are there), in the order in which they asked.
    """

    __slots__ = ("free", "name", "size", "waiting")

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self.free = size
        self.waiting: deque[tuple[int, Callable[[], None]]] = deque()

    def ask(self, needed: int, granted: Callable[[], None], skill: str = "") -> None:
        """Call `granted` now or once `needed` people are free; they are then taken."""
        if not self.take(needed, skill):
            self.waiting.append((needed, granted))
        else:
            granted()

    def take(self, needed: int, skill: str = "") -> bool:
        """Take people if enough are free and nobody waits."""
        del skill
        if self.waiting or self.free < needed:
            return False
        self.free -= needed
        return True

    def at_work(self, people: int, skill: str = "") -> None:
        """Count people who are busy already; too many are missed until they are back."""
        del skill
        self.free -= people

    def unserved(self) -> list[Callable[[], None]]:
        """Whom to call once people are there, in the order in which they asked."""
        return [granted for _, granted in self.waiting]

    def away(self) -> int:
        """People at work, and those who are not there."""
        return self.size - self.free

    def give_back(self, people: int, skill: str = "") -> None:
        """Return people, and send them on to those who wait."""
        del skill
        self.free += people
        while self.waiting and self.free >= self.waiting[0][0]:
            needed, granted = self.waiting.popleft()
            self.free -= needed
            granted()
