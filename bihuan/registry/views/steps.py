"""An operation in two steps: what is asked, what it will change; then it is carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import models
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.lib.refusals import Refused
from bihuan.registry.actions import foresee
from bihuan.web.doors import SignedIn
from bihuan.web.pages import show
from bihuan.web.templatetags.bihuan import day

Crumb = tuple[str, str]


@dataclass(frozen=True)
class Done:
    """What an operation led to: where to look at it, and the organisations concerned."""

    url: str
    orgs: Iterable[int] = ()


@dataclass(frozen=True)
class Operation:
    """One operation on the way through its two steps."""

    title: str
    form: Form
    crumbs: list[Crumb]
    orgs: list[int]
    """Whose duties and rights are compared before and after."""
    act: Callable[[dict[str, Any]], Done]
    dated: str
    """The field with the day from which it holds."""
    done: str
    hint: str = ""
    offers: list[str] = field(default_factory=list)
    """Names to offer while one types."""


def carry_out(request: SignedIn, operation: Operation) -> HttpResponse:
    """Show the form, then what would change, then carry it out."""
    form = operation.form
    if request.method != "POST" or "edit" in request.POST or not form.is_valid():
        return _form(request, operation)
    asked = form.cleaned_data
    try:
        if "go" in request.POST:
            url = operation.act(asked).url
            messages.success(request, operation.done)
            return redirect(url)
        effects = foresee(
            lambda: operation.act(asked).orgs, operation.orgs,
            on=asked[operation.dated], today=timezone.localdate(),
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, operation)
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", "go", "edit"}
    ]
    context = {
        "operation": operation, "effects": effects, "sent": sent, "asked": told(form),
        "crumbs": operation.crumbs,
    }  # fmt: skip
    return show(request, "registry/preview.html", context)


def _form(request: SignedIn, operation: Operation) -> HttpResponse:
    context = {"operation": operation, "form": operation.form, "crumbs": operation.crumbs}
    return show(request, "registry/form.html", context)


def change(
    request: SignedIn, *, title: str, form: Form, crumbs: list[Crumb], act: Callable[..., str],
    done: str,
) -> HttpResponse:  # fmt: skip
    """A form without a preview: it changes nothing of duties and rights."""
    if request.method == "POST" and form.is_valid():
        try:
            url = act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(url)
    return show(request, "registry/form.html", {"form": form, "title": title, "crumbs": crumbs})


def told(form: Form) -> list[tuple[str, str]]:
    """What was asked, field by field, in words; what was left empty is not told."""
    return [
        (str(bound.label), _said(bound.field, form.cleaned_data[bound.name]))
        for bound in form
        if bound.name not in {"namesake", "chosen"}
        and form.cleaned_data.get(bound.name) not in (None, "", False)
    ]


def _said(asked: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("是")
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, models.Model):
        return getattr(value, "name", str(value))
    return str(dict(getattr(asked, "choices", ())).get(value, value))
