"""Choosing one organisation among very many: by name or down the tree, with or without script.

A page holds the organisation chosen and a field for a name, never all organisations. With
script the field looks up while one types (screen `web:org_tree`); without it the name itself is
sent, and what several organisations are called comes back as a short choice.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bihuan.access.permissions import Permission
from bihuan.orgs.models import Org

FEW = 12
"""Up to so many organisations stand on the page as they are."""
CANDIDATES = 10
Sent = tuple[str, str]


class OrgPicker(forms.Widget):
    """Draws the choice; `offered` are the organisations that a name sent could mean."""

    template_name = "web/parts/tree.html"
    use_fieldset = True

    def __init__(self, *, permission: Permission) -> None:
        super().__init__()
        self.permission = permission
        self.queryset: QuerySet[Org] = Org.objects.none()
        self.offered: list[Org] = []
        self.optional = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Sent:
        """(key chosen, name typed). A name typed outweighs the key the page came with."""
        key, typed = data.get(name, ""), (data.get(f"{name}-name") or "").strip()
        return ("", typed) if typed and key == data.get(f"{name}-was", "") else (key or "", "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-name" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        key, typed = value if isinstance(value, tuple) else (getattr(value, "pk", value) or "", "")
        rows = self.queryset.select_related("parent")
        chosen = rows.filter(pk=key).first() if str(key).isdecimal() else None
        few = list(rows.order_by("path")[: FEW + 1])
        context: dict[str, Any] = super().get_context(name, None, attrs)
        return context | {
            "field": name, "chosen": chosen, "typed": typed, "permission": self.permission.value,
            "few": few if len(few) <= FEW else [], "offered": self.offered,
            "optional": self.optional,
        }  # fmt: skip


class OrgField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One organisation of `queryset`, which the form sets to what its person may choose."""

    def __init__(self, *, permission: Permission, **kwargs: Any) -> None:
        self.picker = OrgPicker(permission=permission)
        kwargs.setdefault("queryset", Org.objects.none())
        super().__init__(widget=self.picker, **kwargs)

    def _set_queryset(self, queryset: QuerySet[Org]) -> None:
        super()._set_queryset(queryset)  # type: ignore[misc]
        if isinstance(self.widget, OrgPicker):
            self.widget.queryset = self.queryset.all()
            self.widget.optional = not self.required

    queryset = property(forms.ModelChoiceField._get_queryset, _set_queryset)  # type: ignore[attr-defined]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, tuple) else super().prepare_value(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data[1]) or super().has_changed(initial, data[0])

    def to_python(self, value: Any) -> Org | None:
        key, typed = value if isinstance(value, tuple) else (value, "")
        return self._named(typed) if typed else super().to_python(key)

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def _named(self, typed: str) -> Org:
        """The organisation of this name, or the only one with the text in its name."""
        rows = self.queryset.select_related("parent").order_by("path")
        found: list[Org] = list(rows.filter(Q(name=typed) | Q(short_name=typed))[: CANDIDATES + 1])
        found = found or list(rows.filter(name__icontains=typed)[: CANDIDATES + 1])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("没有名称含“%(typed)s”的组织。") % {"typed": typed})
        self.widget.offered = found[:CANDIDATES]
        if len(found) > CANDIDATES:
            raise ValidationError(
                _("名称含“%(typed)s”的组织很多，请写得完整一些。") % {"typed": typed}
            )
        raise ValidationError(_("名称含“%(typed)s”的组织不止一个，请选一个。") % {"typed": typed})
