"""What surrounds every request."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bihuan.audit.actions import during
from bihuan.lib.refusals import Refused
from bihuan.web.pages import refused

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


class Refusals:
    """A refusal that no form has shown is answered with its sentence, not as a fault of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused(request, exception) if isinstance(exception, Refused) else None
