"""Domains of senders, for administrators: the one thing of funds that is entered here."""

from django import forms
from django.contrib import admin

from blackgem.admin_actions import asking
from blackgem.admin_site import ReadOnlyAdmin, ThroughServices, each
from blackgem.identity.step_up import demand_fresh_factor
from blackgem.lib.context import context_of
from blackgem.lib.errors import InvalidInput
from funds.models import MailDomain
from funds.services.senders import admit_domain, check_withdraw_domain, domain_name, withdraw_domain


class MailDomainForm(forms.ModelForm):
    class Meta:
        model = MailDomain
        fields = ("name",)

    def clean_name(self):
        try:
            return domain_name(self.cleaned_data["name"])
        except InvalidInput as error:
            raise forms.ValidationError(error.message, code=error.code) from error


@admin.register(MailDomain)
class MailDomainAdmin(ThroughServices, ReadOnlyAdmin):
    """Domains of the addresses that investors answer to: admitted here, withdrawn by the action, never changed."""

    form = MailDomainForm
    list_display = ("name", "admitted_at", "admitted_by", "withdrawn_at", "withdrawn_by")
    list_filter = ("withdrawn_at",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    actions = ("withdraw",)

    def has_add_permission(self, request, obj=None):
        return request.user.is_superuser

    def save_model(self, request, obj, form, change):
        demand_fresh_factor(request)
        obj.pk = admit_domain(name=obj.name, ctx=context_of(request)).pk

    @asking("Withdraw: letters carry no address of it", check=check_withdraw_domain, step_up=True)
    def withdraw(self, request, queryset):
        each(
            self,
            request,
            queryset,
            lambda one: withdraw_domain(domain_id=one.pk, ctx=context_of(request)),
            "Withdrawn",
        )
