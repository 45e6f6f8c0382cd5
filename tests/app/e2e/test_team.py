"""The app as a team reaches it: behind nginx as the manual says, and with a provider of OpenID Connect."""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.e2e.conftest import ARGUMENTS, CHROMIUM, sync_api
from tests.app.e2e.serving import free_port, serve

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
NGINX, OPENSSL = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), shutil.which("openssl")
MANUAL = Path(__file__).parents[3] / "docs" / "howto" / "team.md"
NAME = "planner.agency.example"
HOME = f"--host-resolver-rules=MAP {NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
PASSWORD = "a password of this test"


def until_it_answers(address: str) -> None:
    """Wait for a server."""
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} does not answer")


@pytest.fixture
def own_browser(driver: "sync_api.Playwright") -> Iterator["sync_api.Browser"]:
    """A browser that finds the team's server, and nothing else."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (on Debian: apt-get install chromium)")
    arguments = [a for a in ARGUMENTS if not a.startswith("--host-resolver-rules")]
    made = driver.chromium.launch(executable_path=CHROMIUM, args=[*arguments, HOME])
    yield made
    made.close()


def nginx_of_the_manual(folder: Path, port: int, behind: int) -> subprocess.Popen[bytes]:
    """Start nginx with the file that stands in the manual: only places and ports are those of the test."""
    assert NGINX is not None
    assert OPENSSL is not None
    file = re.search(r"```nginx\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    assert file is not None
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    keys = ["-keyout", str(folder / "planner.key"), "-out", str(folder / "planner.crt")]
    subprocess.run([OPENSSL, *made, *keys], check=True, capture_output=True)
    hashed = subprocess.run([OPENSSL, "passwd", "-apr1", PASSWORD], check=True, capture_output=True, text=True).stdout
    (folder / "planner.people").write_text(f"ana@agency.example:{hashed}", encoding="utf-8")
    server = file.group(1).replace("listen 443", f"listen 127.0.0.1:{port}").replace(":8501", f":{behind}")
    server = server.replace("/etc/ssl/", f"{folder}/").replace("/etc/nginx/", f"{folder}/")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;\n" if os.getuid() == 0 else ""  # else its workers may not write into the folder of this test
    whole = (
        f"{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{places}\n{server} }}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])


def status_without_a_name(port: int) -> int:
    """What somebody gets who gives no name and password."""
    unknown = ssl._create_unverified_context()  # the certificate is this test's own
    line = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=unknown)
    line.request("GET", "/planner/", headers={"Host": NAME})
    status = line.getresponse().status
    line.close()
    return status


@pytest.mark.skipif(NGINX is None or OPENSSL is None, reason="nginx or openssl is not installed")
def test_behind_nginx_as_the_manual_says(
    own_browser: "sync_api.Browser", cache: Path, solved: object, tmp_path: Path
) -> None:
    port, behind = free_port(), free_port()
    words = ["starter", "--base-path", "planner", "--allowed-host", NAME, "--user-header", "X-Forwarded-Email"]
    with serve(tmp_path / "app", *words, cache=cache, port=behind, base="/planner") as server:
        nginx = nginx_of_the_manual(tmp_path, port, behind)
        try:
            credentials = {"username": "ana@agency.example", "password": PASSWORD}
            seen: list[str] = []
            inside = own_browser.new_context(ignore_https_errors=True, http_credentials=credentials)
            page = inside.new_page()
            page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
            page.goto(f"https://{NAME}:{port}/planner/plan")
            page.get_by_text("This app advises").wait_for(timeout=60_000)
            page.get_by_text(re.compile("Signed in as ana.?@agency")).wait_for()
            page.get_by_role("link", name="Method", exact=True).click()
            page.wait_for_url(f"https://{NAME}:{port}/planner/method*")
            assert page.goto(f"https://{NAME}:{port}/planner/nowhere").status == 404
            assert page.get_by_role("link").get_attribute("href") == "/planner/"
            assert not [words for words in seen if "404" not in words]
            assert status_without_a_name(port) == 401
            past = own_browser.new_context().new_page()  # somebody on the machine itself, past the proxy
            past.goto(f"http://localhost:{behind}/planner/plan")
            past.get_by_text("through your organisation's portal").wait_for(timeout=30_000)
            assert past.get_by_text("This app advises").count() == 0
        finally:
            nginx.terminate()
            nginx.wait(10)
        assert not server.outside


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    """A provider of OpenID Connect that knows Ana and Eve, in a process of its own."""
    pytest.importorskip("authlib", reason="Authlib is not installed: pip install '.[team]'")
    port, people = free_port(), []
    for name, domain in (("ana", "agency.example"), ("eve", "other.example")):
        claims = {"sub": name, "email": f"{name}@{domain}", "email_verified": True, "name": name.title()}
        people += ["--user-claims", json.dumps(claims)]
    with (tmp_path / "provider.log").open("wb") as log:
        command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until_it_answers(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
        yield f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    finally:
        process.terminate()
        process.wait(10)


def test_people_sign_in_with_openid_connect_and_out_again(
    own_browser: "sync_api.Browser", provider: str, cache: Path, solved: object, tmp_path: Path
) -> None:
    port = free_port()
    (tmp_path / "sign-in.toml").write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\n'
        f'cookie_secret = "{"0123456789abcdef" * 4}"\nclient_id = "planner"\nclient_secret = "secret"\n'
        f'server_metadata_url = "{provider}"\n',
        encoding="utf-8",
    )
    words = ["starter", "--sign-in", str(tmp_path / "sign-in.toml"), "--person", "*@agency.example"]
    with serve(tmp_path / "app", *words, cache=cache, port=port) as server:

        def sign_in(name: str) -> Any:
            page = own_browser.new_context().new_page()
            page.goto(f"{server.address}/plan")
            page.get_by_role("link", name="Sign in", exact=True).click(timeout=30_000)
            page.get_by_role("button", name=name, exact=True).click(timeout=30_000)
            page.wait_for_url(re.compile(re.escape(server.address)))
            return page

        page = sign_in("ana")
        page.get_by_text("This app advises").wait_for(timeout=60_000)
        page.get_by_text(re.compile("Signed in as ana.?@agency")).wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(re.compile("end_session"))
        page.goto(server.address)
        page.get_by_role("link", name="Sign in", exact=True).wait_for(timeout=30_000)
        assert page.get_by_text("This app advises").count() == 0
        stranger = sign_in("eve")
        stranger.get_by_text("who has no access here").wait_for(timeout=30_000)
        assert stranger.get_by_text("This app advises").count() == 0
        forged = own_browser.new_context()
        forged.add_cookies([{"name": "_streamlit_user", "value": "forged", "url": server.address}])
        page = forged.new_page()
        page.goto(server.address)
        page.get_by_role("link", name="Sign in", exact=True).wait_for(timeout=30_000)
        assert not server.outside
