"""The review with the keyboard and on a phone, in a real browser."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect

from bihuan.duties.actions.review import import_programme
from bihuan.duties.choices import Verdict
from bihuan.duties.models import Proposal
from bihuan.duties.queries import is_task, proposals_of
from tests.duties.test_review import PLAN
from tests.village import found_village

pytestmark = pytest.mark.browser
APPEND_ONLY = import_module("bihuan.audit.migrations.0002_append_only")


@pytest.fixture(scope="module", autouse=True)
def erasable(django_db_setup, django_db_blocker):
    """SQLite empties tables by DELETE, which the triggers of the append-only audit forbid."""
    if connection.vendor != "sqlite":
        yield
        return
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        APPEND_ONLY.allow(apps, editor)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        APPEND_ONLY.forbid(apps, editor)


@pytest.fixture
def programme(transactional_db):
    village = found_village()
    return import_programme(PLAN, org=village.committee, by=village.officer)


@pytest.fixture
def review(page, live_server, programme):
    """The officer's tab, open at the review."""
    user = programme.created_by
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": session.session_key,
                "url": live_server.url,
            }
        ]
    )
    page.goto(live_server.url + reverse("duties:review", args=[programme.pk]))
    return page


def test_the_keyboard_alone_reviews(review, programme):
    first, second = [each for each in proposals_of(programme) if is_task(each)][:2]
    expect(review.locator(".proposal.current")).to_have_id(f"card-{first.pk}")

    review.keyboard.press("a")
    expect(review.locator(f"#card-{first.pk}")).to_have_attribute("data-verdict", "ACCEPTED")
    expect(review.locator(".proposal.current")).to_have_id(f"card-{second.pk}")
    review.keyboard.press("x")
    expect(review.locator(f"#card-{second.pk}")).to_have_attribute("data-verdict", "DROPPED")

    verdicts = {each.pk: each.verdict for each in Proposal.objects.all()}
    assert (verdicts[first.pk], verdicts[second.pk]) == (Verdict.ACCEPTED, Verdict.DROPPED)
    expect(review.locator("#progress")).to_contain_text("2 /")


def test_a_draft_survives_leaving_the_page(review, programme):
    review.keyboard.press("e")
    box = review.locator(".proposal.current textarea[name=title]")
    box.fill("另一个说法")
    box.blur()
    expect(review.locator(".proposal.current [id^=saved-]")).to_contain_text("草稿已保存")

    review.reload()
    expect(review.locator("#cards")).to_contain_text("另一个说法")


def test_a_mark_and_its_proposal_lead_to_each_other_on_a_phone(review):
    review.set_viewport_size({"width": 390, "height": 844})
    review.locator("label[for=pane-document]").click()
    mark = review.locator("#document .span").nth(1)
    key = mark.get_attribute("data-key")

    mark.click()

    expect(review.locator(f"#card-{key}")).to_be_visible()
    expect(review.locator(f"#card-{key}")).to_have_class("proposal verdict-OPEN current")
    assert review.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_takes_back_joins_splits_and_adds(review, programme):
    first, second = [each for each in proposals_of(programme) if is_task(each)][:2]
    review.keyboard.press("x")
    expect(review.locator(".proposal.current")).to_have_id(f"card-{second.pk}")
    review.keyboard.press("k")
    review.keyboard.press("u")
    expect(review.locator(f"#card-{first.pk}")).to_have_attribute("data-verdict", "OPEN")

    with review.expect_navigation():
        review.keyboard.press("m")
    expect(review.locator(f"#card-{second.pk}")).to_have_count(0)
    joined = Proposal.objects.get(pk=first.pk)
    assert (joined.start, joined.end) == (first.start, second.end)

    review.keyboard.press("s")
    expect(review.locator(f"#at-{first.pk}")).to_be_focused()
    review.keyboard.press("Escape")
    review.keyboard.press("n")
    expect(review.locator("#quote")).to_be_focused()


def test_a_field_is_left_with_escape_and_adopted_from_with_control_enter(review, programme):
    first = next(each for each in proposals_of(programme) if is_task(each))
    review.keyboard.press("e")
    box = review.locator(".proposal.current textarea[name=title]")
    expect(box).to_be_focused()
    review.keyboard.press("Escape")
    expect(box).not_to_be_focused()

    box.fill("主题党日按月开展")
    review.keyboard.press("Control+Enter")

    card = review.locator(f"#card-{first.pk}")
    expect(card).to_have_attribute("data-verdict", "ACCEPTED")
    expect(card).to_contain_text("主题党日按月开展")
