"""The first organisations, people and accounts of an empty installation.

Change the names, then:  bihuan shell --no-imports < first_day.py

The screens of 组织与人员 do the same by hand, and call the same functions. Passwords are set
afterwards, each by its owner at the keyboard:

    bihuan account password security
"""

import datetime as dt

from bihuan.access.actions import give_role
from bihuan.access.permissions import Role
from bihuan.accounts.actions import open_account
from bihuan.orgs.actions.people import enrol
from bihuan.orgs.actions.posts import appoint
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import OrgKind, Post
from bihuan.orgs.models import Person

day = dt.date(2026, 1, 1)
by = "first day"

committee = establish("某市委市直机关工委", OrgKind.COMMITTEE, parent=None, founded=day, by=by)
unit = establish("市某某局", OrgKind.UNIT, parent=committee, founded=day, by=by)
branch = establish("市某某局办公室党支部", OrgKind.BRANCH, parent=unit, founded=day, by=by)

secretary = Person.objects.create(name="张三")
enrol(secretary, branch, since=day, by=by)
appoint(secretary, branch, Post.SECRETARY, since=day, by=by)

# Three administrators, three people: run the machine, give rights, read the audit chain.
for username, name, role, org in [
    ("system", "系统管理员", Role.SYSTEM_ADMIN, committee),
    ("security", "安全管理员", Role.SECURITY_ADMIN, committee),
    ("auditor", "审计管理员", Role.AUDITOR, committee),
    ("officer", "工委干部", Role.OFFICER, committee),
    ("zhangsan", "张三", Role.BRANCH_SECRETARY, branch),
]:
    account = open_account(username, password=None, name=name, by=by)
    if name == secretary.name:
        secretary.user = account
        secretary.save(update_fields=["user"])
    give_role(account, role, org, since=day, by=by)
