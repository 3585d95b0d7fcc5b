"""Reading real timetables: GTFS feeds.

A line of the model is the course that most trips of a route take on the busiest working day of the feed; its
headway counts all trips of the route in that direction, whatever their course.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import pandas as pd

from kortrijk_sim.city.network.network import LineKind
from kortrijk_sim.errors import InputError

MAX_MEMBER_BYTES = 4_000_000_000  # the stop times of all Flanders take some 2 GB
CHUNK = 500_000  # lines of stop_times read at once
DAY_HOURS, EVENING_HOURS = (7, 19), (19, 23)  # the hours that the two headways speak of
MAX_DAYS = 800  # of a calendar; feeds cover some months
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Course(NamedTuple):
    """A line as the feed has it.

    Attributes:
        code, name, kind: Of the route.
        stops: Positions of the stops in the feed's table of stops.
        minutes: From the previous stop, 0 at the first.
        headway_minutes, headway_evening_minutes: Between two trips; nan in the evening when none runs.
    """

    code: str
    name: str
    kind: LineKind
    stops: list[int]
    minutes: list[float]
    headway_minutes: float
    headway_evening_minutes: float


class Timetable(NamedTuple):
    """A feed: where its stops are (``stop_lon``, ``stop_lat``), and its courses."""

    stops: pd.DataFrame
    courses: list[Course]


def read_timetable(file: Path, box: tuple[float, float, float, float]) -> Timetable:
    """Read a GTFS feed.

    Args:
        file: The feed, a zip.
        box: West, south, east and north in degrees; stops outside are left out, with what happens there.

    Raises:
        InputError: The file is no GTFS feed, lacks a table or column, or has no bus or train within the box.
    """
    try:
        with zipfile.ZipFile(file) as feed:
            return _timetable(file, feed, box)
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{file}: cannot be read as a zip ({reason}); valid: a GTFS feed") from error


def _timetable(file: Path, feed: zipfile.ZipFile, box: tuple[float, float, float, float]) -> Timetable:
    stops = _table(file, feed, "stops", ["stop_id", "stop_lon", "stop_lat"])
    for column in ("stop_lon", "stop_lat"):
        stops[column] = pd.to_numeric(stops[column], errors="coerce")
    west, south, east, north = box
    stops = stops[stops.stop_lon.between(west, east) & stops.stop_lat.between(south, north)].reset_index(drop=True)
    routes = _table(file, feed, "routes", ["route_id", "route_type"], ["route_short_name", "route_long_name"])
    routes["kind"] = [_kind(value) for value in routes.route_type]
    routes = routes[routes.kind != ""]
    trips = _table(file, feed, "trips", ["route_id", "service_id", "trip_id"], ["direction_id"])
    trips = trips[trips.route_id.isin(routes.route_id) & trips.service_id.isin(_busiest(file, feed, trips))]
    times = _stop_times(file, feed, set(trips.trip_id), {code: k for k, code in enumerate(stops.stop_id)})
    if times.empty:
        raise InputError(f"{file}: no bus or train stops within the network on its busiest working day")
    times = times.merge(trips[["trip_id", "route_id", "direction_id"]], on="trip_id")
    named = {row.route_id: row for row in routes.itertuples()}
    courses = []
    for route, of_route in times.groupby("route_id", sort=True):
        course = _course(named[route], of_route)
        if course is not None:
            courses.append(course)
    return Timetable(stops, courses)


def _kind(value: object) -> str:
    """Return ``bus`` (trams and coaches too), ``train`` or nothing for a GTFS route type, basic or extended."""
    try:
        number = int(str(value))
    except ValueError:
        return ""
    if number == 2 or 100 <= number < 200:
        return "train"
    return "bus" if number in (0, 3, 11) or 200 <= number < 300 or 700 <= number < 1000 else ""


def _busiest(file: Path, feed: zipfile.ZipFile, trips: pd.DataFrame) -> set[str]:
    """Return the services of the working day with most trips, the earliest of equals."""
    trips_of = trips.groupby("service_id").size()
    per_day: dict[dt.date, set[str]] = {}
    if "calendar.txt" in feed.namelist():
        for row in _table(file, feed, "calendar", ["service_id", *WEEKDAYS, "start_date", "end_date"]).itertuples():
            day, end = (_date(file, "calendar", value) for value in (row.start_date, row.end_date))
            for _ in range(min((end - day).days + 1, MAX_DAYS)):
                if str(getattr(row, WEEKDAYS[day.weekday()])) == "1":
                    per_day.setdefault(day, set()).add(str(row.service_id))
                day += dt.timedelta(days=1)
    if "calendar_dates.txt" in feed.namelist():
        for row in _table(file, feed, "calendar_dates", ["service_id", "date", "exception_type"]).itertuples():
            services = per_day.setdefault(_date(file, "calendar_dates", row.date), set())
            (services.add if str(row.exception_type) == "1" else services.discard)(str(row.service_id))
    counts = {
        day: int(trips_of.reindex(sorted(services), fill_value=0).sum())
        for day, services in sorted(per_day.items())
        if day.weekday() < 5
    }
    if not counts:
        raise InputError(f"{file}: no working day in its calendar; valid: calendar.txt or calendar_dates.txt with one")
    return per_day[max(counts, key=lambda day: counts[day])]


def _date(file: Path, table: str, value: object) -> dt.date:
    try:
        return dt.datetime.strptime(str(value), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise InputError(f"{file}, {table}.txt: '{value}' is no date; valid: YYYYMMDD") from error


def _stop_times(file: Path, feed: zipfile.ZipFile, trips: set[str], stop_number: dict[str, int]) -> pd.DataFrame:
    columns = ["trip_id", "stop_id", "stop_sequence", "departure_time"]
    found = []
    for piece in _pieces(file, feed, "stop_times", columns):
        piece = piece[piece.trip_id.isin(trips) & piece.stop_id.isin(stop_number)]
        if len(piece):
            found.append(piece)
    if not found:
        return pd.DataFrame(columns=[*columns, "stop", "minute"])
    times = pd.concat(found, ignore_index=True)
    times["stop"] = times.stop_id.map(stop_number)
    clock = times.departure_time.str.strip().str.extract(r"^(\d{1,3}):(\d{2}):(\d{2})$").astype(float)
    times["minute"] = clock[0] * 60 + clock[1] + clock[2] / 60  # hours beyond 24 are of the night after
    times["stop_sequence"] = pd.to_numeric(times.stop_sequence, errors="coerce")
    if times.stop_sequence.isna().any():
        raise InputError(f"{file}, stop_times.txt: a stop_sequence is not a number")
    times = times.sort_values(["trip_id", "stop_sequence"], kind="stable")
    times["minute"] = times.groupby("trip_id")["minute"].transform(lambda minutes: minutes.interpolate())
    return times.dropna(subset="minute")


def _course(route: object, times: pd.DataFrame) -> Course | None:
    """Return the commonest course of a route, None when no trip has two stops."""
    trips = times.groupby("trip_id", sort=True).agg(
        stops=("stop", tuple), minutes=("minute", tuple), start=("minute", "first"), direction=("direction_id", "first")
    )
    trips = trips[[len(stops) > 1 for stops in trips.stops]]
    if trips.empty:
        return None
    sizes = trips.groupby(["stops", "direction"], dropna=False).size()
    stops, direction = max(sizes.index, key=lambda key: (sizes[key], len(key[0]), key[0], str(key[1])))
    same_way = trips[trips.direction == direction]
    clock = np.array([list(minutes) for minutes in same_way[same_way.stops == stops].minutes]).mean(axis=0)
    starts = same_way.start.to_numpy(dtype=np.float64)
    short = str(getattr(route, "route_short_name", "") or "")
    return Course(
        code=f"{short or 'route'} {getattr(route, 'route_id', '')}"[:40],
        name=(str(getattr(route, "route_long_name", "") or "") or short or "route")[:120],
        kind="train" if getattr(route, "kind", "") == "train" else "bus",
        stops=[int(stop) for stop in stops],
        minutes=_between(clock),
        headway_minutes=_headway(starts, DAY_HOURS, whole_day=True),
        headway_evening_minutes=_headway(starts, EVENING_HOURS, whole_day=False),
    )


def _between(clock: np.ndarray) -> list[float]:
    """Return minutes from stop to stop; stops with the same minute share the way to the next that differs."""
    distinct = np.flatnonzero(np.r_[True, np.diff(clock) > 0])
    if len(distinct) < 2:
        return [0.0, *([1.0] * (len(clock) - 1))]  # a timetable of whole minutes in which none passes
    points, values = distinct.astype(np.float64), clock[distinct]
    if distinct[-1] < len(clock) - 1:
        points[-1] = len(clock) - 1  # the last stops share the way to them
    even = np.interp(np.arange(len(clock)), points, values)
    return [0.0, *(float(minutes) for minutes in np.diff(even))]


def _headway(starts: np.ndarray, hours: tuple[int, int], *, whole_day: bool) -> float:
    first, last = hours[0] * 60, hours[1] * 60
    count = int(((starts >= first) & (starts < last)).sum())
    if count:
        return (last - first) / count
    return 1440 / len(starts) if whole_day else float("nan")


def _table(
    file: Path, feed: zipfile.ZipFile, name: str, columns: list[str], optional: list[str] | None = None
) -> pd.DataFrame:
    frame = pd.concat(list(_pieces(file, feed, name, columns, optional or [])), ignore_index=True)
    for column in optional or []:
        if column not in frame:
            frame[column] = ""
    return frame


def _pieces(
    file: Path, feed: zipfile.ZipFile, name: str, columns: list[str], optional: list[str] | None = None
) -> Iterator[pd.DataFrame]:
    """Read a table of a feed in pieces, every cell as text."""
    member = f"{name}.txt"
    if member not in feed.namelist():
        raise InputError(f"{file}: has no {member}; valid: a GTFS feed")
    if feed.getinfo(member).file_size > MAX_MEMBER_BYTES:
        raise InputError(f"{file}: {member} is larger than {MAX_MEMBER_BYTES // 1_000_000_000} GB, not read.")
    wanted = {*columns, *(optional or [])}
    opened: IO[bytes]
    try:
        with feed.open(member) as opened:
            reader = pd.read_csv(
                opened,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                skipinitialspace=True,
                usecols=lambda column: column.strip() in wanted,
                chunksize=CHUNK,
            )
            for piece in reader:
                piece.columns = piece.columns.str.strip()
                for column in columns:
                    if column not in piece:
                        raise InputError(f"{file}, {member}: column '{column}' is missing")
                yield piece
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise InputError(f"{file}, {member}: not a table of a GTFS feed ({error})") from error
