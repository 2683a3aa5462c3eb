from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.test import Client, override_settings

pytestmark = [pytest.mark.django_db, pytest.mark.urls("opsloop.web.tests.urls")]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"Accept-Language": "en"})


@pytest.fixture(autouse=True)
def the_edge_alone(settings):
    """Our own views and templates, without the gates that packages above put before every page."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if not name.startswith("opsloop.organisation")
    ]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/refused/", 409, "The task is closed."),
        ("/forbidden/", 403, "Only the owner may do this."),
        ("/denied/", 403, "Your role does not allow it."),
        ("/nowhere/", 404, "30 days"),
        ("/locked/", 503, "Nothing was saved"),
        ("/broken/", 500, "The error was recorded."),
    ],
)
def test_a_failure_is_explained_in_a_sentence_with_the_request_id(client, address, status, words):
    response = client.get(address)
    assert response.status_code == status
    assert words in response.content.decode()
    assert response["X-Request-ID"] in response.content.decode()
    assert "Traceback" not in response.content.decode()


def test_htmx_gets_the_sentence_alone_and_in_a_header(client):
    response = client.get("/refused/", headers=HTMX)
    assert response.content.decode() == "The task is closed."
    assert unquote(response["X-Error"]) == "The task is closed."


def test_a_busy_database_says_when_to_come_back(client):
    assert client.get("/locked/")["Retry-After"] == "2"


def test_a_write_without_a_version_is_answered_428(client):
    assert client.post("/note/", {"title": "mine"}).status_code == 428


def test_a_stale_edit_gets_three_choices(client):
    response = client.post(
        "/note/",
        {
            "version": "2",
            "title": "mine",
            "tone": "1",
            "record_base": '{"title": ["old"], "tone": ["1"], "is_done": []}',
        },
        headers={**HTMX, "HX-Target": "form#f"},
    )
    page = response.content.decode()
    assert response.status_code == 412
    assert response["HX-Retarget"] == "#dialog-host"
    assert 'name="version" value="3"' in page
    for choice in ("Merge both", "Overwrite with mine", "Discard mine"):
        assert choice in page
    assert 'data-choose="title"' in page  # both changed it
    assert 'data-choose="tone"' not in page  # only they did


def test_a_stale_edit_without_scripts_gets_the_choices_on_a_page(client):
    response = client.post("/note/", {"version": "2", "title": "mine"})
    assert response.status_code == 412
    assert "<html" in response.content.decode()


def test_a_stale_click_names_the_record(client):
    assert "Weekly report" in client.post("/stale/", headers=HTMX).content.decode()


def test_saving_in_the_drawer_closes_it_and_refreshes_the_page_behind(client):
    response = client.post("/note/", {"version": "3"}, headers={**HTMX, "HX-Target": "div#drawer-content"})
    triggers = json.loads(response["HX-Trigger"])
    assert response.status_code == 204
    assert triggers["live"] == {"topics": ["notes"]}
    assert triggers["toast"]["undo"] == "/undo/1/"
    assert "drawer:close" in triggers


def test_saving_on_a_page_moves_on_by_303(client):
    response = client.post("/note/", {"version": "3"})
    assert (response.status_code, response["Location"]) == (303, "/style/")


def test_the_time_of_a_request_stands_still(client):
    first, second = client.get("/now/").content.decode().split(" ")
    assert first == second


def test_a_page_comes_whole(client):
    page = client.get("/page/").content.decode()
    assert "<html" in page
    assert page.count("<h1>") == 1


def test_the_drawer_gets_the_content_without_the_frame(client):
    page = client.get("/page/", headers={**HTMX, "HX-Target": "div#drawer-content"}).content.decode()
    assert "<html" not in page
    assert "<h1>" not in page
    assert "data-drawer-title" in page


def test_an_element_gets_its_own_part(client):
    page = client.get("/page/", headers={**HTMX, "HX-Target": "ul#rows"}).content.decode()
    assert page.strip() == '<ul id="rows"><li>one</li><li>two</li></ul>'


def test_history_restored_by_back_gets_the_whole_page(client):
    headers = {**HTMX, "HX-Target": "ul#rows", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get("/page/", headers=headers).content.decode()


def test_the_frame_holds_no_inline_script_style_or_handler(client):
    page = client.get("/page/").content.decode().lower()
    assert " style=" not in page
    assert " onclick=" not in page
    assert "<style" not in page
    assert "javascript:" not in page
    assert "hx-on" not in page


@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-CN"), ("zh-hant", "zh-TW"), ("en", "en")])
def test_a_page_names_its_language(client, language, tag):
    client.post("/preferences/", {"language": language})
    response = client.get("/page/")
    assert f'<html lang="{tag}"' in response.content.decode()
    assert response["Content-Language"] == language


def test_preferences_before_log_in_stay_in_cookies(client):
    client.post("/preferences/", {"theme": "dark", "next": "/page/"})
    assert 'data-bs-theme="dark"' in client.get("/page/").content.decode()


@pytest.mark.parametrize("wrong", [{"theme": "neon"}, {"language": "tlh"}, {"theme": ""}, {}])
def test_an_unknown_preference_changes_nothing(client, wrong):
    assert client.post("/preferences/", wrong).status_code == 303
    assert 'data-bs-theme="auto"' in client.get("/page/").content.decode()


@pytest.mark.parametrize("away", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_preferences_send_nobody_to_another_site(client, away):
    assert client.post("/preferences/", {"theme": "dark", "next": away})["Location"] == "/"


@override_settings(OPSLOOP_DEVELOPER=False)
def test_the_component_library_is_hidden_from_everybody_else(client):
    assert client.get("/style/").status_code == 404


@override_settings(OPSLOOP_DEVELOPER=True)
def test_the_component_library_shows_every_component(client):
    page = client.get("/style/").content.decode()
    for mark in (
        "table-frame",
        "meter-over",
        "progressbar",
        "history",
        "state-title",
        "field-error",
        "skeleton",
        "bulk-bar",
    ):
        assert mark in page


def test_a_request_id_of_the_proxy_is_kept_and_a_strange_one_is_not(client):
    assert client.get("/now/", headers={"X-Request-ID": "abc-12345678"})["X-Request-ID"] == "abc-12345678"
    assert client.get("/now/", headers={"X-Request-ID": "<script>"})["X-Request-ID"] != "<script>"
