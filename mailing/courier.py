"""Handing one mail to the server, and telling apart whose fault it is when that fails.

With Django's SMTP backend the conversation is ours, by smtplib's own steps: what comes before the
last bytes has certainly not been delivered, what comes after perhaps, and the worker has time for
other things while it waits for the answer. Any other backend is handed the mail whole.
"""

import contextlib
import re
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from smtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    quoteaddr,
)
from typing import Any, Protocol

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends import smtp

from .mime import address, compose

# Seconds for the answer to a whole mail, during which a server may look through it: one that
# answers after half a minute has taken it. (RFC 5321 has minutes; a task has not.)
ANSWER = 60
# How often the worker looks after its leases meanwhile, in seconds.
SLICE = 1.0
CLOSING = 421
# What MAIL, RCPT and DATA are answered when all is well.
GOOD = ({250}, {250, 251}, {354})
# Answers to MAIL that are of this mail alone: too large, or with what the server does not know.
OWN = {552, 555}


class ServerAway(Exception):
    """The server takes no mail at the moment, whoever's; its cause is what it said."""


class Lost(Exception):
    """The connection ended before the mail was handed over: it has not been delivered."""


class Unanswered(Exception):
    """The mail was handed over, and no answer came: it may have been delivered."""

    def __init__(self, cause: str, *, silent: bool) -> None:
        super().__init__(cause)
        # The server holds the connection and says nothing; else the connection ended.
        self.silent = silent


class NotOurs(Exception):
    """`before` said that the mail must not be sent."""


@dataclass(frozen=True)
class Parcel:
    """A mail ready to leave."""

    mail: EmailMultiAlternatives
    sender: str = ""
    to: str = ""
    content: bytes = b""


class Courier(Protocol):
    """Hands over parcels one after the other.

    `hand_over` calls `before()` just before the last bytes leave, `meanwhile()` once they have,
    and `waiting()` every `SLICE` while no answer comes. It raises `ServerAway`, `Lost`,
    `Unanswered`, `NotOurs`, or anything else for what is the mail's own.
    """

    # How many rows are claimed together.
    batch: int
    # Mails that the connection has taken: the first failure of one that has is no outage.
    taken: int

    def is_open(self) -> bool: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def parcel(self, mail: EmailMultiAlternatives) -> Parcel: ...
    def hand_over(
        self,
        parcel: Parcel,
        *,
        before: Callable[[], bool],
        meanwhile: Callable[[], None],
        waiting: Callable[[], None],
    ) -> None: ...


def courier_of(backend: Any) -> Courier:
    """The courier of a backend of Django's."""
    if isinstance(backend, smtp.EmailBackend):
        return SmtpCourier(backend)
    return BackendCourier(backend)


class BackendCourier:
    """Any backend: one mail at a time, since nobody knows how long it takes."""

    batch = 1

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.opened = False
        self.taken = 0

    def is_open(self) -> bool:
        return self.opened

    def open(self) -> None:
        try:
            self.backend.open()
        except (SMTPException, OSError) as error:
            raise ServerAway from error
        self.opened = True

    def close(self) -> None:
        self.opened = False
        with contextlib.suppress(SMTPException, OSError):
            self.backend.close()

    def parcel(self, mail: EmailMultiAlternatives) -> Parcel:
        return Parcel(mail)

    def hand_over(
        self,
        parcel: Parcel,
        *,
        before: Callable[[], bool],
        meanwhile: Callable[[], None],
        waiting: Callable[[], None],
    ) -> None:
        if not before():
            raise NotOurs
        try:
            self.backend.send_messages([parcel.mail])
        except BaseException:
            # Whatever became of the connection, the next mail begins with a new one.
            self.close()
            raise


