"""`make pictures`: the screenshots of the handbook, from a demonstration of its own.

    python -m tools.screenshots [NAME …] [--at http://127.0.0.1:8000] [--list]

Without `--at` a city demonstration is loaded into a folder that is gone afterwards, and served on
a free port. With NAMEs only those pictures are taken anew. The pictures are WebP, small enough for
version control; a picture is written only when all of its steps worked, so a screen that has
changed its words is named here rather than found missing by a reader.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tools import compile_messages
from tools.console import ROOT, Failure, give_up, say, step
from tools.postgres import free_port

PICTURES = ROOT / "docs" / "handbook" / "pictures"
PASSWORD = "bihuan-demo"
PHONE, DESK = (390, 844), (1280, 800)
TALLEST = {PHONE: 1300, DESK: 1100}
QUALITY = 60
LARGEST = 6_000_000
"""Bytes of all pictures together."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
PACKAGES = "chromium chromium-l10n fonts-noto-cjk"
CHINESE = {"LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"}
"""Of the browser's own words, on date fields and file fields."""

Steps = Callable[[Page], object]


@dataclass(frozen=True)
class Shot:
    """One picture: whose screen, how wide, and how one gets there from the first screen."""

    name: str
    account: str | None
    size: tuple[int, int]
    steps: Steps
    whole: bool = True
    """The page down to `TALLEST`, or only what is in the window."""


# --- steps


def stay(page: Page) -> None:
    """The first screen itself."""


def nav(words: str) -> Steps:
    """Follow the entry of the navigation with these words."""

    def steps(page: Page) -> None:
        page.locator(f"nav a:has-text('{words}')").first.evaluate("link => link.click()")
        page.wait_for_load_state()

    return steps


def tab(where: str, words: str) -> Steps:
    """Follow the navigation, then the link with these words."""

    def steps(page: Page) -> None:
        nav(where)(page)
        follow(page, words)

    return steps


def follow(page: Page, words: str) -> None:
    page.locator("main").get_by_role("link", name=words).first.click()
    page.wait_for_load_state()


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words).first.click()
    page.wait_for_load_state()


def at(path: str) -> Steps:
    """An address that has no door in the navigation."""
    return lambda page: page.goto(address(page) + path)


def address(page: Page) -> str:
    return page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2]


def record_form(page: Page) -> None:
    """From the desk: the first record that is due and not overdue."""
    page.locator("main a[href*='kind=']:not([href*='counts_for'])").first.click()
    page.wait_for_load_state()


def absentees(page: Page) -> None:
    record_form(page)
    page.get_by_text("有人缺席").click()
    page.locator("input[name^=absent-]").nth(1).check()
    page.locator("select[name^=reason-]").nth(1).select_option(index=1)
    page.locator("input[name^=absent-]").first.scroll_into_view_if_needed()


def filed(page: Page) -> None:
    record_form(page)
    page.fill("textarea[name=summary]", "集中学习，讨论分工，明确了下一步安排。")
    press(page, "登记")
    page.wait_for_url(lambda url: "/new/" not in url)


def filed_wrong(page: Page) -> None:
    record_form(page)
    page.fill("input[name=held_date]", "2099-01-01")
    press(page, "登记")


def completion(page: Page) -> None:
    page.locator("main a[href*='/complete/']").first.click()
    page.wait_for_load_state()


def own_record(page: Page) -> None:
    page.locator("main a[href^='/records/']:not([href*='new'])").first.click()
    page.wait_for_load_state()


def cell(page: Page) -> None:
    nav("台账")(page)
    page.locator("main a[href*='/cells/']").last.click()
    page.wait_for_load_state()


def review(page: Page) -> None:
    """The review of a short plan that is pasted here."""
    tab("计划", "导入计划")(page)
    page.fill("textarea[name=text]", PLAN)
    press(page, "读取并审核")
    page.wait_for_url("**/review/**")


