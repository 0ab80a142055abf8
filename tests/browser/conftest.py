"""A real instance with demo data, served by the product's own command, and a real Chromium that looks at it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ROOT = Path(__file__).parents[2]
SMALL = "0.05"


@dataclass(frozen=True)
class Site:
    """A served instance: its address, and the accounts the demo made by role."""

    url: str
    accounts: dict[str, dict[str, str]]


def _environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STATEWORKS_", "DATABASE_", "DJANGO_"))
    }
    return kept | {"STATEWORKS_HOME": str(home)}


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from stateworks.cli.main import run; run()", *arguments]


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Set up the demo in a folder of its own and serve it at a free port."""
    home = tmp_path_factory.mktemp("browser") / "home"
    environment = _environment(home)
    made = subprocess.run(
        _command("demo", "--scale", SMALL, "--format", "json"), env=environment, capture_output=True, text=True, timeout=600,
        check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-2000:]
    accounts = {one["role"]: one for one in json.loads(made.stdout)["accounts"]}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Into a file: a pipe that nobody reads would fill, and the server would wait for it.
    log = home.with_name("serve.log")
    with log.open("wb") as written:
        server = subprocess.Popen(
            _command("serve", "--port", str(port), "--workers", "1"), env=environment, stdout=subprocess.DEVNULL, stderr=written,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, server, log)
        yield Site(url, accounts)
    finally:
        server.terminate()
        server.wait(timeout=30)
        _destroy(environment)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise AssertionError(log.read_text()[-2000:])
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server was not ready in a minute")


def _destroy(environment: dict[str, str]) -> None:
    """Stop and remove the embedded database that the demo started."""
    script = (
        "import os, pathlib; from stateworks.config.postgres import server; "
        "server(pathlib.Path(os.environ['STATEWORKS_HOME'])).destroy()"
    )
    subprocess.run(
        [sys.executable, "-c", script], env=environment, check=False, capture_output=True, timeout=120
    )


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def signed_in(site: Site, chromium: Any) -> Callable[[str], Any]:
    """The cookies of somebody who signed in through the page, by role."""
    known: dict[str, Any] = {}

    def state(role: str) -> Any:
        if role not in known:
            account = site.accounts[role]
            # A page that is left open keeps drawing, and takes the machine from the tests that follow.
            with closing(chromium.new_context()) as context:
                page = context.new_page()
                answer = page.goto(f"{site.url}/accounts/login/")
                assert answer.status == 200, page.content()[:2000]
                page.get_by_label("Email").fill(account["email"])
                page.get_by_label("Password", exact=True).fill(account["password"])
                page.get_by_role("button", name="Sign in", exact=True).click()
                page.wait_for_url(f"{site.url}/")
                known[role] = context.storage_state()
        return known[role]

    return state


@pytest.fixture(scope="package")
def look_at(site: Site, chromium: Any, signed_in: Callable[[str], Any]) -> Iterator[Callable[..., Any]]:
    """Open an address to look at it and change nothing, one after the other in one page for each role and width.

    A page that stays open has what all pages load, and what is put in from outside, at hand for the next address.
    """
    kept: dict[tuple[str, int], Any] = {}

    def looked(path: str, *, role: str, width: int) -> Any:
        if (role, width) not in kept:
            state = signed_in(role) if role else None
            context = chromium.new_context(viewport=_viewport(width), storage_state=state)
            kept[role, width] = _noting(context.new_page())
        page = kept[role, width]
        # What the address before still waited for fails now, and is none of the next one's complaints.
        page.goto("about:blank")
        page.complaints.clear()
        page.response = page.goto(site.url + path)
        return page

    yield looked
    for page in kept.values():
        page.context.close()


@pytest.fixture
def open_page(site: Site, chromium: Any, signed_in: Callable[[str], Any]) -> Iterator[Callable[..., Any]]:
    """Open an address as somebody at a width; what the console says is kept on the page."""
    contexts: list[Any] = []

    def opened(path: str, *, role: str = "", width: int = 1280, **more: Any) -> Any:
        state = signed_in(role) if role else None
        context = chromium.new_context(viewport=_viewport(width), storage_state=state, **more)
        contexts.append(context)
        page = _noting(context.new_page())
        page.response = page.goto(site.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()


def _viewport(width: int) -> dict[str, int]:
    return {"width": width, "height": 900}


def _noting(page: Any) -> Any:
    """Note what goes wrong on a page."""
    page.complaints = []
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    page.on("requestfailed", lambda request: page.complaints.append(f"failed: {request.url}"))
    return page


def follow(page: Any, link: Any) -> None:
    """Click a link or button that leads to another page, and wait for that page: a click alone does not."""
    with page.expect_navigation():
        link.click()
