"""What things are called in a city and in a province."""

from __future__ import annotations

from bihuan.demo.rules.words import BUREAUS, POSITIONS, SECTIONS

PARTY = ("办公室", "组织部", "宣传部", "统战部", "政法委", "编办", "巡察办", "老干部局", "党校")
"""Organs of the Party's committee itself: 市委组织部, not 市组织部."""
WHOLE = {"团委": "团{0}委", "法院": "{0}中级人民法院", "检察院": "{0}人民检察院"}
IN_A_PROVINCE = {
    "发展和改革局": "发展和改革委员会", "卫生健康局": "卫生健康委员会", "水务局": "水利厅",
    "国有资产监督管理局": "国有资产监督管理委员会", "民族宗教局": "民族宗教事务委员会",
    "林业和园林局": "林业局", "消防救援支队": "消防救援总队", "行政审批局": "政务服务管理局",
    "城市管理局": "机关事务管理局", "机关事务中心": "公共机构节能中心",
}  # fmt: skip
DEPARTMENTS = (
    "教育局", "科学技术局", "工业和信息化局", "公安局", "民政局", "司法局", "财政局",
    "人力资源和社会保障局", "自然资源局", "生态环境局", "住房和城乡建设局", "交通运输局",
    "农业农村局", "商务局", "文化和旅游局", "退役军人事务局", "应急管理局", "审计局",
)  # fmt: skip
"""Bureaus of a city that are departments (厅) of a province."""


def unit_names(level: str, count: int) -> list[str]:
    """The names of `count` units; `level` is 市 or 省."""
    return [_unit(level, bureau) for bureau in BUREAUS[:count]]


def _unit(level: str, bureau: str) -> str:
    if bureau in PARTY:
        return f"{level}委{bureau}"
    if bureau == "法院" and level == "省":
        return "省高级人民法院"
    if bureau in WHOLE:
        return WHOLE[bureau].format(level)
    if level == "省":
        bureau = IN_A_PROVINCE.get(bureau, bureau)
        bureau = bureau[:-1] + "厅" if bureau in DEPARTMENTS else bureau
    return f"{level}{bureau}"


def section_names(level: str, count: int) -> list[str]:
    """The sections of a unit that have a branch each; the retired come last."""
    if count == 1:
        return ["机关"]
    plain = [_ranked(level, name) for name in SECTIONS[: count - 1]]
    numbered = [f"直属第{n}" for n in range(1, count - len(plain))]
    return [*plain, *numbered, "离退休干部"]


def positions(level: str) -> list[str]:
    """What people's posts in the service are called."""
    return [_ranked(level, name) for name in POSITIONS]


def _ranked(level: str, name: str) -> str:
    """A section (科) of a city is a division (处) of a province."""
    return name.replace("科", "处") if level == "省" and not name.endswith("科员") else name
