"""People, their tokens and sessions, for administrators. The trail is in `admin_trail`."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html_join

from blackgem import admin_trail
from blackgem.admin_actions import asking
from blackgem.admin_site import ReadableAdmin, ReadOnlyAdmin, ThroughServices, each
from blackgem.http.tokens import check_revoke, revoke_any_token
from blackgem.identity import changes
from blackgem.identity.factors import check_forget_second_factors
from blackgem.identity.help import check_end_session, check_send_reset_link, end_session, send_reset_link
from blackgem.identity.protection import tell_person
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib import audit
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.sql import service
from blackgem.models import AccountChange, ApiToken, User

__all__ = ["admin_trail"]

# The accounts library shows secrets and lets them be edited; people manage these themselves.
admin.site.unregister([EmailAddress, Authenticator, UserSession])

_RIGHTS = ("opens_funds", "is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(ModelForm):
    """Without a password: who is entered sets it, by a link to the mailbox."""

    class Meta:
        model = User
        fields = ("email", "full_name")

    def save(self, commit=True):
        self.instance.set_unusable_password()
        return super().save(commit)


class UserForm(ModelForm):
    """What another administrator has to agree to takes a reason."""

    reason = PlainTextFormField(
        max_length=500,
        required=False,
        help_text="Another address and more rights: the other administrators read why.",
    )

    class Meta:
        model = User
        fields = ("email", "full_name", "is_active", *_RIGHTS)

    def clean(self):
        """What is only asked for is kept apart, and nothing of it is written."""
        cleaned = super().clean()
        before = User.objects.get(pk=self.instance.pk)
        if User.objects.filter(email__iexact=cleaned.get("email", "")).exclude(pk=before.pk).exists():
            self.add_error("email", "User with this Email already exists.")
        self.asked = changes.more_than_before(before, cleaned)
        if self.asked and not cleaned.get("reason"):
            self.add_error("reason", "Say why: another administrator reads it, and decides.")
        for name in self.asked:
            if name in changes.LISTS:
                cleaned[name] = cleaned[name].exclude(pk__in=self.asked[name])
            else:
                cleaned[name] = getattr(before, name)
        return cleaned


@admin.register(User)
class UserAdmin(ThroughServices, ReadableAdmin, DjangoUserAdmin):
    """People are never deleted, since the trail names them: who leaves is made inactive."""

    form = UserForm
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "full_name", "is_active", "opens_funds", "is_staff", "last_login")
    list_filter = ("is_active", "opens_funds", "is_staff", "is_superuser")
    search_fields = ("email", "full_name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "full_name")}),
        ("Rights", {"fields": ("is_active", *_RIGHTS, "reason")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    actions = ("send_reset_link", "remove_second_factors")
    add_fieldsets = ((None, {"fields": ("email", "full_name")}),)

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser hands out rights, or says where links to a new password go."""
        own = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return own
        return (*own, *_RIGHTS) if obj is None else (*own, "email", "is_active", *_RIGHTS)

    def has_change_permission(self, request, obj=None):
        """Nor does anybody else take over a superuser's account."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def has_help_permission(self, request):
        return request.user.has_perm("blackgem.help_user")

    def rows_to_act_on(self, queryset, user):
        return queryset

    @asking("Mail the selected people a link to a new password", check=check_send_reset_link, allowed="help")
    def send_reset_link(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda user: send_reset_link(user=user, request=request, ctx=context_of(request)),
            "Mailed",
        )

    @asking(
        "Ask to remove the second factors of the selected people",
        check=check_forget_second_factors,
        reason=True,
    )
    def remove_second_factors(self, request, queryset, reason):
        """For who has lost telephone and recovery codes; only superusers, and only after a look at the person."""
        if not request.user.is_superuser:
            raise PermissionDenied
        demand_fresh_factor(request)
        becomes = {changes.FACTORS: []}
        each(
            self,
            request,
            queryset,
            lambda user: changes.ask(account=user, becomes=becomes, reason=reason, ctx=context_of(request)),
            "Asked for",
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Once a change is committed, its person is told what it means."""
        before = self.get_object(request, unquote(object_id)) if object_id else None
        waits = changes.waiting_for(before) if before else None
        more = waits and {
            "waits": waits,
            "steps": changes.steps(waits),
            "who_asked": changes.who_asked(waits),
            "who_decides": changes.who_decides(waits, timezone.now()),
        }
        response = super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **(more or {})}
        )
        if before and request.method == "POST":
            after = User.objects.get(pk=before.pk)
            for news in _news(before, after):
                tell_person(after, news, at=before.email)
        return response

    def save_model(self, request, obj, form, change):
        """Rights take a fresh factor, and the database is told who gives them. What would let one person act as two is
        asked for: another administrator decides it."""
        if set(form.changed_data) & {*_RIGHTS, "email", "is_active"}:
            demand_fresh_factor(request)
        asked = form.asked if change else {}
        reason = form.cleaned_data.get("reason", "")
        row = _save(
            obj, names=form.changed_data, asked=asked, reason=reason, change=change, ctx=context_of(request)
        )
        obj.only_asked = row is not None and set(form.changed_data) <= {*asked, "reason"}
        if row:
            parts = "; ".join(f"{label}: {old} → {new}" for label, old, new in changes.steps(row))
            said = f"Asked for, and not in force yet: {parts}. {changes.who_decides(row, row.requested_at)}"
            self.message_user(request, said, messages.WARNING)

    def response_change(self, request, obj):
        """Where all of it is only asked for, nothing was changed, and the page says what waits."""
        return redirect(request.path) if obj.only_asked else super().response_change(request, obj)

    def user_change_password(self, request, id, form_url=""):
        """Nobody sets another's password: a link goes to the person's mailbox."""
        raise PermissionDenied


