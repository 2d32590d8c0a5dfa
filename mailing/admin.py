"""The outbox as staff see it."""

from django.contrib import admin

from common.addresses import stored
from common.admin import Verb, VerbAdmin, admin_url, link
from common.admin_forms import ConfirmForm

from . import outbox
from .models import Message


@admin.register(Message)
class MessageAdmin(VerbAdmin):
    list_display = ["created_at", "state", "to", "shown_subject", "attempts", "sent_at"]
    list_filter = ["state", "template"]
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
            permission="mailing.resend_message",
            run=lambda message, user, data: outbox.resend(message),
            offered=lambda message: message.is_resendable,
            form=ConfirmForm,
            text="Le même e-mail est envoyé à nouveau, au même destinataire. S’il contient un lien "
            "personnel, un nouveau lien est créé.",
            done="L’e-mail sera renvoyé dans un instant.",
        )
    ]

    def waiting(self):
        return Message.objects.filter(state=Message.State.FAILED)

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
