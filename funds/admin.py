"""Funds and what belongs to them, for administrators: read here. Roles and what binds are in `admin_controls`."""

from django.contrib import admin

from blackgem.admin_actions import asking, run_on_each
from blackgem.admin_columns import figures
from blackgem.admin_site import ReadOnlyAdmin, ReadOnlyInline, each
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.navigation import address
from funds import admin_controls, admin_domains, admin_periods
from funds.models import (
    Adviser,
    CapitalTransaction,
    Commitment,
    CommitmentEvent,
    Deal,
    Fund,
    FundMembership,
    FundTerms,
    FundTermsTier,
    Investor,
    InvestorContact,
    Invitation,
    LetterImage,
    LetterWording,
    NavEntry,
    NavEntryDeal,
    Notice,
    NoticeDelivery,
    NoticeDocument,
    NoticeReading,
    NoticeRendering,
    PartMessage,
    PortalGrant,
    SideLetter,
    WarningMail,
)
from funds.services.invitations import check_withdraw_any_invitation, withdraw_any_invitation
from funds.services.letters_without_account import (
    check_hold_back,
    check_let_leave,
    hold_letters_back,
    let_letters_leave,
)
from funds.services.portal_access import set_account
from funds.services.senders import admit_sender, check_admit_sender, check_withdraw_sender, withdraw_sender

__all__ = ["admin_controls", "admin_domains", "admin_periods"]
_PROMISED = figures("amounts", "committed", "released")


class TermsInline(ReadOnlyInline):
    model = FundTerms
    fields = ("version", "effective_on", "hurdle_rate", "catch_up_rate", "carry_rate", "management_fee_rate")
    ordering = ("-version",)


class MembershipInline(ReadOnlyInline):
    model = FundMembership
    fields = ("user", "role")


@admin.register(Fund)
class FundAdmin(ReadOnlyAdmin):
    list_display = ("name", "currency", "four_eyes", "letters_without_account", "sender_admitted_by")
    list_select_related = ("sender_admitted_by",)
    list_filter = ("currency", "four_eyes")
    search_fields = ("name", "legal_name")
    ordering = ("name",)
    inlines = (MembershipInline, TermsInline)
    actions = ("admit_sender", "withdraw_sender", "let_letters_leave", "hold_letters_back")

    @asking("Admit the selected funds as senders of letters", check=check_admit_sender, step_up=True)
    def admit_sender(self, request, queryset):
        ctx = context_of(request)
        each(self, request, queryset, lambda fund: admit_sender(fund_id=fund.pk, ctx=ctx), "Admitted")

    @asking("Withdraw: no letter of theirs leaves", check=check_withdraw_sender, step_up=True)
    def withdraw_sender(self, request, queryset):
        ctx = context_of(request)
        each(self, request, queryset, lambda fund: withdraw_sender(fund_id=fund.pk, ctx=ctx), "Withdrawn")

    @asking("Ask that letters may leave without bank details", check=check_let_leave, step_up=True)
    def let_letters_leave(self, request, queryset):
        ctx = context_of(request)
        each(self, request, queryset, lambda fund: let_letters_leave(fund_id=fund.pk, ctx=ctx), "Asked")

    @asking("Hold letters back until bank details are verified", check=check_hold_back)
    def hold_letters_back(self, request, queryset):
        ctx = context_of(request)
        each(self, request, queryset, lambda fund: hold_letters_back(fund_id=fund.pk, ctx=ctx), "Held back")

    def view_on_site(self, fund):
        return address("fund", fund.pk)


class TierInline(ReadOnlyInline):
    model = FundTermsTier
    fields = ("position", "hurdle_rate", "catch_up_rate", "carry_rate")
    ordering = ("position",)


@admin.register(FundTerms)
class FundTermsAdmin(ReadOnlyAdmin):
    list_display = (
        "fund",
        "version",
        "effective_on",
        "hurdle_rate",
        "catch_up_rate",
        "carry_rate",
        "created_by",
    )
    list_select_related = ("fund", "created_by")
    list_filter = ("fund",)
    search_fields = ("fund__name",)
    ordering = ("fund", "-version")
    inlines = (TierInline,)


class NavEntryDealInline(ReadOnlyInline):
    model = NavEntryDeal
    fields = ("deal", "amount")


