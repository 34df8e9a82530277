import pytest
from chalice.app import Chalice, CognitoUserPoolAuthorizer, IAMAuthorizer

from chalicelib.api import entrance, faces
from chalicelib.settings import SettingRefused

POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_abc"


def an_app(**environ):
    app = Chalice("stage", configure_logs=False)
    app.api.binary_types = []
    app.api.cors = entrance.cors(environ) or False
    app.register_blueprint(faces.blueprint(entrance.authorizer(environ)))
    return app


def route(app, path, method="GET"):
    return app.routes[path][method]


def test_nothing_stands_in_front_by_default():
    app = an_app()

    assert route(app, "/v1/workflows").authorizer is None
    assert route(app, "/v1/workflows").cors is None


def test_pages_of_one_origin_may_ask():
    cors = route(an_app(CORS_ORIGIN="https://app.example/"), "/v1/workflows").cors

    headers = cors.get_access_control_headers()
    assert headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "X-Api-Key" in headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers


def test_what_is_no_origin_is_refused():
    with pytest.raises(SettingRefused, match="CORS_ORIGIN"):
        entrance.cors({"CORS_ORIGIN": "app.example"})


@pytest.mark.parametrize(
    ("named", "kind"), [("iam", IAMAuthorizer), (POOL, CognitoUserPoolAuthorizer)]
)
def test_an_authorizer_is_asked_for_what_needs_a_key(named, kind):
    app = an_app(AUTHORIZER=named)

    assert isinstance(route(app, "/v1/workflows").authorizer, kind)
    for path, method in (
        ("/v1/tasks/{token}", "POST"),
        ("/health", "GET"),
        ("/states", "POST"),
    ):
        assert route(app, path, method).authorizer is None


def test_what_is_no_authorizer_is_refused():
    with pytest.raises(SettingRefused, match="AUTHORIZER"):
        entrance.authorizer({"AUTHORIZER": "cognito"})
