"""The settings that come from the environment: each with its meaning, listed by `stateworks doctor`."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name, what it is for, and what holds without it."""

    name: str
    purpose: str
    default: str = ""
    secret: bool = False

    def read(self) -> str:
        """Return the value, or the default where the variable is absent or empty."""
        return os.environ.get(self.name, "").strip() or self.default

    def is_set(self) -> bool:
        """Say whether the environment gives a value."""
        return bool(os.environ.get(self.name, "").strip())

    def yes(self) -> bool:
        """Read the value as yes or no."""
        value = self.read().lower()
        if value in {"1", "yes", "true", "on"}:
            return True
        if value in {"", "0", "no", "false", "off"}:
            return False
        raise ImproperlyConfigured(f"{self.name} is {self.read()!r}; write yes or no.")

    def number(self) -> int:
        """Read the value as a whole number."""
        try:
            return int(self.read())
        except ValueError:
            raise ImproperlyConfigured(f"{self.name} is {self.read()!r}; write a whole number.") from None


HOME = Variable("STATEWORKS_HOME", "The data folder: database, lake, files, secrets.", "var")
DATABASE_URL = Variable(
    "DATABASE_URL",
    "The PostgreSQL server to use; without it an embedded one runs in the data folder.",
    secret=True,
)
DATABASE_OWNER_URL = Variable(
    "DATABASE_OWNER_URL", "The same database as the role that owns it; needed by `init` alone.", secret=True
)
LAKE = Variable("STATEWORKS_LAKE", "Folder of the lake's tables; without it `lake` in the data folder.")
SPARK_MASTER = Variable(
    "STATEWORKS_SPARK_MASTER", "Where `--engine spark` computes: local[*], or spark://host:7077.", "local[*]"
)
SPARK_OPTIONS = Variable(
    "STATEWORKS_SPARK_OPTIONS",
    "Spark's own settings, such as spark.executor.memory=4g, with blanks between.",
    secret=True,
)
SPARK_LAKE = Variable(
    "STATEWORKS_SPARK_LAKE",
    "The lake's folder as Spark's workers see it, such as s3a://bucket/lake; without it the same path.",
)
DEBUG = Variable("STATEWORKS_DEBUG", "Show errors in full; for development only.", "no")
ALLOWED_HOSTS = Variable(
    "STATEWORKS_ALLOWED_HOSTS", "Host names that are served, with commas.", "localhost,127.0.0.1"
)
TRUSTED_ORIGINS = Variable(
    "STATEWORKS_TRUSTED_ORIGINS", "Origins such as https://office.example.gov, with commas."
)
HTTPS = Variable("STATEWORKS_HTTPS", "Served over HTTPS: cookies are sent over it alone.", "no")
PROXIES = Variable(
    "STATEWORKS_PROXIES", "Proxies before the site; each adds an address to X-Forwarded-For.", "0"
)
TIME_ZONE = Variable("STATEWORKS_TIME_ZONE", "The state's time zone, by its IANA name.", "America/Chicago")
HOLIDAYS = Variable("STATEWORKS_HOLIDAYS", "The state whose holidays count, by its two letters.", "LA")
BILLING_ISSUE_DAY = Variable(
    "STATEWORKS_BILLING_ISSUE_DAY",
    "Day of the month by which the invoices of the month before are to be issued; where it has fewer days, its last.",
    "15",
)
BILLING_FORECAST_DAY = Variable(
    "STATEWORKS_BILLING_FORECAST_DAY",
    "Day of the month by which owners of cost centers submit their forecasts; where it has fewer days, its last.",
    "15",
)
BILLING_FORECAST_PERCENT = Variable(
    "STATEWORKS_BILLING_FORECAST_PERCENT",
    "By how many percent a cost center's forecast may differ from the one before without a reason.",
    "5",
)
SECRET_KEY = Variable(
    "STATEWORKS_SECRET_KEY",
    "Signs sessions; without it one is made and kept in the data folder.",
    secret=True,
)
EMAIL_URL = Variable(
    "EMAIL_URL",
    "Mail server, such as smtp://user:password@host:587?tls=yes; without it mail is printed.",
    secret=True,
)
EMAIL_FROM = Variable("STATEWORKS_EMAIL_FROM", "Sender of reminders.", "stateworks@localhost")
UPLOAD_LIMIT_MB = Variable(
    "STATEWORKS_UPLOAD_LIMIT_MB", "Largest file taken in the browser, in megabytes.", "512"
)
PASSWORDS = Variable("STATEWORKS_PASSWORDS", "Whether people may sign in with a password kept here.", "yes")
PASSWORD_LENGTH = Variable("STATEWORKS_PASSWORD_LENGTH", "Fewest characters of a password.", "12")
OIDC_ISSUER = Variable(
    "STATEWORKS_OIDC_ISSUER",
    "OpenID Connect provider to sign in with, such as https://login.example.gov/tenant.",
)
OIDC_CLIENT_ID = Variable(
    "STATEWORKS_OIDC_CLIENT_ID", "The name the OpenID Connect provider knows the site by."
)
OIDC_CLIENT_SECRET = Variable(
    "STATEWORKS_OIDC_CLIENT_SECRET", "What the site proves that name with.", secret=True
)
SAML_METADATA = Variable(
    "STATEWORKS_SAML_METADATA",
    "SAML provider to sign in with: the file of its metadata, or its https address.",
)
SAML_ENTITY = Variable(
    "STATEWORKS_SAML_ENTITY", "The provider's entity ID; needed where the metadata hold several."
)
SIGNIN_NAME = Variable(
    "STATEWORKS_SIGNIN_NAME", "What people call the provider's account.", "your work account"
)
SIGNIN_DOMAINS = Variable(
    "STATEWORKS_SIGNIN_DOMAINS",
    "Domains whose e-mail addresses the provider vouches for without saying so, with commas; SAML needs it.",
)
SIGNIN_MAKES_ACCOUNTS = Variable(
    "STATEWORKS_SIGNIN_MAKES_ACCOUNTS",
    "Whether a sign-in with the provider makes an account, without a role.",
    "no",
)
SECOND_FACTOR = Variable(
    "STATEWORKS_SECOND_FACTOR", "Roles that need a second factor, such as administrator,approver."
)
SESSION_IDLE_MINUTES = Variable(
    "STATEWORKS_SESSION_IDLE_MINUTES", "A session ends after this long without a request.", "60"
)
SESSION_HOURS = Variable("STATEWORKS_SESSION_HOURS", "A session ends after this long in any case.", "12")

