from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from bihuan.files.gate import read_document
from bihuan.lib.refusals import Refused
from bihuan.reading.plan import Clause, Duty, Plan
from bihuan.reading.reader import read_plan


class Command(BaseCommand):
    help = "Read a plan document and print its clause tree and the duties it proposes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        read = actions.add_parser("read", help="read .docx, .pdf, .doc, .html or .txt")
        read.add_argument("file")
        read.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: str, json: bool, **options: Any) -> None:
        try:
            document = read_document(Path(file).read_bytes(), name=Path(file).name)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(
                _("读不到 %(file)s：%(reason)s") % {"file": file, "reason": error.strerror}
            ) from None
        plan = read_plan(document.text)
        for warning in document.warnings:
            self.stderr.write(str(warning))
        self.stdout.write(_as_json(plan) if json else _as_tree(plan))


def _as_json(plan: Plan) -> str:
    return json.dumps(plan.as_json(), ensure_ascii=False, indent=2)


def _as_tree(plan: Plan) -> str:
    """The clauses indented by level, and under each the duties that begin in it."""
    lines = [plan.title or _("（没有标题）"), f"{plan.issuer} {plan.year or ''}".strip(), ""]
    waiting = sorted((d for d in plan.duties if d.actionable), key=lambda duty: duty.start)
    for clause in plan.walk():
        indent = "  " * (clause.level - 1)
        named = f"{clause.number}{clause.title}" if clause.title else _head(clause)
        lines.append(f"{indent}{named}")
        next_start = min((child.start for child in clause.children), default=clause.end)
        mine = [duty for duty in waiting if clause.start <= duty.start < next_start]
        waiting = [duty for duty in waiting if duty not in mine]
        lines += [f"{indent}  → {_sentence(duty)}" for duty in mine]
    lines += [f"→ {_sentence(duty)}" for duty in waiting]
    return "\n".join(lines)


def _head(clause: Clause) -> str:
    return clause.text[:30].replace("\n", " ") + ("…" if len(clause.text) > 30 else "")


def _sentence(duty: Duty) -> str:
    facts = [
        "、".join(duty.lead_units or duty.actors),
        " ".join(filter(None, [duty.period or "", str(duty.minimum or "")])),
        duty.due or duty.due_note or (f"day:{duty.due_day}" if duty.due_day else ""),
        "、".join(duty.kinds),
    ]
    said = "; ".join(fact for fact in facts if fact)
    return f"{duty.text} [{said}]" if said else duty.text
