"""Whether work in process fits its line: stations, recipes, places, servers, people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from process_models.errors import InputError
from twin.line import LineModel, StationModel
from twin.line_model.initial import LotInProcess, ServerDown, WorkInProcess

__all__ = ["check_lot", "check_work_in_process"]


def check_work_in_process(work: WorkInProcess, line: LineModel) -> None:
    """Refuse what cannot be in a line at one time.

    Raises
    ------
    InputError
        Naming the lot, server or station and the rule: an unknown station or recipe, a lot that is
        there twice, more lots than places, more in service than servers, more in repair than
        people in the crew, a phase that the station does not have.
    """
    lots = [one for one in work if isinstance(one, LotInProcess)]
    downs = [one for one in work if isinstance(one, ServerDown)]
    seen: set[str] = set()
    for lot in lots:
        if lot.lot_id in seen:
            raise InputError(f"lot {lot.lot_id}: must be there once, got it again")
        seen.add(lot.lot_id)
        check_lot(lot, line)
    for down in downs:
        _check_down(down, lots, line)
    for station in line.stations:
        _check_places(station, lots, downs, line)
    _check_people(downs, line)
    inside = sum(not line.stations[line.index(lot.station)].samples for lot in lots)
    if line.arrivals.kind == "conwip" and inside > (line.arrivals.wip or 0):
        raise InputError(f"arrivals: wip is {line.arrivals.wip}, got {inside} lots in process")


def _model(name: str, owner: str, line: LineModel) -> StationModel:
    try:
        return line.stations[line.index(name)]
    except InputError as error:
        raise InputError(f"{owner}: {error}") from error


def check_lot(lot: LotInProcess, line: LineModel) -> None:
    """Refuse a lot that cannot be where it is said to be, by itself.

    Raises
    ------
    InputError
        Naming the lot, and the station or the recipe.
    """
    model = _model(lot.station, f"lot {lot.lot_id}", line)
    where = f"lot {lot.lot_id}: station {model.name!r}"
    if lot.phase == "in_transfer" and (not model.transfer_s or _after(lot, line) is None):
        raise InputError(f"{where} must have a transfer to a next station, got phase in_transfer")
    if lot.phase == "on_hold" and model.hold is None:
        raise InputError(f"{where} must have hold, got phase on_hold")
    if not lot.recipe:
        return
    known = (line.recipe,) if line.mix is None else line.mix.names
    if lot.recipe not in known:
        words = ", ".join(name for name in known if name) or "none, the line has no mix"
        raise InputError(f"lot {lot.lot_id}: recipe must be one of {words}, got {lot.recipe!r}")
    if line.mix is not None and not model.samples:
        recipe = line.mix.recipes[known.index(lot.recipe)]
        if not model.visited_by(recipe):
            raise InputError(f"{where} is not visited by recipe {lot.recipe!r}")


def _after(lot: LotInProcess, line: LineModel) -> StationModel | None:
    """Where a lot in transfer goes; by the shortest way where its recipe is not told."""
    path = line.path
    names = [one.name for one in path]
    if lot.station not in names:
        return None
    onward: Iterable[StationModel] = path[names.index(lot.station) + 1 :]
    if line.mix is not None and lot.recipe in line.mix.names:
        recipe = line.mix.recipes[line.mix.names.index(lot.recipe)]
        onward = (one for one in onward if one.visited_by(recipe))
    return next(iter(onward), None)


def _check_down(down: ServerDown, lots: Sequence[LotInProcess], line: LineModel) -> None:
    where = f"server of {down.station}"
    model = _model(down.station, where, line)
    if model.failure is None:
        raise InputError(f"{where}: the station must have a failure, got phase {down.phase}")
    if down.phase == "down" and model.repair_crew is None:
        raise InputError(f"{where}: down waits for a repair_crew, the station has none")
    if down.lot_id and not any(
        (lot.lot_id, lot.station) == (down.lot_id, down.station) and _holds(lot) for lot in lots
    ):
        raise InputError(f"{where}: lot must be in service or blocked there, got {down.lot_id!r}")


def _holds(lot: LotInProcess) -> bool:
    return lot.phase in ("in_service", "blocked")


def _check_places(
    model: StationModel,
    lots: Sequence[LotInProcess],
    downs: Sequence[ServerDown],
    line: LineModel,
) -> None:
    here = [lot for lot in lots if lot.station == model.name]
    together = Counter((lot.phase, lot.since_s) for lot in here if _holds(lot))
    busy = sum(-(-number // model.batch) for number in together.values())
    if busy > model.servers:
        number = sum(together.values())
        raise InputError(
            f"station {model.name!r}: has {model.servers} servers for {model.batch} lots each,"
            f" got {number} lots in service or blocked, which need {busy}"
        )
    idle_down = sum(one.station == model.name and not one.lot_id for one in downs)
    if idle_down > model.servers - busy:
        free = model.servers - busy
        raise InputError(
            f"station {model.name!r}: has {free} servers without lots, got {idle_down} down"
        )
    if model.buffer is None or model.samples or model is line.path[0]:
        return
    places = model.buffer + model.batch * (model.servers - busy)
    coming = sum(lot.phase == "in_transfer" and _after(lot, line) is model for lot in lots)
    queued = sum(lot.phase == "queued" for lot in here)
    if queued + coming > places:
        raise InputError(
            f"station {model.name!r}: has {places} places left for lots that wait or come,"
            f" got {queued + coming}"
        )


def _check_people(downs: Sequence[ServerDown], line: LineModel) -> None:
    crews = {one.name: one.repair_crew for one in line.stations}
    busy = Counter(crews[one.station] for one in downs if one.phase == "in_repair")
    for people in line.people:
        if busy[people.name] > people.size:
            raise InputError(
                f"crew {people.name!r}: has {people.size} people,"
                f" got {busy[people.name]} servers in repair"
            )
