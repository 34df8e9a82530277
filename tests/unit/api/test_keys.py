"""Access keys over REST: issued, listed, rotated, revoked; nobody grants too much."""

import json

import pytest

from tests.unit.api.fake_stage import NOW, Api


@pytest.fixture
def api():
    return Api()


def issue(api, **wanted):
    body = json.dumps({"scopes": ["read"]} | wanted).encode()
    return api.post("/v1/keys", body)


def ids(answer):
    return {each["id"] for each in answer.json_body["keys"]}


def test_an_issued_key_opens_what_its_scopes_say(api):
    made = issue(api, scopes=["read", "start"], workflows=["bill-*"], description="CI")
    assert made.status_code == 201
    key = made.json_body
    assert key["bearer"] == f"{key['id']}.{key['secret']}"
    assert (key["scopes"], key["workflows"]) == (["read", "start"], ["bill-*"])
    assert (key["description"], key["source"]) == ("CI", "table")
    assert api.get("/v1/workflows", key=key["bearer"]).status_code == 200
    assert api.post("/v1/keys", b"{}", key=key["bearer"]).status_code == 403


def test_the_list_shows_no_secret(api):
    secret = issue(api).json_body["secret"]
    listed = api.get("/v1/keys")
    assert len(ids(listed)) == 2
    assert secret not in listed.body.decode()


def test_a_revoked_key_opens_nothing(api):
    key = issue(api).json_body
    assert api.ask("DELETE", f"/v1/keys/{key['id']}").status_code == 200
    assert api.get("/v1/workflows", key=key["bearer"]).status_code == 401
    assert key["id"] not in ids(api.get("/v1/keys"))
    again = api.ask("DELETE", f"/v1/keys/{key['id']}")
    assert (again.status_code, again.json_body["path"]) == (400, "key")


def test_an_expired_key_opens_nothing(api):
    key = issue(api, expiresAt="2023-11-14T22:13:21Z").json_body  # NOW + 1
    assert api.get("/v1/workflows", key=key["bearer"]).status_code == 200
    api.time = NOW + 1
    assert api.get("/v1/workflows", key=key["bearer"]).status_code == 401


def test_a_rotated_key_and_its_successor_both_open_for_a_while(api):
    old = issue(api, scopes=["start"], workflows=["a"], description="x").json_body
    made = api.post(f"/v1/keys/{old['id']}/rotate?overlap=60")
    new = made.json_body
    assert made.status_code == 201
    same = ("scopes", "workflows", "description")
    assert [new[name] for name in same] == [old[name] for name in same]
    assert new["id"] != old["id"]
    api.time = NOW + 59
    assert api.get("/v1/workflows", key=old["bearer"]).status_code == 403  # known
    api.time = NOW + 60
    assert api.get("/v1/workflows", key=old["bearer"]).status_code == 401
    assert api.get("/v1/workflows", key=new["bearer"]).status_code == 403


def test_rotating_does_not_prolong_a_life(api):
    old = issue(api, expiresAt="2023-11-14T22:13:30Z").json_body
    api.post(f"/v1/keys/{old['id']}/rotate")
    api.time = NOW + 10
    assert api.get("/v1/workflows", key=old["bearer"]).status_code == 401


def test_nobody_hands_on_more_than_he_has(api):
    mine = api.key("admin", workflows=["a-*", "b"])
    wide = json.dumps({"scopes": ["read"]}).encode()
    assert api.post("/v1/keys", wide, key=mine).status_code == 403
    other = json.dumps({"scopes": ["read"], "workflows": ["a-*", "c"]}).encode()
    assert api.post("/v1/keys", other, key=mine).status_code == 403
    part = json.dumps({"scopes": ["admin"], "workflows": ["b"]}).encode()
    made = api.post("/v1/keys", part, key=mine)
    assert made.status_code == 201
    seen = ids(api.get("/v1/keys", key=mine))
    assert seen == {mine.partition(".")[0], made.json_body["id"]}
    theirs = issue(api).json_body["id"]
    for method, path in (
        ("DELETE", f"/v1/keys/{theirs}"),
        ("POST", f"/v1/keys/{theirs}/rotate"),
    ):
        assert api.ask(method, path, key=mine).status_code == 403


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["root"]}, "scopes"),
        ({"scopes": "read"}, "scopes"),
        ({"scopes": ["read"], "workflows": [1]}, "workflows"),
        ({"scopes": ["read"], "expiresAt": "soon"}, "expiresAt"),
        ({"scopes": ["read"], "expiresAt": "2001-01-01T00:00:00Z"}, "expiresAt"),
        ({"scopes": ["read"], "description": 7}, "description"),
        ({"scopes": ["read"], "colour": "red"}, "colour"),
    ],
)
def test_what_is_no_key_is_refused(api, body, path):
    answer = api.post("/v1/keys", json.dumps(body).encode())
    assert (answer.status_code, answer.json_body.get("path")) == (400, path)
    assert len(ids(api.get("/v1/keys"))) == 1


def test_a_list_is_no_object(api):
    assert api.post("/v1/keys", b"[]").status_code == 400


@pytest.mark.parametrize("part", ["", "/rotate"])
def test_a_key_that_nobody_has_is_refused(api, part):
    answer = api.ask("POST" if part else "DELETE", f"/v1/keys/nobody{part}")
    assert (answer.status_code, answer.json_body["path"]) == (400, "key")


def test_a_key_of_the_settings_is_changed_there(api):
    api.add_inline("ops")
    revoked = api.ask("DELETE", "/v1/keys/ops")
    rotated = api.post("/v1/keys/ops/rotate")
    assert (revoked.status_code, rotated.status_code) == (400, 400)
    assert "settings" in {
        each["source"] for each in api.get("/v1/keys").json_body["keys"]
    }


def test_a_key_has_a_rate_of_its_own_and_so_has_its_successor(api):
    old = issue(api, rate=1, burst=2).json_body
    assert (old["rate"], old["burst"]) == (1, 2)
    made = api.post(f"/v1/keys/{old['id']}/rotate").json_body
    assert (made["rate"], made["burst"]) == (1, 2)

    said = [api.get("/v1/workflows", key=made["bearer"]) for _ in range(3)]

    assert [each.status_code for each in said] == [200, 200, 429]
    assert said[2].json_body["type"] == "urn:millrace:problem:too-many-requests"
    assert said[2].headers["Retry-After"] == "1"
    api.time += 1
    assert api.get("/v1/workflows", key=made["bearer"]).status_code == 200


@pytest.mark.parametrize("wrong", [-1, "5", True, 1e9, [1]])
@pytest.mark.parametrize("name", ["rate", "burst"])
def test_a_rate_is_a_number(api, name, wrong):
    answer = issue(api, **{name: wrong})
    assert (answer.status_code, answer.json_body["path"]) == (400, name)


def test_a_key_may_expire_at_the_end_of_the_calendar(api):
    made = issue(api, expiresAt="9999-12-31T23:59:59-10:00")

    assert made.json_body["expiresAt"] == "9999-12-31T23:59:59.000Z"
    assert made.json_body["id"] in ids(api.get("/v1/keys"))
