"""A dozen requests that cover every status."""

import io
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pypdf import PdfWriter

from trainings.domain import decisions, documents, requests, sets
from trainings.models import Document, Training
from trainings.questions.rows import ChoiceRow, QuestionRow
from trainings.questions.sizing import SETS, questions_per_set

SUBJECTS = [
    ("Le devoir de conseil", "Le conseiller le doit-il au client non professionnel ?"),
    ("L’assurance-vie", "Le souscripteur peut-il changer le bénéficiaire non acceptant ?"),
    ("La directive MIF 2", "Le test d’adéquation précède-t-il le conseil ?"),
    ("Le plan d’épargne retraite", "La sortie en capital est-elle possible ?"),
    ("La lutte contre le blanchiment", "La vigilance s’adapte-t-elle au risque ?"),
    ("Les SCPI", "Le capital investi est-il garanti ?"),
    ("Le démembrement", "Le nu-propriétaire perçoit-il les revenus ?"),
    ("Le pacte Dutreil", "L’engagement de conservation est-il exigé ?"),
    ("Les OPCVM", "La valeur liquidative est-elle publiée ?"),
    ("Les conflits d’intérêts", "Doivent-ils être déclarés au client ?"),
    ("Les réclamations", "Un accusé de réception est-il dû ?"),
    ("La finance durable", "Les préférences du client sont-elles recueillies ?"),
]


def pdf():
    """The bytes of a one-page PDF."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def question_sets(amf_minutes):
    """Three sets for these AMF minutes, as rows; the right answer is never in one place."""
    rows = []
    per_set = questions_per_set(amf_minutes)
    for number in range(per_set * SETS):
        theme, question = SUBJECTS[number % len(SUBJECTS)]
        choices = [
            ChoiceRow("Oui, dans le cadre prévu par les textes", True),
            ChoiceRow("Non, jamais"),
            ChoiceRow("Seulement par écrit"),
        ]
        shift = number % 3
        rows.append(
            QuestionRow(
                text=f"{theme} (cas {number // len(SUBJECTS) + 1}). {question}",
                choices=(*choices[-shift:], *choices[:-shift]),
                theme=theme,
                explanation="Les textes en vigueur et la notice de l’ANACOFI le précisent.",
                set_number=number // per_set + 1,
            )
        )
    return rows


def make_request(organism, by, title, *, associative, amf, year=None, duration=420):
    """A complete draft, with its presentation and, for AMF minutes, its sets."""
    year = year or timezone.localdate().year
    training = requests.create(organism, by=by, title=title, year=year)
    training = requests.keep(
        training,
        {
            "objectives": "Mettre à jour ses connaissances et sécuriser sa pratique du conseil.",
            "programme": "Matin : le cadre et la jurisprudence.\n"
            "Après-midi : études de cas et échanges.",
            "audience": "Conseillers en gestion de patrimoine et en investissements financiers.",
            "teaching_method": Training.Method.FACE_TO_FACE,
            "duration_minutes": duration,
            "first_session_on": date(year, 3, 12),
            "first_session_place": "Paris, 92 rue d’Amsterdam",
            "requested_associative_minutes": associative,
            "requested_amf_minutes": amf,
        },
        speakers=[("Dr Anne Lebrun", "Docteur en droit, 15 ans de pratique.")],
    )
    documents.store(
        training,
        Document.Kind.PRESENTATION,
        SimpleUploadedFile("presentation.pdf", pdf(), "application/pdf"),
        by=by,
    )
    if amf:
        sets.replace_all(training, question_sets(amf))
    return training


def make_requests(organisms, officer):
    """The requests by name; those of the first organism are the demo's main ones."""
    academy, delta, university, network = organisms[:4]
    by = {one.pk: one.people.order_by("pk").first().user for one in organisms[:4]}
    today = timezone.localdate()

    def request(organism, title, **hours):
        return make_request(organism, by[organism.pk], title, **hours)

    def submitted(organism, title, **hours):
        training = request(organism, title, **hours)
        return requests.submit(training, by=by[organism.pk])

    def approved(organism, title, *, granted_amf=None, comment="", **hours):
        training = submitted(organism, title, **hours)
        if hours["amf"]:
            reference = f"AMF/{today.year}/{training.pk}"
            training = decisions.send_to_amf(training, by=officer, on=today, reference=reference)
        return decisions.approve(
            training,
            by=officer,
            associative_minutes=hours["associative"],
            amf_minutes=hours["amf"] if granted_amf is None else granted_amf,
            comment=comment,
        )

    made = {
        "main": approved(
            academy, "Loi de finances et ingénierie patrimoniale", associative=210, amf=120
        ),
        "associative": approved(
            academy, "Transmission d’entreprise : cas pratiques", associative=180, amf=0
        ),
        "amf": approved(delta, "Actualité de la réglementation AMF", associative=0, amf=60),
        "no_amf": approved(
            university,
            "Fiscalité internationale du patrimoine",
            associative=240,
            amf=120,
            granted_amf=0,
            comment="L’AMF n’a pas retenu le programme : trop peu de contenu réglementaire.",
        ),
        "submitted": submitted(academy, "Immobilier : investir autrement", associative=120, amf=0),
        "submitted_amf": submitted(network, "Lutte contre le blanchiment", associative=60, amf=90),
        "draft": request(academy, "Protection du dirigeant", associative=120, amf=0),
    }
    made["sent"] = submitted(
        academy, "Finance durable et préférences du client", associative=60, amf=60
    )
    made["sent"] = decisions.send_to_amf(
        made["sent"], by=officer, on=today, reference=f"AMF/{today.year}/118"
    )
    made["changes"] = submitted(
        academy, "Allocation d’actifs et psychologie", associative=120, amf=0
    )
    made["changes"] = decisions.request_changes(
        made["changes"],
        by=officer,
        comment="Merci de détailler l’après-midi du programme et les références.",
    )
    made["refused"] = submitted(delta, "Vendre plus, vendre mieux", associative=420, amf=0)
    made["refused"] = decisions.refuse(
        made["refused"],
        by=officer,
        comment="Formation commerciale, hors du champ de la validation.",
    )
    made["withdrawn"] = submitted(delta, "Crypto-actifs : premiers pas", associative=60, amf=0)
    made["withdrawn"] = requests.withdraw(made["withdrawn"], by=by[delta.pk])
    made["revoked"] = approved(delta, "Trading avancé", associative=60, amf=0)
    made["revoked"] = decisions.revoke(
        made["revoked"],
        by=officer,
        comment="Le contenu dispensé ne correspondait pas au programme.",
    )
    made["renewed"], _ = requests.renew(made["associative"], by=by[academy.pk])
    return made
