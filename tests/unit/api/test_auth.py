"""Who is asking, and what may they do?"""

import hashlib

import pytest

from chalicelib.api.auth import ANYBODY, AccessKey, Scope
from chalicelib.api.keyring import AccessKeys, derived_secret
from chalicelib.errors import (
    InputRefused,
    NotAuthenticated,
    NotAuthorized,
    TooManyRequests,
)
from chalicelib.rates import Rate
from chalicelib.settings import InlineKey
from chalicelib.stores.memory import MemoryTable

AT = 1_700_000_000.0
SECRET = b"s" * 32


@pytest.fixture
def keys():
    return AccessKeys(MemoryTable(), secret=SECRET)


def test_an_issued_key_opens(keys):
    issued = keys.issue(["read", "start"], workflows=["a-*"], at=AT)
    assert keys.authenticate(f"Bearer {issued.bearer}") == AccessKey(
        id=issued.key.id,
        scopes=frozenset({Scope.READ, Scope.START}),
        workflows=("a-*",),
        issued_at=AT,
    )


def test_the_scheme_is_read_in_any_case(keys):
    issued = keys.issue(["read"], at=AT)
    assert keys.authenticate(f"bearer  {issued.bearer} ") == issued.key


def test_two_keys_are_never_alike(keys):
    assert keys.issue(["read"], at=AT) != keys.issue(["read"], at=AT)


def test_the_secret_is_not_kept():
    table = MemoryTable()
    secret = (
        AccessKeys(table, secret=SECRET).issue(["read"], at=AT).bearer.partition(".")[2]
    )
    assert secret not in str(table.query("key"))


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="nothing"),
        pytest.param("Bearer", id="no key"),
        pytest.param("Bearer .", id="empty key"),
        pytest.param("Bearer nobody.secret", id="unknown key"),
        pytest.param("Bearer {id}", id="no secret"),
        pytest.param("Bearer {id}.", id="empty secret"),
        pytest.param("Bearer {id}.wrong", id="wrong secret"),
        pytest.param("Bearer {id}.{secret}x", id="longer secret"),
        pytest.param("Bearer {id}.\ud800", id="half a character"),
        pytest.param("Basic {id}.{secret}", id="another scheme"),
        pytest.param("{id}.{secret}", id="no scheme"),
        pytest.param("Bearer {id} .{secret}", id="a space inside"),
        pytest.param("Bearer " + "k" * 65 + ".s", id="an id too long for the table"),
    ],
)
def test_a_wrong_header_is_refused(keys, header):
    key_id, _, secret = keys.issue(["admin"], at=AT).bearer.partition(".")
    with pytest.raises(NotAuthenticated):
        keys.authenticate(header.replace("{id}", key_id).replace("{secret}", secret))


def test_a_revoked_key_opens_nothing(keys):
    issued = keys.issue(["read"], at=AT)
    keys.revoke(issued.key.id, at=AT)
    with pytest.raises(NotAuthenticated):
        keys.authenticate(f"Bearer {issued.bearer}")
    assert keys.known(issued.key.id) is None
    assert keys.valid() == []


def test_a_key_can_be_revoked_twice_and_one_that_never_was_too(keys):
    issued = keys.issue(["read"], at=AT)
    for key_id in (issued.key.id, issued.key.id, "nobody"):
        keys.revoke(key_id, at=AT)
    assert keys.valid() == []


def test_a_known_key_comes_with_its_secret(keys):
    issued = keys.issue(["read"], at=AT)
    known = keys.known(issued.key.id)
    assert (known.key, known.secret) == (issued.key, issued.secret)
    assert issued.secret not in repr(known) + repr(issued)


@pytest.mark.parametrize("key_id", ["", "nobody", "a/b", "k" * 65])
def test_nobody_else_is_known(keys, key_id):
    assert keys.known(key_id) is None


def test_a_stage_of_another_secret_has_other_keys():
    table = MemoryTable()
    issued = AccessKeys(table, secret=SECRET).issue(["admin"], at=AT)
    for other in (b"t" * 32, b""):
        with pytest.raises(NotAuthenticated):
            AccessKeys(table, secret=other).authenticate(f"Bearer {issued.bearer}")
    assert AccessKeys(table).known(issued.key.id) is None


def test_a_stage_without_a_secret_issues_no_keys():
    with pytest.raises(InputRefused, match="ACCESS_SECRET"):
        AccessKeys(MemoryTable()).issue(["read"], at=AT)


def test_a_key_that_came_with_the_stage_can_be_derived_too():
    inline = [InlineKey(id="local", digest="", scopes=("admin",))]
    keys = AccessKeys(MemoryTable(), inline, secret=SECRET)
    secret = derived_secret(SECRET, "local")
    assert keys.authenticate(f"Bearer local.{secret}").id == "local"
    assert keys.known("local").secret == secret


def test_an_unknown_scope_is_refused(keys):
    with pytest.raises(InputRefused, match="scopes: a scope is one of read, start"):
        keys.issue(["write"], at=AT)


def test_keys_of_the_table_and_of_the_stage_are_listed():
    digest = hashlib.sha256(b"open").hexdigest()
    inline = [InlineKey(id="ops", digest=digest, scopes=("admin",))]
    keys = AccessKeys(MemoryTable(), inline, secret=SECRET)
    issued = keys.issue(["read"], at=AT).key
    ops = AccessKey(id="ops", scopes=frozenset({Scope.ADMIN}), is_inline=True)
    assert keys.valid() == [ops, issued]
    assert keys.authenticate("Bearer ops.open") == ops
    assert keys.known("ops").secret == ""


def test_a_scope_grants_itself_only():
    key = AccessKey(id="k", scopes=frozenset({Scope.READ}))
    key.require(Scope.READ)
    with pytest.raises(NotAuthorized, match="'start'"):
        key.require(Scope.START)


@pytest.mark.parametrize("scope", list(Scope))
def test_admin_grants_everything(scope):
    AccessKey(id="k", scopes=frozenset({Scope.ADMIN})).require(scope)


@pytest.mark.parametrize("scope", list(Scope))
def test_without_a_key_nothing_is_granted(scope):
    with pytest.raises(NotAuthorized):
        ANYBODY.require(scope)


def test_a_key_without_patterns_sees_every_workflow():
    AccessKey(id="k", scopes=frozenset()).require_workflow("anything")


def test_a_key_with_patterns_sees_what_matches_one():
    key = AccessKey(id="k", scopes=frozenset(), workflows=("a-*", "b"))
    key.require_workflow("a-1")
    key.require_workflow("b")
    with pytest.raises(NotAuthorized, match="'workflow:b-1'"):
        key.require_workflow("b-1")


def test_only_who_holds_a_key_uses_up_its_rate():
    keys = AccessKeys(MemoryTable(), secret=SECRET)
    issued = keys.issue(["read"], at=AT, rate=Rate.of(1, 1))
    for _ in range(5):
        with pytest.raises(NotAuthenticated):
            keys.authenticate(f"Bearer {issued.key.id}.guessed")
        assert keys.known(issued.key.id)

    assert keys.authenticate(f"Bearer {issued.bearer}") == issued.key
    with pytest.raises(TooManyRequests):
        keys.authenticate(f"Bearer {issued.bearer}")


def test_a_secret_in_the_place_of_a_key_is_asked_of_nobody():
    class Closed:
        def get(self, key):
            raise AssertionError(key)

    with pytest.raises(NotAuthenticated):
        AccessKeys(Closed(), secret=SECRET).authenticate(f"Bearer {'s' * 43}")
