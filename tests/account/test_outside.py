"""An outside identity (OpenID Connect) opens an account that its officer has connected, and no other."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client, override_settings

from limu.account.rules import oidc_apps
from limu.wire.database import Database
from tests import people
from tests.account.provider import CLIENT, SECRET, Provider, running_provider

DOOR = "/account/outside/outside/login/"


@pytest.fixture
def provider(own_database: Database) -> Iterator[Provider]:
    """A provider that this site has been told of, and a department with two clerks."""
    with running_provider() as running, people.doors_open(own_database):
        told = {"LIMU_OIDC_ISSUER": running.address, "LIMU_OIDC_CLIENT": CLIENT, "LIMU_OIDC_SECRET": SECRET}
        with own_database.connect("app") as app:
            department = people.department_of(app, 1)
            for code in ("one.clerk", "two.clerk"):
                people.officer_in(app, department, code, "clerk")
        people.give_logins(own_database, ["one.clerk", "two.clerk"])
        providers = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": oidc_apps(told)}}
        with override_settings(SOCIALACCOUNT_PROVIDERS=providers):
            yield running


def _through(client: Client, *, process: str = "login") -> str:
    """Go to the provider and back, as a browser does; returns the address of the way back."""
    asked = client.post(f"{DOOR}?process={process}")
    assert asked.status_code == 302
    granted = requests.get(asked["Location"], allow_redirects=False, timeout=60)
    back = urlsplit(granted.headers["Location"])
    return f"{back.path}?{back.query}"


def test_an_unknown_identity_opens_nothing_whatever_name_it_claims(provider: Provider, own_database: Database) -> None:
    client = Client()
    answer = client.get(_through(client), follow=True)

    assert "没有登录" in answer.content.decode()
    assert client.get("/dept").status_code == 302
    with own_database.connect("account") as logins:
        known = logins.execute("SELECT count(*) AS n FROM account.auth_user").fetchone()
    assert known == {"n": 2}


def test_a_connected_identity_opens_its_own_account_alone(provider: Provider, own_database: Database) -> None:
    officer = people.signed_in("two.clerk")
    officer.post("/account/reauthenticate/", {"password": people.PASSWORD})
    officer.get(_through(officer, process="connect"))
    client = Client()
    client.get(_through(client))

    page = client.get("/account/").content.decode()
    assert "示例员two.clerk" in page
    assert "统一身份认证" in page
    with own_database.connect("account") as logins:
        noted = logins.execute("SELECT username, means FROM account.sign_in ORDER BY id DESC LIMIT 1").fetchone()
    assert noted == {"username": "two.clerk", "means": "oidc"}
    provider.subject = "outside-8"
    stranger = Client()
    stranger.get(_through(stranger), follow=True)
    assert stranger.get("/account/").status_code == 302


def test_a_state_of_another_browser_and_a_token_for_another_client_open_nothing(provider: Provider) -> None:
    officer = people.signed_in("two.clerk")
    officer.post("/account/reauthenticate/", {"password": people.PASSWORD})
    officer.get(_through(officer, process="connect"))
    victim = Client()
    victim.get(_through(Client()))
    assert victim.get("/account/").status_code == 302

    provider.audience = "someone-else"
    client = Client()
    client.get(_through(client))
    assert client.get("/account/").status_code == 302


def test_a_provider_without_tls_is_refused_unless_it_is_this_machine() -> None:
    with pytest.raises(ValueError, match="https"):
        oidc_apps({"LIMU_OIDC_ISSUER": "http://identity.example"})
    assert oidc_apps({"LIMU_OIDC_ISSUER": "https://identity.example/"})[0]["settings"] == {
        "server_url": "https://identity.example"
    }
    assert oidc_apps({}) == []


def test_the_page_before_the_provider_may_send_its_form_there(provider: Provider) -> None:
    answer = Client().get(DOOR)

    assert f"form-action 'self' {provider.address}" in answer["Content-Security-Policy"]
    assert "form-action 'self';" in Client().get("/account/login/")["Content-Security-Policy"]


def test_a_provider_that_does_not_answer_is_said_to_be_away(provider: Provider) -> None:
    gone = {"LIMU_OIDC_ISSUER": "http://127.0.0.1:9", "LIMU_OIDC_CLIENT": CLIENT, "LIMU_OIDC_SECRET": SECRET}
    with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": oidc_apps(gone)}}):
        answer = Client().post(f"{DOOR}?process=login")

    assert answer.status_code == 503
    assert "统一身份认证暂时连不上" in answer.content.decode()
