"""People, their tokens, what they did, and what they were already answered."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac

from blackgem.lib.decisions import ReversalQuerySet, at_with_by, decided_by_another, person
from blackgem.lib.encrypted_fields import (
    EncryptedBinaryField,
    EncryptedJSONField,
    MaybeEncryptedField,
    encrypted_bytes_rail,
)
from blackgem.lib.fields import SafeCharField
from blackgem.lib.known import known_choices
from blackgem.lib.opened import open_import
from blackgem.lib.shell import who_runs_this
from blackgem.lib.text import masked


class UserManager(BaseUserManager):
    use_in_migrations = True

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email, password=None, **fields):
        """From the command line. The first administrator is let by nobody before; every other one gets an account, and
        what it is to administer waits as a change of it does (`blackgem.identity.changes`)."""
        from blackgem.identity.changes import ask_on_the_command_line

        rights = {"is_staff": True, "is_superuser": True}
        if not self.filter(is_superuser=True).exists():
            open_import()
            return self.create_user(email, password, **rights, **fields)
        person = self.create_user(email, password, **fields)
        ask_on_the_command_line(person, rights, reason=f"createsuperuser, run by {who_runs_this()}")
        return person


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail address."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=200)
    is_staff = models.BooleanField("may use the admin", default=False)
    is_active = models.BooleanField(default=True)
    # Given by administrators: whoever opens a fund writes letters in its name.
    opens_funds = models.BooleanField("may open funds", default=False, db_default=False)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)
    # Counted up by the database when somebody is made inactive: sessions of before stay over.
    session_generation = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        db_table = "users"
        permissions = [("help_user", "Can mail links to a new password and end sessions")]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self):
        return self.full_name or self.email

    @transaction.atomic
    def save(self, *args, **kwargs):
        """A new password ends the API tokens made under the old one. Its sessions end by their own hash of it."""
        renewed = self._password is not None and self.pk is not None
        super().save(*args, **kwargs)
        if renewed:
            self.api_tokens.revoke(at=Now())

    def _get_session_auth_hash(self, secret=None):
        known = f"{self.password}{self.session_generation or ''}"
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, known, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name.split(" ")[0] if self.full_name else self.email


class AccountChange(models.Model):
    """What would let one person come to act as two: another address of an account, more rights of it, its opening
    again, the loss of its second factors. What of it `was` when it was asked for, and what it `becomes`.

    Asked for by an administrator (or on the command line: `asked_as`), it takes effect when another one approves it; in
    a house that has no other, once it has rested until `effective_from`, while everybody concerned may refuse it.
    """

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_changes")
    was = models.JSONField()
    becomes = models.JSONField()
    reason = SafeCharField(max_length=500)
    four_eyes = models.BooleanField()
    effective_from = models.DateTimeField(null=True)
    asked_as = SafeCharField(max_length=100, blank=True)
    requested_at = models.DateTimeField()
    requested_by = person(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = person(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = person(null=True)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        db_table = "account_changes"
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(approved_at__isnull=True, rejected_at__isnull=True),
                name="one_account_change_waits",
            ),
            models.CheckConstraint(
                condition=Q(requested_by__isnull=False, asked_as="")
                | (Q(requested_by__isnull=True) & ~Q(asked_as="")),
                name="account_change_says_who_asked",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="account_change_has_reason"),
            models.CheckConstraint(
                condition=Q(four_eyes=True, effective_from__isnull=True)
                | Q(four_eyes=False, effective_from__gte=F("requested_at") + timedelta(hours=24)),
                name="account_change_rests",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(rejected_at__isnull=True),
                name="account_change_is_decided_once",
            ),
            *at_with_by("account_change", "rejected"),
            decided_by_another(
                "account_change_approver_is_another", first="requested_by", second="approved_by"
            ),
        ]

    def __str__(self):
        return f"Change of the account of {self.account}"


class ApiTokenQuerySet(models.QuerySet):
    def good(self, *, at):
        """Neither over nor revoked."""
        return self.filter(expires_at__gt=at, revoked_at=None)

    def revoke(self, *, at) -> int:
        """End those that have not ended; how many these were."""
        return self.filter(revoked_at=None).update(revoked_at=at)


@known_choices
class ApiToken(models.Model):
    """A bearer token of the API. Only its SHA-256 is kept; the token itself is shown once."""

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=Scope)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        db_table = "api_tokens"
        verbose_name = "API token"

    def __str__(self):
        return f"{self.name} ({self.scope})"


class AuditEvent(models.Model):
    """Who did what to which object, with old and new values. Append-only, written with the change itself.

    `subjects` names every object on whose timeline the event belongs, as "capital.capitalcall:3".
    """

    recorded_at = models.DateTimeField(db_default=Now())
    happened_at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    object_label = MaybeEncryptedField(max_length=300, shown=masked)
    subjects = ArrayField(models.CharField(max_length=100))
    fund_id = models.BigIntegerField(null=True)
    changes = EncryptedJSONField(default=dict, shown=masked)
    reason = models.CharField(max_length=2000, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        db_table = "audit_events"
        indexes = [
            GinIndex(fields=["subjects"], name="audit_events_subjects"),
            models.Index(fields=["fund_id", "-id"], name="audit_events_fund"),
        ]

    def __str__(self):
        return f"{self.verb} {self.object_label}"


class IdempotentAnswer(models.Model):
    """The first answer to a keyed request, given again byte for byte to every repetition."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = EncryptedBinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotent_answers"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user"),
            encrypted_bytes_rail("answer_is_encrypted", "body"),
        ]

    def __str__(self):
        return self.key


class SavedView(models.Model):
    """What a person keeps a list narrowed to, by a name: its address's query. `page` is the name of the list's URL."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True)

    class Meta:
        db_table = "saved_views"
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_name_once_per_list")
        ]

    def __str__(self):
        return self.name
