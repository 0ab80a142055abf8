"""The served site, over its whole life: its log is JSON without secrets, its metrics count over all processes."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

from tests.architecture.sources import ROOT
from tests.instances import instance

SECRETS = ("hunter2hunter2", "tok-3nSecret", "sess-9Secret", "jane.doe")
REQUESTS = 12


def ask(address: str, data: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
    """Ask for a page and return status and text."""
    body = urllib.parse.urlencode(data).encode() if data else None
    request = urllib.request.Request(
        address, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_site_that_is_watched() -> None:
    with instance("watched") as made:
        assert made.run(["init"]).status == [0]
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        made.environment |= {"STATEWORKS_LOG": "json", "STATEWORKS_METRICS_TOKEN": "tok-3nSecret"}
        command = [
            sys.executable,
            "-c",
            "from stateworks.cli.main import run; run()",
            "serve",
            "--port",
            str(port),
        ]
        site = subprocess.Popen(
            command, cwd=ROOT, env=made.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert site.stdout is not None
            assert "is ready" in site.stdout.readline()
            url = f"http://127.0.0.1:{port}"
            for _ in range(REQUESTS):
                ask(f"{url}/accounts/login/?e=jane.doe@example.gov", Cookie="sessionid=sess-9Secret")
            ask(f"{url}/accounts/login/", {"login": "jane.doe@example.gov", "password": "hunter2hunter2"})
            ask(f"{url}/data/office.person/jane.doe/", Authorization="Bearer tok-3nSecret")
            with socket.create_connection(("127.0.0.1", port)) as raw:  # what gunicorn itself refuses
                raw.sendall(b"GET /?password=hunter2hunter2 HTTP/9.9\r\nCookie: sess-9Secret\r\n\r\n")
                with contextlib.suppress(ConnectionError):
                    raw.recv(1000)
            assert ask(f"{url}/metrics")[0] == 404
            status, metrics = ask(f"{url}/metrics", Authorization="Bearer tok-3nSecret")
            assert status == 200
            assert ask(f"{url}/health/ready")[0] == 200
        finally:
            site.send_signal(signal.SIGTERM)
            _, log = site.communicate(timeout=120)
        # Two processes answered; what either tells is the sum.
        found = re.search(
            r'stateworks_requests_total{method="GET",status="200",view="account_login"} (\d+)', metrics
        )
        # The visitor of a person's page was sent to sign in: one more.
        assert found and int(found[1]) == REQUESTS + 1
        lines = [json.loads(line) for line in log.splitlines()]
        answered = [one for one in lines if one["logger"] == "stateworks.requests"]
        assert len(answered) == REQUESTS + 3
        assert {"request", "path", "status", "ms", "actor", "at"} <= set(answered[0])
        assert not [word for word in SECRETS if word in log], log
