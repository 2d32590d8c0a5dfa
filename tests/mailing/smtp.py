"""A mail server on this machine, as small as SMTP allows."""

import socketserver
import threading
from contextlib import contextmanager


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode()
            if verb == "DATA":
                self._say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.server.mails += 1
                if self.server.mails in self.server.hangs_up_after:
                    return
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, answer):
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def smtp_server(settings, *, hangs_up_after=()):
    """A server that counts `connections` and `mails`; it drops the connection at some mails."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation)
    server.daemon_threads = True
    server.connections = server.mails = 0
    server.hangs_up_after = set(hangs_up_after)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    settings.EMAIL_TIMEOUT = 10
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
