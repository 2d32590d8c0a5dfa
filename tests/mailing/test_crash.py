"""A worker killed in mid-batch loses no mail, and doubles one at most."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


def test_a_killed_worker_loses_no_mail_and_doubles_one_at_most(tmp_path):
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "PORTAL_VAR": str(tmp_path),
        "CELERY_TASK_ALWAYS_EAGER": "",
    }
    environment.pop("CELERY_TASK_ALWAYS_EAGER")
    environment.pop("REDIS_URL", None)

    def manage(*arguments, **options):
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **options)

    assert manage("migrate", "-v0").wait() == 0
    assert manage("shell", "-v0", "-c", SEED).wait() == 0
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
