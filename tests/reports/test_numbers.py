"""The numbers of a briefing, compared with what one counts by hand in the village."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bihuan.activities.actions import file_record, withdraw_record
from bihuan.activities.models import Activity
from bihuan.activities.rules import Absence, Record
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.queries.screens import owed_by
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from bihuan.reports.actions import write_briefing
from bihuan.reports.models import Briefing, BriefingNumber
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SINCE = dt.date(TODAY.year, 1, 1)


@pytest.fixture
def village() -> Village:
    found = found_village()
    catch_up(TODAY.year, TODAY)
    return found


def hold(village: Village, org: Org, *kinds: str, away: int = 0) -> Activity:
    """A record of today with `away` of the members absent."""
    people = village.members if org == village.branch else village.other_members
    absent = tuple(Absence(person.pk, "LEAVE") for person in people[-away:] if away)
    record = Record(org_id=org.pk, kinds=kinds, held_date=TODAY, absences=absent)
    by = village.secretary if org == village.branch else village.other_secretary
    return file_record(record, by=by)


def write(village: Village, org: Org | None = None) -> Briefing:
    return write_briefing(
        org or village.committee, title="通报", since=SINCE, until=TODAY, demands="请补齐。",
        by=village.officer,
    )  # fmt: skip


def shown(briefing: Briefing, code: str, org: Org) -> str:
    return briefing.numbers.filter(measure=code, org=org).first().shown


def by_hand(orgs: list[Org]) -> Counter[str]:
    """State → cells of these organisations that fell due this year until today."""
    return Counter(
        cell.state
        for org in orgs
        for owed in owed_by(org, TODAY.year, TODAY)
        for cell in owed.cells
        if SINCE <= cell.due <= TODAY
    )


def open_number(client: Client, number: BriefingNumber) -> list[str]:
    """The addresses of the records behind a number, from all its pages."""
    url = reverse("reports:number", args=[number.briefing_id, number.place])
    first = client.get(url)
    pages = range(2, first.context["page"].paginator.num_pages + 1)
    rest = [client.get(url, {"page": page}) for page in pages]
    return [item.url for answer in [first, *rest] for item in answer.context["items"]]


def test_records_are_counted_by_kind_and_withdrawn_ones_are_not(village: Village) -> None:
    hold(village, village.branch, "theme_day", "lecture")
    hold(village, village.branch, "committee_meeting")
    hold(village, village.other_branch, "theme_day")
    gone = hold(village, village.other_branch, "theme_day")
    withdraw_record(gone, reason="重复", by=village.other_secretary)

    briefing = write(village)

    found = {
        code: shown(briefing, code, village.committee)
        for code in (
            "orgs.branches", "activities.active_branches", "activities.held",
            "activities.theme_day", "activities.committee_meeting", "activities.lecture",
            "activities.general_meeting",
        )
    }  # fmt: skip
    assert list(found.values()) == ["2", "2", "3", "2", "1", "1", "0"]


def test_attendance_is_present_over_expected_of_all_records(village: Village) -> None:
    hold(village, village.branch, "theme_day", away=2)  # 6 of 8
    hold(village, village.other_branch, "theme_day")  # 3 of 3

    assert shown(write(village), "activities.attendance", village.committee) == "81.8%"


def test_cells_of_the_ledger_add_up_to_what_fell_due(village: Village) -> None:
    hold(village, village.branch, "theme_day")

    briefing = write(village)

    units = [village.unit, village.branch], [village.other_unit, village.other_branch]
    for org, below in ((village.unit, units[0]), (village.other_unit, units[1])):
        cells = by_hand(below)
        expected = cells.total() - cells["exempt"]
        assert [shown(briefing, f"ledger.{code}", org) for code in ("expected", "overdue")] == [
            str(expected), str(cells["overdue"])
        ]  # fmt: skip
    whole = by_hand([village.committee, *units[0], *units[1]])
    assert shown(briefing, "ledger.expected", village.committee) == str(whole.total())
    assert whole["done"] + whole["overdue"] + whole["open"] + whole["made_up"] == whole.total()


def test_every_number_of_the_ledger_opens_exactly_its_cells(
    client: Client, village: Village
) -> None:
    hold(village, village.branch, "theme_day")
    briefing = write(village)
    client.force_login(village.officer)

    for number in briefing.numbers.filter(measure__startswith="ledger."):
        behind = open_number(client, number)
        assert len(behind) == len(set(behind))
        if number.measure != "ledger.rate":
            assert len(behind) == int(number.shown), number.measure
    number = briefing.numbers.get(measure="ledger.overdue", org=village.other_unit)
    branch = village.other_branch
    assert set(open_number(client, number)) == {
        reverse("ledger:cell", args=[branch.pk, owed.line.number, cell.index])
        + (f"?post={owed.post}" if owed.post else "")
        for owed in owed_by(branch, TODAY.year, TODAY)
        for cell in owed.cells_in("overdue")
    }


def test_every_number_of_records_opens_exactly_its_records(
    client: Client, village: Village
) -> None:
    mine = hold(village, village.branch, "theme_day")
    hold(village, village.other_branch, "lecture")
    briefing = write(village)
    client.force_login(village.officer)

    number = briefing.numbers.get(measure="activities.theme_day", org=village.committee)

    assert open_number(client, number) == [mine.get_absolute_url()]


def test_a_number_that_has_moved_says_so(client: Client, village: Village) -> None:
    hold(village, village.branch, "theme_day")
    briefing = write(village)
    client.force_login(village.officer)
    url = reverse(
        "reports:number", args=[briefing.pk, briefing.numbers.get(measure="activities.held").place]
    )
    assert client.get(url).context["moved"] is False

    hold(village, village.other_branch, "theme_day")

    page = client.get(url)
    assert (page.context["moved"], page.context["now"]) == (True, "2")
    assert "与现在不同" in page.content.decode()


def test_the_document_is_the_same_whoever_asks_and_whatever_happened_since(
    client: Client, village: Village
) -> None:
    hold(village, village.branch, "theme_day")
    briefing = write(village)
    client.force_login(village.officer)

    def parts() -> list[bytes]:
        answer = client.get(reverse("reports:docx", args=[briefing.pk])).content
        with zipfile.ZipFile(io.BytesIO(answer)) as file:
            return [file.read(name) for name in ("word/document.xml", "word/endnotes.xml")]

    before = parts()
    hold(village, village.other_branch, "theme_day")
    Org.objects.filter(pk=village.committee.pk).update(name="改名后的工委")
    client.cookies["django_language"] = "en"

    assert parts() == before


def test_the_document_has_a_note_for_each_number_and_column(
    client: Client, village: Village
) -> None:
    hold(village, village.branch, "theme_day")
    briefing = write(village)
    client.force_login(village.officer)

    answer = client.get(reverse("reports:docx", args=[briefing.pk])).content
    with zipfile.ZipFile(io.BytesIO(answer)) as file:
        body = file.read("word/document.xml").decode()
        notes = file.read("word/endnotes.xml").decode()

    in_text = briefing.numbers.filter(org=village.committee).count()
    columns = 5
    assert len(re.findall("<w:endnoteReference ", body)) == in_text + columns
    texts = re.findall(r'preserve"> ([^<]*)</w:t>', notes)
    assert len(texts) == in_text + columns
    assert all("取数时间：" in each for each in texts)
    assert texts[0].startswith("党支部数：现有未撤销的党支部。范围：测试市直机关工委，")


def test_a_reader_of_english_reads_english_around_the_same_numbers(
    client: Client, village: Village
) -> None:
    hold(village, village.branch, "theme_day")
    briefing = write(village)

    chinese, english = briefing.text("zh-hans"), briefing.text("en")

    def numbers(text: dict[str, object]) -> list[tuple[int, str]]:
        runs = [
            run
            for block in text["blocks"]
            for row in (block["rows"] if block["type"] == "table" else [block["runs"]])
            for run in row
        ]
        return [(run["number"], run["text"]) for run in runs if "number" in run]

    assert numbers(english) == numbers(chinese)
    assert [place for place, _shown in numbers(english)] == list(
        range(1, briefing.numbers.count() + 1)
    )
    assert chinese["day"] == f"{TODAY.year}年{TODAY.month}月{TODAY.day}日"
    assert english["day"] == f"{TODAY.day} {TODAY:%B} {TODAY.year}"


def test_a_branch_without_anything_below_has_no_table(village: Village) -> None:
    briefing = write(village, village.branch)

    assert [block["type"] for block in briefing.text("zh-hans")["blocks"]].count("table") == 0


def table_of(briefing: Briefing) -> list[list[str]]:
    blocks = briefing.text("zh-hans")["blocks"]
    rows = next(block["rows"] for block in blocks if block["type"] == "table")
    return [[run["text"] for run in row] for row in rows]


def test_a_unit_reads_of_its_branches_too_each_under_the_committee_it_belongs_to(
    client: Client, village: Village
) -> None:
    def found(name: str, kind: OrgKind, parent: Org) -> Org:
        return establish(name, kind, parent=parent, founded=FOUNDED, by="system")

    committee = found("测试局机关党委", OrgKind.AGENCY_COMMITTEE, village.unit)
    general = found("测试局第一党总支", OrgKind.GENERAL_BRANCH, committee)
    near = found("测试局办公室党支部", OrgKind.BRANCH, committee)
    far = found("测试局业务处党支部", OrgKind.BRANCH, general)

    briefing = write(village, village.unit)

    below = [village.branch.name, committee.name, "\u3000" + far.name, "\u3000" + near.name]
    assert [row[0] for row in table_of(briefing)] == below
    for org in (committee, near, far):
        cells = by_hand([committee, general, near, far] if org == committee else [org])
        assert shown(briefing, "ledger.expected", org) == str(cells.total() - cells["exempt"])
    client.force_login(village.officer)
    number = briefing.numbers.get(measure="ledger.overdue", org=far)
    assert len(open_number(client, number)) == int(number.shown)


def test_a_work_committee_reads_of_its_units_alone(village: Village) -> None:
    names = [row[0] for row in table_of(write(village))]

    assert names == [village.unit.name, village.other_unit.name]
