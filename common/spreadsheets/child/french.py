"""Which reading of some bytes is French: single-byte encodings all decode, one makes sense.

Pure functions. What is weighed is each word or sign that is not ASCII, once, with its neighbours.
"""

import codecs
import re
from collections.abc import Callable, Iterator

# Each code page with what it starts with: Windows first where all else is equal.
CODE_PAGES = (
    ("cp1252", 1.0),
    ("mac_roman", 0.0),
    ("cp850", 0.0),
    ("iso8859-15", -0.2),
    ("cp437", -0.5),
)
MAX_SNIPPETS = 2000
# A word with something beyond ASCII in it, and one byte on either side.
SNIPPET = re.compile(
    rb"[^A-Za-z\x80-\xff]?[A-Za-z]{0,40}[\x80-\xff][A-Za-z\x80-\xff]{0,40}[^A-Za-z\x80-\xff]?"
)
PIECE = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")
KNOWN, IMPROBABLE, IMPOSSIBLE = 10.0, -6.0, -8.0

# What lists of people are full of, in French: decisive even alone.
WORDS = frozenset(
    """
    prénom prénoms présent présents présente présentes présence présences durée durées société
    sociétés numéro numéros téléphone tél adhérent adhérents adhérente émargement émargé émargée
    événement évènement création créé modifié validé validée arrivée début intitulé catégorie
    réponse réponses réf référence été légal légale détail journée déjeuner matinée soirée
    désignation année années inscrit inscrits complété terminé terminée connecté connectée
    déconnexion activité expérience général générale gérant gérante associé associés associée
    salarié salariée libéral employé qualité civilité nationalité unité spécialité métier règlement
    établissement élève élèves économie épargne écoute école études étude électronique éligible
    équipe état à là déjà très près après procès accès succès congrès père mère frère première
    dernière matière manière crédit décès excusé excusée annulé annulée confirmé payé réglé
    préféré privé privée février août décembre noël être même fenêtre fête prêt prêts intérêt
    intérêts enquête arrêt tâche bâtiment bât château âge pâques reçu reçue leçon façon français
    française françois françoise façade garçon ça maître île boîte connaît août goût coût coûts
    sûr dû où côte côté côtés hôtel hôpital dépôt impôt impôts contrôle contrôles contrôleur
    rôle pôle diplôme diplômes rhône saône drôme bientôt tôt clôture trône cône côme jérôme
    gérôme œuvre œuvres cœur sœur nœud bœuf œil
    hélène helène gisèle michèle adèle danièle marlène charlène irène eugène estelle noël noëlle
    joël joëlle gaël gaëlle maël maëlle raphaël raphaëlle michaël mickaël ismaël israël yaël
    anaïs loïc éloïse héloïse thaïs maïté moïse aïcha naïma inès agnès thérèse solène hervé rené
    renée andré andrée aimé aimée rémi rémy stéphane stéphanie céline cécile cédric sébastien
    frédéric frédérique valérie mélanie mélissa émilie émile élise élisabeth éric éliane élodie
    éléonore étienne édouard édith évelyne geneviève grégory grégoire gérard gérald geoffroy
    jérémie jérémy léa léo léon léonie léna noé noémie zoé chloé théo théodore timothée mathéo
    matthéo barthélemy barthélémy clément clémence clémentine béatrice bénédicte véronique
    séverine hélèna hélèn désiré désirée honoré honorine josé josée joséphine médéric mérième
    nathanaël benoît benoite françine prudhomme lefèvre lefébvre lefebvre leclère lemaître
    guérin guérard gérin bénard bérard béranger bérenger ménard légér léger lévy lévêque lévesque
    évrard étienne élie rivière rivières carrière perrière clèves clère mercère moulière bruyère
    delépine lépine deschênes duchêne chêne dufrêne bélanger hébert sévère sénéchal métayer
    gagné côté pâris mâcon nîmes besançon orléans évry créteil béziers genève liège sète
    """.split()
)
CONSONANT = "bcdfghjklmnpqrstvwxz"
# Where each letter stands in French, and what it weighs there: (pattern around it, weight). « . »
# is the letter; elsewhere it weighs nothing, or speaks against.
LETTERS = {
    "é": (re.compile(r".(?!é)"), 4.0, 0.0),
    "è": (re.compile(rf".(?:[{CONSONANT}]{{1,3}}u?[eéi]|s$)"), 3.5, 0.0),
    "ê": (re.compile(rf".[{CONSONANT}]"), 2.5, -1.0),
    "ë": (re.compile(r"(?<=[aeiou])."), 2.5, -1.0),
    "à": (re.compile(r".$"), 3.0, -3.0),
    "â": (re.compile(rf"(?<![aeiouy]).[{CONSONANT}]"), 2.0, -1.0),
    "ç": (re.compile(r".[aouâô]"), 3.0, 0.0),
    "î": (re.compile(r".(?:[tlnsm]|$)"), 2.0, -1.0),
    "ï": (re.compile(r"(?<=[aou])."), 2.5, -1.0),
    "ô": (re.compile(r".[tmnlp]"), 2.0, -1.0),
    "ù": (re.compile(r"(?<=o).$"), 2.0, -2.0),
    "û": (re.compile(rf".(?:[{CONSONANT}]|$)"), 2.0, -1.0),
    "ü": (re.compile(rf".[{CONSONANT}]"), 0.5, -1.0),
    "œ": (re.compile(r".[udni]"), 2.5, -1.0),
}
# Of names from elsewhere.
FOREIGN = set("áíóúñöäåøòìãõšžßýæÿ")
# Signs that stand beside a word, never inside one; and those that keep away from words.
BESIDE = set("«»…“”‘")
APART = set("–—•€·")
ELIDED = set("dlnstjmcuoDLNSTJMCUO")
RARE = set("™®©²³ªº½¼¾£§¿¡´¨¸¬±×÷¶†¤¦µ")


