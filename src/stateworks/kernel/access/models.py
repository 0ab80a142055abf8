"""Accounts, what they are granted, and the record of what they did."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q

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
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[AccountManager] = AccountManager()

    def __str__(self) -> str:
        return self.name or self.email


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
        indexes = [models.Index(fields=["subject", "-at"], name="access_audit_subject")]
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
