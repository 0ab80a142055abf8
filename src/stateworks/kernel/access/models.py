"""Accounts, what they are granted, how they get in beside a password, and the record of what they did."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from stateworks.kernel.org.models import Organization, Person


class Role(models.TextChoices):
    """What a grant lets somebody do, at an organization and everything below it."""

    ADMINISTRATOR = "administrator", "Administrator"
    PLANNER = "planner", "Planner"
    DATA_STEWARD = "data_steward", "Data steward"
    OWNER = "owner", "Indicator owner"
    APPROVER = "approver", "Approver"
    AGENCY_LIAISON = "agency_liaison", "Agency liaison"
    AUDITOR = "auditor", "Auditor"
    PUBLIC = "public", "Public"


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts whose e-mail address is their name."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> Account:
        """Create an account; without a password nobody can sign in to it."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> Account:
        """Create an account with Django's superuser mark, which Stateworks itself never asks for."""
        return self.create_user(email, password, is_superuser=True, **fields)


class Account(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in; what they see and do follows from their grants alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    person = models.OneToOneField(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="account"
    )
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(
        default=False, help_text="Stands for a program that comes with a token; nobody signs in to it."
    )
    session_stamp = models.PositiveIntegerField(
        default=0, help_text="Counts how often all sessions were ended; a session of an older count is over."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry to stay open: a new password and a new stamp end it."""
        # Without a stamp it is Django's own value, so that sessions outlive an upgrade from before the stamp.
        held = f"{self.password}:{self.session_stamp}" if self.session_stamp else self.password
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, held, secret=secret, algorithm="sha256").hexdigest()


class Grant(models.Model):
    """A role given to an account at an organization, which holds for everything below it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="grants")
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="Last day; empty while it lasts.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "organization", "since"], name="access_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="access_grant_ends_after_start",
            ),
        ]


class AuditEntry(models.Model):
    """One thing somebody did: who, when, what to, why, before and after; append-only in the database."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, help_text="Empty: the system."
    )
    verb = models.CharField(max_length=80)
    subject = models.CharField(
        max_length=200, help_text="Dataset and natural key, such as `office.vendor acme`."
    )
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    import_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject", "-at"], name="access_audit_subject"),
            models.Index(fields=["verb", "-at"], name="access_audit_verb"),
        ]
        verbose_name_plural = "audit entries"


class AuditSeal(models.Model):
    """A batch of audit entries, hashed onto the batch before it; append-only in the database."""

    sealed_at = models.DateTimeField()
    first_id = models.BigIntegerField(help_text="Number of the batch's first entry.")
    last_id = models.BigIntegerField(
        help_text="Number of its last entry; the batch holds all after the one before."
    )
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 over the entries.")
    marks = models.JSONField(help_text="Each entry's number and the beginning of its hash.")
    previous = models.CharField(
        max_length=64, blank=True, unique=True, help_text="The seal before; empty: the first."
    )
    seal = models.CharField(max_length=64, unique=True, help_text="SHA-256 over all the above.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_id__lte=F("last_id")), name="access_seal_of_some_entries"
            )
        ]

    def __str__(self) -> str:
        return self.seal


class ServiceToken(models.Model):
    """What a program shows to the API: it acts as an account of its own, which holds the token's one role.

    The secret itself is not kept, only its SHA-256: it is random and long, so that a slow hash would add nothing.
    """

    LONGEST = timedelta(days=366)

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="token")
    name = models.CharField(max_length=120)
    public = models.CharField(max_length=16, unique=True, help_text="The part of the token that may be seen.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the secret part, in hexadecimal.")
    reads_only = models.BooleanField(default=True)
    datasets = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text="Empty: all that its role reaches.",
    )
    made_by = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the command.",
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at"), expires_at__lte=F("made_at") + timedelta(days=366)),
                name="access_token_at_most_a_year",
                violation_error_message="A token lasts at most a year.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BreakGlass(models.Model):
    """A sign-in link that the command gave for an emergency: works once and shortly, and all administrators are told."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="emergencies")
    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the link's secret, in hexadecimal."
    )
    reason = models.TextField()
    made_at = models.DateTimeField(db_index=True)
    made_by = models.CharField(max_length=120, help_text="The operating system account that ran the command.")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_from = models.CharField(max_length=60, blank=True, help_text="Network address.")

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "break-glass links"
