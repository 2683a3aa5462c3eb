"""Log-in, sessions, passwords and second factors."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command

from opsloop.organisation.actions import people
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, PASSWORD


@pytest.fixture(autouse=True)
def fresh_rate_limits():
    cache.clear()


def log_in(client, login: str = "linyue", password: str = PASSWORD, **more: str):
    return client.post("/accounts/login/", {"login": login, "password": password, **more})


@pytest.mark.parametrize("name", ["linyue", "LinYue", "linyue@qinghe.example"])
def test_it_logs_in_by_user_name_or_email(cast, client, name):
    assert log_in(client, name)["Location"] == "/"
    assert client.get("/people/").status_code == 200


def test_it_refuses_a_wrong_password_and_says_no_more_than_that(cast, client):
    known = log_in(client, password="wrong-password")
    unknown = log_in(client, "nobody", "wrong-password")
    assert known.context["form"].errors == unknown.context["form"].errors
    assert client.get("/people/").status_code == 302


def test_ten_failures_lock_the_name_even_for_the_right_password(cast, client):
    for _attempt in range(10):
        log_in(client, password="wrong-password")
    log_in(client)
    assert client.get("/people/").status_code == 302


def test_a_spoofed_address_does_not_get_around_the_limit(cast, client):
    for attempt in range(10):
        client.post(
            "/accounts/login/",
            {"login": f"name{attempt}", "password": "wrong-password"},
            headers={"X-Forwarded-For": f"10.1.1.{attempt}"},
        )
    answer = client.post(
        "/accounts/login/",
        {"login": "linyue", "password": PASSWORD},
        headers={"X-Forwarded-For": "10.9.9.9"},
    )
    assert "_auth_user_id" not in client.session
    assert answer.status_code != 302


def test_a_disabled_person_cannot_log_in(cast, client):
    log_in(client, "wufan")
    assert "_auth_user_id" not in client.session


def test_it_never_leads_to_another_site(cast, client):
    assert log_in(client, next="https://evil.example/")["Location"] == "/"
    client.logout()
    assert log_in(client, next="//evil.example/")["Location"] == "/"
    client.logout()
    assert log_in(client, next="/leave/")["Location"] == "/leave/"


def test_the_session_key_changes_at_log_in(cast, client):
    client.get("/accounts/login/")
    session = client.session
    session["before"] = 1
    session.save()
    old = session.session_key
    log_in(client)
    assert client.session.session_key != old


def test_log_out_clears_the_browser(cast, client):
    log_in(client)
    response = client.post("/accounts/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/people/").status_code == 302


def test_pages_of_a_person_are_never_stored(cast, client):
    client.force_login(cast.lin)
    assert "no-store" in client.get("/people/")["Cache-Control"]


def test_disabling_ends_every_session_at_once(cast, client):
    log_in(client)
    assert client.get("/people/").status_code == 200
    people.disable(person=cast.lin, by=cast.admin, at=NOW, version=cast.lin.version)
    assert not UserSession.objects.filter(user=cast.lin).exists()
    assert client.get("/people/")["Location"].startswith("/accounts/login/")


def test_an_idle_session_ends(cast, client, settings):
    log_in(client)
    session = client.session
    session["seen_at"] -= settings.OPSLOOP_IDLE_SECONDS + 60
    session.save()
    assert client.get("/people/").status_code == 302


def test_a_session_ends_after_seven_days_even_in_use(cast, client, settings):
    log_in(client)
    session = client.session
    session["since"] -= int(timedelta(days=7, seconds=60).total_seconds())
    session.save()
    assert client.get("/people/").status_code == 302


def test_a_session_in_use_notes_it_every_few_minutes_only(cast, client):
    log_in(client)
    before = client.session["seen_at"]
    client.get("/people/")
    assert client.session["seen_at"] == before
    session = client.session
    session["seen_at"] = before - 400
    session.save()
    client.get("/people/")
    assert client.session["seen_at"] > before - 400


def test_another_device_can_be_logged_out(cast, client, django_user_model):
    from django.test import Client

    other = Client()
    log_in(other)
    log_in(client)
    assert UserSession.objects.filter(user=cast.lin).count() == 2
    client.post("/accounts/sessions/")
    assert client.get("/people/").status_code == 200
    assert other.get("/people/").status_code == 302


def test_a_page_without_a_session_is_told_so_instead_of_getting_a_stream(cast, client):
    said = client.get("/live/")
    assert not said.streaming
    assert said["Content-Type"] == "text/event-stream"
    assert said.content == b"event: logged-out\ndata: {}\n\n"
    client.force_login(cast.lin)
    people.disable(person=cast.lin, by=cast.admin, at=NOW, version=cast.lin.version)
    assert client.get("/live/").content == said.content


@pytest.mark.parametrize(
    "password",
    ["1234567", "password1", "青禾运营2026", "QingHeYunYing1", "opsloop-2026", "linyue@qinghe", "x" * 257],
)
def test_a_weak_password_is_refused(cast, password):
    with pytest.raises(ValidationError):
        validate_password(password, cast.lin)


@pytest.mark.parametrize("password", ["autumn-river", "秋水长天一色孤鹜齐飞", "x y z " * 12])
def test_a_long_password_of_any_characters_is_welcome(cast, password):
    validate_password(password, cast.lin)


def test_resetting_tells_nobody_which_addresses_exist(cast, client):
    known = client.post("/accounts/password/reset/", {"email": "linyue@qinghe.example"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@qinghe.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert {message.to[0] for message in mail.outbox if "reset/key" in message.body} == {
        "linyue@qinghe.example"
    }


def test_changing_email_and_factors_asks_for_the_password_again(cast, client):
    client.force_login(cast.lin)
    for path in ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"):
        assert "/reauthenticate/" in client.get(path)["Location"]
    assert (
        "/reauthenticate/"
        in client.post("/accounts/email/", {"action_add": "", "email": "new@qinghe.example"})["Location"]
    )


def test_an_address_of_somebody_else_cannot_be_taken(cast, client):
    log_in(client)
    for name in ("action_add", "action_primary"):
        client.post("/accounts/email/", {name: "", "email": "zhouhang@qinghe.example"})
    assert Person.objects.get(pk=cast.lin.pk).email == "linyue@qinghe.example"


def code_now(secret):
    """Return the code that an authenticator app shows now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def with_app(person):
    """Give a person an authenticator app and return its secret."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


@pytest.mark.parametrize(("wrong_codes", "status"), [(4, 200), (5, 302)])
def test_five_wrong_codes_lock_the_second_factor_even_for_the_right_one(cast, client, wrong_codes, status):
    secret = with_app(cast.lin)
    log_in(client)
    for _attempt in range(wrong_codes):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert (answer.status_code == 302) == (status == 200)
    assert client.get("/people/").status_code == status


def test_wrong_passwords_use_up_no_attempts_of_the_second_factor(cast, client):
    secret = with_app(cast.lin)
    for _attempt in range(6):
        log_in(client, password="wrong-password")
    log_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert client.get("/people/").status_code == 200


def test_at_most_five_reset_mails_a_day_go_to_one_address(cast, client):
    for _attempt in range(7):
        client.post("/accounts/password/reset/", {"email": "linyue@qinghe.example"})
    assert sum("reset/key" in message.body for message in mail.outbox) == 5


def test_an_authenticator_app_is_asked_for_at_log_in_and_a_code_works_once(cast, client):
    from allauth.mfa.models import Authenticator

    secret = with_app(cast.lin)
    assert Authenticator.objects.filter(user=cast.lin).exists()
    assert log_in(client)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/people/").status_code == 302
    code = code_now(secret)
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
    assert client.get("/people/").status_code == 200
    client.post("/accounts/logout/")
    log_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.get("/people/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/change/",
        "/accounts/email/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/sessions/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_account_pages_run_no_inline_script_and_wear_our_frame(cast, client, path, language):
    Person.objects.filter(pk=cast.lin.pk).update(language=language)
    log_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get(path)
    text = re.sub(r"data:image[^\"]*", "", response.content.decode())
    assert response.status_code == 200
    assert "data-bs-theme" in text
    assert "style=" not in text
    scripts = [part.partition(">")[0] for part in text.split("<script")[1:]]
    assert all('src="' in part or 'type="application/json"' in part for part in scripts)


def test_sign_up_is_closed(cast, client):
    response = client.post("/accounts/signup/", {"username": "new", "password1": PASSWORD})
    assert not Person.objects.filter(username="new").exists()
    assert response.status_code == 200


def test_models_and_migrations_agree(db):
    call_command("makemigrations", "organisation", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/authenticate/",
        "/accounts/2fa/reauthenticate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/inactive/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/password/reset/key/1-wrong/",
    ],
)
def test_pages_around_a_second_factor_and_a_reset_are_ours_too(cast, client, path):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    if "2fa" in path:
        TOTP.activate(cast.lin, generate_totp_secret())
        RecoveryCodes.activate(cast.lin)
        log_in(client)
    if "2fa" in path and not path.endswith("2fa/authenticate/"):
        client.force_login(cast.lin)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get(path)
    assert response.status_code == 200
    assert "data-bs-theme" in response.content.decode()


def test_a_reset_link_sets_a_new_password_once(cast, client):
    client.post("/accounts/password/reset/", {"email": "linyue@qinghe.example"})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]
    form_page = client.get(link)["Location"]
    assert client.get(form_page).status_code == 200
    weak = client.post(form_page, {"password1": "12345678", "password2": "12345678"})
    assert weak.status_code == 200
    new = "river-lamp-autumn-7"
    assert client.post(form_page, {"password1": new, "password2": new}).status_code == 302
    assert client.get(link).status_code == 200
    assert log_in(client, password=new)["Location"] == "/"


def test_changing_the_password_needs_the_old_one(cast, client):
    log_in(client)
    new = "river-lamp-autumn-7"
    wrong = {"oldpassword": "wrong-password", "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", wrong).status_code == 200
    assert client.post("/accounts/password/change/", wrong | {"oldpassword": PASSWORD}).status_code == 302
    assert Person.objects.get(pk=cast.lin.pk).check_password(new)


def test_secrets_of_second_factors_are_not_readable_in_the_database(cast):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(cast.lin, secret)
    codes = RecoveryCodes.activate(cast.lin).get_unused_codes()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)
    assert RecoveryCodes.activate(cast.lin).validate_code(codes[0])
    assert not RecoveryCodes.activate(cast.lin).validate_code(codes[0])
