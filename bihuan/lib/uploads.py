"""A brake on uploads: what is far too large is not written to disk while it arrives."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler

MEGABYTE = 1024 * 1024
GATE_LIMIT_MB = 20


class Brake(FileUploadHandler):
    """Lets the first handlers after it see no more of a file than is needed to refuse it.

    The file then seems to be a little larger than any limit of the product, so whoever asks
    for it refuses it by name and the rest of the form is not lost.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.most = (max(settings.UPLOAD_LIMIT_MB, GATE_LIMIT_MB) + 1) * MEGABYTE
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.seen += len(raw_data)
        return raw_data if self.seen - len(raw_data) <= self.most else None

    def file_complete(self, file_size: int) -> None:
        """The file itself comes from the handlers after this one."""
