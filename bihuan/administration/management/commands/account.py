"""`bihuan account`: what must be possible before anybody can sign in."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import close_account, open_account, set_password
from bihuan.accounts.models import User
from bihuan.accounts.queries import find_account
from bihuan.administration.queries import org_called, top_org
from bihuan.lib.refusals import Refused

ATTEMPTS = 3
"""How often a terminal is asked for a password before the command gives up."""


class Command(BaseCommand):
    help = "Open an account with its first role, set a password, or close an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        opening = verbs.add_parser("open", help="open an account; the password is asked for")
        opening.add_argument("username")
        opening.add_argument("--name", default="", help="the person's name")
        opening.add_argument("--role", choices=Role.values)
        opening.add_argument("--org", default="", help="its full name; the top of the tree if none")
        for verb, told in (("password", "set another password"), ("close", "close an account")):
            verbs.add_parser(verb, help=told).add_argument("username")

    def handle(self, *args: Any, verb: str, username: str, **options: Any) -> None:
        try:
            if verb == "open":
                self._open(username, options["name"], options["role"], options["org"])
            elif verb == "password":
                user = self._known(username)
                set_password(user, self._password(user), by="system")
            else:
                close_account(self._known(username), by="system")
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("已办理：%(username)s") % {"username": username})

    def _open(self, username: str, name: str, role: str | None, org: str) -> None:
        candidate = User(username=username, display_name=name)
        try:
            candidate.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        where = (org_called(org) if org else top_org()) if role else None
        if role and where is None:
            raise CommandError(_("没有找到组织：%(org)s") % {"org": org or _("树的顶端")})
        password = self._password(candidate)
        with transaction.atomic():
            user = open_account(username, password=password, name=name, by="system")
            if role and where is not None:
                give_role(user, Role(role), where, since=timezone.localdate(), by="system")

    def _known(self, username: str) -> User:
        user = find_account(username)
        if user is None:
            raise CommandError(_("没有这个账号：%(username)s") % {"username": username})
        return user

    def _password(self, user: User) -> str:
        """Asked for without echo, again after a refusal; from a pipe, its first line.

        Never on the command line.
        """
        if not sys.stdin.isatty():
            password = sys.stdin.readline().rstrip("\n")
            return self._accepted(password, user)
        for _attempt in range(ATTEMPTS - 1):
            try:
                return self._accepted(getpass.getpass(_("密码：") + " "), user)
            except CommandError as refusal:
                self.stderr.write(str(refusal))
        return self._accepted(getpass.getpass(_("密码：") + " "), user)

    def _accepted(self, password: str, user: User) -> str:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password
