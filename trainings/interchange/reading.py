"""Sets out of a file or out of the clipboard, whatever their form: recognised by content."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from typing import Protocol

from common.spreadsheets import ReadableFile, UnreadableWorkbook, fold, read_workbook

from . import gift, moodle, pasted, workbook
from .parsed import ParsedSets, UnreadableSets

MAX_BYTES = 10 * 1024 * 1024
MAX_CHARACTERS = 1_000_000
# A clipboard's HTML carries Word's styles along.
MAX_HTML_CHARACTERS = 5_000_000
MAX_WORKBOOK_ROWS = 2000
XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What `zipfile` raises at a ZIP that is cut short, or made wrong on purpose.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    OSError,
    EOFError,
    OverflowError,
    RuntimeError,
    KeyError,
    ValueError,
)
OLD_XLS = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
FORMS = (
    "un classeur (.xlsx, .xls, .ods, .csv), un fichier GIFT, Aiken ou XML de Moodle, ou un texte "
    "simple"
)
WORD = (
    "C’est un document Word : ouvrez-le, sélectionnez les questions, copiez-les, puis collez-les "
    "dans la page."
)
ADVICE = (
    "Numérotez les questions (« 1. »), donnez une lettre à chaque réponse (« A. ») et une étoile "
    "à la bonne (« *B. »)."
)
FILE_SET = re.compile(
    r"(?<![^\W_\d])(?:jeu|set|s[ée]rie)[\s_-]?(?:n[°º]?[\s_-]?)?([123])(?!\d)", re.I
)


class UploadedFile(ReadableFile, Protocol):
    """A file with the name that it came with, and its size."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int: ...


def read_file(file: UploadedFile, *, name: str | None = None) -> ParsedSets:
    """The sets in a file. Raises UnreadableSets when it is nothing that we know.

    `name` is the one that the person knows, where the file is kept under another.
    """
    name = file.name if name is None else name
    if file.size > MAX_BYTES:
        raise UnreadableSets(f"Le fichier dépasse {MAX_BYTES // 1024**2} Mo.")
    file.seek(0)
    content = file.read()
    if not content.strip(b"\0 \r\n\t"):
        raise UnreadableSets("Le fichier est vide. Vérifiez que vous avez choisi le bon fichier.")
    if _is_word(content):
        raise UnreadableSets(WORD)
    if content.startswith((b"PK\x03\x04", XLS, *OLD_XLS)):
        return _named(_workbook(file), name)
    return _named(_read_text(file, content), name)


def _read_text(file: UploadedFile, content: bytes) -> ParsedSets:
    """The sets in a file of text: Moodle's XML, a table, a page, GIFT or plain."""
    text = _decode(content)
    head = text[:200_000].lstrip().casefold()
    if head.startswith(("%pdf", "{\\rtf")):
        raise UnreadableSets(
            f"Ce fichier n’est pas lu. Donnez {FORMS}, ou copiez son texte et collez-le."
        )
    if "<quiz" in head and head.startswith("<"):
        return _some(moodle.parse(content), advice="")
    if head.startswith("<"):
        if "<table" in head or "office:spreadsheet" in head:
            return _workbook(file)
        if "<html" in head or "<p" in head or "<!doctype html" in head:
            return read_pasted("", text)
        # Refused there, with what to do.
        return moodle.parse(content)
    if len(text) > MAX_CHARACTERS:
        raise UnreadableSets("Le texte est démesuré. Découpez-le en plusieurs fichiers.")
    if gift.is_gift(text):
        return _some(gift.parse(text), advice="")
    if _is_table(text):
        return _workbook(file)
    return read_pasted(text)


def read_pasted(text: str, html: str = "") -> ParsedSets:
    """The sets in a pasted text, GIFT too; `html` is the clipboard's text/html, for its bold.

    Raises UnreadableSets when there is nothing to read, or too much.
    """
    if not text.strip() and not html.strip():
        raise UnreadableSets("Le texte est vide. Copiez vos questions, puis collez-les ici.")
    if len(text) > MAX_CHARACTERS or len(html) > MAX_HTML_CHARACTERS:
        raise UnreadableSets("Le texte est démesuré. Collez-le en plusieurs fois.")
    if gift.is_gift(text):
        return _some(gift.parse(text.replace("\r\n", "\n").replace("\r", "\n")), advice="")
    return _some(pasted.parse(text, html))


def _some(parsed: ParsedSets, advice: str = ADVICE) -> ParsedSets:
    if not parsed.questions and not parsed.errors:
        raise UnreadableSets(f"Aucune question n’a été trouvée. {advice}".strip())
    return parsed


def _workbook(file: UploadedFile) -> ParsedSets:
    try:
        read = read_workbook(file, max_rows=MAX_WORKBOOK_ROWS)
    except UnreadableWorkbook as error:
        raise UnreadableSets(str(error)) from error
    return workbook.parse(read)


def _named(parsed: ParsedSets, name: str | None) -> ParsedSets:
    """The sets; where no question says its set, the file's name may."""
    numbers = FILE_SET.findall(name or "")
    placed = any(question.set_number for question in parsed.questions)
    if numbers and parsed.questions and not placed:
        for question in parsed.questions:
            question.set_number = int(numbers[-1])
        parsed.notes.insert(0, f"Jeu {numbers[-1]}, d’après le nom du fichier.")
    return parsed


def _is_word(content: bytes) -> bool:
    if content.startswith(XLS):
        return "WordDocument".encode("utf-16-le") in content
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            kind = archive.open("mimetype").read(60) if "mimetype" in names else b""
    except BROKEN:
        return False
    return "word/document.xml" in names or kind.endswith(b".text")


def _decode(content: bytes) -> str:
    """The text of a file of text. Raises UnreadableSets for anything else."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableSets(f"Ce fichier n’est pas lu. Donnez {FORMS}.")


def _is_table(text: str) -> bool:
    """Whether a text is a workbook saved as text: a header's cells on one of its first lines."""
    for line in text.split("\n", 50)[:50]:
        line = line[:2000]
        sign = max(";,\t", key=line.count)
        cells = [fold(cell) for cell in line.split(sign)]
        right = any("bonne" in cell and "reponse" in cell for cell in cells)
        if len(cells) > 3 and right and not {"question", "questions"}.isdisjoint(cells):
            return True
    return False
