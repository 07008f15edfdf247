"""What a line of the log tells besides its message."""

from __future__ import annotations

import logging


class Numbered(logging.Filter):
    """Gives each line of the log the number of the request it came of, or "-"."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.number = getattr(getattr(record, "request", None), "number", "-")
        return True
