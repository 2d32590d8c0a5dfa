"""What the QCM's bench stands on: trainings with their sets, members, and years of attempts."""

from django.db import connection
from django.utils import timezone

QUESTIONS, CHOICES = 4, 4
# Those whose QCMs are taken, and those whose QCMs were taken.
OPEN_TRAININGS, PAST_TRAININGS = 4, 10
OPEN_MEMBERS = 1000
WORDS = "Lequel de ces documents le conseiller remet-il à son client avant tout conseil ?"


def make_trainings():
    """(open, past): approved trainings with an AMF hour and three sets each."""
    from bench import ground

    first, _ = ground.make_training()
    trainings = [first]
    for number in range(1, OPEN_TRAININGS + PAST_TRAININGS):
        other = type(first).objects.get(pk=first.pk)
        other.pk, other.approval_number, other.title = None, f"T-BANC-{number}", f"Banc {number}"
        other._state.adding = True
        other.save()
        trainings.append(other)
    for training in trainings:
        make_sets(training)
    return trainings[:OPEN_TRAININGS], trainings[OPEN_TRAININGS:]


def make_sets(training):
    from trainings.domain import sets
    from trainings.questions.rows import ChoiceRow, QuestionRow

    sets.replace_all(
        training,
        [
            QuestionRow(
                text=f"{WORDS} (jeu {number}, question {rank})",
                choices=tuple(
                    ChoiceRow(
                        f"Le document d’entrée en relation, version {place} de {rank}",
                        place in (1, rank),
                    )
                    for place in range(1, CHOICES + 1)
                ),
                theme=f"Thème {rank}",
                explanation=f"{WORDS} Cela se lit dans le règlement. " * 3,
                set_number=number,
            )
            for number in (1, 2, 3)
            for rank in range(1, QUESTIONS + 1)
        ],
    )


def insert_select(model, values, source):
    """Insert into the model's table by a SELECT of SQL expressions; other columns by default."""
    columns, expressions, parameters = [], [], []
    for field in model._meta.local_concrete_fields:
        if field.primary_key:
            continue
        columns.append(connection.ops.quote_name(field.column))
        if field.name in values:
            expressions.append(values[field.name])
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            expressions.append("now()")
        else:
            expressions.append(f"%s::{field.db_type(connection)}")
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
            f"SELECT {', '.join(expressions)} {source}",
            parameters,
        )


def invite(training, numbers, *, passed):
    """Invitations of the members of these numbers (first, last, step)."""
    from qcm.models import Invitation

    first, last, step = numbers
    insert_select(
        Invitation,
        {
            "status": "'passed'" if passed else "'open'",
            "member": "m.id",
            "training": str(training.pk),
            "minutes": "60",
            "session_on": "current_date",
            "invited_at": "now()",
            "deadline_at": "now() + interval '30 days'",
            "attempts_allowed": "3",
            "passed_at": "now()" if passed else "NULL",
        },
        "FROM members_member m JOIN (SELECT 'A' || lpad(n::text, 6, '0') AS number "
        f"FROM generate_series({first}, {last}, {step}) AS n) AS wanted USING (number) "
        "ORDER BY md5(m.number)",
    )


