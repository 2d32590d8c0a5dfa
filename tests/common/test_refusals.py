"""A refusal names what was given, and the way out that this very kind has."""

import io
import plistlib
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader, PdfWriter

from common import files
from common.spreadsheets import UnreadableWorkbook, read_workbook
from common.spreadsheets.refusals import TO_A_SCAN, TO_A_WORKBOOK, WHAT, kind_of
from tests.files import make_image, make_pdf, make_text, make_xls, make_xlsx, make_zip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WRITER = b"application/vnd.oasis.opendocument.text"
SCAN = [files.PDF, files.JPEG, files.PNG]


def ole(*streams):
    return OLE + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams) + bytes(2000)


def box(brand, *others):
    brands = b"".join([brand, bytes(4), *others])
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands + bytes(500)


def lock(length, name=b"Camille Bernard"):
    return bytes([len(name)]) + name.ljust(53) + bytes([len(name)]) + bytes(length - 55)


OF_KIND = {
    "pdf": make_pdf(),
    "jpeg": make_image("JPEG"),
    "png": make_image("PNG"),
    "image": make_image("GIF"),
    "heic": box(b"heic", b"mif1"),
    "avif": box(b"mif1", b"avif"),
    "webp": make_image("WEBP"),
    "tiff": make_image("TIFF"),
    "film": box(b"qt  "),
    "word": make_zip({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
    "rtf": b"{\\rtf1\\ansi bonjour}",
    "slides": make_zip({"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"}),
    "apple": make_zip({"Index/Document.iwa": b"x", "preview.jpg": b"x"}),
    "zip": make_zip({"liste.xlsx": b"x", "photo.jpg": b"x"}),
    "photos": make_zip({"IMG_1.JPG": b"x", "IMG_2.heic": b"x", "__MACOSX/._IMG_1.JPG": b"x"}),
    "email": b"Received: from a\r\n by b\r\nFrom: a@b.test\r\nTo: c@d.test\r\n\r\nBonjour",
    "google": b'{"":"WARNING! DO NOT EDIT","doc_id":"1AbC","email":"a@b.test"}',
    "shortcut": b"[InternetShortcut]\r\nURL=https://exemple.test/\r\n",
    "lock": lock(165),
}
MORE = [
    ("image", make_image("BMP")),
    ("heic", box(b"mif1", b"heic", b"miaf")),
    ("word", ole("WordDocument")),
    (
        "word",
        make_zip({"mimetype": WRITER, "content.xml": b""}, zipfile.ZIP_STORED),
    ),
    ("slides", ole("PowerPoint Document")),
    ("email", ole("__substg1.0_0037001F")),
    ("email", b"Subject: =?utf-8?q?Pr=C3=A9sents?=\nMIME-Version: 1.0\nTo: a@b.test\n\nx"),
    ("google", b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}'),
    ("shortcut", plistlib.dumps({"URL": "https://exemple.test/"})),
    ("shortcut", plistlib.dumps({"URL": "https://exemple.test/"}, fmt=plistlib.FMT_BINARY)),
    ("lock", lock(162)),
    ("lock", b",camille,poste,19.05.2026 09:00,file:///home/camille/.config/libreoffice/4;"),
    ("zip", b"Rar!\x1a\x07\x00"),
]


@pytest.mark.parametrize(("kind", "content"), [*OF_KIND.items(), *MORE])
def test_a_file_is_known_by_its_content_and_refused_by_its_name(kind, content):
    assert kind_of(content) == kind
    with pytest.raises(UnreadableWorkbook) as refused:
        read_workbook(io.BytesIO(content))
    assert refused.value.code == kind
    assert str(refused.value) == f"Ce fichier est {WHAT[kind]}. {TO_A_WORKBOOK[kind]}"


@pytest.mark.parametrize("kind", sorted(set(OF_KIND) - {"pdf", "jpeg", "png"}))
def test_a_scan_of_another_kind_is_refused_with_its_way_out(kind):
    with pytest.raises(ValidationError) as refused:
        type_of(OF_KIND[kind])
    assert refused.value.message == f"« le fichier » est {WHAT[kind]}. {TO_A_SCAN[kind]}"


def test_every_kind_has_its_words_and_both_ways_out():
    assert set(OF_KIND) == set(WHAT) == set(TO_A_WORKBOOK) == set(TO_A_SCAN)
    for ways in (TO_A_WORKBOOK, TO_A_SCAN):
        assert all(way.endswith(".") for way in ways.values())


@pytest.mark.parametrize(
    "content",
    [
        make_xlsx([["From", "To"]]),
        make_xls([["WordDocument"]]),
        make_text([["Nom", "Prénom"], ["ROY", "Zoé"]]),
        b"To: la liste\nNom;Prenom\nROY;Zoe\n",
        b'{"a": 1};b\n',
        (b"\tNom\tPrenom\n" + b"\tROY\tZoe\n" * 30)[:165],
        (b"\nNom;Prenom\n" + b"ROY;Zoe\n" * 30)[:162],
    ],
)
def test_a_list_is_taken_for_nothing_else(content):
    assert kind_of(content) == ""
    assert read_workbook(io.BytesIO(content)).tabs


# --- What a scan may be -------------------------------------------------------------------------


def type_of(content, allowed=SCAN):
    return files.content_type_of(SimpleUploadedFile("le fichier", content), allowed)


def refusal(content, allowed=SCAN):
    with pytest.raises(ValidationError) as refused:
        type_of(content, allowed)
    return refused.value.message


def locked(algorithm, *, user):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf())))
    writer.encrypt(user, "propriétaire", algorithm=algorithm)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_only_forbids_changes_is_taken_and_one_with_a_password_is_not(algorithm):
    assert type_of(locked(algorithm, user="")) == files.PDF
    assert "est un PDF protégé par un mot de passe." in refusal(locked(algorithm, user="secret"))


