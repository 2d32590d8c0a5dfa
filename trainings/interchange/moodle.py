"""Moodle's XML, read. Pure; entities and external references are refused."""

from html import escape
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ..questions.set_checks import tidy_line
from .gift import set_in
from .markup import reduce
from .parsed import (
    FORMULA_FLATTENED,
    MEDIA_LEFT_OUT,
    Gathering,
    ParsedQuestion,
    ParsedSets,
    UnreadableSets,
    shortened,
    wrong_set,
)

# « Tout ou rien » and OU's multiple response: whoever ticks all the right answers has the points,
# which is the portal's own rule.
READ = frozenset({"multichoice", "multichoiceset", "oumultiresponse", "truefalse"})
KINDS = {
    "matching": "appariement",
    "ddmatch": "appariement",
    "randomsamatch": "appariement",
    "numerical": "réponse numérique",
    "shortanswer": "réponse courte",
    "pmatch": "réponse courte",
    "essay": "composition",
    "essayautograde": "composition",
    "recordrtc": "réponse enregistrée",
    "calculated": "question calculée",
    "calculatedmulti": "question calculée",
    "calculatedsimple": "question calculée",
    "formulas": "question calculée",
    "stack": "question calculée",
    "cloze": "texte à trous",
    "multianswer": "texte à trous",
    "gapfill": "texte à trous",
    "gapselect": "mots manquants",
    "wordselect": "mots à désigner",
    "ddwtos": "glisser-déposer",
    "ddimageortext": "glisser-déposer",
    "ddmarker": "glisser-déposer",
    "ordering": "classement",
    "kprime": "vrai ou faux à chaque ligne",
    "mtf": "vrai ou faux à chaque ligne",
    "random": "question tirée au hasard",
    "coderunner": "programme à écrire",
}


def parse(content: bytes) -> ParsedSets:
    """The sets of a Moodle XML file. Raises UnreadableSets."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnreadableSets(
            "Ce fichier XML contient une déclaration que le portail refuse par sécurité. "
            "Exportez-le à nouveau depuis Moodle, sans le retoucher."
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise UnreadableSets(
            "Ce fichier XML est abîmé ou incomplet. Exportez-le à nouveau depuis Moodle."
        ) from error
    if root.tag != "quiz":
        raise UnreadableSets(
            "Ce fichier XML n’est pas un export de questions de Moodle. Dans Moodle, choisissez "
            "« Exporter des questions », puis « Format XML Moodle »."
        )
    reader = MoodleReader()
    for element in root.iter("question"):
        reader.read(element)
    return reader.gathering.sets()


class MoodleReader:
    """Gathers the questions element by element; a category holds for what follows."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.set_number = 0
        self.rank, self.where = 0, ""
        self.has_media = self.has_formula = False

    def read(self, element: Element) -> None:
        kind = element.get("type", "")
        if kind == "category":
            category = element.findtext("category/text") or ""
            self.set_number = set_in(category)
            if self.set_number and wrong_set(self.set_number):
                where = f"catégorie « {shortened(category)} »"
                self.gathering.wrong(self.rank, where, wrong_set(self.set_number))
                self.set_number = 0
            return
        self.rank += 1
        name = shortened(element.findtext("name/text") or "")
        self.where = f"question {self.rank}" + (f" (« {name} »)" if name else "")
        if kind == "description":
            self.note("ce texte sans réponses a été laissé de côté.")
        elif kind in READ:
            self.read_question(element, kind)
        else:
            words = KINDS.get(kind, f"type « {kind[:30]} »")
            self.gathering.wrong(
                self.rank,
                self.where,
                f"{words} : seuls le choix multiple et le vrai ou faux sont lus. Récrivez-la en "
                "choix multiple dans Moodle, ou retirez-la de l’export.",
            )

    def note(self, sentence: str) -> None:
        self.gathering.note(self.rank, f"{self.where[:1].upper()}{self.where[1:]} : {sentence}")

    def read_question(self, element: Element, kind: str) -> None:
        self.has_media = self.has_formula = False
        question = ParsedQuestion(
            self.set_number,
            self.text(element.find("questiontext")),
            [],
            set(),
            theme=tidy_line(element.findtext("tags/tag/text") or ""),
            explanation=self.text(element.find("generalfeedback")),
            where=self.where,
        )
        answers = element.findall("answer")
        fractions = [_fraction(answer) for answer in answers]
        question.choices = [self.text(answer) for answer in answers]
        if kind == "truefalse":
            known = {"true": "Vrai", "false": "Faux"}
            question.choices = [known.get(text.casefold(), text) for text in question.choices]
        question.right = {index for index, fraction in enumerate(fractions) if fraction > 0}
        single = (element.findtext("single") or "true").strip().casefold() in {"true", "1"}
        if kind == "multichoice" and single and len(question.right) > 1:
            best = max(fractions)
            question.right = {index for index, fraction in enumerate(fractions) if fraction == best}
            self.note(
                "une seule réponse pouvait y être cochée ; les réponses qui donnaient tous les "
                "points sont gardées comme bonnes."
            )
        if any((answer.findtext("feedback/text") or "").strip() for answer in answers):
            self.note(
                "le commentaire propre à une réponse a été laissé de côté ; seul le commentaire "
                "général est gardé, comme explication."
            )
        if any((hint.findtext("text") or "").strip() for hint in element.findall("hint")):
            self.note("les indices ont été laissés de côté.")
        if self.has_media:
            self.note(MEDIA_LEFT_OUT)
        if self.has_formula:
            self.note(FORMULA_FLATTENED)
        self.gathering.add(self.rank, question)

    def text(self, element: Element | None) -> str:
        """The text of an element that holds <text>, without its markup."""
        if element is None:
            return ""
        reduced = reduce(_inner(element.find("text")), element.get("format", "html"))
        self.has_media |= reduced.media or element.find("file") is not None
        self.has_formula |= reduced.formula
        return reduced.text


def _inner(text: Element | None) -> str:
    """What <text> holds; as HTML where its tags were not escaped, as by hand."""
    if text is None:
        return ""
    if not len(text):
        return text.text or ""
    inside = "".join(tostring(child, encoding="unicode") for child in text)
    return escape(text.text or "", quote=False) + inside


def _fraction(answer: Element) -> int:
    """The share of the points that an answer gives, in hundred-thousandths of a percent."""
    whole, _, rest = answer.get("fraction", "0").strip().partition(".")
    digits = whole + rest[:5].ljust(5, "0")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    return sign * int(digits) if digits.isdecimal() and len(digits) < 20 else 0