LOG = Variable("STATEWORKS_LOG", "Shape of the log on stderr: text or json.", "text")
METRICS_TOKEN = Variable(
    "STATEWORKS_METRICS_TOKEN",
    "Who sends it as a bearer token sees /metrics; without it only the machine itself does.",
    secret=True,
)

ALL: tuple[Variable, ...] = (
    HOME, DATABASE_URL, DATABASE_OWNER_URL, LAKE, TIME_ZONE, HOLIDAYS, BILLING_ISSUE_DAY, BILLING_FORECAST_DAY,
    BILLING_FORECAST_PERCENT, ALLOWED_HOSTS, TRUSTED_ORIGINS,
    HTTPS, PROXIES, SECRET_KEY, PASSWORDS, PASSWORD_LENGTH, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET,
    SAML_METADATA, SAML_ENTITY,
    SIGNIN_NAME, SIGNIN_DOMAINS, SIGNIN_MAKES_ACCOUNTS, SECOND_FACTOR, SESSION_IDLE_MINUTES, SESSION_HOURS,
    EMAIL_URL, EMAIL_FROM, UPLOAD_LIMIT_MB, SPARK_MASTER, SPARK_OPTIONS, SPARK_LAKE, LOG, METRICS_TOKEN, DEBUG,
)  # fmt: skip

SCHEMES = {"postgres", "postgresql"}


def words(variable: Variable) -> list[str]:
    """Read a list that is written with commas."""
    return [part.strip() for part in variable.read().split(",") if part.strip()]


def secret_key(home: Path) -> str:
    """Return the key from the environment, or the one kept in the data folder, made at the first use."""
    if SECRET_KEY.is_set():
        return SECRET_KEY.read()
    file = home / "secret.key"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    if not home.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = home / f".secret.{os.getpid()}"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(secrets.token_urlsafe(50))
    try:
        # Fails where a second process was quicker: its key stands.
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
    return file.read_text().strip()


def databases(home: Path) -> dict[str, dict[str, Any]]:
    """Return Django's databases: `default` as the app role, and `owner` for migrations and installation."""
    shared: dict[str, Any] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if not DATABASE_URL.is_set():
        embedded = {**shared, "ENGINE": "stateworks.config.embedded", "HOME": str(home), "NAME": "stateworks"}
        return {
            "default": {**embedded, "USER": "stateworks_app"},
            "owner": {**embedded, "USER": "stateworks_owner", "CONN_MAX_AGE": 0},
        }
    app = from_url(DATABASE_URL)
    owner = from_url(DATABASE_OWNER_URL) if DATABASE_OWNER_URL.is_set() else dict(app)
    if not DATABASE_OWNER_URL.is_set():
        app.update(made_role(home, app))
    return {"default": {**shared, **app}, "owner": {**shared, **owner, "CONN_MAX_AGE": 0}}


def from_url(variable: Variable) -> dict[str, Any]:
    """Read an address such as `postgresql://user:password@host:5432/name?sslmode=require`."""
    try:
        parts = urlsplit(variable.read())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in SCHEMES or not name:
        raise ImproperlyConfigured(
            f"{variable.name} is not the address of a PostgreSQL database; "
            "write it as postgresql://user:password@host:5432/name."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def made_role(home: Path, owner: dict[str, Any]) -> dict[str, str]:
    """Return user and password of the app role that `init` made on this server, or nothing before that."""
    file = home / "database.json"
    if not file.exists():
        return {}
    kept = json.loads(file.read_text())
    same = all(kept.get(part) == owner[part] for part in ("HOST", "PORT", "NAME"))
    return {"USER": kept["USER"], "PASSWORD": kept["PASSWORD"]} if same else {}


def log_shape() -> str:
    """Return how the log is written."""
    shape = LOG.read().lower()
    if shape not in {"text", "json"}:
        raise ImproperlyConfigured(f"{LOG.name} is {LOG.read()!r}; write text or json.")
    return shape


def email() -> dict[str, Any]:
    """Return Django's mail settings."""
    if not EMAIL_URL.is_set():
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(EMAIL_URL.read())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL is not a mail server's address; write smtp://user:password@host:587."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": options.get("tls", "no") == "yes",
        "EMAIL_TIMEOUT": 20,
    }
