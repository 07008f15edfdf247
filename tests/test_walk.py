"""The main job as people do it, in a real browser: from a document to a number's record."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from bihuan.accounts.models import User
from bihuan.activities.models import Activity
from bihuan.duties.models import Duty, Programme
from tests.village import Village, found_village

SEED = Path(__file__).parents[2] / "shared" / "seeds" / "003_d2451ef3e7fb62ec.txt"
PLAN = """市直机关{year}年党建工作要点
{year}年，市直机关党建工作的总体要求是：围绕中心、建设队伍、服务群众。
一、做实思想教育
1.开好主题党日。各党支部每月开展1次主题党日。
2.开展警示教育。各党支部年底前开展1次警示教育。
3.讲好党课。各党支部书记每半年至少讲1次党课。
二、做好服务群众
4.开展志愿服务。各党支部每季度至少组织1次志愿服务活动。
5.走访联系群众。各党支部全年走访联系群众不少于2次。
6.认真总结。各党支部于12月15日前形成年度总结。
"""
PASSWORD = "a-long-enough-password"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def village() -> Village:
    village = found_village()
    User.objects.update(password=make_password(PASSWORD))
    return village


def sign_in(browser: Browser, server: str, name: str, size: dict[str, int]) -> Page:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"{server}/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{server}/")
    return page


def plan_text() -> str:
    return PLAN.format(year=timezone.localdate().year)


def test_from_a_plan_to_the_record_behind_a_number(
    browser: Browser, live_server: object, village: Village
) -> None:
    server = str(live_server)
    officer = sign_in(browser, server, "officer", DESK)
    take_in(officer, server, plan_text())
    expect(officer.locator("#document")).to_contain_text("二、做好服务群众")
    adopt_and_issue(officer)
    programme = Programme.objects.get()
    assert programme.issued_year == timezone.localdate().year
    assert Duty.objects.filter(programme=programme).count() >= 4

    record_the_theme_day(browser, server, village)

    officer.goto(f"{server}/reports/new/?org={village.committee.pk}")
    officer.get_by_role("button", name="取数并生成").click()
    held = officer.locator("a.number").nth(2)
    expect(held).to_have_text("1")
    held.click()
    officer.locator("#rows .behind a").first.click()
    expect(officer.locator("h1")).to_contain_text("主题党日")
    assert officer.url == server + Activity.objects.get().get_absolute_url()


def take_in(page: Page, server: str, text: str) -> None:
    page.goto(f"{server}/duties/programmes/new/")
    page.fill("textarea[name=text]", text)
    page.get_by_role("button", name="读取并审核").click()
    page.wait_for_url("**/review/**")


def adopt_and_issue(page: Page) -> None:
    """Adopt what the document settles, leave the rest, look at the preview, issue."""
    keys = page.locator("li.proposal.verdict-OPEN").evaluate_all(
        "cards => cards.map(card => card.dataset.key)"
    )
    for key in keys:
        card = page.locator(f"#card-{key}")
        with page.expect_response(lambda answer: "/proposals/" in answer.url):
            card.locator("button[value=accept]").first.click()
    rest = page.get_by_role("button", name="其余不采纳")
    if rest.count():
        rest.click()
        page.locator("dialog[open] button[value=yes]").click()
    page.locator("#progress a.btn-primary").click()
    page.wait_for_url("**/issue/**")
    page.locator("input[name=kinds][value=BRANCH]").check()
    page.get_by_role("button", name="先看看要求谁做什么").click()
    expect(page.locator("#asks")).to_be_visible()
    page.locator("button[name=issue]").click()
    page.locator("dialog[open] button[value=yes]").click()
    page.wait_for_url(lambda url: "issue" not in url)


def record_the_theme_day(browser: Browser, server: str, village: Village) -> None:
    """On a phone, with three touches and one line of text; the cell of this month turns."""
    phone = sign_in(browser, server, "secretary", PHONE)
    month = timezone.localdate().month
    owed = f"{server}/ledger/{village.branch.pk}/owed/"
    phone.goto(f"{server}/records/new/?org={village.branch.pk}&kind=theme_day")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.fill("textarea[name=summary]", "学习讨论，明确了下月安排。")
    phone.get_by_role("button", name="登记", exact=True).click()
    expect(phone.locator("h1")).to_contain_text("主题党日")
    phone.goto(owed)
    assert phone.locator("body").inner_text().count("主题党日") >= 1
    activity = Activity.objects.get()
    assert (activity.org, activity.held_date.month, activity.present) == (village.branch, month, 8)


def test_a_real_plan_shows_its_three_blocks_and_six_items(
    browser: Browser, live_server: object, village: Village
) -> None:
    server = str(live_server)
    officer = sign_in(browser, server, "officer", DESK)
    officer.goto(f"{server}/duties/programmes/new/")
    officer.set_input_files("input[name=file]", str(SEED))
    officer.get_by_role("button", name="读取并审核").click()
    officer.wait_for_url("**/review/**")

    clauses = Programme.objects.get().clauses
    assert clauses.filter(level=1).count() == 3
    assert [each.number for each in clauses.filter(number__regex=r"^\d\.").order_by("order")] == [
        "1.", "2.", "3.", "4.", "5.", "6.",
    ]  # fmt: skip
    assert officer.locator("li.proposal").count() >= 6


if not SEED.exists():
    # The document is a third party's and not ours to ship; without it there is nothing to test.
    del test_a_real_plan_shows_its_three_blocks_and_six_items
