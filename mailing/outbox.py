"""Writing to the outbox: what every other app calls to send an e-mail."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.utils import timezone

from common import bulk, jobs
from common.errors import WrongStatus

from . import links
from .models import Message

# (name, *args): a registered link maker (`mailing.links`) and what it is called with; a list of
# them for a mail whose values have a list `each`, of as many people: each gets its `link`.
Link = tuple[Any, ...] | list[tuple[Any, ...]] | None


def queue(
    template: str,
    to: str,
    values: dict[str, Any] | None = None,
    *,
    about: models.Model | None = None,
    link: Link = None,
) -> Message | None:
    """Write one row, delivered once the surrounding transaction commits; None without an address.

    `template` is "app/email/name": `templates/app/email/name.subject.txt`, `.txt` and `.html`
    are rendered with `values` (JSON-able), `site_url`, and `link` (the minted personal URL).
    `about` is the model instance the mail is about. `link` names a maker and its JSON-able
    arguments; it is called at sending. Raises UnknownLink.
    """
    messages = queue_many(template, [(to, values or {}, link)], about=about)
    return messages[0] if messages else None


def queue_many(
    template: str,
    rows: Iterable[tuple[str, dict[str, Any], Link]],
    *,
    about: models.Model | None = None,
) -> list[Message]:
    """The same for many recipients in one query; `rows` holds (to, values, link or None).

    Rows without an address are passed over: a member without e-mail is listed to staff.
    """
    now, label = timezone.now(), _label_of(about)
    messages = bulk.insert(
        Message,
        [
            Message(
                template=template,
                to=to,
                values=values,
                link=_described(link),
                message_id=_new_message_id(),
                about=label,
                due_at=now,
            )
            for to, values, link in rows
            if to
        ],
    )
    _schedule_delivery()
    return messages


def queue_ready(mails: Sequence[EmailMessage]) -> list[Message]:
    """Write rows of mails that are rendered already (Django's own, allauth's): one for each
    recipient.
    """
    now = timezone.now()
    messages = Message.objects.bulk_create(
        Message(
            to=to,
            from_email=mail.from_email or "",
            subject=" ".join(str(mail.subject).split())[:250],
            text=str(mail.body),
            html=_html_of(mail),
            message_id=_new_message_id(),
            due_at=now,
        )
        for mail in mails
        for to in mail.recipients()
    )
    _schedule_delivery()
    return messages


def resend(message: Message) -> Message:
    """Write the same mail anew; a personal link in it is minted again at sending.

    Raises WrongStatus while it waits to be sent.
    """
    if not message.is_resendable:
        raise WrongStatus("Cet e-mail attend encore d’être envoyé.")
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
        message_id=_new_message_id(),
        about=message.about,
        due_at=timezone.now(),
        resent_from=message,
    )
    _schedule_delivery()
    return copy


def resend_failed() -> int:
    """Have all that was given up sent, with its tries to begin anew; how many.

    They are the same mails, which nobody has had: one that was sent anew by hand stays out.
    """
    count = failed().update(
        state=Message.State.WAITING, attempts=0, due_at=timezone.now(), last_error=""
    )
    if count:
        _schedule_delivery()
    return count


def failed() -> "models.QuerySet[Message]":
    """What was given up, and was not sent anew."""
    again = Message.objects.filter(resent_from=models.OuterRef("pk"))
    return Message.objects.filter(~models.Exists(again), state=Message.State.FAILED)


def settle(message: Message) -> None:
    """Take a mail that may have been delivered for sent. Raises WrongStatus when it is none."""
    settled = Message.objects.filter(pk=message.pk, state=Message.State.UNCERTAIN).update(
        state=Message.State.SENT,
        sent_at=timezone.now(),
        claimed_by="",
        claimed_until=None,
        handed_over_at=None,
    )
    if not settled:
        raise WrongStatus("Cet e-mail n’est plus « peut-être remis ».")


def _described(link: Link) -> dict[str, Any] | list[dict[str, Any]]:
    if isinstance(link, list):
        return [links.description(*one) for one in link]
    return links.description(*link) if link else {}


def _html_of(mail: EmailMessage) -> str:
    alternatives = getattr(mail, "alternatives", [])
    return next((str(body) for body, kind in alternatives if kind == "text/html"), "")


def _label_of(instance: models.Model | None) -> str:
    """How a row names what it is about: "app.model:pk"."""
    return f"{instance._meta.label_lower}:{instance.pk}" if instance is not None else ""


def _new_message_id() -> str:
    """Stable for the life of the row: a mail doubled by a crash can be told apart by no one."""
    host = settings.SITE_URL.split("//")[-1].split(":")[0]
    return f"<{uuid.uuid4()}@{host}>"


def _schedule_delivery() -> None:
    """Ask for a delivery after commit, once per transaction."""
    jobs.ask_once("mailing.tasks.deliver_due")
