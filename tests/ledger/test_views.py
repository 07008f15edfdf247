from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bihuan.activities.actions import file_record
from bihuan.activities.models import Activity
from bihuan.activities.rules import Record
from bihuan.duties.actions import grant_exemption
from bihuan.duties.models import Completion, Duty, Exemption
from bihuan.ledger.actions.tick import catch_up
from bihuan.ledger.queries.cells import Found, cells_where
from bihuan.ledger.queries.screens import Cell, OwedLine, owed_by, worst
from bihuan.orgs.actions.tree import establish
from bihuan.orgs.choices import OrgKind
from bihuan.orgs.models import Org
from tests.village import FOUNDED, Village, found_village

pytestmark = pytest.mark.django_db
SCREENS = ["overview", "owed", "units", "months", "gaps", "cells", "exempt"]


@pytest.fixture
def village() -> Village:
    found = found_village()
    catch_up(timezone.localdate().year, timezone.localdate())
    return found


def theme_day(village: Village) -> tuple[OwedLine, Cell]:
    """The line of the monthly theme day, and its cell of this month."""
    today = timezone.localdate()
    lines = owed_by(village.branch, today.year, today)
    owed = next(
        each for each in lines if each.line.kinds and each.line.kinds[0].code == "theme_day"
    )
    return owed, next(cell for cell in owed.cells if cell.first <= today <= cell.last)


def filed(village: Village) -> Activity:
    today = timezone.localdate()
    record = Record(org_id=village.branch.pk, kinds=("theme_day",), held_date=today, title="清风")
    return file_record(record, by=village.secretary)


def test_what_is_owed_stands_in_a_sentence_with_the_button_that_does_it(
    client: Client, village: Village
) -> None:
    client.force_login(village.secretary)
    owed, cell = theme_day(village)

    page = client.get(reverse("ledger:owed", args=[village.branch.pk])).content.decode()

    assert f"{owed.line.title}：{cell.label}还差 1 次" in page
    assert f"{reverse('activities:record')}?org={village.branch.pk}&amp;kind=theme_day" in page
    assert "支部工作条例" in page


def test_a_record_moves_the_cell_and_stands_behind_it(client: Client, village: Village) -> None:
    client.force_login(village.secretary)
    activity = filed(village)
    owed, cell = theme_day(village)

    page = client.get(
        reverse("ledger:cell", args=[village.branch.pk, owed.line.number, cell.index])
    ).content.decode()

    assert cell.state == "done"
    assert activity.get_absolute_url() in page
    assert "清风" in page


def pages_of_cells(client: Client, org: Org, asked: dict[str, object]) -> list[Found]:
    """All cells of the list, page after page; each page says the same number of all."""
    found: list[Found] = []
    after = ""
    while True:
        where = reverse("ledger:cells", args=[org.pk])
        page = client.get(where, asked | ({"after": after} if after else {}))
        found += page.context["found"]
        after = page.context["end"]
        if not after:
            assert len(found) == page.context["number"]
            return found


def test_numbers_of_the_table_open_as_many_cells_as_they_say(
    client: Client, village: Village
) -> None:
    client.force_login(village.officer)
    filed(village)
    page = client.get(reverse("ledger:units", args=[village.committee.pk]))
    table = page.context["table"]
    checked = 0

    for row in (each for each in table.rows if not each.own):
        for number, counts in row.by_line.items():
            behind = pages_of_cells(client, row.org, {"line": number})
            assert len(behind) == counts.expected
            checked += 1
    for state in ("done", "overdue", "open", "not_yet_due"):
        behind = pages_of_cells(client, village.committee, {"state": state})
        assert len(behind) == getattr(table.total, state)

    assert checked > 4


def test_pages_of_cells_show_every_cell_once_in_the_order_of_the_tree(village: Village) -> None:
    theme_day(village)
    today = timezone.localdate()
    whole, end = cells_where(village.committee, today.year, today, limit=10_000)
    assert end == ""
    assert len(whole) > 20

    for limit in (1, 7, len(whole) - 1, len(whole)):
        found: list[Found] = []
        after = ""
        while True:
            page, after = cells_where(
                village.committee, today.year, today, after=after, limit=limit
            )
            found += page
            if not after:
                break
        assert found == whole


