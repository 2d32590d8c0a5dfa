"""The folder that carries the embedded portal's tasks: whole messages, and readers that live on."""

import threading
import time

import pytest
from kombu import Connection
from kombu.transport import filesystem

from common import broker


@pytest.fixture
def channel(tmp_path):
    broker.register()
    options = {
        "data_folder_in": str(tmp_path),
        "data_folder_out": str(tmp_path),
        "control_folder": str(tmp_path / "control"),
        "store_processed": False,
    }
    with Connection("folder://localhost", transport_options=options) as connection:
        yield connection.default_channel


def test_messages_come_out_once_in_the_order_they_were_put(channel):
    queue = channel.connection.client.SimpleQueue("tests")
    for number in range(3):
        queue.put({"number": number})
    found = []
    for _ in range(3):
        message = queue.get(timeout=2)
        message.ack()
        found.append(message.payload["number"])
    assert sorted(found) == [0, 1, 2]
    with pytest.raises(queue.Empty):
        queue.get(block=False)


def test_a_message_cut_off_is_passed_over(channel, tmp_path):
    (tmp_path / "1_abc.tests.msg").write_bytes(b"")
    with pytest.raises(broker.Empty):
        channel._get("tests")
    channel._put("tests", {"whole": True})
    assert channel._get("tests") == {"whole": True}


def test_two_that_start_together_find_the_queues_whole(channel, monkeypatch):
    """Kombu makes the file of an exchange empty, then locks and fills it."""
    locked, made = filesystem.lock, threading.Event()

    def late(file, flags):
        if flags == filesystem.LOCK_EX:
            made.set()
            time.sleep(0.3)
        locked(file, flags)

    monkeypatch.setattr(filesystem, "lock", late)
    binding = ("mail", "mail", None, "mail")
    thread = threading.Thread(target=channel._queue_bind, args=binding)
    thread.start()
    made.wait()
    assert [bound.queue for bound in channel.get_table("mail")] == ["mail"]
    thread.join()


def test_a_reader_never_sees_half_a_message(channel):
    """Kombu's own transport fails this in a second: its reader meets files still empty."""
    payload = {"text": "x" * 200_000}
    found, writing = [], threading.Event()

    def write():
        for _ in range(150):
            channel._put("tests", payload)
        writing.set()

    thread = threading.Thread(target=write)
    thread.start()
    while True:
        ended = writing.is_set()
        try:
            found.append(channel._get("tests"))
        except broker.Empty:
            if ended:
                break
    thread.join()
    assert found == [payload] * 150