def issue(page: Page) -> None:
    review(page)
    for key in page.locator("li.proposal.verdict-OPEN").evaluate_all(
        "cards => cards.map(card => card.dataset.key)"
    ):
        with page.expect_response(lambda answer: "/proposals/" in answer.url):
            page.locator(f"#card-{key} button[value=accept]").first.click()
    if page.get_by_role("button", name="其余不采纳").count():
        page.get_by_role("button", name="其余不采纳").click()
        page.locator("dialog[open] button[value=yes]").click()
    page.locator("#progress a.btn-primary").click()
    page.wait_for_url("**/issue/**")
    page.locator("input[name=kinds][value=BRANCH]").check()
    page.get_by_role("button", name="先看看要求谁做什么").click()
    page.locator("#asks").wait_for()


def briefing(page: Page) -> None:
    tab("通报", "写一份通报")(page)
    page.fill("textarea[name=requirements], textarea", "请逾期较多的单位在月底前补齐，写明原因。")
    press(page, "取数并生成")
    page.wait_for_url(lambda url: "/new/" not in url)


def number(page: Page) -> None:
    briefing(page)
    page.locator("a.number").nth(2).click()
    page.wait_for_load_state()


PLAN = """云川市市直机关下半年党建工作提示
一、抓好学习教育
1.开好主题党日。各党支部每月开展1次主题党日。
2.开展警示教育。各党支部年底前开展1次警示教育。
二、服务群众
3.开展志愿服务。各党支部每季度至少组织1次志愿服务活动。
4.关心关爱党员。常态化开展谈心谈话。
"""

SHOTS = (
    Shot("sign-in", None, PHONE, stay),
    Shot("branch-desk", "branch", PHONE, stay),
    Shot("branch-record", "branch", PHONE, record_form),
    Shot("branch-absent", "branch", PHONE, absentees, whole=False),
    Shot("branch-filed", "branch", PHONE, filed),
    Shot("branch-wrong", "branch", PHONE, filed_wrong),
    Shot("branch-complete", "branch", PHONE, completion),
    Shot("branch-ledger", "branch", PHONE, nav("台账")),
    Shot("branch-records", "branch", PHONE, nav("活动记录")),
    Shot("branch-own-record", "branch", PHONE, own_record),
    Shot("member-desk", "member", PHONE, stay),
    Shot("member-about-me", "member", PHONE, at("/about-me/")),
    Shot("unit-desk", "unit", DESK, stay),
    Shot("unit-table", "unit", DESK, nav("台账")),
    Shot("officer-desk", "officer", DESK, stay),
    Shot("officer-table", "officer", DESK, nav("台账"), whole=False),
    Shot("officer-gaps", "officer", DESK, tab("台账", "突出缺口"), whole=False),
    Shot("officer-months", "officer", DESK, tab("台账", "逐月"), whole=False),
    Shot("officer-cell", "officer", DESK, cell),
    Shot("officer-import", "officer", DESK, tab("计划", "导入计划")),
    Shot("officer-review", "officer", DESK, review, whole=False),
    Shot("officer-issue", "officer", DESK, issue),
    Shot("officer-duties", "officer", DESK, nav("责任事项"), whole=False),
    Shot("officer-duty", "officer", DESK, tab("责任事项", "支部委员会会议")),
    Shot("officer-briefing", "officer", DESK, briefing),
    Shot("officer-number", "officer", DESK, number, whole=False),
    Shot("officer-measures", "officer", DESK, tab("通报", "数字口径"), whole=False),
    Shot("officer-grants", "officer", DESK, nav("账号与权限"), whole=False),
    Shot("security-grants", "security", DESK, nav("账号与权限"), whole=False),
    Shot("security-give", "security", DESK, tab("账号与权限", "授予角色")),
    Shot("auditor-desk", "auditor", DESK, stay),
    Shot("auditor-list", "auditor", DESK, nav("审计")),
    Shot("two-step", "auditor", DESK, at("/accounts/2fa/")),
)


# --- taking them


