"""How the portal starts: production refuses to when something is missing, and says what."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from anacofi_portal import production

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnopqrst",
    "ALLOWED_HOSTS": "portail.anacofi.fr",
    "SITE_URL": "https://portail.anacofi.fr",
    "DATABASE_URL": "postgres://portal:secret@localhost/portal",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example:587",
    "DEFAULT_FROM_EMAIL": "ANACOFI Formation <formation@anacofi.fr>",
    "STAFF_EMAILS": "formation@anacofi.fr,direction@anacofi.fr",
    "S3_BUCKET": "portal",
    "ALLAUTH_TRUSTED_PROXY_COUNT": "1",
}
REQUIRED = [name for name in PRODUCTION if name != "PORTAL_ENV"]


def started(environment, tmp_path, *arguments):
    """What a management command prints in this environment, and how it ended."""
    return run(environment, tmp_path, "manage.py", *(arguments or ["check"]))


def asked_of_settings(environment, tmp_path, code):
    """The same of Python that reads the settings alone, without loading the portal."""
    return run(
        {**environment, "DJANGO_SETTINGS_MODULE": "anacofi_portal.settings"}, tmp_path, "-c", code
    )


def run(environment, tmp_path, *arguments):
    clean = {key: value for key, value in os.environ.items() if key not in PRODUCTION}
    clean.pop("PORTAL_DEMO", None)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=ROOT,
        env={**clean, "PORTAL_VAR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_production_names_every_setting_that_is_missing(tmp_path):
    code, printed = started({"PORTAL_ENV": "production"}, tmp_path)
    assert code != 0
    assert f"Production settings missing: {', '.join(REQUIRED)}." in printed
    code, printed = started({**PRODUCTION, "EMAIL_URL": ""}, tmp_path)
    assert code != 0
    assert "Production settings missing: EMAIL_URL." in printed


def test_production_starts_with_all_of_them_and_keeps_nothing_locally(tmp_path):
    asked = (
        "from django.conf import settings as s; print(s.DEBUG, s.SESSION_ENGINE, "
        "s.STORAGES['default']['BACKEND'], s.CELERY_BROKER_URL, s.CACHES['default']['BACKEND'], "
        "s.DELIVERY_BACKEND, "
        "s.STORAGES['default']['OPTIONS']['client_config'].connect_timeout, "
        "s.STORAGES['default']['OPTIONS']['client_config'].read_timeout)"
    )
    code, printed = started(PRODUCTION, tmp_path, "shell", "-v", "0", "-c", asked)
    assert (code, printed.split()) == (
        0,
        [
            "False",
            "common.sessions",
            "storages.backends.s3.S3Storage",
            "redis://localhost:6379/0",
            "common.cache.RedisElseTable",
            "django.core.mail.backends.smtp.EmailBackend",
            # Seconds: a storage that is away holds no page for minutes.
            "2",
            "10",
        ],
    )
    assert not (tmp_path / "secret_key").exists()


def test_options_of_the_database_s_url_are_kept_beside_our_own(tmp_path):
    asked = (
        "import json; from django.db import connection as c; "
        "print(json.dumps(c.settings_dict['OPTIONS'], sort_keys=True))"
    )
    code, printed = asked_of_settings(
        {**PRODUCTION, "DATABASE_URL": f"{PRODUCTION['DATABASE_URL']}?sslmode=require"},
        tmp_path,
        asked,
    )
    assert (code, json.loads(printed)) == (
        0,
        {"prepare_threshold": 5, "server_side_binding": True, "sslmode": "require"},
    )
    url = f"sqlite:///{tmp_path / 'portal.sqlite3'}?timeout=5"
    code, printed = asked_of_settings({"DATABASE_URL": url}, tmp_path, asked)
    found = json.loads(printed)
    assert (code, found["timeout"], found["transaction_mode"]) == (0, 5, "IMMEDIATE")


def test_every_task_that_beat_asks_for_exists():
    current_app.loader.import_default_modules()
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked <= set(current_app.tasks)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "k7Q-xv2_Lm9Zr4", "SECRET_KEY is weak"),
        ("SECRET_KEY", "abcdefghij" * 6, "SECRET_KEY is weak"),
        ("SECRET_KEY", "django-insecure-" + PRODUCTION["SECRET_KEY"], "(django-insecure)"),
        ("SITE_URL", "http://portail.anacofi.fr", "SITE_URL must begin with https://"),
        ("SITE_URL", "portail.anacofi.fr", "SITE_URL must begin with https://"),
        ("SITE_URL", "https://portail.example", "SITE_URL is an example"),
        ("ALLOWED_HOSTS", "portail.anacofi.fr,*", "ALLOWED_HOSTS must name the hosts"),
        ("ALLOWED_HOSTS", ".example.com", "ALLOWED_HOSTS is an example"),
        ("DEFAULT_FROM_EMAIL", "Portail <a@anacofi.example>", "DEFAULT_FROM_EMAIL is an example"),
        ("DEFAULT_FROM_EMAIL", "Portail", "DEFAULT_FROM_EMAIL is an example"),
        ("STAFF_EMAILS", "formation@anacofi.fr,b@Example.ORG", "STAFF_EMAILS is an example"),
        ("STAFF_EMAILS", "b@mail.invalid", "STAFF_EMAILS is an example"),
    ],
)
def test_production_refuses_what_protects_nothing(name, value, said):
    assert any(said in problem for problem in found({name: value}))
    assert found({}) == []


def found(changed):
    """What production says of its settings, these of them changed."""
    values = PRODUCTION | changed
    return production.problems(
        secret_key=values["SECRET_KEY"],
        site_url=values["SITE_URL"],
        allowed_hosts=values["ALLOWED_HOSTS"].split(","),
        senders={
            "DEFAULT_FROM_EMAIL": [values["DEFAULT_FROM_EMAIL"]],
            "STAFF_EMAILS": values["STAFF_EMAILS"].split(","),
        },
    )


def test_production_says_all_that_it_refuses_and_starts_not(tmp_path):
    code, printed = started(
        {**PRODUCTION, "SITE_URL": "http://portail.anacofi.fr", "STAFF_EMAILS": "a@b.example"},
        tmp_path,
    )
    assert code != 0
    assert "SITE_URL must begin with https:// and name a host." in printed
    assert "STAFF_EMAILS is an example (a@b.example)." in printed


def test_only_settings_bind_the_association_s_other_sites_to_https(tmp_path):
    asked = (
        "from django.conf import settings as s; "
        "print(s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
    )
    shell = ["shell", "-v", "0", "-c", asked]
    assert started(PRODUCTION, tmp_path, *shell) == (0, "False False\n")
    both = {"HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}
    assert started(PRODUCTION | both, tmp_path, *shell) == (0, "True True\n")


def test_production_is_never_a_demo(tmp_path):
    code, printed = started({**PRODUCTION, "PORTAL_DEMO": "1"}, tmp_path)
    assert code != 0
    assert "PORTAL_DEMO must not be set in production" in printed


def test_an_unknown_environment_is_refused(tmp_path):
    code, printed = started({"PORTAL_ENV": "prod"}, tmp_path)
    assert code != 0
    assert "'embedded' or 'production'" in printed


def test_an_embedded_portal_makes_its_own_key_once(tmp_path):
    asked = "from django.conf import settings; print(settings.SECRET_KEY)"
    keys = {asked_of_settings({}, tmp_path, asked)[1] for _ in range(2)}
    assert keys == {(tmp_path / "secret_key").read_text() + "\n"}
    assert len(keys.pop()) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
