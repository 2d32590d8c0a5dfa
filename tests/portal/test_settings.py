"""How the portal starts: production refuses to when something is missing, and says what."""

import json
import os
import subprocess
import sys
from pathlib import Path

from celery import current_app
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "k" * 30 + "0123456789abcdefghijklmnopqrst",
    "ALLOWED_HOSTS": "portail.example",
    "SITE_URL": "https://portail.example",
    "DATABASE_URL": "postgres://portal:secret@localhost/portal",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example:587",
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
