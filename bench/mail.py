"""`make bench-mail`: how fast the outbox empties, beside a bare loop of smtplib.

The mails leave for a server of the bench's own, a process apart, that answers at once, or after as
long as a network takes. The bare loop hands over the same bytes, made beforehand, on one
connection, and writes nothing anywhere.
"""

import contextlib
import multiprocessing
import os
import platform
import smtplib
import socket
import socketserver
import subprocess
import sys
import time

from bench import ground, processes

MAILS = 1000
WORKERS = (1, 2, 3)
# Milliseconds until the server's answer is there: on this machine, in the same house, elsewhere.
# And whether it takes several commands together.
SERVERS = ((0, True), (1, True), (3, True), (1, False))
REPEATS = 2
TOGETHER = b"250-banc\r\n250 PIPELINING\r\n"
ANSWERS = {
    b"EHLO": b"250 banc\r\n",
    b"DATA": b"354 a vous\r\n",
    b"QUIT": b"221 ok\r\n",
}


class Conversation(socketserver.BaseRequestHandler):
    """Answers whatever has come after a while, as the other end of a network does."""

    def handle(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.sendall(b"220 banc\r\n")
        rest, in_mail = b"", False
        while came := self.received():
            *lines, rest = (rest + came).split(b"\r\n")
            answers = []
            for line in lines:
                if in_mail:
                    in_mail = line != b"."
                    answers += [] if in_mail else [b"250 pris\r\n"]
                    continue
                verb = line[:4].upper()
                in_mail = verb == b"DATA"
                answers.append(self.server.answers.get(verb, b"250 ok\r\n"))
            if answers:
                if self.server.seconds:
                    time.sleep(self.server.seconds)
                with contextlib.suppress(OSError):
                    self.request.sendall(b"".join(answers))

    def received(self):
        try:
            return self.request.recv(1 << 20)
        except ConnectionResetError:
            return b""


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def serve(port, seconds, answers):
    with Server(("127.0.0.1", port), Conversation) as server:
        server.seconds, server.answers = seconds, answers
        server.serve_forever()


@contextlib.contextmanager
def server(milliseconds, together):
    """The port of a server that takes so long for each answer."""
    answers = ANSWERS | ({b"EHLO": TOGETHER} if together else {})
    port = processes.free_port()
    own = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, milliseconds / 1000, answers), daemon=True
    )
    own.start()
    processes.wait_for(port)
    try:
        yield port
    finally:
        own.terminate()
        own.join()


def queue():
    """Fill the outbox anew."""
    from mailing import outbox
    from mailing.models import Message

    Message.objects.all().delete()
    outbox.queue_many(
        "organisms/email/refused",
        [
            (f"adherent{number}@cabinet.example", {"name": "Académie", "reason": "Incomplet"}, None)
            for number in range(MAILS)
        ],
    )


def made():
    """The bytes of the same mails."""
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives

    from mailing import delivery
    from mailing.models import Message

    found = []
    for row in Message.objects.order_by("pk"):
        subject, text, html = delivery.render(row, "")
        mail = EmailMultiAlternatives(
            subject, text, settings.DEFAULT_FROM_EMAIL, [row.to], {"Message-ID": row.message_id}
        )
        mail.attach_alternative(html, "text/html")
        found.append((row.to, mail.message().as_bytes(linesep="\r\n")))
    return found


def bare(port, mails):
    """Seconds of the bare loop."""
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for to, content in mails:
            connection.sendmail("formation@anacofi.example", [to], content)
    return time.perf_counter() - began


def emptied(port, workers):
    """Seconds until the outbox is empty, with so many workers that are up already."""
    from mailing.models import Message

    queue()
    environment = os.environ | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    command = [sys.executable, "-W", "ignore", "-m", "bench.mail", "worker"]
    started = [
        subprocess.Popen(
            command,
            env=environment,
            cwd=processes.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(workers)
    ]
    for one in started:
        one.stdout.readline()
    began = time.perf_counter()
    for one in started:
        one.stdin.write(b"go\n")
        one.stdin.flush()
    for one in started:
        one.stdout.readline()
    seconds = time.perf_counter() - began
    for one in started:
        one.wait()
    if left := Message.objects.exclude(state="sent").count():
        sys.exit(f"{left} e-mails ne sont pas partis : le banc s'arrête.")
    return seconds


def work():
    """A worker: it says that it is up, waits for the word, and delivers until nothing is due."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "anacofi_portal.settings"
    import django

    django.setup()
    from common import jobs
    from mailing import delivery
    from mailing.models import Message

    # A worker that is up has its templates and addresses at hand.
    delivery.render(Message.objects.first(), "")
    # Nothing is asked of a broker: this loop is the tasks that follow one another.
    jobs.broker.away_until = float("inf")
    print("up", flush=True)
    sys.stdin.readline()
    while delivery.deliver_due():
        pass
    print("done", flush=True)


def main():
    with ground.database("portal_bench_mail"):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
        print(
            f"{os.cpu_count()} cœurs, Python {platform.python_version()}, PostgreSQL {version}, "
            f"{MAILS:,} e-mails ; par seconde, le meilleur de {REPEATS}"
        )
        titles = [f"{count} processus" for count in WORKERS]
        print("| réponse du serveur | boucle nue | " + " | ".join(titles) + " |")
        print("|---:" * (2 + len(WORKERS)) + "|", flush=True)
        queue()
        mails = made()
        for milliseconds, together in SERVERS:
            best = {}
            for _ in range(REPEATS):
                # Side by side, so that what else the machine does falls on all.
                for count in (0, *WORKERS):
                    with server(milliseconds, together) as port:
                        seconds = emptied(port, count) if count else bare(port, mails)
                    best[count] = min(seconds, best.get(count, seconds))
            shown = [
                f"{MAILS / best[count]:.0f} ({best[0] / best[count]:.2f})" for count in WORKERS
            ]
            name = f"{milliseconds} ms" + ("" if together else ", un ordre à la fois")
            print(f"| {name} | {MAILS / best[0]:.0f} | {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["worker"]:
        work()
    else:
        main()
