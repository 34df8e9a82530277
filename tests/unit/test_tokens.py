"""Who may answer for an attempt: every way a token can be wrong."""

import base64
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import PayloadTooLarge, TokenRefused, Unavailable
from chalicelib.tokens import LONGEST_TOKEN, Claims, Tokens

OLD, NEW = b"o" * 32, b"n" * 32
NOW = 1_700_000_000.0
TOKENS = Tokens("millrace-dev", {"k1": OLD}, "k1")
CLAIMS = Claims(
    execution="order:o-1",
    scope="0/Each#3",
    activation=7,
    attempt=2,
    expires_at=NOW + 60,
)
TOKEN = TOKENS.mint("order:o-1", "0/Each#3", 7, 2, NOW + 60)
ALPHABET = string.ascii_letters + string.digits + "-_.="


def refused(token: str, tokens: Tokens = TOKENS, now: float = NOW) -> bool:
    try:
        tokens.verify(token, now)
    except TokenRefused:
        return True
    return False


def spelled(claims: object) -> str:
    """Spell a token around ``claims``, with a signature of the right length."""
    text = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"t1.k1.{text}.{'A' * 43}"


def test_a_token_says_what_it_was_made_for():
    assert TOKENS.verify(TOKEN, NOW) == CLAIMS


def test_a_state_has_a_token_of_its_own():
    token = TOKENS.mint("order:o-1", "r", "sign", 1, NOW + 60)
    assert TOKENS.verify(token, NOW) == Claims(
        execution="order:o-1",
        scope="r",
        activation=0,
        attempt=1,
        expires_at=NOW + 60,
        state="sign",
    )


def test_the_same_attempt_has_the_same_token():
    assert TOKENS.mint("order:o-1", "0/Each#3", 7, 2, NOW + 60) == TOKEN


def test_another_attempt_has_another_token():
    assert TOKENS.mint("order:o-1", "0/Each#3", 7, 3, NOW + 60) != TOKEN


def test_a_token_fits_into_a_url_as_it_is():
    assert set(TOKEN) <= set(string.ascii_letters + string.digits + "-_.")


def test_every_other_character_at_every_place_is_refused():
    changed = (
        TOKEN[:place] + letter + TOKEN[place + 1 :]
        for place in range(len(TOKEN))
        for letter in ALPHABET
        if letter != TOKEN[place]
    )
    assert [token for token in changed if not refused(token)] == []


def test_every_flipped_bit_is_refused():
    changed = (
        TOKEN[:place] + chr(ord(TOKEN[place]) ^ (1 << bit)) + TOKEN[place + 1 :]
        for place in range(len(TOKEN))
        for bit in range(8)
    )
    assert [token for token in changed if not refused(token)] == []


def test_a_cut_token_is_refused_wherever_it_is_cut():
    cut = (TOKEN[:place] for place in range(len(TOKEN)))
    assert [token for token in cut if not refused(token)] == []


def test_a_prolonged_token_is_refused():
    longer = (TOKEN + letter for letter in ALPHABET)
    assert [token for token in longer if not refused(token)] == []


@given(st.text(max_size=200))
def test_any_text_is_refused_without_another_error(text):
    assert refused(text)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_any_claims_without_the_signature_are_refused(claims):
    assert refused(spelled(claims))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(spelled(["order:o-1", "0", 1, 1]), id="a claim is missing"),
        pytest.param(spelled(["order:o-1", "0", 1, "1", 9]), id="wrong type"),
        pytest.param(spelled(["\ud800", "0", 1, 1, 9]), id="half a character"),
        pytest.param("t1.k1.*.A", id="not base64"),
        pytest.param("t1.k1.A.A", id="impossible base64"),
        pytest.param("t1.k1._w.A", id="not UTF-8"),
        pytest.param("t1.k1..A", id="no claims"),
        pytest.param("t2" + TOKEN[2:], id="another version"),
        pytest.param(TOKEN.replace(".k1.", ".k2."), id="unknown key"),
        pytest.param("t1.k1." + "A" * LONGEST_TOKEN, id="too long"),
        pytest.param("t1.k1.é.A", id="not ASCII"),
        pytest.param(
            "t1.k1." + base64.urlsafe_b64encode(b"[" * 2900).decode() + ".A",
            id="nested too deep",
        ),
    ],
)
def test_refuses(token):
    assert refused(token)


