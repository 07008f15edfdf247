"""How a screen answers: the whole page, or the part that htmx asked for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from bihuan.lib.refusals import Refused, Unavailable
from bihuan.web.doors import SignedIn


def show(
    request: SignedIn, template: str, context: dict[str, Any], *, part: str = "", status: int = 200
) -> HttpResponse:
    """Answer with the page, or with its `part` alone if htmx asks for just that.

    A boosted link and a restored history entry replace the whole body, so these two get
    the page although htmx sends them.
    """
    htmx = request.htmx
    part_will_do = part and htmx and not htmx.boosted and not htmx.history_restore_request
    name = f"{template}#{part}" if part_will_do else template
    response = TemplateResponse(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response


def send_file(stored: File[bytes], *, name: str) -> FileResponse:
    """A stored file as a download that no browser opens as a page of ours."""
    answer = FileResponse(stored, as_attachment=True, filename=name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def furniture(request: HttpRequest) -> dict[str, Any]:
    """What every template finds in its context."""
    return {"today": timezone.localdate(), "DEMO": settings.DEMO}


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """409 with the sentence, 503 if nobody can be served; htmx gets the sentence alone."""
    status, sentence = 503 if isinstance(refusal, Unavailable) else 409, str(refusal)
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    return render(request, f"{status}.html", {"sentence": sentence}, status=status)
