"""The outbox as staff see it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from common.addresses import stored
from common.admin import Verb, VerbAdmin, admin_url, link
from common.admin_forms import ConfirmForm
from common.admin_lists import DeclaredChangeList

from . import outbox, pauses
from .models import Message

RESEND = "mailing.resend_message"
RESEND_ALL = Verb(
    "renvoyer-tout",
    "Renvoyer tout ce qui est abandonné",
    permission=RESEND,
    run=lambda _, user, data: outbox.resend_failed(),
    form=ConfirmForm,
    text="Chaque e-mail abandonné part de nouveau, au même destinataire, avec un nouveau lien s’il "
    "en contient un. Ceux qui ont déjà été renvoyés un à un n’en sont pas.",
    done="",
)


class MessageList(DeclaredChangeList):
    """The list, with what stands above it."""

    def __init__(self, request, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.mail_server = pauses.away()
        if self.mail_server:
            self.mails_waiting = Message.objects.filter(state=Message.State.WAITING).count()
        self.mails_failed = outbox.failed().count()
        if self.mails_failed and request.user.has_perm(RESEND):
            self.resend_url = reverse("admin:mailing_message_renvoyer_tout")


@admin.register(Message)
class MessageAdmin(VerbAdmin):
    list_display = ["created_at", "state", "to", "shown_subject", "attempts", "sent_at"]
    list_filter = ["state", "unanswered", "template"]
    list_before_template = "mailing/admin/_list.html"
    search_fields = ["to", "subject", "about"]
    date_hierarchy = "created_at"
    fields = [
        "state",
        "to",
        "subject",
        "text",
        "created_at",
        "due_at",
        "sent_at",
        "attempts",
        "unanswered",
        "handed_over_at",
        "last_error",
        "message_id",
        "template",
        "about",
        "shown_resent_from",
    ]
    readonly_fields = fields
    verbs = [
        Verb(
            "renvoyer",
            "Renvoyer",
            permission=RESEND,
            run=lambda message, user, data: outbox.resend(message),
            offered=lambda message: message.is_resendable,
            form=ConfirmForm,
            text="Le même e-mail est envoyé à nouveau, au même destinataire. S’il contient un lien "
            "personnel, un nouveau lien est créé.",
            done="L’e-mail sera renvoyé dans un instant.",
        ),
        Verb(
            "remis",
            "Considérer comme remis",
            permission=RESEND,
            run=lambda message, user, data: outbox.settle(message),
            offered=lambda message: message.state == Message.State.UNCERTAIN,
            form=ConfirmForm,
            text="Le serveur a reçu l’e-mail en entier sans le confirmer. S’il est bien arrivé, il "
            "est noté « envoyé » et ne part plus.",
            done="L’e-mail est noté « envoyé ».",
        ),
    ]

    def waiting(self):
        return Message.objects.filter(state__in=[Message.State.FAILED, Message.State.UNCERTAIN])

    def get_changelist(self, request, **kwargs):
        return MessageList

    def get_urls(self):
        view = self.admin_site.admin_view(self.resend_all)
        name = "mailing_message_renvoyer_tout"
        return [path(f"{RESEND_ALL.name}/", view, name=name), *super().get_urls()]

    def resend_all(self, request):
        """« Renvoyer tout ce qui est abandonné »: asked, then done."""
        if not request.user.has_perm(RESEND_ALL.permission):
            raise PermissionDenied
        back = reverse("admin:mailing_message_changelist")
        if request.method == "POST":
            count = outbox.resend_failed()
            messages.success(
                request,
                f"{count} e-mails partent de nouveau."
                if count > 1
                else f"{count or 'Aucun'} e-mail {'part' if count else 'n’est à renvoyer'}"
                f"{' de nouveau' if count else ''}.",
            )
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": RESEND_ALL.label,
            "subtitle": f"E-mails abandonnés : {outbox.failed().count()}",
            "verb": RESEND_ALL,
            "text": RESEND_ALL.text,
            "form": RESEND_ALL.form_for(None, None),
            "back": back,
        }
        return TemplateResponse(request, "admin/verb.html", context)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("resent_from")

    def get_search_results(self, request, queryset, search_term):
        # A domain typed in letters is kept as the network has it.
        return super().get_search_results(request, queryset, stored(search_term))

    @admin.display(description="objet")
    def shown_subject(self, message):
        return message.subject or f"({message.template})"

    @admin.display(description="renvoi de")
    def shown_resent_from(self, message):
        return message.resent_from and link(admin_url(message.resent_from), message.resent_from)
