"""Small files of the tests' own: PDFs, images, workbooks, as people would send them."""

import io
import zipfile

import xlwt
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter


def make_pdf(pages=1):
    """The bytes of a PDF of blank pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def make_image(kind="PNG"):
    """The bytes of a small image."""
    target = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(target, kind)
    return target.getvalue()


def make_xlsx(rows, title="Feuil1"):
    """The bytes of a workbook of one sheet with these rows."""
    workbook = Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(list(row))
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def make_xls(rows):
    """The bytes of an old workbook of one sheet with these rows."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Feuil1")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def make_zip(parts, compression=zipfile.ZIP_DEFLATED):
    """The bytes of a ZIP of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def make_html(rows):
    """A page with one table, as web portals export it under the name of a workbook."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><table>{lines}</table></body></html>".encode()


def make_text(rows, separator=";", encoding="utf-8"):
    """Rows as text, one a line."""
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


QCM_HEADER = ["Jeu", "Question", "Réponse A", "Réponse B", "Réponse C", "Bonne réponse"]


def make_qcm_workbook(per_set=4, sets=3):
    """The bytes of a QCM workbook. The right answer of every question says « bonne »."""
    rows = [QCM_HEADER]
    for number in range(1, sets + 1):
        rows += [
            [number, f"Jeu {number}, question {rank} ?", "La bonne", "Une fausse", "Une autre", "A"]
            for rank in range(1, per_set + 1)
        ]
    return make_xlsx(rows, title="QCM")


REGISTRY_HEADER = [
    "N° adhérent",
    "Civilité",
    "Nom",
    "Prénom",
    "E-mail",
    "Cabinet",
    "N° ORIAS",
    "Adhérent ANACOFI-CIF",
    "Statut",
]
ROSTER_HEADER = ["Nom", "Prénom", "E-mail", "N° adhérent", "Cabinet"]