def test_a_pdf_that_does_not_open_is_said_to_be_one():
    assert "est un PDF incomplet ou abîmé." in refusal(b"%PDF-1.7\nxxx")


def picture(mode="RGB", kind="JPEG", size=(400, 300), **options):
    target = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(target, kind, **options)
    return target.getvalue()


def test_pictures_as_phones_and_copiers_make_them_are_taken():
    turned = Image.Exif()
    turned[0x0112] = 6
    second = Image.new("RGB", (40, 30))
    for content in (
        picture("CMYK"),
        picture("L", progressive=True),
        picture(exif=turned),
        picture(kind="MPO", save_all=True, append_images=[second]),
        picture() + bytes(100),
    ):
        assert type_of(content) == files.JPEG
    assert type_of(picture(kind="PNG")) == files.PNG


def test_a_phones_hundred_megapixels_are_taken_and_a_picture_beyond_measure_is_not():
    def claiming(width, height):
        content = bytearray(picture())
        place = content.index(b"\xff\xc0") + 5
        content[place : place + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
        return bytes(content)

    assert type_of(claiming(12_000, 9_000)) == files.JPEG
    assert type_of(claiming(16_320, 12_240)) == files.JPEG
    for width, height in [(20_000, 20_000), (60_000, 60_000)]:
        assert "de plus de 250 millions de pixels" in refusal(claiming(width, height))


def test_a_picture_cut_short_is_refused_and_says_so():
    assert "est une photo coupée" in refusal(picture()[:-4000])
    # The miniature in its head is whole.
    miniature = picture(size=(40, 30))
    head = b"\xff\xe1" + (len(miniature) + 2).to_bytes(2, "big") + miniature
    whole = picture()
    cut = whole[:2] + head + whole[2:-4000]
    assert "est une photo coupée" in refusal(cut)
    assert type_of(whole[:2] + head + whole[2:]) == files.JPEG
    assert "est une image abîmée" in refusal(picture(kind="PNG")[:-40])


def test_a_workbook_in_place_of_a_scan_is_said_to_be_one():
    assert "est un classeur." in refusal(make_xlsx([["a"]]))
    assert "est un classeur." in refusal(make_xls([["a"]]))


def test_where_a_pdf_alone_is_taken_a_picture_is_sent_to_a_pdf():
    for kind in ("jpeg", "png", "heic", "webp", "tiff"):
        sentence = refusal(OF_KIND[kind], [files.PDF])
        assert sentence.endswith("Ouvrez-la, imprimez-la vers un PDF, puis déposez ce PDF.")


def test_what_nobody_knows_is_asked_to_be_looked_at():
    assert "n’est pas un fichier PDF, JPEG ou PNG lisible." in refusal(b"bonjour")