@admin.register(NavEntry)
class NavEntryAdmin(ReadOnlyAdmin):
    inlines = (NavEntryDealInline,)
    list_display = ("fund", "as_of", "amount", "created_by")
    list_select_related = ("fund", "created_by")
    list_filter = ("fund",)
    search_fields = ("fund__name",)
    date_hierarchy = "as_of"
    ordering = ("-as_of", "-pk")


@admin.register(Deal)
class DealAdmin(ReadOnlyAdmin):
    list_display = ("name", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("name",)
    list_filter = ("created_at",)
    ordering = ("name",)


class ContactInline(ReadOnlyInline):
    model = InvestorContact
    fields = ("name", "email", "takes_notices", "user")


class CommitmentEventInline(ReadOnlyInline):
    model = CommitmentEvent
    fields = (
        "kind",
        "amount",
        "effective_on",
        "reason",
        "recorded_by",
        "recorded_at",
        "approved_by",
        "approved_at",
    )


class CommitmentInline(ReadOnlyInline):
    model = Commitment
    fields = ("fund", "kind", *_PROMISED, "reference", "standing")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("amounts")


@admin.register(Investor)
class InvestorAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "country", "created_by")
    list_filter = ("kind",)
    list_select_related = ("created_by",)
    search_fields = ("name", "email")
    ordering = ("name",)
    inlines = (ContactInline, CommitmentInline)

    def view_on_site(self, investor):
        return address("investor", investor.pk)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = (
        "email",
        "contact",
        "fund",
        "role",
        "created_at",
        "created_by",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    )
    list_select_related = ("contact", "fund", "created_by")
    search_fields = ("email", "fund__name", "contact__investor__name")
    exclude = ("token_sha256",)
    actions = ("withdraw",)
    list_filter = ("fund", "role", "created_at")
    ordering = ("-pk",)

    @asking("Withdraw the selected invitations", check=check_withdraw_any_invitation)
    def withdraw(self, request, queryset):
        run_on_each(self, request, queryset, withdraw_any_invitation, "Withdrawn", row="invitation_id")


@admin.register(PortalGrant)
class PortalGrantAdmin(ReadOnlyAdmin):
    """Which commitments each contact sees in the portal, and by whose word."""

    list_display = ("contact", "commitment", "acknowledges", "manages_contacts", "granted_by", "granted_at")
    list_select_related = ("contact", "commitment__investor", "commitment__fund", "granted_by")
    search_fields = ("contact__email", "commitment__investor__name", "commitment__fund__name")
    list_filter = ("acknowledges", "manages_contacts", "commitment__fund", "granted_at")
    ordering = ("-pk",)


@admin.register(Adviser)
class AdviserAdmin(ReadOnlyAdmin):
    """Whom investors asked to let in; the fund's managers decide it."""

    list_display = ("name", "email", "role", "commitment", "asked_by", "asked_at", "withdrawn_at")
    list_select_related = ("commitment__investor", "commitment__fund", "asked_by")
    search_fields = ("name", "email", "commitment__investor__name")
    list_filter = ("role", "commitment__fund")
    ordering = ("-pk",)


@admin.register(PartMessage)
class PartMessageAdmin(ReadOnlyAdmin):
    """What investors asked about their parts of calls and distributions, and what the fund answered."""

    list_display = ("written_at", "written_by", "from_fund", "commitment", "kind", "fund")
    list_select_related = ("written_by", "commitment__investor", "commitment__fund", "fund")
    search_fields = ("commitment__investor__name", "written_by__email")
    list_filter = ("from_fund", "kind", "fund")
    ordering = ("-pk",)


@admin.register(LetterWording)
class LetterWordingAdmin(ReadOnlyAdmin):
    """How a fund's letters look and what they say in its own words: every version."""

    list_display = ("fund", "version", "logo", "signature", "recorded_at", "recorded_by")
    list_select_related = ("fund", "logo", "signature", "recorded_by")
    search_fields = ("fund__name", "recorded_by__email")
    list_filter = ("fund", "recorded_at")
    ordering = ("-pk",)


@admin.register(LetterImage)
class LetterImageAdmin(ReadOnlyAdmin):
    """Logos and signatures by their hash; a version names those that it has."""

    list_display = ("fund", "kind", "width", "height", "sha256", "recorded_at", "recorded_by")
    list_select_related = ("fund", "recorded_by")
    search_fields = ("fund__name", "sha256")
    list_filter = ("fund", "kind")
    exclude = ("content",)
    ordering = ("-pk",)


