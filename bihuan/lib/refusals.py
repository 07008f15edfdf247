"""The kind of error whose text is written for a person."""

from __future__ import annotations


class Refused(Exception):
    """A wish that was understood and cannot be granted.

    `str()` of it is a sentence for the person who asked: what is wrong and what to do now.
    Screens show it as it stands; anything else that is raised is a fault of the program.
    """


class Unavailable(Refused):
    """Nobody can be served until whoever runs the program has acted; the wish is not at fault."""