def test_the_span_filter_leaves_out_other_months(client: Client, village: Village) -> None:
    client.force_login(village.officer)
    owed, _cell = theme_day(village)

    page = client.get(
        reverse("ledger:units", args=[village.committee.pk]),
        {"line": owed.line.number, "span": "q1"},
    )

    assert page.context["table"].total.expected == 6  # two branches, three months


def test_the_months_add_up_to_the_total(client: Client, village: Village) -> None:
    client.force_login(village.officer)

    context = client.get(reverse("ledger:months", args=[village.committee.pk])).context

    parts = [part.counts.expected for heat in context["lines"] for part in heat.stretches]
    assert sum(parts) == context["total"].expected > 0


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("who", "answer"),
    [("officer", 200), ("secretary", 200), ("other_secretary", 404), ("member", 403)],
)
def test_who_sees_a_branch(
    client: Client, village: Village, screen: str, who: str, answer: int
) -> None:
    client.force_login(getattr(village, who))
    if screen == "exempt" and who != "officer":
        answer = 403

    page = client.get(reverse(f"ledger:{screen}", args=[village.branch.pk]))

    assert page.status_code == answer


def test_nobody_sees_it_without_signing_in(client: Client, village: Village) -> None:
    answer = client.get(reverse("ledger:owed", args=[village.branch.pk]))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_an_exemption_changes_the_cell_and_says_why(client: Client, village: Village) -> None:
    client.force_login(village.officer)
    owed, cell = theme_day(village)
    url = reverse("ledger:exempt", args=[village.branch.pk])
    asked = {
        "lineage": owed.duties[0].lineage, "since": cell.first.isoformat(),
        "until": cell.last.isoformat(), "reason": "支部整建制外出集训",
    }  # fmt: skip

    answer = client.post(url, asked)

    assert answer.status_code == 302
    assert theme_day(village)[1].state == "exempt"
    page = client.get(reverse("ledger:owed", args=[village.branch.pk])).content.decode()
    assert "支部整建制外出集训" in page
    client.post(reverse("ledger:exemption_withdraw", args=[Exemption.objects.get().pk]))
    assert theme_day(village)[1].state != "exempt"


def test_a_refused_exemption_keeps_what_was_typed(client: Client, village: Village) -> None:
    client.force_login(village.officer)
    asked = {"lineage": "", "since": "2026-05-02", "until": "2026-05-01", "reason": "写好的原因"}

    page = client.post(reverse("ledger:exempt", args=[village.branch.pk]), asked)

    assert (page.status_code, Exemption.objects.count()) == (200, 0)
    assert "写好的原因" in page.content.decode()
    assert "豁免的止日早于起日" in page.content.decode()


def test_a_unit_that_owes_nothing_itself_is_exempted_with_those_below(
    client: Client, village: Village
) -> None:
    client.force_login(village.officer)
    url = reverse("ledger:exempt", args=[village.unit.pk])
    year = timezone.localdate().year
    asked = {"lineage": "", "since": f"{year}-01-01", "until": f"{year}-12-31", "reason": "撤并"}

    table = client.get(reverse("ledger:units", args=[village.committee.pk])).content.decode()
    opened = client.get(url)
    refused = client.post(url, asked)
    stood = Exemption.objects.count()
    client.post(url, asked | {"subtree": "on"})

    assert f"{url}?year={year}" in table
    assert opened.context["form"]["subtree"].value() is True
    assert "只对本级登记不会改变台账" in refused.content.decode()
    assert stood == 0
    assert theme_day(village)[1].state == "exempt"


def test_whoever_may_not_exempt_finds_no_link_to_it(client: Client, village: Village) -> None:
    client.force_login(village.secretary)

    page = client.get(reverse("ledger:owed", args=[village.branch.pk])).content.decode()

    assert reverse("ledger:exempt", args=[village.branch.pk]) not in page


def test_a_secretary_cannot_withdraw_an_exemption(client: Client, village: Village) -> None:
    today = timezone.localdate()
    exemption = grant_exemption(
        village.branch, since=today, until=today, reason="试", by=village.officer
    )
    client.force_login(village.secretary)

    answer = client.post(reverse("ledger:exemption_withdraw", args=[exemption.pk]))

    exemption.refresh_from_db()
    assert (answer.status_code, exemption.withdrawn_at) == (403, None)