@admin.register(InvestorContact)
class InvestorContactAdmin(ReadOnlyAdmin):
    """Here an administrator says which account is the contact's; what it sees is what each fund's managers granted."""

    list_display = ("name", "investor", "email", "takes_notices", "gets_calls", "gets_distributions", "user")
    list_select_related = ("investor", "user")
    search_fields = ("name", "email", "investor__name")
    list_filter = ("takes_notices", ("user", admin.EmptyFieldListFilter))
    ordering = ("investor__name", "name")
    fields = ("investor", "name", "email", "takes_notices", "gets_calls", "gets_distributions", "user")
    readonly_fields = ("investor", "name", "email", "takes_notices", "gets_calls", "gets_distributions")
    autocomplete_fields = ("user",)

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            demand_fresh_factor(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        if "user" in form.changed_data:
            set_account(contact=obj, user=obj.user, ctx=context_of(request))


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    list_display = (
        "investor",
        "fund",
        "kind",
        "reference",
        *_PROMISED,
        "standing",
    )
    list_filter = ("fund", "kind", "standing")
    list_select_related = ("investor", "fund", "amounts")
    search_fields = ("investor__name", "reference")
    inlines = (CommitmentEventInline,)
    ordering = ("fund", "reference")


@admin.register(SideLetter)
class SideLetterAdmin(ReadOnlyAdmin):
    list_display = (
        "commitment",
        "version",
        "effective_on",
        "hurdle_rate",
        "catch_up_rate",
        "carry_rate",
        "created_by",
    )
    list_select_related = ("commitment__investor", "commitment__fund", "created_by")
    list_filter = ("commitment__fund",)
    search_fields = ("commitment__investor__name", "commitment__reference")
    ordering = ("-pk",)


@admin.register(CapitalTransaction)
class CapitalTransactionAdmin(ReadOnlyAdmin):
    """The ledger: posted by the database, changed by nobody."""

    list_display = ("pk", "fund", "commitment", "type", "amount", "value_date", "description", "recorded_at")
    list_filter = ("type", "fund")
    list_select_related = ("fund", "commitment__investor", "commitment__fund")
    search_fields = ("description", "commitment__investor__name")
    date_hierarchy = "value_date"
    ordering = ("-pk",)


# ---------------------------------------------------------------- letters


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("number", "version", "fund", "commitment", "dated_on", "created_by")
    list_filter = ("fund", "kind")
    list_select_related = ("fund", "commitment__investor", "commitment__fund", "created_by")
    search_fields = ("number", "commitment__investor__name")
    ordering = ("-pk",)


@admin.register(NoticeReading)
class NoticeReadingAdmin(ReadOnlyAdmin):
    list_display = ("notice", "deed", "by", "at")
    list_filter = ("deed",)
    list_select_related = ("notice", "by")
    search_fields = ("notice__number", "by__email", "by__full_name")
    ordering = ("-pk",)


@admin.register(NoticeRendering)
class NoticeRenderingAdmin(ReadOnlyAdmin):
    list_display = ("notice", "due_at", "attempts", "failure")
    list_select_related = ("notice",)
    search_fields = ("notice__number",)
    list_filter = ("attempts",)
    ordering = ("due_at",)


@admin.register(NoticeDocument)
class NoticeDocumentAdmin(ReadOnlyAdmin):
    list_display = ("notice", "page_count", "sha256", "rendered_at")
    list_select_related = ("notice",)
    exclude = ("content",)
    search_fields = ("notice__number", "sha256")
    list_filter = ("notice__fund", "rendered_at")
    ordering = ("-notice",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")


@admin.register(NoticeDelivery)
class NoticeDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("notice", "round", "state", "attempts", "due_at", "sent_at", "failure")
    list_filter = ("state",)
    list_select_related = ("notice",)
    search_fields = ("notice__number", "message_id")
    ordering = ("-pk",)


@admin.register(WarningMail)
class WarningMailAdmin(ReadOnlyAdmin):
    list_display = ("recipient", "subject", "due_at", "attempts", "sent_at", "failure")
    search_fields = ("recipient",)
    list_filter = (("sent_at", admin.EmptyFieldListFilter), "due_at")
    ordering = ("-pk",)