def test_a_token_lives_until_its_expiry_and_no_longer():
    assert not refused(TOKEN, now=NOW + 59.9)
    assert refused(TOKEN, now=NOW + 60)


def test_an_expiry_between_two_seconds_counts_as_the_later_one():
    assert TOKENS.verify(TOKENS.mint("e", "0", 1, 1, NOW + 0.5), NOW).expires_at == (
        NOW + 1
    )


def test_a_token_of_another_stack_is_refused():
    assert refused(TOKEN, Tokens("millrace-prod", {"k1": OLD}, "k1"))


def test_both_keys_verify_while_they_rotate():
    rotating = Tokens("millrace-dev", {"k1": OLD, "k2": NEW}, "k2")
    made = rotating.mint("order:o-1", "0", 1, 1, NOW + 60)
    assert rotating.verify(TOKEN, NOW) == CLAIMS
    assert rotating.verify(made, NOW).scope == "0"
    assert made.startswith("t1.k2.")


def test_a_token_of_a_retired_key_is_refused():
    assert refused(TOKEN, Tokens("millrace-dev", {"k2": NEW}, "k2"))


def test_a_key_under_another_name_does_not_verify():
    renamed = TOKEN.replace(".k1.", ".k9.")
    assert refused(renamed, Tokens("millrace-dev", {"k9": OLD}, "k9"))


def test_names_beyond_ascii_travel():
    token = TOKENS.mint("订单:一", "0/每个#1", 1, 1, NOW + 60)
    assert TOKENS.verify(token, NOW).execution == "订单:一"


def test_names_too_long_for_a_url_make_no_token():
    with pytest.raises(PayloadTooLarge, match="a task token"):
        TOKENS.mint("e" * LONGEST_TOKEN, "0", 1, 1, NOW)


def test_the_current_key_must_be_there():
    with pytest.raises(ValueError, match="no token key 'k2'"):
        Tokens("millrace-dev", {"k1": OLD}, "k2")


def test_a_short_key_is_not_taken():
    with pytest.raises(ValueError, match="32 bytes"):
        Tokens("millrace-dev", {"k1": b"short"}, "k1")


class Parameter:
    """Where the keys of a stage are kept; somebody may change it."""

    def __init__(self, **keys):
        self.keys, self.asked = keys, 0

    def __call__(self):
        self.asked += 1
        return self.keys


def test_a_process_that_is_older_than_a_key_learns_it():
    kept = Parameter(k1=OLD)
    api = Tokens("millrace-dev", {"k1": OLD}, "k1", newer=kept)
    kept.keys = {"k2": NEW, "k1": OLD}
    renewed = Tokens("millrace-dev", kept.keys, "k2")
    token = renewed.mint("order:o-1", "r", 1, 1, NOW + 60)

    assert api.verify(token, NOW).execution == "order:o-1"
    assert api.verify(TOKEN, NOW) == CLAIMS
    assert api.mint("order:o-1", "r", 1, 1, NOW + 60) == token
    assert kept.asked == 1


def test_forged_keys_have_the_keys_read_once_a_minute_at_most():
    kept = Parameter(k1=OLD)
    api = Tokens("millrace-dev", {"k1": OLD}, "k1", newer=kept)
    for number in range(20):
        assert refused(TOKEN.replace("t1.k1", f"t1.x{number}"), api)
    assert kept.asked == 1
    assert refused(TOKEN.replace("t1.k1", "t1.x"), api, NOW + 59.9)
    assert kept.asked == 1
    assert refused(TOKEN.replace("t1.k1", "t1.x"), api, NOW + 60)
    assert kept.asked == 2


def test_a_key_that_was_taken_away_opens_no_more_once_that_is_known():
    kept = Parameter(k2=NEW)
    api = Tokens("millrace-dev", {"k1": OLD}, "k1", newer=kept)
    token = Tokens("millrace-dev", {"k2": NEW}, "k2").mint("a:b", "r", 1, 1, NOW + 60)

    assert api.verify(token, NOW).execution == "a:b"
    assert refused(TOKEN, api)


def test_a_parameter_that_does_not_answer_is_no_refusal():
    def silent():
        raise Unavailable("the parameter")

    api = Tokens("millrace-dev", {"k1": OLD}, "k1", newer=silent)
    with pytest.raises(Unavailable):
        api.verify(TOKEN.replace("t1.k1", "t1.k2"), NOW)
    assert api.verify(TOKEN, NOW) == CLAIMS