@service
def _save(person, *, names, asked, reason, change, ctx: WriteContext) -> AccountChange | None:
    before = User.objects.filter(pk=person.pk).first() or User()
    person.save()
    written = _changes(before, person, names)
    if written or not asked:
        audit.record(
            verb="change_user" if change else "create_user", ctx=ctx, subject=person, changes=written
        )
    return changes.ask(account=person, becomes=asked, reason=reason, ctx=ctx) if asked else None


def _news(before, after):
    """What a change means to its person: templates of the mails that tell it. What waits for another administrator is
    told when it is asked for, and when it takes effect."""
    if before.is_active and not after.is_active:
        yield "account/email/account_closed"


def _changes(before, after, names) -> dict:
    """What the trail may hold of a changed person; secrets and lists of rights only by name."""
    plain = {"email", "full_name", "is_active", "opens_funds", "is_staff", "is_superuser"}
    written = {name: [getattr(before, name), getattr(after, name)] for name in names if name in plain}
    lists = {name: [None, "changed"] for name in names if name in changes.LISTS}
    return {name: pair for name, pair in written.items() if pair[0] != pair[1]} | lists


@admin.register(AccountChange)
class AccountChangeAdmin(ReadOnlyAdmin):
    """What was asked for of accounts, and who decided it; decided among the approvals."""

    list_display = (
        "account",
        "what",
        "requested_at",
        "requested_by",
        "approved_at",
        "approved_by",
        "rejected_at",
    )
    list_filter = ("four_eyes", "requested_at")
    list_select_related = ("account", "requested_by", "approved_by", "rejected_by")
    search_fields = ("account__email", "account__full_name", "reason")
    exclude = ("was", "becomes")
    readonly_fields = ("what",)
    ordering = ("-pk",)

    @admin.display(description="what")
    def what(self, row):
        return format_html_join("", "<div>{}: {} → {}</div>", changes.steps(row))


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens are made by their users, and may be ended here."""

    list_display = ("name", "user", "scope", "created_at", "expires_at", "revoked_at")
    list_filter = ("scope",)
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    exclude = ("token_sha256",)
    actions = ("revoke",)

    @asking("Revoke the selected tokens", check=check_revoke)
    def revoke(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda token: revoke_any_token(token_id=token.pk, ctx=context_of(request)),
            "Revoked",
        )


@admin.register(UserSession)
class UserSessionAdmin(ReadOnlyAdmin):
    """Where people are signed in."""

    list_display = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_filter = ("last_seen_at",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__full_name", "ip")
    exclude = ("session_key", "data")
    ordering = ("-last_seen_at", "-pk")
    actions = ("end",)

    def has_help_permission(self, request):
        return request.user.has_perm("blackgem.help_user")

    @asking("End the selected sessions", check=check_end_session, allowed="help")
    def end(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda session: end_session(session=session, ctx=context_of(request)),
            "Ended",
        )
