"""The record form in a real browser, mostly on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from bihuan.accounts.models import User
from bihuan.activities.models import Activity, Kind, RecordDraft, StagedFile
from tests.files import picture_makers as pm
from tests.village import Village, found_village

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
PHOTO = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": pm.jpeg()}
FILED = re.compile(r"/records/\d+/$")
# Counts what a person has to touch: presses and fields that get a value.
TOUCHES = """
window.touched = 0;
for (const kind of ["click", "change"]) addEventListener(kind, (event) => {
  const box = ["checkbox", "radio"].includes(event.target.type);
  if (event.isTrusted && (kind === "click" ? event.target.matches("button, a, summary") : true))
    window.touched += box && kind === "click" ? 0 : 1;
}, true);
"""


@pytest.fixture
def village() -> Village:
    return found_village()


def sign_in(page: Page, server: str, user: User) -> None:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": session.session_key, "url": server}])


@pytest.fixture
def phone(page: Page, live_server: Any, village: Village) -> Page:
    """The secretary's phone, open at a theme day."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(page, live_server.url, village.secretary)
    page.goto(f"{live_server.url}/records/new/?org={village.branch.pk}&kind=theme_day")
    return page


def send(page: Page) -> None:
    page.locator("[data-send]").click()
    page.wait_for_url(FILED)


def test_a_theme_day_takes_no_more_than_six_touches(phone: Page, village: Village) -> None:
    absent = village.members[2].pk
    phone.evaluate(TOUCHES)

    phone.get_by_text("有人缺席？点开勾选").click()
    phone.locator(f"[name=absent-{absent}]").check()
    phone.locator(f"[name=reason-{absent}]").select_option("LEAVE")
    phone.locator("[name=summary]").fill("学习讨论")
    phone.locator("[name=summary]").blur()
    touched = phone.evaluate("window.touched") + 1
    send(phone)

    assert 0 < touched <= 6
    activity = Activity.objects.get()
    assert (activity.summary, activity.present) == ("学习讨论", 7)


def test_a_photo_goes_up_at_once_and_comes_with_the_record(phone: Page) -> None:
    phone.set_input_files("#id_files", [PHOTO])
    expect(phone.locator("#filelist")).to_contain_text("现场.jpg")
    assert StagedFile.objects.count() == 1

    send(phone)

    assert [file.name for file in Activity.objects.get().files.all()] == ["现场.jpg"]
    expect(phone.locator("article")).to_contain_text("现场.jpg")


def test_a_file_that_is_too_large_never_leaves_the_phone(phone: Page, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MB = 1
    phone.reload()
    large = {"name": "大图.jpg", "mimeType": "image/jpeg", "buffer": bytes(2 * 1024 * 1024)}

    phone.set_input_files("#id_files", [large, PHOTO])

    expect(phone.locator("#uploads")).to_contain_text("超过 1 MB")
    expect(phone.locator("#filelist")).to_contain_text("现场.jpg")
    send(phone)
    assert Activity.objects.get().files.count() == 1


def test_a_phone_without_network_keeps_the_form_and_says_so(phone: Page) -> None:
    phone.locator("[name=summary]").fill("地铁里写的")
    phone.context.set_offline(True)
    phone.set_input_files("#id_files", [PHOTO])
    expect(phone.locator("#uploads")).to_contain_text("没有连上网络")

    phone.locator("[data-send]").click()

    expect(phone.locator("#unsent")).to_contain_text("没有连上网络")
    assert phone.locator("[name=summary]").input_value() == "地铁里写的"
    phone.context.set_offline(False)
    phone.locator("#uploads [data-again]").click()
    expect(phone.locator("#filelist")).to_contain_text("现场.jpg")
    send(phone)
    assert Activity.objects.get().summary == "地铁里写的"


def test_a_file_not_yet_up_goes_with_the_form(phone: Page) -> None:
    phone.context.set_offline(True)
    phone.set_input_files("#id_files", [PHOTO])
    expect(phone.locator("#uploads")).to_contain_text("没有连上网络")
    phone.context.set_offline(False)

    send(phone)

    assert Activity.objects.get().files.count() == 1


def test_after_the_session_ended_nothing_on_the_page_is_lost(
    phone: Page, live_server: Any, village: Village
) -> None:
    phone.locator("[name=summary]").fill("登录过期前写的")
    phone.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    phone.set_input_files("#id_files", [PHOTO])
    expect(phone.locator("#uploads")).to_contain_text("登录已过期")

    # Signing in goes on in another window; this page stays as it is.
    sign_in(phone, live_server.url, village.secretary)
    other = phone.context.new_page()
    other.goto(live_server.url)
    other.close()
    phone.locator("#uploads [data-again]").click()
    expect(phone.locator("#filelist")).to_contain_text("现场.jpg")
    send(phone)

    activity = Activity.objects.get()
    assert (activity.summary, activity.files.count()) == ("登录过期前写的", 1)


def test_what_is_typed_is_a_draft_before_anything_is_pressed(phone: Page) -> None:
    phone.locator("[name=summary]").press_sequentially("半句话")
    expect(phone.locator("#saved")).to_contain_text("草稿已保存")

    assert RecordDraft.objects.get().fields["summary"] == "半句话"


def test_a_double_press_is_one_record(phone: Page) -> None:
    phone.locator("[data-send]").dblclick()
    phone.wait_for_url(FILED)

    assert Activity.objects.count() == 1


def test_the_roll_follows_the_kind_that_is_pressed(phone: Page) -> None:
    expect(phone.locator("#people-head")).to_contain_text("应到 8 人")

    phone.locator("label", has_text="主题党日").click()
    phone.locator("label", has_text="支部委员会会议").click()

    expect(phone.locator("#people-head")).to_contain_text("应到 4 人")


def test_rows_for_decisions_are_added_where_needed(phone: Page) -> None:
    phone.get_by_text("更多：议定事项").click()
    for row in range(1, 6):
        if row > 3:
            phone.locator("[data-more-rows]").click()
        phone.locator(f"[name=decision-{row}]").fill(f"决定{row}")

    send(phone)

    assert Activity.objects.get().decisions.count() == 5


@pytest.mark.parametrize("width", [390, 1280])
def test_every_kind_of_a_branch_fits_the_screen_and_can_be_filed(
    page: Page, live_server: Any, village: Village, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, live_server.url, village.secretary)
    kinds = [kind for kind in Kind.objects.order_by("order", "pk") if "BRANCH" in kind.org_kinds]

    for kind in kinds:
        page.goto(f"{live_server.url}/records/new/?org={village.branch.pk}&kind={kind.code}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(f"input[value={kind.code}]").is_checked()
        send(page)
        expect(page.locator("h1")).to_contain_text(kind.name)

    assert Activity.objects.count() == len(kinds) > 20
