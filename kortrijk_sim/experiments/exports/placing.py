"""Files that appear whole or not at all, and replace others only when asked."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from kortrijk_sim.errors import InputError


@contextlib.contextmanager
def placed(places: Sequence[Path], *, overwrite: bool = False) -> Iterator[list[Path]]:
    """Give temporary files beside the places; they get their names when the block ends without an error.

    Args:
        places: Where the files belong; missing folders are made.
        overwrite: Whether files that stand there may be replaced.

    Yields:
        One path to write per place, in the same order.

    Raises:
        InputError: A place is taken or cannot be written.
    """
    check_places(places, overwrite=overwrite)
    parts = [place.with_name(f".{place.name}.partial-{os.getpid()}") for place in places]
    try:
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
        yield parts
        check_places(places, overwrite=overwrite)
        for part, place in zip(parts, places, strict=True):
            part.replace(place)
    except OSError as error:
        where = places[0] if len(places) == 1 else places[0].parent
        raise InputError(f"{where}: cannot be written ({error.strerror}); valid: a place of yours with room") from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def check_places(places: Sequence[Path], *, overwrite: bool = False) -> None:
    """Refuse places that are taken, before anything long is begun.

    Raises:
        InputError: A place is a folder, or a file that may not be replaced.
    """
    for place in places:
        if place.is_dir():
            raise InputError(f"{place}: is a folder; valid: the name of a file")
        if os.path.lexists(place) and not overwrite:
            raise InputError(f"{place}: stands there already; valid: another place, or --overwrite to replace it")
        above = next((folder for folder in place.parents if folder.exists()), None)
        if above is not None and not above.is_dir():
            raise InputError(f"{place}: {above} is a file; valid: a file in a folder")
