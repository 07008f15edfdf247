"""Tables flattened to text: which line is a header, what its columns mean.

A 责任清单 or 任务分解表 copied out of Word comes as rows with tabs, bars or runs of spaces between
the columns. Without a header row whose labels are known, a line is text, not a table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Column(Enum):
    """What a column of a task table holds."""

    NUMBER = "number"
    GROUP = "group"
    TASK = "task"
    DETAIL = "detail"
    LEAD = "lead"
    RESPONSIBLE = "responsible"
    SUPPORT = "support"
    PERSON = "person"
    DUE = "due"
    PERIOD = "period"
    OTHER = "other"


_LABELS = {
    Column.NUMBER: r"序号|编号|项次|No\.?",
    Column.GROUP: r"类别|项目类别|分类|板块|责任类别|一级指标"
    r"|工作类别|领域|维度|责任主体类别|考核(?:项目|类别)",
    Column.TASK: (
        r"[\u4e00-\u9fff]{0,4}(?:任务|事项|工作|项目)(?:名称|内容)?"
        r"|(?:任务|工作|事项|活动|责任|主要|学习|项目|整改)(?:任务|内容|事项|名称|要点|清单)"
        r"|内容|责任|指标|活动|问题|存在问题|议题|(?:活动|学习|党日|宣讲|教育|会议)?主题|[二三]级指标"
        r"|(?:考核|考评|评价|测评)(?:内容|指标|要点|事项)"
    ),
    Column.DETAIL: (
        r"(?:具体|工作|主要|推进|落实|整改|推进落实)?(?:措施|举措|做法|要求)"
        r"|(?:具体|工作|目标)(?:内容|要求|标准)|完成标准|责任内容|任务分解|标准要求|履责要求|任务要求"
    ),
    Column.LEAD: (
        r"(?:牵头|主办|主责|主要责任)(?:\(责任\))?(?:责任)?(?:单位|部门|处室|科室|股室)(?:\(人\))?"
    ),
    Column.RESPONSIBLE: (
        r"(?:责任|承办|实施|落实|负责|完成|执行)(?:单位|部门|处室|科室|股室|主体)|主体|责任单位\(部门\)|单位|部门"
    ),
    Column.SUPPORT: (
        r"(?:配合|协办|协助|协同|参与|参加|责任\(配合\)|配合\(责任\)|会办)(?:责任)?(?:单位|部门|处室|科室|股室|力量|主体)"
    ),
    Column.PERSON: r"(?:牵头|分管|责任|包抓|联系)?领导"
    r"|(?:责任|负责|联系|经办|牵头|直接责任)人|主体",
    Column.DUE: (
        r"(?:完成|办结|整改|时间|推进|落实|办理)?(?:时限|期限|时间|节点|进度)(?:要求|安排|节点)?"
        r"|完成(?:日期|情况时限)|时间节点|月份|月度|时段|季度|(?:活动|学习|会议|开展)?(?:时间|日期)"
    ),
    Column.PERIOD: r"(?:履责|工作|完成|开展|落实|学习)?(?:频次|频率|周期)(?:要求)?",
    Column.OTHER: r"备注|说明|完成情况|进展(?:情况)?|分值|依据|资料|佐证(?:材料)?"
    r"|签收|备考|(?:预期)?(?:成果|目标|成效|效果)|(?:评分|考核|计分|扣分)(?:标准|办法|细则|方式|说明)|标准分|权重|得分|自评(?:分)?|形式|地点|方式",
}
_COLUMN = {column: re.compile(pattern) for column, pattern in _LABELS.items()}
_SPLITS = (re.compile(r"[ ]*\t[ ]*"), re.compile(r"[ \t]*[|│｜][ \t]*"), re.compile(r" {2,}"))
_SINGLE = re.compile(r" +")
_SURE_TABS = 3
"""So many tabs make a table: two labels known among them are enough."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The span `[start, end)` of one cell in the text."""

    start: int
    end: int


@lru_cache(maxsize=1024)
def column_kind(label: str) -> Column | None:
    """What a header label announces, None for a label this module does not know."""
    plain = re.sub(r"[\s::*]", "", label)
    plain = plain.replace("\uff08", "(").replace("\uff09", ")").replace("、", "")
    for part in (plain, *plain.split("/")):
        for column, pattern in _COLUMN.items():
            if pattern.fullmatch(part):
                return column
    return None


def split_columns(line: str) -> list[str]:
    """The cells of a line by the strongest separator it has: tab, bar, two spaces, one space."""
    bare = line.strip(" \t|│｜") if re.search(r"[|│｜]", line) else line.strip(" ")
    for pattern in _SPLITS:
        if pattern.search(bare):
            return pattern.split(bare)
    return _SINGLE.split(bare)


def header_columns(line: str) -> int:
    """How many columns the header `line` announces, 0 if it is no header of a task table."""
    if len(line) > 200 or not re.search(r"[ \t|│｜]", line):
        return 0
    cells = split_columns(line)
    known = [kind for kind in map(column_kind, cells) if kind is not None]
    useful = {kind for kind in known if kind is not Column.OTHER}
    tabs = line.count("\t")
    enough = tabs >= _SURE_TABS or len(known) * (2 if tabs > 1 else 1.5) >= len(cells)
    return len(cells) if len(useful) >= 2 and enough else 0


def columns_of(line: str, width: int) -> int:
    """How many columns `line` has below a header of `width` columns, 0 if it is no row.

    A row may be shorter or longer than its header (merged cells, spaces inside a cell), but a
    line of text with a stray space is none.
    """
    if width == 0:
        return 0
    if "\t" in line or re.search(r"[|│｜]", line) or re.search(r" {2,}", line):
        return len(split_columns(line))
    cells = split_columns(line)
    numbered = bool(re.match(r"\d{1,3}[.、]?$", cells[0]))
    return len(cells) if len(cells) >= width - 1 and (numbered or len(cells) == width) else 0


def cells_of(text: str, start: int, end: int) -> list[Cell]:
    """The cells of the normalised row `text[start:end]`, columns parted by one tab."""
    cells, at = [], start
    for part in text[start:end].split("\t"):
        cells.append(Cell(at, at + len(part)))
        at += len(part) + 1
    return cells