def best_text(content: bytes) -> str:
    """The bytes, none of them UTF-8 as a whole, in the reading that gives French."""
    snippets = set()
    for found in SNIPPET.finditer(content):
        snippets.add(found[0])
        if len(snippets) >= MAX_SNIPPETS:
            break
    return max(
        ((start + sum(score(read(one)) for one in snippets), read) for start, read in readings()),
        key=lambda weighed: weighed[0],
    )[1](content)


def readings() -> Iterator[tuple[float, Callable[[bytes], str]]]:
    """(what it starts with, how to decode) of each reading."""
    # Lines of another program, put under those of a first, spoil the whole file's UTF-8.
    yield 0.0, lambda content: content.decode("utf-8", errors=AS_WINDOWS)
    for name, start in CODE_PAGES:
        yield start, lambda content, name=name: content.decode(name, errors=AS_CONTROL)  # type: ignore[misc]


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """A byte that a code page has nothing for, as the control character of its number."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - only decoding is registered for
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - as above
    return error.object[error.start : error.end].decode("cp1252", AS_CONTROL), error.end


AS_CONTROL, AS_WINDOWS = "roster-as-control", "roster-as-windows"
codecs.register_error(AS_CONTROL, _as_control)
codecs.register_error(AS_WINDOWS, _as_windows)


def score(snippet: str) -> float:
    """How French a word looks, with the signs at its side."""
    total = 0.0
    for found in PIECE.finditer(snippet):
        piece = found[0]
        if piece.isascii():
            continue
        if piece[0].isalpha():
            total += score_of_word(piece)
        else:
            before = snippet[found.start() - 1 : found.start()]
            total += score_of_sign(piece, before, snippet[found.end() : found.end() + 1])
    return total


def score_of_word(word: str) -> float:
    lower = word.lower()
    # Some letters have no single small one.
    if len(lower) != len(word):
        return IMPOSSIBLE
    cased = word in {lower, word.upper(), lower[0].upper() + lower[1:]}
    if cased and lower in WORDS:
        return KNOWN
    total = 0.0
    for place, letter in enumerate(lower):
        if letter.isascii():
            continue
        if letter in LETTERS:
            around, weight, elsewhere = LETTERS[letter]
            total += weight if around.match(lower, place) else elsewhere
        else:
            total += -1.0 if letter in FOREIGN else IMPOSSIBLE
        total += IMPROBABLE * ill_cased(word, place)
    return total


def ill_cased(word: str, place: int) -> bool:
    """Whether a small letter stands among capitals, or a capital after a small letter."""
    before, letter, after = word[:place], word[place], word[place + 1 :]
    if letter.isupper():
        return before[-1:].islower()
    if before[-1:].isupper():
        return after[:1].isupper() or (not after and len(before) > 1 and before.isupper())
    return not before and after[:1].isupper()


def score_of_sign(sign: str, before: str, after: str) -> float:
    inside = before.isalpha() and after.isalpha()
    if sign == "\N{NO-BREAK SPACE}":
        return 0.0
    if sign == "’":
        return 2.0 if inside and before in ELIDED else -3.0 * inside
    if sign == "°":
        return IMPROBABLE if inside else 3.0 * (before in {*"nN"} or before.isdigit())
    if sign in BESIDE:
        return IMPROBABLE * inside
    if sign in APART:
        return IMPROBABLE / 2 * (before.isalpha() + after.isalpha())
    if sign in RARE:
        return IMPROBABLE if before.isalpha() or after.isalpha() else -1.0
    return IMPOSSIBLE


# --- UTF-8 taken for a code page, and written as UTF-8 again ------------------------------------

TWICE = {
    sign.encode().decode(page, AS_CONTROL): sign
    for page in ("latin-1", "cp437", "cp850", "mac_roman", "cp1252")
    # What French is written with, and what the same mistake made of it the time before.
    for sign in {
        *map(chr, range(0x80, 0x100)),
        *bytes(range(0x80, 0x100)).decode("cp1252", "ignore"),
        *bytes(range(0x80, 0x100)).decode(page, AS_CONTROL),
    }
}
TWICE_ENCODED = re.compile("|".join(map(re.escape, sorted(TWICE, key=len, reverse=True))))
MOST_TIMES = 3


def undone(text: str) -> str:
    """« François » of « FranÃ§ois », as often as it was done."""
    for _ in range(MOST_TIMES):
        mended = TWICE_ENCODED.sub(lambda found: TWICE[found[0]], text)
        if mended == text:
            break
        text = mended
    return text
