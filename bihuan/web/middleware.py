"""What surrounds every request."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bihuan.audit.actions import during

HEADER = "X-Request-ID"


def numbered(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Give each request a number, which stands in the audit, in the answer and on a page of error.

    It is always ours: one that a visitor could choose would let entries be told apart wrongly.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(8)
        request.number = number  # type: ignore[attr-defined]
        with during(number):
            response = get_response(request)
        response[HEADER] = number
        return response

    return middleware