def chromium_path() -> str | None:
    """The browser of the system: $CHROMIUM, or one of the usual names on the path."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def picture(browser: Browser, base: str, shot: Shot) -> bytes:
    """The WebP of one shot, taken by a visitor of its own."""
    width, height = shot.size
    context = browser.new_context(
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        device_scale_factor=1.5 if shot.size == PHONE else 1,
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    try:
        page = context.new_page()
        page.goto(f"{base}/")
        if shot.account:
            sign_in(page, base, shot.account)
        shot.steps(page)
        page.wait_for_load_state("networkidle")
        return capture(context, page, shot)
    finally:
        context.close()


def sign_in(page: Page, base: str, account: str) -> None:
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{base}/")


def capture(context: BrowserContext, page: Page, shot: Shot) -> bytes:
    """The browser's own WebP: Playwright knows PNG and JPEG alone."""
    window = {"format": "webp", "quality": QUALITY}
    if shot.whole:
        # A window as tall as the page, so that what sticks to its lower edge stays there.
        width, height = shot.size
        tall = int(page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size(
            {"width": width, "height": min(max(tall, height), TALLEST[shot.size])}
        )
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(100)
    answer = context.new_cdp_session(page).send("Page.captureScreenshot", window)
    return base64.b64decode(answer["data"])


def take(base: str, shots: list[Shot], into: Path) -> list[str]:
    """Take the pictures; return a sentence for each that could not be taken."""
    into.mkdir(parents=True, exist_ok=True)
    troubles = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=FLAGS, env={**os.environ, **CHINESE}
        )
        for shot in shots:
            try:
                taken = picture(browser, base, shot)
            except Error as error:
                troubles.append(f"{shot.name}: {str(error).splitlines()[0]}")
                continue
            (into / f"{shot.name}.webp").write_bytes(taken)
            say(f"  {shot.name:<22}{len(taken) / 1000:6.0f} kB")
        browser.close()
    return troubles


# --- the demonstration


@contextmanager
def demonstration() -> Iterator[str]:
    """A fresh city on a free port; gone afterwards with its data."""
    with tempfile.TemporaryDirectory(prefix="bihuan-pictures-") as home:
        env = {**os.environ, "BIHUAN_HOME": home, "DATABASE_URL": "", "BIHUAN_DEMO": "1"}
        with step("loading a demonstration"):
            for words in (["install"], ["demo", "--scale", "city"]):
                bihuan(words, env)
        port = free_port()
        server = subprocess.Popen(
            [sys.executable, "-m", "bihuan", "serve", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield answering(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()
            server.wait(timeout=20)


def bihuan(words: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bihuan", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failure(f"{done.stderr}\nThis failed: bihuan {' '.join(words)}")


def answering(base: str, server: subprocess.Popen[bytes]) -> str:
    for _try in range(120):
        if server.poll() is not None:
            raise Failure("The demonstration's server has ended; start `make run` to see why.")
        try:
            urlopen(f"{base}/healthz", timeout=5).close()
        except (URLError, OSError):
            time.sleep(0.25)
        else:
            return base
    raise Failure("The demonstration's server did not answer within half a minute.")


def wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--at", metavar="URL", help="a demonstration that is already served")
    parser.add_argument("--list", action="store_true", help="print the names and do nothing")
    return parser.parse_args()


def chosen(names: list[str]) -> list[Shot]:
    unknown = set(names) - {shot.name for shot in SHOTS}
    if unknown:
        raise Failure(f"No picture is called {', '.join(sorted(unknown))}; see --list.")
    return [shot for shot in SHOTS if not names or shot.name in names]


def main() -> None:
    wanted = wishes()
    try:
        shots = chosen(wanted.names)
        if wanted.list:
            say("\n".join(shot.name for shot in shots))
            return
        if chromium_path() is None:
            raise Failure(
                "There is no Chromium here: apt-get install chromium chromium-l10n fonts-noto-cjk"
            )
        compile_messages.compile_catalogues()
        if wanted.at:
            troubles = take(wanted.at.rstrip("/"), shots, PICTURES)
        else:
            with demonstration() as base:
                troubles = take(base, shots, PICTURES)
        total = sum(path.stat().st_size for path in PICTURES.glob("*.webp"))
        say(f"{len(list(PICTURES.glob('*.webp')))} pictures, {total / 1e6:.1f} MB")
        if troubles:
            raise Failure("\n".join(["These could not be taken:", *troubles]))
        if total > LARGEST:
            raise Failure(f"The pictures are larger than {LARGEST / 1e6:.0f} MB together.")
    except Failure as failure:
        give_up(failure)


if __name__ == "__main__":
    main()
