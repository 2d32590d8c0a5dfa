"""The outbox: one row for each e-mail, written in the transaction of what it tells."""

from django.db import models

from common.fields import LineField


class Message(models.Model):
    """An e-mail to send, sent, or given up.

    Written with its template and values; rendered, kept and delivered by a task. `values` is
    JSON: what the template needs and no more, no secret in it. A personal link is described by
    `link` (the name of a minting function and its arguments; a list of them for a mail of several
    links) and minted at sending, so that neither the row nor the admin ever holds a working link.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "à envoyer"
        SENT = "sent", "envoyé"
        # The server had all of it, and gave no answer.
        UNCERTAIN = "uncertain", "peut-être remis"
        FAILED = "failed", "abandonné"

    # So often is a mail handed over without an answer: a third might be its third copy.
    MAX_UNANSWERED = 2

    state = models.CharField("état", max_length=10, choices=State, default=State.WAITING)
    template = LineField("modèle", max_length=100, blank=True)
    values = models.JSONField("valeurs", default=dict, blank=True)
    link = models.JSONField("lien personnel", default=dict, blank=True)
    to = models.EmailField("destinataire")
    from_email = LineField("expéditeur", max_length=200, blank=True)
    subject = LineField("objet", max_length=250, blank=True)
    text = models.TextField("texte", blank=True)
    html = models.TextField("HTML", blank=True)
    message_id = LineField("Message-ID", max_length=200, unique=True)
    # What the mail is about, for staff who look for « the mails of this sheet »: "app.model:pk".
    about = LineField("objet lié", max_length=100, blank=True, db_index=True)
    created_at = models.DateTimeField("écrit le", auto_now_add=True)
    due_at = models.DateTimeField("à envoyer à partir de")
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    last_error = models.TextField("dernière erreur", blank=True)
    claimed_by = LineField("pris par", max_length=100, blank=True)
    claimed_until = models.DateTimeField("pris jusqu’à", null=True, blank=True)
    # Written before the last bytes leave, emptied with the answer: a worker that died between the
    # two leaves it, and says by it that this one mail may have been delivered.
    handed_over_at = models.DateTimeField(
        "remis sans réponse le", null=True, blank=True, editable=False
    )
    unanswered = models.PositiveSmallIntegerField("remises sans réponse", default=0, db_default=0)
    resent_from = models.ForeignKey(
        "self", verbose_name="renvoi de", null=True, blank=True, on_delete=models.SET_NULL
    )

    class Meta:
        verbose_name = "e-mail"
        verbose_name_plural = "e-mails"
        ordering = ["-created_at", "-pk"]
        permissions = [("resend_message", "Peut renvoyer un e-mail")]
        indexes = [models.Index(fields=["state", "due_at", "id"], name="mailing_due_first")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="mailing_sent_has_a_date",
                violation_error_message="Un e-mail envoyé porte sa date d’envoi.",
            )
        ]

    def __str__(self) -> str:
        return self.subject or self.template

    @property
    def is_resendable(self) -> bool:
        """Whether it may be sent anew: not while it waits to be sent, or to be tried once more."""
        return self.state in {self.State.SENT, self.State.FAILED} or (
            self.state == self.State.UNCERTAIN and self.unanswered >= self.MAX_UNANSWERED
        )


class MailServer(models.Model):
    """The mail server as the delivery knows it: one row, once it was away for the first time."""

    away_since = models.DateTimeField("absent depuis le", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("essais", default=0, db_default=0)
    next_try_at = models.DateTimeField("prochain essai", null=True, blank=True)
    last_error = models.TextField("dernière erreur", blank=True, default="", db_default="")

    class Meta:
        verbose_name = "serveur d’e-mails"
        verbose_name_plural = "serveur d’e-mails"

    def __str__(self) -> str:
        return "Serveur d’e-mails"
