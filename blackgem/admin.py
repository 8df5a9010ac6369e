"""People, their tokens and sessions, for administrators. The trail is in `admin_trail`."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from blackgem import admin_trail
from blackgem.admin_actions import asking
from blackgem.admin_site import ReadableAdmin, ReadOnlyAdmin, ThroughServices, each
from blackgem.http.tokens import check_revoke, revoke_any_token
from blackgem.identity.factors import check_forget_second_factors, forget_second_factors
from blackgem.identity.help import check_end_session, check_send_reset_link, end_session, send_reset_link
from blackgem.identity.protection import password_was_set, tell_person
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib import audit
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.sql import service
from blackgem.models import ApiToken, User

__all__ = ["admin_trail"]

# The accounts library shows secrets and lets them be edited; people manage these themselves.
admin.site.unregister([EmailAddress, Authenticator, UserSession])

_RIGHTS = ("opens_funds", "is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "full_name")


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


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
        (None, {"fields": ("email", "full_name", "password")}),
        ("Rights", {"fields": ("is_active", *_RIGHTS)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    actions = ("send_reset_link", "remove_second_factors")
    add_fieldsets = ((None, {"fields": ("email", "full_name", "usable_password", "password1", "password2")}),)

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

    @asking("Remove the second factors of the selected people", check=check_forget_second_factors)
    def remove_second_factors(self, request, queryset):
        """For who has lost telephone and recovery codes; only superusers, and only after a look at the person."""
        if not request.user.is_superuser:
            raise PermissionDenied
        each(
            self,
            request,
            queryset,
            lambda user: _forget_second_factors(user, request.user),
            "Removed",
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Once a change is committed, its person is told what it means."""
        before = self.get_object(request, unquote(object_id)) if object_id else None
        response = super().changeform_view(request, object_id, form_url, extra_context)
        if before and request.method == "POST":
            after = User.objects.get(pk=before.pk)
            for news in _news(before, after):
                tell_person(after, news, at=before.email)
        return response

    def save_model(self, request, obj, form, change):
        """Rights take a fresh factor, and the database is told who gives them."""
        if set(form.changed_data) & set(_RIGHTS):
            demand_fresh_factor(request)
        _save(obj, names=form.changed_data, change=change, ctx=context_of(request))

    def user_change_password(self, request, id, form_url=""):
        """A password that an administrator sets or takes away ends tokens and sessions, and its person is told. Only a
        superuser does so, with a fresh factor: everybody else mails a link."""
        if not request.user.is_superuser:
            raise PermissionDenied
        if request.method == "POST":
            demand_fresh_factor(request)
        before = User.objects.filter(pk=id).values_list("password", flat=True).first()
        response = super().user_change_password(request, id, form_url)
        user = User.objects.filter(pk=id).exclude(password=before).first()
        if user:
            password_was_set(user=user, ctx=context_of(request))
            tell_person(user, "account/email/password_set_by_administrator")
        return response


@service
def _save(person, *, names, change, ctx: WriteContext):
    before = User.objects.filter(pk=person.pk).first() or User()
    person.save()
    changes = _changes(before, person, names)
    audit.record(verb="change_user" if change else "create_user", ctx=ctx, subject=person, changes=changes)


def _forget_second_factors(user, by):
    forget_second_factors(user=user, ctx=WriteContext(by, timezone.now()))
    tell_person(user, "account/email/second_factors_removed")


def _news(before, after):
    """What a change means to its person: templates of the mails that tell it."""
    if before.is_active and not after.is_active:
        yield "account/email/account_closed"
    if not before.is_active and after.is_active:
        yield "account/email/account_opened"
    if before.email.lower() != after.email.lower():
        yield "account/email/address_changed"


def _changes(before, after, names) -> dict:
    """What the trail may hold of a changed person; secrets and lists of rights only by name."""
    plain = {"email", "full_name", "is_active", "opens_funds", "is_staff", "is_superuser"}
    return {
        name: [getattr(before, name), getattr(after, name)] if name in plain else [None, "changed"]
        for name in names
        if name in plain or name in _RIGHTS
    }


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
