"""Head and foot of a document: title, addressee, issuer, date, attachments.

What belongs to them is no clause. GB/T 9704-2012 art. 7 names the parts; web copies keep some of
them and lose others, so each is recognised by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bihuan.reading.normalise import Normalised, fold
from bihuan.reading.numbering import find_markers, marker_at
from bihuan.reading.numbers import chinese_int
from bihuan.reading.sentences import Span
from bihuan.reading.tables import header_columns

_UNIT_END = (
    r"(?:委员会|工委|党委|党组|总支|支部|办公室|[局厅部委办院]|中心|工会|团委|纪委"
    r"|领导小组|妇联|学校|大学|公司|集团)"
)
_ORG = re.compile(rf"(?:中共|中国共产党)?[^。,;:《》\t]{{1,36}}{_UNIT_END}(?:\([^()]{{1,10}}\))?")
_RED_HEAD = re.compile(r"([^。,;:《》]{2,40}?)文件")
_NOT_ORG = re.compile(r"关于|通知|要点|方案|计划|清单|意见|办法|总结|加强|推进|^[各全]|以|让|把")
_TITLE_ORG = re.compile(
    rf"^([^。,;:《》\d]{{1,30}}?{_UNIT_END})(?=关于|20\d\d|印发|\d{{4}}年|(?:第\d+次)?(?:会议|专题)?(?:会议)?纪要)"
)
_NUMBER = re.compile(r"[^。,;]{0,16}[\[(](\d{4})[\])](?:第)?[\dX×*]{1,5}号")
_DATE = re.compile(
    r"\(?([12]\d{3}|[一二][〇零○O一二三四五六七八九]{3})年([\dX*一二三四五六七八九十]{1,3})月"
    r"(?:[\dX*一二三四五六七八九十]{1,3})日\)?(?:印发)?"
)
_ADDRESSEE = re.compile(r"[^。;]{2,120}:")
_NOT_ADDRESSEE = re.compile(r"如下|要求|内容|以下|通知|时间|地点|原则|目标")
_ATTACHED = re.compile(r"附(?:件|表)\s*[\d一二三四五六七八九十]{0,2}\s*(?::.*|[^。]{0,40})")
_FOOT = re.compile(
    r"(?:抄送|抄报|主送|分送|印送):.*|\(?此(?:页无正文|件.{0,12}公开.{0,8})\)?"
    r"|(?:出席|列席|缺席|请假|主持|记录|参加|参会)(?:人员|人)?:.*"
    r"|\(?联系(?:人|电话|方式):.*|[^。;]{2,30}(?:办公室|办|部|科|委)20\d\d年\d{1,2}月\d{1,2}日印发"
    r"|\(?(?:本文|全文|字数|共)?\(?\d{2,6}字\)?"
)
_KIND_OF_PAPER = (
    r"(?:工作要点|工作计划|工作方案|实施方案|活动方案|实施细则|实施意见|责任清单|任务清单|工作清单|任务分解表"
    r"|工作安排|学习安排|调研报告|工作总结|工作报告|管理办法|暂行办法|实施办法|工作制度|工作规则|条例|规定|规则"
    r"|若干措施|若干规定|若干意见|工作措施|通知|意见|办法|方案|计划|要点|安排|报告|总结|制度|清单|细则|措施)"
)
_FULL_TITLE = re.compile(rf"{_KIND_OF_PAPER}(?:\([^()]{{1,12}}\))?$")
_GLUED_TITLE = re.compile(
    rf"(?!为|按照|根据)[^。,;:]{{2,60}}?{_KIND_OF_PAPER}(?:\([^()]{{1,12}}\))?"
    r"(?=各[^。]{1,40}:|为[了贯进深切推全加认落规做抓扎]|20\d\d年[,是,]|20\d\d年.{0,16}的?总体要求|今年|根据|按照|当前"
    r"|近年来|坚持以|以习近平|一、|第一[章条]|思想政治工作是|\(一\)|1[.、])"
)
_SIGNED = re.compile(
    r"(?P<org>[^。,;:!《》\t\d]{0,40}?)\s*(?P<date>(?:[12]\d{3}|[一二][〇零○O一二三四五六七八九]{3})年"
    r"[\dX*一二三四五六七八九十]{1,3}月[\dX*一二三四五六七八九十]{1,3}日)(?:印发)?[)]?$"
)
_GLUED_ATTACHED = re.compile(r"(?<=[。!;)])附(?:件|表)[\d一二三四五]?\s*:[^。]{2,160}?$")
_BEHIND_LIST = re.compile(
    rf"(?:(?<=[表单册案])|(?<=\s))((?:中共|中国共产党)?[^。,;:《》\d\s]{{2,30}}?{_UNIT_END})$"
)
_CONTACT = re.compile(r"\((?:联系|咨询|此件|电话)[^()]{2,80}\)$")
_LONGEST_TAIL = 240
_SCHOOL_YEAR = re.compile(r"(20\d\d)\s*[—\-至~]+\s*(20\d\d)学年(?:度)?(?:第?([一二])学期)?")
_YEARS = re.compile(r"(20\d\d)(?:年)?\s*[—\-至~]+\s*20\d\d年")
_ISSUED = re.compile(
    r"\((?P<org>[^()\d]{0,30}?)(?:于)?(?P<year>20\d\d)年(?:\d{1,2}月)?(?:\d{1,2}日)?[^()\d]{0,24}?"
    r"(?:印发|发布|通过|制定|修订)\)"
)
"""A note under the title: (市直机关工委2026年1月印发)."""
_CUT_TITLE = re.compile(r"(?:本文|文章|文档)标题:(.+)|.*>(.{6,60})$")
_CUT_DATE = re.compile(r"(?:时间|日期|来源).*?(20\d\d)[-/年.]")
_PLANNING = re.compile(r"要点|计划|安排|方案|清单|分解|行动")
_LOOKING_BACK = re.compile(r"总结|考核|述职|评议|评价|报送|统计")


@dataclass(frozen=True, slots=True)
class Frame:
    """Title, year and issuer as far as stated; `lines` are the spans of the body's lines.

    `breaks` holds starts of lines before which a new part begins (after a signature or an
    attachment's heading), so that numbering starts anew there.
    """

    title: str
    year: int | None
    issuer: str
    lines: tuple[Span, ...]
    breaks: frozenset[int]


@dataclass(slots=True)
class _Head:
    titles: list[str]
    issuers: list[str]
    years: list[int]
    used: int


def read_frame(document: Normalised) -> Frame:
    """Part head and foot of `document` from its body."""
    lines = _line_spans(document.folded)
    folded = [document.folded[a:b] for a, b in lines]
    head = _read_head(folded)
    if head.used >= len(lines) and lines:
        head = _Head(head.titles[:1], [], [], 1 if len(lines) > 1 else 0)
    title = "".join(head.titles)
    first = head.used
    body = list(lines[first:])
    if not title and body:
        length = _glued_title(folded[first], document.cut)
        title = folded[first][:length]
        body[0] = (body[0][0] + length, body[0][1])
    skipped, signed = _feet(folded, first)
    for i in range(len(body)):
        if first + i not in skipped:
            body[i] = _without_signature(document.folded, body[i], signed)
    kept = tuple(body[i] for i in range(len(body)) if first + i not in skipped)
    breaks = frozenset(
        body[i][0]
        for i in range(1, len(body))
        if first + i - 1 in skipped and first + i not in skipped
    )
    shown = _as_printed(document, title)
    issuer = _issuer(head, signed, title)
    return Frame(shown, _year(document, head, signed, title), issuer, kept, breaks)


def _line_spans(folded: str) -> list[Span]:
    spans, start = [], 0
    for line in folded.split("\n"):
        if line:
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _as_printed(document: Normalised, title: str) -> str:
    """The title with the punctuation of the document, without the site's count of characters."""
    at = document.folded.find(title)
    shown = document.text[at : at + len(title)] if at >= 0 else title
    return re.sub(r"[(\uff08]\d{2,6}字[)\uff09]$", "", shown.strip())


def _read_head(folded: list[str]) -> _Head:
    head = _Head([], [], [], 0)
    for line in folded[:10]:
        if (
            marker_at(line)
            or "\t" in line
            or header_columns(line)
            or not _take_head_line(head, line)
        ):
            break
        head.used += 1
        if head.titles and line.endswith(":"):
            break
    return head


def _take_head_line(head: _Head, line: str) -> bool:
    """Book `line` under what it is in `head`; False if the body begins with it."""
    number, date, red = _NUMBER.fullmatch(line), _DATE.fullmatch(line), _RED_HEAD.fullmatch(line)
    if number or date:
        year = _year_value((number or date)[1])  # type: ignore[index]
        head.years += [year] if year else []
    elif head.titles and (note := _ISSUED.fullmatch(line)):
        head.years.append(int(note["year"]))
        head.issuers += [note["org"]] if _ORG.fullmatch(note["org"]) else []
    elif red and not _NOT_ORG.search(line):
        head.issuers.append(red[1])
    elif _ADDRESSEE.fullmatch(line) and not _NOT_ADDRESSEE.search(line):
        return bool(head.titles)
    elif _ORG.fullmatch(line) and len(line) <= 30 and not _NOT_ORG.search(line):
        head.issuers.append(line)
    elif head.titles and len(line) <= 8 and line[0] != "(" and _FULL_TITLE.search(head.titles[-1]):
        return False
    elif (
        len(line) <= 60
        and not re.search(r"[。;!?:]", re.sub(r"“[^”]*”", "", line))
        and len(head.titles) < 4
    ):
        head.titles.append(line)
    else:
        return bool(_FOOT.fullmatch(line))
    return True


def _glued_title(line: str, cut: tuple[str, ...]) -> int:
    """How many characters at the start of a body line are a title without its line break."""
    for known in cut:
        match = _CUT_TITLE.fullmatch(fold(known))
        title = (match[1] or match[2]).strip() if match else ""
        if title and line.startswith(title):
            return len(title)
    match = _GLUED_TITLE.match(line)
    if match:
        return match.end()
    for marker in find_markers(line, 0, 80):
        before = line[: marker.start]
        if marker.value == 1 and len(before) >= 4 and not re.search(r"[。,;:]", before):
            return len(before)
        break
    return 0


def _feet(folded: list[str], first: int) -> tuple[set[int], list[tuple[str, int | None]]]:
    """The lines of signatures and attachments, and what was signed: issuer and year."""
    skipped: set[int] = set()
    signed: list[tuple[str, int | None]] = []
    listing = -1
    for i in range(first, len(folded)):
        line = folded[i]
        date = _DATE.fullmatch(line)
        if date:
            skipped.add(i)
            before = folded[i - 1] if i > first else ""
            is_org = bool(_ORG.fullmatch(before)) and len(before) <= 40 and not marker_at(before)
            if is_org:
                skipped.add(i - 1)
            if listing >= 0:
                skipped.update(range(listing, i))
            signed.append((before if is_org else "", _year_value(date[1])))
            listing = -1
        elif _ATTACHED.fullmatch(line):
            skipped.add(i)
            listing = i
        elif _FOOT.fullmatch(line):
            skipped.add(i)
        elif listing >= 0 and (len(line) > 60 or "。" in line or i - listing > 8):
            listing = -1
        if i - 1 in skipped and _is_inner_title(line, i, first):
            skipped.add(i)
    if len(folded) > first + 1 and _is_signature(folded[-1]):
        skipped.add(len(folded) - 1)
        signed.append((folded[-1], None))
    return skipped, signed


def _without_signature(folded: str, line: Span, signed: list[tuple[str, int | None]]) -> Span:
    """The line without signature, date and attachments that are glued to its last sentence."""
    start, end = line
    contact = _CONTACT.search(folded, start, end)
    end = contact.start() if contact else end
    last = max(folded.rfind(mark, start, end) for mark in "。!)")
    tail = folded[last + 1 : end]
    if start <= last < end - 1 and len(tail) <= _LONGEST_TAIL:
        end = _end_of_body(folded, start, last + 1, end, signed)
    attached = _GLUED_ATTACHED.search(folded, max(start, end - _LONGEST_TAIL), end)
    return start, attached.start() if attached else end


def _end_of_body(
    folded: str, start: int, at: int, end: int, signed: list[tuple[str, int | None]]
) -> int:
    """Where the text ends before what follows its last mark at `at`, if that is a signature."""
    attached = re.compile(r"附(?:件|表)[\d一二三四五]?\s*:").match(folded, at, end)
    match = _SIGNED.search(folded, at, end)
    if match is None or (match.start() != at and attached is None):
        return end
    org = match["org"] if match.start() == at else _last_org(folded[at : match.start("date")])
    if org and not _ORG.fullmatch(org):
        return end
    signed.append((org, _year_value(match["date"][:4])))
    return at


def _last_org(text: str) -> str:
    """The signing organisation behind a list of attachments that is glued to it."""
    match = _BEHIND_LIST.search(text)
    return match[1] if match else ""


def _is_inner_title(line: str, i: int, first: int) -> bool:
    """A heading right after a signature or the word 附件: the title of what is attached."""
    short = len(line) <= 50 and not re.search(r"[。;:!?\t]", line)
    return i > first and short and not marker_at(line) and not header_columns(line)


def _is_signature(line: str) -> bool:
    return (
        bool(_ORG.fullmatch(line))
        and len(line) <= 26
        and not marker_at(line)
        and not _NOT_ORG.search(line)
    )


def _issuer(head: _Head, signed: list[tuple[str, int | None]], title: str) -> str:
    if head.issuers:
        return head.issuers[0]
    for org, _ in signed:
        if org:
            return org
    match = _TITLE_ORG.match(title)
    return match[1] if match else ""


def _year_value(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    return chinese_int(text.replace("○", "〇").replace("O", "〇").replace("零", "〇"))


def _year(
    document: Normalised, head: _Head, signed: list[tuple[str, int | None]], title: str
) -> int | None:
    """The year a month without a year belongs to.

    The title of a plan names it; a paper about the past year is worked off in the year it was
    signed. Then: number and date of the paper, its first mention of a year, the site's date.
    """
    term = _SCHOOL_YEAR.search(title)
    if term:
        return int(term[2] if term[3] == "二" else term[1])
    span = _YEARS.search(title)
    if span:
        return int(span[1])
    in_title = [int(y) for y in re.findall(r"(20\d\d)(?:年|-)", title)]
    dates = [year for _, year in signed if year] + head.years
    if in_title and (_PLANNING.search(title) or not _LOOKING_BACK.search(title) or not dates):
        return in_title[-1] if not _LOOKING_BACK.search(title) else max(in_title)
    if dates:
        return dates[0]
    stated = re.match(r"[^。]{0,120}?(20\d\d)年(?!以来)", document.folded)
    if stated:
        return int(stated[1])
    for line in document.cut:
        found = _CUT_DATE.search(fold(line))
        if found:
            return int(found[1])
    counted = Counter(re.findall(r"(20\d\d)年(?=\d{1,2}月|工作|度|底|年?末)", document.folded))
    if counted:
        return int(counted.most_common(1)[0][0])
    return None
