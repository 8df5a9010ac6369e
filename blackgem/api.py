"""The HTTP API under /api/: one instance, its routers, its document and its page."""

from functools import cached_property

from django.http import Http404, HttpRequest
from django.urls import re_path
from ninja import NinjaAPI
from pydantic.alias_generators import to_camel

from banking.api import router as banking
from blackgem.http.auth import Session, Token
from blackgem.http.docs import Docs
from blackgem.http.guard import fenced, guarded
from blackgem.http.ids import register_ids
from blackgem.http.openapi import complete
from blackgem.http.problems import handle_errors
from blackgem.http.reading import StrictParser
from blackgem.http.rendering import ExactRenderer
from blackgem.http.validation import invalid_input
from capital.api import router as capital
from closings.api import router as closings
from dashboard.api import router as dashboard
from distributions.api import router as distributions
from fees.api import router as fees
from funds.api import router as funds
from portal.api import router as portal

DESCRIPTION = """
Amounts are read as JSON numbers or strings and answered as numbers with exactly the decimals of the fund’s currency.
Ids are opaque. Every refusal is application/problem+json with a stable code. What you may not see is 404.
"""


class BlackGemAPI(NinjaAPI):
    """django-ninja, whose refusals and document are ours."""

    def validation_error_from_error_contexts(self, error_contexts):
        return invalid_input(error_contexts)

    def get_openapi_operation_id(self, operation):
        return to_camel(operation.view_func.__name__)

    def get_openapi_schema(self, **kwargs):
        """Made once: it is the same for everybody."""
        return self._document

    @cached_property
    def _document(self):
        return complete(super().get_openapi_schema())


def nothing_here(request: HttpRequest):
    raise Http404


api = BlackGemAPI(
    title="BlackGem",
    version="1.0.0",
    description=DESCRIPTION.strip(),
    urls_namespace="api",
    auth=[Token(), Session()],
    parser=StrictParser(),
    renderer=ExactRenderer(),
    docs=Docs(),
)
handle_errors(api)
api.add_decorator(guarded, mode="view")
api.add_router("", dashboard)
api.add_router("", funds)
api.add_router("", capital)
api.add_router("", distributions)
api.add_router("", closings)
api.add_router("", fees)
api.add_router("", banking)
api.add_router("", portal)

register_ids()
_patterns, _app_name, _namespace = api.urls
urls = ([fenced(one) for one in [*_patterns, re_path("", nothing_here)]], _app_name, _namespace)
