"""A mail server on this machine, as small as SMTP allows, that misbehaves when it is told to."""

import socketserver
import threading
from contextlib import contextmanager


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        self._answer("greeting", "220 ready")
        to = ""
        while line := self.rfile.readline():
            verb = line.split()[0].split(b":")[0].upper().decode()
            if verb == "RCPT":
                to = line.decode().split("<")[1].split(">")[0]
            if verb == "DATA":
                if not self._take(to):
                    return
            elif verb == "EHLO":
                self._say(f"250-hello\r\n250 {self.server.offers}")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            elif verb == "RCPT" and to in self.server.unknown:
                self._say("550 no such user here")
            else:
                self._answer(verb, "250 yes")

    def _take(self, to):
        """A whole mail; whether the conversation goes on."""
        if not self._answer("DATA", "354 go on").startswith("354"):
            return True
        while (text := self.rfile.readline()) != b".\r\n":
            if not text:
                return False
        self.server.got.append(to)
        if self.server.mails in self.server.hangs_up_after:
            return False
        if self.server.mails in self.server.silent_after:
            self.server.over.wait(20)
            return False
        self.server.meanwhile()
        self._answer("end", "250 taken")
        return True

    def _answer(self, step, usual):
        answer = self.server.answers.get(step, usual)
        self._say(answer)
        return answer

    def _say(self, answer):
        self.wfile.write(f"{answer}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    connections = 0
    offers = "SIZE"

    @property
    def mails(self):
        return len(self.got)


@contextmanager
def smtp_server(settings, *, hangs_up_after=(), silent_after=()):
    """A server that counts `connections` and keeps in `got` to whom each whole mail was.

    It drops the connection after some of these, answers nothing after some, says `answers` at a
    step of the conversation ("greeting", "MAIL", "RCPT", "DATA", "end"), knows nobody of
    `unknown`, and calls `meanwhile()` before it says that it took a mail.
    """
    server = _Server(("127.0.0.1", 0), _Conversation)
    server.got, server.answers, server.unknown = [], {}, set()
    server.hangs_up_after, server.silent_after = set(hangs_up_after), set(silent_after)
    server.meanwhile, server.over = (lambda: None), threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    use(settings, server.server_address)
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def use(settings, address):
    """Have the outbox delivered to this address."""
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = address
    settings.EMAIL_TIMEOUT = 10
