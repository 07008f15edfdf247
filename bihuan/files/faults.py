"""What the reading modules raise and report, free of any wording."""

from __future__ import annotations

from dataclasses import dataclass, field

Values = dict[str, str | int]


class Unreadable(Exception):
    """This file is refused, for the reason `code` (a key of `messages.REFUSALS`).

    `values` fill the placeholders of the message. Raised only inside the child process; the
    gate turns it into a `FileRefused`.
    """

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values: Values = values


@dataclass
class Extract:
    """Text on its way out of a file, with what the person should be told about it.

    `notices` are pairs of a key of `messages.NOTICES` and the values of its placeholders.
    """

    text: str
    notices: list[tuple[str, Values]] = field(default_factory=list)

    def note(self, code: str, **values: str | int) -> None:
        """Add a notice, once however often it is met."""
        if (code, values) not in self.notices:
            self.notices.append((code, values))