def completable(village: Village) -> Duty:
    today = timezone.localdate()
    lines = owed_by(village.branch, today.year, today)
    return next(each.line.duties[0] for each in lines if not each.line.takes_records)


def test_a_completion_with_a_file_discharges_what_no_record_can(
    client: Client, village: Village
) -> None:
    client.force_login(village.secretary)
    duty, today = completable(village), timezone.localdate()
    asked = {
        "sentence": "全年集中学习已满学时", "done": today.isoformat(),
        "counts_for": today.isoformat(), "file": SimpleUploadedFile("证明.txt", b"done"),
    }  # fmt: skip

    client.post(reverse("ledger:complete", args=[village.branch.pk, duty.pk]), asked)

    completion = Completion.objects.get()
    cells = [
        (each.line.number, cell)
        for each in owed_by(village.branch, today.year, today)
        if duty in each.line.duties
        for cell in each.cells
        if cell.first <= today <= cell.last
    ]
    assert [cell.state for _number, cell in cells] == ["done"]
    page = client.get(
        reverse("ledger:cell", args=[village.branch.pk, cells[0][0], cells[0][1].index])
    )
    assert completion.sentence in page.content.decode()
    file = client.get(reverse("ledger:completion_file", args=[completion.pk]))
    assert b"".join(file) == b"done"
    client.force_login(village.other_secretary)
    assert client.get(reverse("ledger:completion_file", args=[completion.pk])).status_code == 404


def test_a_duty_that_records_discharge_takes_no_completion(
    client: Client, village: Village
) -> None:
    client.force_login(village.secretary)
    duty = theme_day(village)[0].duties[0]

    answer = client.post(reverse("ledger:complete", args=[village.branch.pk, duty.pk]), {})

    assert (answer.status_code, Completion.objects.count()) == (302, 0)


@pytest.mark.parametrize("screen", ["units", "gaps", "cells", "months"])
def test_three_more_branches_cost_no_more_queries(
    client: Client, village: Village, screen: str
) -> None:
    client.force_login(village.officer)
    url = reverse(f"ledger:{screen}", args=[village.committee.pk])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get(url)
    for number in range(3):
        unit = establish(
            f"新单位{number}", OrgKind.UNIT, parent=village.committee, founded=FOUNDED, by="system"
        )
        establish(f"新支部{number}", OrgKind.BRANCH, parent=unit, founded=FOUNDED, by="system")
    client.get(url)

    with CaptureQueriesContext(connection) as after:
        page = client.get(url)

    assert len(after) == len(before)
    if screen == "units":
        assert "新单位2" in page.content.decode()


def test_an_unknown_cell_leads_back_to_what_is_owed(client: Client, village: Village) -> None:
    client.force_login(village.secretary)

    answer = client.get(reverse("ledger:cell", args=[village.branch.pk, 999, 0]))

    assert answer.status_code == 302


def test_a_year_without_a_ledger_is_not_made_by_looking(client: Client, village: Village) -> None:
    client.force_login(village.secretary)
    this = timezone.localdate().year

    page = client.get(reverse("ledger:owed", args=[village.branch.pk]), {"year": "2021"})

    assert page.context["year"] == this
    assert page.context["years"] == [this]


def test_the_button_of_an_overdue_cell_names_the_period_in_the_record_screen(
    client: Client, village: Village
) -> None:
    client.force_login(village.secretary)
    asked = {"org": village.branch.pk, "kind": "theme_day", "counts_for": "2026-01-01"}

    page = client.get(reverse("activities:record"), asked)

    assert 'value="2026-01-01"' in page.content.decode()


def test_the_worst_of_one_tree_do_not_stand_in_the_list_of_another(village: Village) -> None:
    today = timezone.localdate()
    far = establish(
        "邻市直属机关工委", OrgKind.COMMITTEE, parent=None, founded=FOUNDED, by="system"
    )
    establish("邻市支部", OrgKind.BRANCH, parent=far, founded=FOUNDED, by="system")
    end = today.replace(month=12, day=31)
    catch_up(today.year, end)

    here, there = (
        {each.org.name for each in worst(top, today.year, end)} for top in (village.committee, far)
    )

    assert there == {"邻市支部"}
    assert here
    assert not here & there