class SmtpCourier:
    """Django's SMTP backend, which opens the connection; the mails go by the steps of smtplib."""

    batch = 50

    def __init__(self, backend: smtp.EmailBackend) -> None:
        self.backend = backend
        self.taken = 0

    @property
    def server(self) -> SMTP:
        """The open connection."""
        if self.backend.connection is None:
            raise SMTPServerDisconnected("Not connected")
        return self.backend.connection

    def is_open(self) -> bool:
        return self.backend.connection is not None

    def open(self) -> None:
        try:
            self.backend.open()
            self.server.ehlo_or_helo_if_needed()
        except (SMTPException, OSError) as error:
            self.hang_up()
            raise ServerAway from error
        self.taken = 0

    def close(self) -> None:
        with contextlib.suppress(SMTPException, OSError):
            self.backend.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End the connection without a word: a mail half handed over is dropped by the server."""
        # Django has no name for a connection that was not fully opened.
        for name in ("connection", "_partial_connection"):
            if connection := getattr(self.backend, name, None):
                with contextlib.suppress(OSError):
                    connection.close()
            setattr(self.backend, name, None)

    def parcel(self, mail: EmailMultiAlternatives) -> Parcel:
        content = compose(mail)
        return Parcel(
            mail,
            address(mail.from_email),
            address(mail.to[0]),
            # A line that begins with a point would end the mail.
            re.sub(rb"^\.", b"..", content, flags=re.MULTILINE) + b".\r\n",
        )

    def hand_over(
        self,
        parcel: Parcel,
        *,
        before: Callable[[], bool],
        meanwhile: Callable[[], None],
        waiting: Callable[[], None],
    ) -> None:
        try:
            self._envelope(parcel)
            if not before():
                raise NotOurs
            try:
                self.server.send(parcel.content)
            except (SMTPServerDisconnected, OSError) as error:
                # Its end at least was not sent.
                raise Lost(str(error)) from error
            meanwhile()
            self._answer(waiting)
        except (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused) as refused:
            self._begin_anew(refused)
            raise
        except BaseException:
            # After anything but an answer nobody knows where the conversation stands.
            self.hang_up()
            raise
        self.taken += 1

    def _envelope(self, parcel: Parcel) -> None:
        """MAIL, RCPT and DATA: at once where the server takes them so."""
        size = f" size={len(parcel.content)}" if self.server.has_extn("size") else ""
        commands = [
            f"MAIL FROM:{quoteaddr(parcel.sender)}{size}",
            f"RCPT TO:{quoteaddr(parcel.to)}",
            "DATA",
        ]
        lines = [command.encode("ascii") + b"\r\n" for command in commands]
        if any(line.count(b"\r") + line.count(b"\n") > 2 for line in lines):
            raise ValueError("An address holds a line break.")
        try:
            answers = []
            if self.server.has_extn("pipelining"):
                self.server.send(b"".join(lines))
                answers = [self.server.getreply() for _ in lines]
            else:
                for line, good in zip(lines, GOOD, strict=True):
                    self.server.send(line)
                    answers.append(self.server.getreply())
                    if answers[-1][0] not in good:
                        break
        except SMTPResponseException as error:
            raise ServerAway from error
        except (SMTPServerDisconnected, OSError) as error:
            raise Lost(str(error)) from error
        try:
            _judge(answers, parcel)
        except SMTPException:
            if answers[-1][0] in GOOD[-1]:
                # It waits for a mail that nobody shall have.
                self.hang_up()
            raise

    def _begin_anew(self, refused: SMTPException) -> None:
        """Make the connection ready for the next mail, or end it."""
        try:
            if getattr(refused, "smtp_code", 0) == CLOSING:
                raise SMTPServerDisconnected
            self.server.rset()
            self.taken += 1
        except (SMTPException, OSError):
            self.hang_up()

    def _answer(self, waiting: Callable[[], None]) -> None:
        """Read the answer to the whole mail."""
        socket: Any = self.server.sock
        end = time.monotonic() + ANSWER
        try:
            # What TLS has read already is not seen by `select`.
            pending = getattr(socket, "pending", int)
            while not pending() and not select.select([socket], [], [], SLICE)[0]:
                waiting()
                if time.monotonic() > end:
                    raise Unanswered("Le serveur n’a pas répondu.", silent=True)
            bearable = socket.gettimeout()
            socket.settimeout(max(1.0, end - time.monotonic()))
            code, said = self.server.getreply()
            if self.server.sock is not None:
                socket.settimeout(bearable)
        except (SMTPResponseException, SMTPServerDisconnected, OSError) as error:
            silent = isinstance(error.__context__, TimeoutError)
            raise Unanswered(str(error), silent=silent) from error
        if code < 0:
            raise Unanswered("La réponse du serveur est illisible.", silent=False)
        if code != 250:
            raise SMTPDataError(code, said)


def _judge(answers: list[tuple[int, bytes]], parcel: Parcel) -> None:
    """Raise what the answers to MAIL, RCPT and DATA mean, unless all are good."""
    for number, (code, said) in enumerate(answers):
        if code in GOOD[number]:
            continue
        refused = SMTPResponseException(code, said)
        if code == CLOSING:
            # Often after so many mails of one connection: a new one shows whether it is away.
            raise Lost(str(refused)) from refused
        if number == 0 and code in OWN:
            raise SMTPSenderRefused(code, said, parcel.sender)
        if number == 0:
            # Of the sender, who is everybody's.
            raise ServerAway from refused
        if number == 1:
            raise SMTPRecipientsRefused({parcel.to: (code, said)})
        raise SMTPDataError(code, said)
