"""Whether a stage that runs says so."""


def test_a_stage_is_alive_soon_after_its_start(desk):
    desk.agree(lambda: desk.ask("GET", "/health", key="").status_code == 200)

    answer = desk.ask("GET", "/health", key="").json()
    assert answer["status"] == "ok"
    assert answer["parts"] == {"table": "ok", "tick": "ok", "queue": "ok"}
