"""Who is asking, and what may they do?"""

import hashlib

import pytest

from chalicelib.api.auth import ANYBODY, AccessKey, AccessKeys, Scope
from chalicelib.errors import InputRefused, NotAuthenticated, NotAuthorized
from chalicelib.settings import InlineKey
from chalicelib.stores.memory import MemoryTable

AT = 1_700_000_000.0


@pytest.fixture
def keys():
    return AccessKeys(MemoryTable())


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
    secret = AccessKeys(table).issue(["read"], at=AT).bearer.partition(".")[2]
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
    keys.revoke(issued.key.id)
    with pytest.raises(NotAuthenticated):
        keys.authenticate(f"Bearer {issued.bearer}")


def test_an_unknown_scope_is_refused(keys):
    with pytest.raises(InputRefused, match="scopes: a scope is one of read, start"):
        keys.issue(["write"], at=AT)


def test_keys_of_the_table_and_of_the_stage_are_listed():
    digest = hashlib.sha256(b"open").hexdigest()
    keys = AccessKeys(
        MemoryTable(), [InlineKey(id="ops", digest=digest, scopes=("admin",))]
    )
    issued = keys.issue(["read"], at=AT).key
    ops = AccessKey(id="ops", scopes=frozenset({Scope.ADMIN}))
    assert keys.keys() == [ops, issued]
    assert keys.authenticate("Bearer ops.open") == ops


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
