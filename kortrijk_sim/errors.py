"""The one error that a user's own input can cause."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Something that came from outside is wrong: a file, a key, an option.

    The message is one sentence that names the file, the key and what is valid; commands print it and
    end with exit code 2.
    """


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return a phrase that points from an unknown name to the valid ones.

    Args:
        name: What was given.
        valid: Every name that would have been accepted.

    Returns:
        For instance ``did you mean 'Heule Centrum'?``, or a list of what is valid when nothing is near.
    """
    names = sorted(valid)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    shown = ", ".join(names[:20])
    return f"valid: {shown}" + (" ..." if len(names) > 20 else "")
