"""Django's e-mail backend is the outbox; the outbox delivers through another backend."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.text import slugify

from . import outbox


class OutboxBackend(BaseEmailBackend):
    """Whatever Django or a library sends becomes a row of the outbox, one for each recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        outbox.queue_ready(email_messages)
        return len(email_messages)


class EmlFileBackend(BaseEmailBackend):
    """Writes each mail as a `.eml` file of `MAIL_DIR`, to be read with any mail program."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            stamp = timezone.localtime().strftime("%Y-%m-%d-%Hh%M-%S-%f")
            to = re.sub(r"[^a-z0-9.@-]", "_", message.to[0].lower())[:80]
            name = f"{stamp}-{to}-{slugify(message.subject)[:60]}.eml"
            # Written beside and renamed: a reader of the folder never sees half a mail.
            partial = folder / f".{name}.part"
            partial.write_bytes(message.message().as_bytes())
            os.replace(partial, folder / name)
        return len(email_messages)