def take(training, numbers):
    """Finished attempts of these members, with answers, hours, journal and e-mail."""
    from mailing.models import Message
    from members.models import HoursCredit
    from qcm.models import Answer, Attempt
    from qcm.models.invitation import InvitationJournal
    from trainings.models import Choice

    invite(training, numbers, passed=True)
    sets = {}
    for set_pk, question, choice in Choice.objects.filter(
        question__question_set__training=training
    ).values_list("question__question_set", "question", "pk"):
        sets.setdefault(set_pk, {}).setdefault(question, []).append(choice)
    # Which set: the invitation's number decides.
    orders = ", ".join(
        f"({place}, {pk}, '[{', '.join(f'[{q}, {own}]' for q, own in asked.items())}]')"
        for place, (pk, asked) in enumerate(sets.items())
    )
    fresh = (
        f"FROM qcm_invitation i WHERE i.training_id = {training.pk} AND i.credit_id IS NULL "
        "AND i.status = 'passed'"
    )
    insert_select(
        Attempt,
        {
            "invitation": "i.id",
            "number": "1",
            "status": "'finished'",
            "question_set": "s.pk",
            "order": "s.shown::jsonb",
            "pass_mark": "70",
            "started_at": "now() - interval '10 minutes'",
            "finished_at": "now()",
            "right": str(QUESTIONS),
            "total": str(QUESTIONS),
            "passed": "true",
        },
        f"FROM qcm_invitation i JOIN (VALUES {orders}) AS s (place, pk, shown) "
        f"ON s.place = mod(i.id, 3) WHERE i.training_id = {training.pk} AND i.credit_id IS NULL "
        "AND i.status = 'passed'",
    )
    insert_select(
        Answer,
        {
            "attempt": "a.id",
            "question": "(q.value->>0)::bigint",
            "choices": "jsonb_build_array(q.value->1->0)",
            "saved_at": "a.started_at + q.ordinality * interval '1 minute'",
        },
        "FROM qcm_attempt a JOIN qcm_invitation i ON i.id = a.invitation_id, "
        'jsonb_array_elements(a."order") WITH ORDINALITY AS q '
        f"WHERE i.training_id = {training.pk} AND i.credit_id IS NULL",
    )
    insert_select(
        InvitationJournal,
        {
            "subject": "i.id",
            "by_label": "'Adhérent'",
            "event": "'pass'",
            "from_status": "'open'",
            "to_status": "'passed'",
            "comment": "'Tentative 1 : 4 / 4 (100 %%), seuil 70 %%'",
        },
        fresh,
    )
    insert_select(
        Message,
        {
            "state": "'sent'",
            "template": "'qcm/email/passed'",
            "to": "'adherent' || i.member_id || '@exemple.test'",
            "subject": "'QCM réussi'",
            "message_id": "'<' || gen_random_uuid() || '@banc.example>'",
            "about": "'qcm.invitation:' || i.id",
            "due_at": "now()",
            "sent_at": "now()",
        },
        fresh,
    )
    insert_select(
        HoursCredit,
        {
            "member": "i.member_id",
            "training": "i.training_id",
            "kind": "'amf'",
            "minutes": "60",
            "year": str(training.year),
            "session_on": "i.session_on",
        },
        fresh,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE qcm_invitation i SET credit_id = c.id FROM members_hourscredit c "
            "WHERE c.member_id = i.member_id AND c.training_id = i.training_id "
            f"AND i.training_id = {training.pk} AND i.credit_id IS NULL AND i.status = 'passed'"
        )


def tidy():
    """Statistics for the planner, and nothing left for autovacuum to do while we measure."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def fill(trainings, members, attempts, *, had=0):
    """Bring the registry to `members` and the finished attempts to `attempts`.

    `had` members, each with the first training's attempt, are there already.
    """
    from bench import ground

    ground.make_registry(had + 1, members)
    with connection.cursor() as cursor:
        # The rows are right by construction: their keys need no second look, a million times.
        cursor.execute("SET session_replication_role = replica")
        # Nor does the planner know of rows just written: it would look them up one by one.
        cursor.execute("SET enable_nestloop = off")
        for place in range(attempts // members):
            take(trainings[place], (had + 1 if place == 0 else 1, members, 1))
        cursor.execute("RESET session_replication_role")
        cursor.execute("RESET enable_nestloop")


def invite_all(trainings, members):
    """Open invitations to the open trainings, for members spread over the whole registry."""
    step = max(members // OPEN_MEMBERS, 1)
    for training in trainings:
        invite(training, (step, members, step), passed=False)


def links():
    """The paths of the personal links of all open invitations, in no order of their own."""
    from django.conf import settings

    from qcm import links as personal
    from qcm.models import Invitation

    now = timezone.now()
    pks = Invitation.objects.open_at(now).filter(attempts=None).order_by("?")
    return [
        personal.invitation_url(pk).removeprefix(settings.SITE_URL)
        for pk in pks.values_list("pk", flat=True)
    ]
