"""Django's admin, behind our own sign-in, in which nothing gets round a service."""

from collections.abc import Callable
from functools import partial, update_wrapper

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import BinaryField, ForeignKey
from django.forms import Media
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from blackgem.admin_columns import readable
from blackgem.lib import audit
from blackgem.lib.errors import DomainError
from blackgem.lib.snapshots import read_at_one_moment, reads_one_moment
from blackgem.lib.timeline import told


class BlackGemAdminSite(admin.AdminSite):
    """People sign in where everybody does; who is no administrator finds nothing here."""

    site_header = "BlackGem administration"
    site_title = "BlackGem"
    index_title = "Everything there is"
    site_url = "/"

    def admin_view(self, view, cacheable=False):
        guarded = super().admin_view(view, cacheable)

        def inner(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if not self.has_permission(request):
                raise Http404
            answer = partial(guarded, request, *args, **kwargs)
            return read_at_one_moment(answer) if reads_one_moment(request) else answer()

        return update_wrapper(inner, view)

    def index(self, request, extra_context=None):
        """With what the reader did last, as the trail says it."""
        return super().index(
            request, {"told": told(audit.done_by(request.user)[:10]), **(extra_context or {})}
        )

    def get_urls(self):
        """Every page here is the administrators'. A row says itself where it is on the site: there is no address that
        leads there, whose pattern would be tried in more than linear time before anybody has signed in."""
        urls = [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]
        for route in _routes(urls):
            getattr(route.callback, "__func__", route.callback).audience = "admin"
        return urls

    def login(self, request, extra_context=None):
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)

    def logout(self, request, extra_context=None):
        return LogoutView.as_view()(request)


def _routes(urls):
    for route in urls:
        if hasattr(route, "url_patterns"):
            yield from _routes(route.url_patterns)
        else:
            yield route


class WithoutMedia:
    """Django's scripts are joined, and on every page (`templates/admin/base_site.html`)."""

    media = Media()


class ReadableAdmin(WithoutMedia, admin.ModelAdmin):
    """Fields look as on every other page, and the history of a row is what the trail says of it."""

    list_per_page = 100
    show_full_result_count = False
    object_history_template = "admin/history.html"

    def get_list_display(self, request):
        first, *others = super().get_list_display(request)
        # The first column leads to the row itself: a link within a link would leave it without a name.
        return [
            *readable(self.model, [first], links=False),
            *readable(self.model, others, links=True),
        ]

    def get_list_display_links(self, request, list_display):
        return list_display[:1]

    def history_view(self, request, object_id, extra_context=None):
        """What services, people here and the site itself did with a row, newest first."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        pages = self.get_paginator(request, audit.timeline(row, with_readings=True), self.list_per_page)
        events = pages.get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {row}",
            "opts": self.opts,
            "object": row,
            "page": events,
            "events": told(events),
        }
        return TemplateResponse(request, self.object_history_template, context)


class ReadOnlyAdmin(ReadableAdmin):
    """Shows every field and changes none: rows are written by services, posted money by nobody twice."""

    def get_fields(self, request, obj=None):
        if obj is None or self.fields:
            fixed = obj is not None and not self.has_change_permission(request, obj)
            return readable(self.model, super().get_fields(request, obj), links=False, fixed=fixed)
        own = [one.name for one in self.opts.fields if not isinstance(one, BinaryField)]
        own = [name for name in own if name not in (self.exclude or ())]
        others = [name for name in self.get_readonly_fields(request, obj) if name not in own]
        return readable(self.model, own + others, links=False)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def rows_to_act_on(self, queryset, user):
        """Selected rows with what the checks of the actions read."""
        return queryset


class ReadOnlyInline(WithoutMedia, admin.TabularInline):
    """Rows of another table beneath one, as its `fields` say."""

    extra = 0
    can_delete = False
    show_change_link = True

    def get_fields(self, request, obj=None):
        return readable(self.model, self.fields, links=False)

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    def get_queryset(self, request):
        """With the rows that are named, and the fund whose currency amounts are of."""
        shown = {one.name for one in self.opts.fields if isinstance(one, ForeignKey)} & {*self.fields, "fund"}
        return super().get_queryset(request).select_related(*shown)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def each(modeladmin, request, rows, write: Callable, done: str) -> None:
    """Run a service on every selected row, each for itself; say what was done and what was refused, and why."""
    count = 0
    for row in rows:
        try:
            write(row)
        except DomainError as error:
            modeladmin.message_user(request, f"{row}: {error.message}", messages.ERROR)
        else:
            count += 1
    if count:
        modeladmin.message_user(request, f"{done}: {count}.", messages.SUCCESS)


class ThroughServices:
    """For an admin whose save and delete call a service: what the service refuses is said on the page."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return self._said(request, super().changeform_view, object_id, form_url, extra_context)

    def delete_view(self, request, object_id, extra_context=None):
        return self._said(request, super().delete_view, object_id, extra_context)

    def _said(self, request, view, *args):
        try:
            return view(request, *args)
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_actions(self, request):
        # One by one, so that each refusal is said.
        return {
            name: action for name, action in super().get_actions(request).items() if name != "delete_selected"
        }
