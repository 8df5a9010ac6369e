"""Who has no right learns that, whatever is wrong with the request: a wrong body tells no more than a right one."""

import pytest

from blackgem.api import api as blackgem_api
from tests.support.api import problem

from .everything import CREATES, OWN_WRITES, READS, WRITES, filled

pytestmark = pytest.mark.django_db

#: A right body aside: bodies, and what else comes with a request that no operation takes.
WRONG = (
    ({}, {}),
    ({"nobodyKnows": 1}, {}),
    ("{", {}),
    ("[]", {}),
    ("x" * (1024 * 1024 + 1), {}),
    ({}, {"content_type": "text/plain"}),
    ({}, {"key": "no spaces, please"}),
)


@pytest.mark.parametrize("who", ["lp", "stranger", "auditor"])
def test_a_wrong_body_is_told_no_more_than_a_right_one(world, ids, who):
    api = world.api(who)
    for verb, path, body in WRITES:
        if who == "stranger" and "{" not in path:
            continue  # for its own fund it may: what is wrong with the body is its business
        right = api.send(verb, path.format(**ids), filled(body, ids))
        assert right.status_code == (403 if who == "auditor" else 404), (verb, path)
        for wrong, options in WRONG:
            response = api.send(verb, path.format(**ids), wrong, **options)
            assert response.status_code == right.status_code, (verb, path, wrong, response.content)
            assert who == "auditor" or response.content == right.content


@pytest.mark.parametrize("who", ["lp", "auditor"])
def test_who_may_not_enter_is_told_no_more_by_a_wrong_body(world, who):
    for _, path, _ in CREATES:
        for wrong, options in WRONG:
            problem(world.api(who).post(path, wrong, **options), 403, "role.insufficient")


@pytest.mark.parametrize("who", ["lp", "stranger"])
def test_a_wrong_parameter_is_told_no_more_than_none(world, ids, who):
    api = world.api(who)
    nothing = api.get("/funds/999999").content
    for path in READS:
        assert api.get(f"{path.format(**ids)}?nobodyKnows=1").content == nothing, path
    for verb, path, body in WRITES:
        if "{" in path:
            address = f"{path.format(**ids)}?nobodyKnows=1"
            assert api.send(verb, address, filled(body, ids)).content == nothing, path


def test_who_has_the_right_is_told_what_is_wrong(world, ids, api):
    for verb, path, body in WRITES:
        if body is not None:
            problem(api.send(verb, path.format(**ids), {"nobodyKnows": 1}), 422)
            problem(api.send(verb, path.format(**ids), "{"), 400)


def test_nobody_is_asked_before_it_is_known_who_asks(world, ids, api):
    api.token = "bg_nobody"
    for verb, path, _ in WRITES:
        problem(api.send(verb, path.format(**ids), "{"), 401)


def test_a_row_that_does_not_exist(world, ids, api):
    for name in ids:
        none = {**ids, name: 999_999}
        for verb, path, _ in WRITES:
            first = path.partition("{")[2].partition("}")[0]
            if first == name:
                problem(api.send(verb, path.format(**none), {"nobodyKnows": 1}), 404)


def writes_of_the_api():
    for _, router in blackgem_api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield from ((verb, path, operation.view_func) for verb in operation.methods if verb != "GET")


def test_every_operation_that_changes_anything_says_what_it_needs():
    writes = list(writes_of_the_api())
    assert [(verb, path) for verb, path, view in writes if not hasattr(view, "check_rights")] == []
    assert len(writes) == len({(verb, path) for verb, path, _ in WRITES}) + len(CREATES) + len(OWN_WRITES)
