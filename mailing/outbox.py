"""Writing to the outbox: what every other app calls to send an e-mail."""

import logging
import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from common import bulk

from .models import Message

logger = logging.getLogger(__name__)

__all__ = ["DjangoJSONEncoder", "queue", "queue_many", "resend", "schedule_delivery"]


def queue(template, to, values=None, *, about=None, link=None):
    """Write one row; it is delivered once the surrounding transaction commits.

    `template` is "app/email/name": `templates/app/email/name.subject.txt`, `.txt` and `.html`
    are rendered with `values` (JSON-able), `site_url`, and `link` (the minted personal URL).
    `about` is the model instance the mail is about. `link` is a tuple `(dotted_path, *args)` of
    a function that returns an absolute URL, called at sending with JSON-able args.
    """
    return queue_many(template, [(to, values or {}, link)], about=about)[0]


def queue_many(template, rows, *, about=None):
    """The same for many recipients in one query; `rows` holds (to, values, link or None).

    Rows without an address are passed over: a member without e-mail is listed to staff.
    """
    now, label = timezone.now(), label_of(about)
    messages = bulk.insert(
        Message,
        [
            Message(
                template=template,
                to=to,
                values=values,
                link={"path": link[0], "args": list(link[1:])} if link else {},
                message_id=new_message_id(),
                about=label,
                due_at=now,
            )
            for to, values, link in rows
            if to
        ],
    )
    schedule_delivery()
    return messages


def queue_ready(message, to):
    """Write the row of a mail that is rendered already (Django's own, allauth's)."""
    html = next(
        (body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), ""
    )
    return Message(
        to=to,
        from_email=message.from_email or "",
        subject=" ".join(message.subject.split())[:250],
        text=message.body,
        html=html,
        message_id=new_message_id(),
        due_at=timezone.now(),
    )


def resend(message):
    """Write the same mail anew; a personal link in it is minted again at sending."""
    copy = Message.objects.create(
        template=message.template,
        values=message.values,
        link=message.link,
        to=message.to,
        from_email=message.from_email,
        # A rendered template is rendered again; a ready mail is sent as it was.
        subject="" if message.template else message.subject,
        text="" if message.template else message.text,
        html="" if message.template else message.html,
        message_id=new_message_id(),
        about=message.about,
        due_at=timezone.now(),
        resent_from=message,
    )
    schedule_delivery()
    return copy


def label_of(instance):
    """How a row names what it is about: "app.model:pk"."""
    return f"{instance._meta.label_lower}:{instance.pk}" if instance is not None else ""


def new_message_id():
    """Stable for the life of the row: a mail doubled by a crash can be told apart by no one."""
    host = settings.SITE_URL.split("//")[-1].split(":")[0]
    return f"<{uuid.uuid4()}@{host}>"


def schedule_delivery():
    """Ask for a delivery after commit, once per transaction."""
    connection = transaction.get_connection()
    if not any(function is _deliver_soon for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(_deliver_soon)


def _deliver_soon():
    from .tasks import deliver_due

    try:
        deliver_due.delay()
    except Exception:
        # The rows are safe; beat delivers them. Whoever clicked must not see an error page.
        logger.exception("The broker did not take the delivery task; beat will pick it up")
