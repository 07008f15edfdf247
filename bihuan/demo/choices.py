"""The accounts of the demonstration, and how large each scale is."""

from __future__ import annotations

from dataclasses import dataclass

from bihuan.access.permissions import Role

PASSWORD = "bihuan-demo"


@dataclass(frozen=True)
class Account:
    """One account to try the product with."""

    username: str
    role: Role
    what: str


ACCOUNTS = (
    Account("officer", Role.OFFICER, "工委干部，看全部单位"),
    Account("unit", Role.UNIT_SECRETARY, "一个单位的党组织书记"),
    Account("branch", Role.BRANCH_SECRETARY, "一个支部的书记，手机上用"),
    Account("member", Role.MEMBER, "同一支部的普通党员"),
    Account("auditor", Role.AUDITOR, "审计管理员"),
    Account("security", Role.SECURITY_ADMIN, "安全管理员，授予和收回角色"),
)


@dataclass(frozen=True)
class Scale:
    """How many units, branches and people a demonstration has."""

    name: str
    units: int
    branches: int
    people: int

    @property
    def level(self) -> str:
        """市 or 省, as it stands in names."""
        return self.name[-1]


SCALES = {
    "city": Scale("云川市", units=63, branches=200, people=4000),
    "province": Scale("云川省", units=94, branches=1550, people=130000),
}
