"""What the log says, and what it never says."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from stateworks.config.logs import JsonLines, Lines, WithoutValues, cleaned, configuration

SECRETS = ("hunter2hunter2", "tok-3nSecret", "sess-9Secret", "jane.doe@example.gov", "jane", "Jane", "Doe")


class Kept(logging.Handler):
    """Keeps every line in both shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, object]] = []
        self.text = ""
        self.addFilter(WithoutValues())

    def emit(self, record: logging.LogRecord) -> None:
        self.text += JsonLines().format(record) + "\n" + Lines().format(record) + "\n"
        self.lines.append(json.loads(JsonLines().format(record)))


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler = Kept()
    loggers = [logging.getLogger(), logging.getLogger("django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_its_number(kept: Kept) -> None:
    answer = Client().get("/accounts/login/", headers={"x-request-id": "balancer-0001"})
    assert answer.headers["X-Request-ID"] == "balancer-0001"
    (line,) = [one for one in kept.lines if one["logger"] == "stateworks.requests"]
    assert (line["request"], line["method"], line["path"], line["status"], line["actor"]) == (
        "balancer-0001", "GET", "/accounts/login/", 200, None,
    )  # fmt: skip
    assert isinstance(line["ms"], int)
    other = Client().get("/accounts/login/", headers={"x-request-id": "evil\tvalue"}).headers["X-Request-ID"]
    assert len(other) == 32 and other != answer.headers["X-Request-ID"]


@pytest.mark.django_db
def test_the_actor_is_a_number(kept: Kept) -> None:
    from stateworks.kernel.access.models import Account

    account = Account.objects.create_user("jane.doe@example.gov", "hunter2hunter2", name="Jane Doe")
    client = Client()
    client.force_login(account)
    client.get("/work/")
    assert [one["actor"] for one in kept.lines if one["logger"] == "stateworks.requests"] == [account.pk]
    assert not [word for word in SECRETS if word in kept.text]


@pytest.mark.django_db
def test_nothing_that_people_send_is_written(kept: Kept) -> None:
    client = Client(raise_request_exception=False)
    client.post(
        "/accounts/login/?next=/x&e=jane.doe@example.gov",
        {"login": "jane.doe@example.gov", "password": "hunter2hunter2"},
    )
    client.get("/data/office.person/jane.doe/?q=Jane", headers={"authorization": "Bearer tok-3nSecret"})
    client.get(
        "/no-such/jane.doe@example.gov?token=tok-3nSecret", headers={"cookie": "sessionid=sess-9Secret"}
    )
    client.get("/accounts/password/reset/key/7-tok-3nSecret/")
    client.get("/", headers={"host": "evil.example"})
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.post(
        "/accounts/login/", {"login": "jane.doe@example.gov"}, headers={"cookie": "csrftoken=tok-3nSecret"}
    )
    answered = [one for one in kept.lines if one["logger"] == "stateworks.requests"]
    assert len(answered) == 6
    assert [one["path"] for one in answered] == [
        "/accounts/login/", "/data/<str:name>/<str:key>/", "(no such page)",
        "/accounts/password/reset/key/<uidb36>-<key>/", "(no such page)", "/accounts/login/",
    ]  # fmt: skip
    assert all("request" in one for one in kept.lines)
    found = [word for word in SECRETS if word in kept.text]
    assert not found, kept.text


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("password=hunter2hunter2 next", "password=… next"),
        ("{'password': 'hunter2 hunter2', 'a': 1}", "{'password': …, 'a': 1}"),
        ("Cookie: sessionid=abc", "Cookie: …"),
        ("Authorization: Bearer abc.def-123456", "Authorization: …"),
        ("GET /data/x/?q=Jane%20Doe HTTP/1.1", "GET /data/x/?… HTTP/1.1"),
        (
            "DETAIL:  Key (email)=(jane@example.gov) already exists.",
            "DETAIL:  Key (email)=(…) already exists.",
        ),
        ("DETAIL:  Failing row contains (1, Jane, (555) 1).", "DETAIL:  Failing row contains (…)."),
        ("postgresql://owner:pass@db.example.gov/x", "postgresql://…@db.example.gov/x"),
        ("550 <jane.doe+x@example.gov> unknown", "550 <(an address)> unknown"),
        ("3 rows of desk.ticket were not taken", "3 rows of desk.ticket were not taken"),
    ],
)
def test_what_is_taken_out(said: str, written: str) -> None:
    assert cleaned(said) == written


def test_a_trace_is_one_line_of_json_without_values(kept: Kept) -> None:
    try:
        raise ValueError("Key (email)=(jane.doe@example.gov) is there twice")
    except ValueError:
        logging.getLogger("stateworks").exception("job 7, try 2")
    (line,) = kept.lines
    assert "ValueError" in str(line["trace"]) and line["message"] == "job 7, try 2"
    assert "jane" not in kept.text


def test_the_shape_is_a_setting() -> None:
    for shape, kind in (("text", "Lines"), ("json", "JsonLines")):
        made = configuration(shape)
        assert made["formatters"][made["handlers"]["stderr"]["formatter"]]["()"].endswith(f".{kind}")
