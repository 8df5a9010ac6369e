"""What holds for every route: who asks, what was sent, whether it was answered before, and how refusals look."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.cache import patch_vary_headers

from blackgem.http.auth import SAFE, sign_in
from blackgem.http.idempotency import answer_once, answer_read
from blackgem.http.problems import answer_error, problem
from blackgem.http.reading import read_body
from blackgem.http.rights import OF_SHAPE, check_rights, declares_rights
from blackgem.lib.access import audience
from blackgem.lib.downloads import place_of
from blackgem.lib.errors import InvalidInput, Problem
from blackgem.lib.snapshots import read_at_one_moment


def guarded(run: Callable) -> Callable:
    """An operation behind its guard. `run` is the bound method of a django-ninja operation."""
    operation = run.__self__
    known = _query_names(operation)
    only_reads = getattr(operation.view_func, "only_reads", False)
    rehearses = getattr(operation.view_func, "rehearses", False)
    makes_file = getattr(operation.view_func, "makes_file", False)

    @wraps(run)
    def answer(request: HttpRequest, **path) -> HttpResponse:
        def act() -> HttpResponse:
            if request.method not in SAFE or declares_rights(operation.view_func):
                check_rights(operation.view_func, request.user, path)
            return run(request, **path)

        try:
            sign_in(request)
            with place_of(request.user) if makes_file else nullcontext():
                response = _served(request, known, act, only_reads=only_reads, rehearses=rehearses)
            if response.status_code in OF_SHAPE:
                check_rights(operation.view_func, request.user, path)
            return response
        except Exception as error:
            return answer_error(request, error)

    return answer


def _served(
    request: HttpRequest,
    known: frozenset[str],
    run: Callable[[], HttpResponse],
    *,
    only_reads: bool,
    rehearses: bool,
) -> HttpResponse:
    """What was asked for, or why it is refused."""
    try:
        check_query(request, known)
        if request.method in SAFE:
            return run() if rehearses else read_at_one_moment(run)
        read_body(request)
        return answer_read(request, run) if only_reads else answer_once(request, run)
    except Exception as error:
        return answer_error(request, error)


def _query_names(operation) -> frozenset[str]:
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return frozenset(name for model in queries for name in model.__ninja_flatten_map__)


def check_query(request: HttpRequest, known: frozenset[str]) -> None:
    """Raise InvalidInput for query parameters that the route lacks, and for those given twice."""
    problems = [
        Problem("field.unknown", "There is no such parameter.", name)
        for name in request.GET
        if name not in known
    ]
    problems += [
        Problem("field.repeated", "Give this parameter once.", name)
        for name, values in request.GET.lists()
        if name in known and len(values) > 1
    ]
    if problems:
        raise InvalidInput.from_problems(problems)


def fenced(pattern: URLPattern) -> URLPattern:
    """A URL of the API, all of whose answers are the API's own: HEAD works, 405 is a problem, nothing is cached."""
    pattern.callback = _fence(pattern.callback)
    return pattern


def _fence(view: Callable) -> Callable:
    @audience("api")
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "HEAD":
            request.method = "GET"
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            response = answer_error(request, error)
        if response.status_code == 405:
            allowed = {"Allow": response["Allow"]}
            response = problem(405, "method.not_allowed", "This cannot be done here.", headers=allowed)
        response.headers.setdefault("Cache-Control", "no-store, private")
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    answer.csrf_exempt = True  # the guard checks it where a session asks
    return answer
