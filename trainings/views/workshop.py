"""« L’atelier QCM »: the organism writes its three sets, question by question.

Every change is a POST of its own. Without JavaScript it leads back to a page; asked by the
workshop's script it answers the part of the page that changed.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Refused, WrongStatus
from organisms.access import organism_required, writing_required

from ..domain import writing
from ..domain.overview import capitalised, overview
from ..domain.sets import QuestionGone, find_question
from ..domain.writing import BLANK, MAX_QUESTIONS, QuestionChanged
from ..forms.questions import read_content
from ..questions.rows import ChoiceRow
from ..questions.set_checks import LETTERS, MAX_CHARACTERS, faults
from ..questions.sizing import MAX_CHOICES, SETS
from .editing import get_training


def by_script(request):
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def page_context(request, training, **more):
    """What `_workshop.html` shows."""
    may_write = training.is_editable and request.organism.may_write
    return {
        "nav": "requests",
        "training": training,
        "views": overview(training),
        "owed": training.questions_owed,
        "may_write": may_write,
        "removed": training.removed_questions.select_related("removed_by") if may_write else [],
        "limit": MAX_QUESTIONS,
        **more,
    }


@never_cache
@organism_required
@require_safe
def workshop(request, pk):
    """The three sets side by side; to read only once the request is sent."""
    training = get_training(request, pk)
    just_removed = request.GET.get("supprimee", "")
    context = page_context(request, training)
    if just_removed.isdecimal():
        context["just_removed"] = next(
            (removed for removed in context["removed"] if removed.pk == int(just_removed)), None
        )
    return render(request, "trainings/workshop.html", context)


def changed(request, training, *, question=None, edit=False, focus="", then="", **context):
    """The answer to a change: the sets anew for the script, else the page at the right place."""
    if by_script(request):
        # Read afresh: the hours asked may have changed meanwhile.
        context = page_context(request, get_training(request, training.pk), **context)
        context |= {"focus": focus, "open_pk": question.pk if question else None, "edit": edit}
        return render(request, "trainings/_workshop.html", context)
    if question and edit:
        return redirect("trainings:question", training.pk, question.pk)
    anchor = f"#q{question.pk}" if question else ""
    return redirect(reverse("trainings:workshop", args=[training.pk]) + then + anchor)


def refused(request, training, error):
    """A change that was not made, and why."""
    if by_script(request):
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    messages.error(request, str(error))
    return redirect("trainings:workshop", training.pk)


def _number(data, name):
    """A set's number as posted; 404 for anything else."""
    value = data.get(name, "")
    if value not in {str(number) for number in range(1, SETS + 1)}:
        raise Http404
    return int(value)


@writing_required
@require_POST
def add_question(request, pk):
    """A blank question at the end of a set, or one that was typed and then removed by another."""
    training = get_training(request, pk)
    number = _number(request.POST, "set")
    content, errors = read_content(request.POST)
    try:
        question = writing.add_question(training, number, BLANK if errors else content)
    except Refused as error:
        return refused(request, training, error)
    return changed(request, training, question=question, edit=True)


@writing_required
@require_POST
def move_question(request, pk, question):
    """« Monter », « Descendre », or to the end of another set."""
    training = get_training(request, pk)
    move = request.POST.get("to", "")
    try:
        if move in {"up", "down"}:
            moved = writing.move_question(training, question, steps=-1 if move == "up" else 1)
        else:
            moved = writing.move_question(training, question, number=_number(request.POST, "to"))
    except Refused as error:
        return refused(request, training, error)
    focus = f"{move}-{question}" if move in {"up", "down"} else f"title-{question}"
    return changed(request, training, question=moved, focus=focus)


@writing_required
@require_POST
def duplicate_question(request, pk, question):
    """The same question once more, opened to be changed."""
    training = get_training(request, pk)
    try:
        copy = writing.duplicate_question(training, question)
    except Refused as error:
        return refused(request, training, error)
    return changed(request, training, question=copy, edit=True)


@writing_required
@require_POST
def remove_question(request, pk, question):
    """Take a question off; it can be put back."""
    training = get_training(request, pk)
    try:
        removed = writing.remove_question(training, question, by=request.user)
    except Refused as error:
        return refused(request, training, error)
    then = f"?supprimee={removed.pk}" if removed else ""
    return changed(request, training, focus="undo", then=then, just_removed=removed)


@writing_required
@require_POST
def restore_question(request, pk, removed):
    """« Annuler » a removal."""
    training = get_training(request, pk)
    try:
        question = writing.restore_question(training, removed)
    except QuestionGone:
        return refused(request, training, "Cette question est déjà remise à sa place.")
    except Refused as error:
        return refused(request, training, error)
    return changed(request, training, question=question, focus=f"title-{question.pk}")


