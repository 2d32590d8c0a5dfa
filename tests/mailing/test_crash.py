"""A worker killed in mid-batch loses no mail, and doubles one at most."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.mailing.smtp import smtp_server

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
SEED = """
from mailing import outbox
for number in range(40):
    outbox.queue("organisms/email/reactivated", f"a{number}@exemple.test", {"name": "A"})
"""
SLOW = """
import time
from mailing import delivery
from mailing.backends import EmlFileBackend
send = EmlFileBackend.send_messages
def slowly(self, messages):
    sent = send(self, messages)
    time.sleep(0.05)
    return sent
EmlFileBackend.send_messages = slowly
delivery.deliver_due()
"""
AGAIN = """
from mailing import delivery
from mailing.models import Message
Message.objects.update(claimed_until=None)
delivery.deliver_due()
print("left", Message.objects.exclude(state="sent").count())
"""


DELIVER = "from mailing import delivery; delivery.deliver_due()"


@pytest.fixture
def manage(tmp_path):
    """A function: start a command of an embedded portal of the test's own, with 40 mails queued."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "CELERY_TASK_ALWAYS_EAGER", "REDIS_URL"}
    } | {"PORTAL_VAR": str(tmp_path)}

    def start(*arguments, mail="", **options):
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        own = environment | ({"EMAIL_URL": mail} if mail else {})
        return subprocess.Popen(command, cwd=ROOT, env=own, text=True, **options)

    assert start("migrate", "-v0").wait() == 0
    assert start("shell", "-v0", "-c", SEED).wait() == 0
    return start


def test_a_killed_worker_loses_no_mail_and_doubles_one_at_most(manage, tmp_path):
    folder = tmp_path / "mail"
    worker = manage("shell", "-v0", "-c", SLOW)
    while worker.poll() is None and len(list(folder.glob("*.eml"))) < 10:
        time.sleep(0.01)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert 10 <= len(list(folder.glob("*.eml"))) < 40
    done = manage("shell", "-v0", "-c", AGAIN, stdout=subprocess.PIPE)
    assert done.communicate()[0].strip().endswith("left 0")
    sent = [path.name.split("-a")[1].split("@")[0] for path in folder.glob("*.eml")]
    assert set(sent) == {str(number) for number in range(40)}
    assert len(sent) - len(set(sent)) <= 1


def test_of_a_worker_killed_before_an_answer_that_mail_alone_is_sent_twice(manage, settings):
    with smtp_server(settings) as server:
        mail = f"smtp://{server.server_address[0]}:{server.server_address[1]}"
        worker = manage("shell", "-v0", "-c", DELIVER, mail=mail)
        server.meanwhile = lambda: server.mails == 10 and worker.kill()
        worker.wait()
        assert server.mails == 10
        done = manage("shell", "-v0", "-c", AGAIN, mail=mail, stdout=subprocess.PIPE)
        assert done.communicate()[0].strip().endswith("left 0")
        twice = Counter(server.got) - Counter(set(server.got))
        assert len(set(server.got)) == 40
        assert twice == {server.got[9]: 1}
