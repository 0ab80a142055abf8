"""Django's settings: the parts put together. What an office may change comes from the environment."""

from __future__ import annotations

from pathlib import Path

from stateworks.config import environment, logs
from stateworks.config.signin.providers import providers

PACKAGE = Path(__file__).resolve().parents[1]
STATEWORKS_HOME = Path(environment.HOME.read()).absolute()
LAKE_ROOT = (
    Path(environment.LAKE.read()).absolute() if environment.LAKE.is_set() else STATEWORKS_HOME / "lake"
)
SPARK_MASTER = environment.SPARK_MASTER.read()
SPARK_OPTIONS = environment.SPARK_OPTIONS.read()
SPARK_LAKE = environment.SPARK_LAKE.read()
#: The bundled plans: beside the package in a checkout, inside it when installed from a wheel.
PLANS_FOLDER = PACKAGE / "plans" if (PACKAGE / "plans").is_dir() else PACKAGE.parents[1] / "plans"

DEBUG = environment.DEBUG.yes()
SECRET_KEY = environment.secret_key(STATEWORKS_HOME)
ALLOWED_HOSTS = environment.words(environment.ALLOWED_HOSTS)
CSRF_TRUSTED_ORIGINS = environment.words(environment.TRUSTED_ORIGINS)

INSTALLED_APPS = [
    "stateworks.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "django_htmx",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "django_tasks",
    "django_tasks_db",
    "stateworks.kernel.org",
    "stateworks.kernel.access",
    "stateworks.kernel.jobs",
    "stateworks.kernel.records",
    "stateworks.kernel.lake",
    "stateworks.kernel.indicators",
    "stateworks.kernel.plans",
    "stateworks.web",
    "stateworks.modules.office",
    "stateworks.modules.desk",
    "stateworks.modules.inventory",
    "stateworks.modules.billing",
    "stateworks.connectors",
]

MIDDLEWARE = [
    "stateworks.config.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "stateworks.config.headers.SecurityHeaders",
    "stateworks.config.methods.PageMethods",
    "stateworks.config.health.Health",
    "stateworks.config.metrics.Metrics",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stateworks.kernel.access.sessions.SessionLimits",
    "stateworks.web.api.tokens.ServiceTokens",
    "stateworks.kernel.access.scope.ScopeMiddleware",
    # Inside the scope: it answers some of allauth's exceptions with a page, which are then no failure to roll back.
    "allauth.account.middleware.AccountMiddleware",
    "stateworks.config.signin.second_factor.SecondFactor",
    "stateworks.web.unreadable.Unreadable",
]

ROOT_URLCONF = "stateworks.config.urls"
WSGI_APPLICATION = "stateworks.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the applications' own: sign-in pages look like the rest of the site.
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# -- data

DATABASES = environment.databases(STATEWORKS_HOME)
DATABASE_ROUTERS = ["stateworks.config.apps.AsOwner"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that a limit on tries holds over all workers and machines.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "config_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
MEDIA_ROOT = STATEWORKS_HOME / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
UPLOAD_LIMIT_BYTES = environment.UPLOAD_LIMIT_MB.number() * 1024 * 1024
# A form that pastes a quarter's values is text, not a file: Django's 2.5 MB would refuse a large one.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# -- language and time

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = environment.TIME_ZONE.read()
HOLIDAYS_STATE = environment.HOLIDAYS.read()
BILLING_ISSUE_DAY = environment.BILLING_ISSUE_DAY.number()
BILLING_FORECAST_DAY = environment.BILLING_FORECAST_DAY.number()
BILLING_FORECAST_PERCENT = environment.BILLING_FORECAST_PERCENT.number()

# -- static files

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Served from the packages themselves: no copy that could be forgotten after an upgrade.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600
WHITENOISE_AUTOREFRESH = DEBUG

# -- sign-in

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["stateworks.config.signin.accounts.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": max(environment.PASSWORD_LENGTH.number(), 8)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
PASSWORDS_ALLOWED = environment.PASSWORDS.yes()
ACCOUNT_ADAPTER = "stateworks.config.signin.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Without it everybody behind a proxy would share one limit on tries: the proxy's address.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.PROXIES.number()
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "break_glass": "10/m/ip",
    "token_failed": "30/m/ip",
}
SOCIALACCOUNT_ADAPTER = "stateworks.config.signin.identity.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = providers()
# A link leads to the provider: after a form, the content policy would not let the browser go there.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SIGNIN_NAME = environment.SIGNIN_NAME.read()
SIGNIN_MAKES_ACCOUNTS = environment.SIGNIN_MAKES_ACCOUNTS.yes()
MFA_ADAPTER = "stateworks.config.signin.second_factor.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Stateworks"
MFA_RECOVERY_CODES_SHOW_ONCE = True
SECOND_FACTOR_ROLES = environment.words(environment.SECOND_FACTOR)

# -- sessions and headers

SESSION_IDLE_MINUTES = environment.SESSION_IDLE_MINUTES.number()
SESSION_HOURS = environment.SESSION_HOURS.number()
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.HTTPS.yes()
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if environment.HTTPS.yes() else 0
if environment.HTTPS.yes():
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "stateworks.web.errors.csrf_failure"

# -- mail and log

globals().update(environment.email())
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.EMAIL_FROM.read()
LOGGING = logs.configuration(environment.log_shape())