@never_cache
@writing_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request, pk, question):
    """One question's form, and what is typed in it."""
    training = get_training(request, pk)
    if request.method == "POST":
        return _save(request, training, question)
    try:
        training.require_editable()
        opened = find_question(training, question)
    except Refused as error:
        return refused(request, training, error)
    if not request.organism.may_write:
        return redirect("trainings:workshop", pk)
    return _form(request, training, opened)


def _form(request, training, question, *, typed=None, status=200, **more):
    """The form of a question, with what is stored or what was typed."""
    row = typed or question.as_row()
    choices = [*row.choices, *[ChoiceRow()] * MAX_CHOICES][:MAX_CHOICES]
    shown = max(3, len(row.choices) + (len(row.choices) < 2))
    context = {
        "nav": "requests",
        "training": training,
        "question": question,
        "content": row,
        "choices": [
            {"index": index, "letter": LETTERS[index], "text": text, "is_right": is_right}
            | {"spare": index >= shown}
            for index, (text, is_right) in enumerate(choices)
        ],
        "limits": MAX_CHARACTERS,
        "max_choices": MAX_CHOICES,
        "faults": [f"{capitalised(fault.sentence)}." for fault in faults(row)],
        **more,
    }
    template = "trainings/_question_form.html" if by_script(request) else "trainings/question.html"
    return render(request, template, context, status=status)


def _save(request, training, pk):
    content, errors = read_content(request.POST)
    revision = request.POST.get("revision", "")
    if errors:
        return _not_saved(request, training, pk, content, errors)
    try:
        saved = writing.write_question(
            training,
            pk,
            content,
            revision=int(revision) if revision.isdecimal() else 0,
            token=request.POST.get("token", "")[:60],
        )
    except QuestionChanged as error:
        return _conflict(request, training, error, content)
    except QuestionGone as error:
        return _gone(request, training, error, content)
    except WrongStatus as error:
        if by_script(request):
            return JsonResponse({"sentence": str(error), "ended": True}, status=409)
        return refused(request, training, error)
    if by_script(request):
        return JsonResponse(_saved(request, training, saved))
    if request.POST.get("do", "").startswith("choice-"):
        return redirect("trainings:question", training.pk, pk)
    if request.POST.get("do") == "next":
        try:
            fresh = writing.add_question(training, saved.question_set.position)
        except Refused as error:
            return refused(request, training, error)
        return redirect("trainings:question", training.pk, fresh.pk)
    messages.success(request, "La question est enregistrée.")
    return changed(request, training, question=saved)


def _not_saved(request, training, pk, content, errors):
    if by_script(request):
        return JsonResponse({"sentence": "\n".join(errors)}, status=422)
    try:
        question = find_question(training, pk)
    except QuestionGone as error:
        return _gone(request, training, error, content)
    return _form(request, training, question, typed=content, status=422, errors=errors)


def _conflict(request, training, error, content):
    """Someone else wrote the question: both texts are shown, and one of them is picked."""
    if by_script(request):
        stored = render_to_string(
            "trainings/_conflict.html", {"training": training, "stored": error.question}, request
        )
        return JsonResponse(
            {"sentence": str(error), "revision": error.question.revision, "stored": stored},
            status=409,
        )
    return _form(
        request, training, error.question, typed=content, status=409, stored=error.question
    )


def _gone(request, training, error, content):
    """The question was removed: what was typed is still there, to be added anew."""
    number = request.POST.get("set", "")
    if by_script(request):
        return JsonResponse({"sentence": str(error), "gone": True}, status=410)
    if number not in {"1", "2", "3"}:
        raise Http404
    return _form(request, training, None, typed=content, status=410, gone=error, number=number)


def _saved(request, training, saved):
    """What the script needs after a save: the parts of the page that this question changes."""
    shown = overview(get_training(request, training.pk))
    cards = [card for view in shown for card in view.cards]
    own = next((card for card in cards if card.question.pk == saved.pk), None)
    parts = {
        "sets-nav": render_to_string(
            "trainings/_sets_nav.html", {"views": shown, "training": training}
        )
    }
    for view in shown:
        parts[f"head-{view.number}"] = render_to_string("trainings/_set_head.html", {"view": view})
    for card in cards:
        parts[f"state-{card.question.pk}"] = render_to_string(
            "trainings/_question_state.html", {"card": card}
        )
        parts[f"notes-{card.question.pk}"] = render_to_string(
            "trainings/_question_notes.html", {"card": card}
        )
    if own:
        parts[f"read-{saved.pk}"] = render_to_string("trainings/_question_read.html", {"card": own})
        parts[f"text-{saved.pk}"] = render_to_string("trainings/_question_text.html", {"card": own})
    now = timezone.localtime()
    return {"revision": saved.revision, "saved": f"{now:%H:%M:%S}", "parts": parts}
