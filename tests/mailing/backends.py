"""Mail backends that misbehave."""

from smtplib import SMTPDataError

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend


class BusyBackend(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise SMTPDataError(451, f"essayez plus tard, {email_messages[0].to[0]}".encode())


class SlowBackend(LocmemBackend):
    """Each mail takes `seconds` of a clock that the tests hand to the delivery."""

    now = 0.0
    seconds = 2.0

    @classmethod
    def clock(cls):
        return cls.now

    def send_messages(self, email_messages):
        type(self).now += self.seconds
        return super().send_messages(email_messages)
