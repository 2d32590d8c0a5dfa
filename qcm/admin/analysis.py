"""The questions of a training's QCM in figures, and what staff do about those that are odd."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from common.admin import PortalAdmin, ReadOnlyMixin
from common.errors import Refused, WrongStatus
from trainings.domain import corrections, versions
from trainings.domain.versions import CORRECT
from trainings.models import Correction, Question

from .. import marking
from ..domain import item_analysis, regrading
from ..models import Attempt, Regrade, TrainingAnalysis
from .forms import AskForm, CorrectForm, RegradeForm


def _attempts(**filters):
    """How many finished attempts at a training's sets, as a column."""
    return Coalesce(
        Subquery(
            Attempt.objects.filter(
                question_set__training=OuterRef("pk"), status=Attempt.Status.FINISHED, **filters
            )
            .order_by()
            .values("question_set__training")
            .annotate(count=Count("pk"))
            .values("count")
        ),
        0,
    )


@admin.register(TrainingAnalysis)
class TrainingAnalysisAdmin(ReadOnlyMixin, PortalAdmin):
    list_display = ["title", "organism", "year", "attempts", "share_passed", "corrections"]
    list_filter = ["year"]
    search_fields = ["search", "organism__search"]
    search_help_text = "Intitulé, agrément, organisme"
    list_select_related = ["organism"]
    ordering = ["-year", "search"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("qcm.view_attempt")

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_queryset(self, request):
        live = (
            Correction.objects.live()
            .filter(question__question_set__training=OuterRef("pk"))
            .order_by()
            .values("question__question_set__training")
            .annotate(count=Count("pk"))
            .values("count")
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                finished=_attempts(),
                passed=_attempts(passed=True),
                live=Coalesce(Subquery(live), 0),
            )
        )

    def waiting(self):
        """Corrections that organisms proposed."""
        return Correction.objects.filter(status=Correction.Status.PROPOSED)

    @admin.display(description="tentatives", ordering="finished")
    def attempts(self, training):
        return training.finished

    @admin.display(description="réussies")
    def share_passed(self, training):
        if not training.finished:
            return "–"
        return f"{marking.percent(training.passed, training.finished)} %"

    @admin.display(description="corrections en cours", ordering="live")
    def corrections(self, training):
        return training.live or "–"

    # --- the page -----------------------------------------------------------------------------

    def get_urls(self):
        pages = [
            path(
                f"question/<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"qcm_traininganalysis_{name}",
            )
            for name, view in (
                ("demander", self.ask_view),
                ("abandonner", self.dismiss_view),
                ("corriger", self.correct_view),
                ("recalculer", self.regrade_view),
            )
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The figures of one training's questions."""
        training = self.get_object(request, object_id)
        if training is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, training):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Analyse du QCM",
            "subtitle": str(training),
            "training": training,
            "training_url": reverse("admin:trainings_training_change", args=[training.pk]),
            "analysis": item_analysis.analyse(training),
            "enough": item_analysis.ENOUGH,
            "may_correct": request.user.has_perm(CORRECT),
            "may_regrade": request.user.has_perm("qcm.regrade"),
        }
        return TemplateResponse(request, "qcm/admin/analysis.html", context)

    # --- what staff do ------------------------------------------------------------------------

    def _question(self, request, pk, permission):
        """The question, with set, training and choices; staff with this right alone."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        question = (
            Question.objects.filter(
                pk=pk,
                question_set__training__in=TrainingAnalysis.objects.all(),
            )
            .select_related("question_set__training__organism", "replaces__question_set")
            .prefetch_related("choices")
            .first()
        )
        if question is None:
            raise Http404
        return question

    def _page(self, request, template, question, form, *, title, **context):
        """A page of the verbs' form about one question."""
        training = question.question_set.training
        return TemplateResponse(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": title,
                "verb": {"label": title},
                "subtitle": f"{question.place} – {training}",
                "question": question,
                "form": form,
                "back": _back(training),
                **context,
            },
        )

    def _posted(self, request, question, form, verb, done):
        """Call the verb with a valid form; None when something typed is wrong."""
        try:
            verb()
        except WrongStatus as error:
            messages.error(request, str(error))
        except Refused as error:
            form.add_error(None, str(error))
            return None
        else:
            messages.success(request, done)
        return redirect(_back(question.question_set.training))

    def ask_view(self, request, pk):
        """« Demander une correction »."""
        question = self._question(request, pk, CORRECT)
        training = question.question_set.training
        form = AskForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (
            answer := self._posted(
                request,
                question,
                form,
                lambda: corrections.ask(question, by=request.user, **form.cleaned_data),
                f"La correction est demandée à {training.organism}.",
            )
        ):
            return answer
        return self._page(
            request, "qcm/admin/ask.html", question, form, title="Demander une correction"
        )

    def dismiss_view(self, request, pk):
        """« Abandonner » a correction that was asked for."""
        question = self._question(request, pk, CORRECT)
        correction = question.corrections.live().first()
        if correction is None:
            messages.info(request, "Aucune correction n’est demandée pour cette question.")
            return redirect(_back(question.question_set.training))
        form = AskForm(request.POST if request.method == "POST" else None)
        form.fields["comment"].label = "Motif"
        if form.is_valid() and (
            answer := self._posted(
                request,
                question,
                form,
                lambda: corrections.dismiss(correction, by=request.user, **form.cleaned_data),
                "La correction est abandonnée.",
            )
        ):
            return answer
        return self._page(
            request, "qcm/admin/ask.html", question, form, title="Abandonner la correction"
        )

    def correct_view(self, request, pk):
        """« Corriger »: the question as it is, or as the organism proposes it."""
        question = self._question(request, pk, CORRECT)
        correction = question.corrections.live().first()
        form = CorrectForm(
            request.POST if request.method == "POST" else None,
            before=question,
            row=correction.proposed_row if correction else None,
        )
        if form.is_valid() and (
            answer := self._posted(
                request,
                question,
                form,
                lambda: versions.correct_question(
                    question,
                    by=request.user,
                    row=form.row(),
                    comment=form.cleaned_data["comment"],
                ),
                f"La question est corrigée : le jeu {question.question_set.position} a une "
                "nouvelle version. Les tentatives déjà passées gardent la leur.",
            )
        ):
            return answer
        return self._page(
            request,
            "qcm/admin/correct.html",
            question,
            form,
            title="Corriger la question",
            correction=correction,
        )

    def regrade_view(self, request, pk):
        """« Recalculer »: what it would change, each way, then the decision."""
        question = self._question(request, pk, "qcm.regrade")
        form = RegradeForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (
            answer := self._posted(
                request,
                question,
                form,
                lambda: regrading.decide(question, by=request.user, **form.cleaned_data),
                "Le recalcul est lancé. Les adhérents dont le résultat change en reçoivent "
                "l’e-mail.",
            )
        ):
            return answer
        previews = []
        for mode in Regrade.Mode:
            try:
                previews.append((mode.label, regrading.preview(question, mode), ""))
            except Refused as error:
                previews.append((mode.label, None, str(error)))
        return self._page(
            request,
            "qcm/admin/regrade.html",
            question,
            form,
            title="Recalculer les tentatives",
            previews=previews,
        )


def _back(training):
    return reverse("admin:qcm_traininganalysis_change", args=[training.pk])
