"""What a file is that is no workbook, by its content alone. Pure functions.

The codes are those of `refusals.WHAT`.
"""

import re
from collections.abc import Collection

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STARTS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"GIF8", "image"),
    (b"8BPS", "image"),
    (b"\xff\x0a", "image"),
    (b"\0\0\0\x0cJXL ", "image"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "zip"),
    (b"7z\xbc\xaf", "zip"),
    (b"\x1f\x8b", "zip"),
    (b"L\0\0\0\x01\x14\x02\0", "shortcut"),
)
# Of the « ftyp » box that begins a HEIC photo, an AVIF image or a film.
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
PHOTO = re.compile(r"\.(jpe?g|png|heic|heif|tiff?|webp)$", re.I)
# A name in a ZIP's directory, or before a part when the directory is cut off.
ENTRY = re.compile(rb"PK(?:\x01\x02.{24}(..).{16}|\x03\x04.{22}(..)..)", re.S)
MAX_NAMES = 1000
SMALL = 20_000
HEADERS = r"^(?:to|cc|received|message-id|delivered-to|return-path)\s*:"
HEADER = re.compile(r"(?:[A-Za-z][A-Za-z-]*:[^\r\n]*(?:\r?\n|\r)(?:[ \t][^\r\n]*(?:\r?\n|\r))*){2}")


def kind_of(content: bytes) -> str:
    """The code of what a file is; "" of a workbook, a plain text, or what is not known."""
    start = content[:1024]
    if b"%PDF-" in start:
        return "pdf"
    for signs, code in STARTS:
        if start.startswith(signs):
            return code
    if start[4:8] == b"ftyp":
        return _kind_of_box(start)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "webp"
    if start.startswith(b"BM") and start[6:10] == bytes(4):
        return "image"
    if start.startswith(b"PK\x03\x04"):
        return kind_of_zip(names_of(content), content[:200])
    if start.startswith(OLE):
        return kind_of_ole(content)
    if _is_lock(content):
        return "lock"
    return kind_of_text(content[:SMALL].decode("latin-1"), small=len(content) < SMALL)


def _kind_of_box(start: bytes) -> str:
    size = int.from_bytes(start[:4], "big")
    brands = {start[place : place + 4] for place in range(8, min(size, 80), 4)}
    if brands & {b"avif", b"avis"}:
        return "avif"
    return "heic" if brands & HEIC else "film"


def names_of(content: bytes) -> list[str]:
    """The names of a ZIP's parts, as far as they are written in it."""
    names = []
    for found in ENTRY.finditer(content):
        length = int.from_bytes(found[1] or found[2], "little")
        names.append(content[found.end() : found.end() + length].decode("utf-8", "replace"))
        if len(names) >= MAX_NAMES:
            break
    return names


def kind_of_zip(names: Collection[str], start: bytes = b"") -> str:
    """Of a ZIP with parts of these names, and these first bytes."""
    lower = {name.replace("\\", "/").lower() for name in names}
    if any(name.startswith("xl/") for name in lower) or b"opendocument.spreadsheet" in start:
        return ""
    if any(name.startswith("word/") for name in lower) or b"opendocument.text" in start:
        return "word"
    if any(name.startswith("ppt/") for name in lower) or b"opendocument.presentation" in start:
        return "slides"
    if any(name.endswith((".iwa", "buildversionhistory.plist")) for name in lower):
        return "apple"
    if ("content.xml" in lower and "mimetype" in lower) or "[content_types].xml" in lower:
        return ""
    files = [name for name in lower if not name.endswith("/") and not name.startswith("__macosx/")]
    if files and all(PHOTO.search(name) for name in files):
        return "photos"
    return "zip" if files else ""


def kind_of_ole(content: bytes, *, workbook: bool = True) -> str:
    """Of the container that Office wrote before 2007; `workbook` where one may be in it."""
    streams = (
        ("EncryptedPackage", "password"),
        ("WordDocument", "word"),
        ("PowerPoint Document", "slides"),
        ("__substg1.0_", "email"),
    )
    held = {code for name, code in streams if name.encode("utf-16-le") in content}
    if "password" in held:
        return "password"
    # A workbook may hold a document, and a document a workbook: then a reader has to say.
    names = ("Workbook", "Book", "WORKBOOK", "BOOK")
    if workbook and any(name.encode("utf-16-le") in content for name in names):
        return ""
    return next((code for _, code in streams if code in held), "")


def _is_lock(content: bytes) -> bool:
    """What Office (« ~$… ») or LibreOffice (« .~lock… ») leaves beside an open document."""
    if len(content) in {162, 165} and 0 < (length := content[0]) < 54:
        # A person's name, the rest of its room left blank.
        name, rest = content[1 : 1 + length], content[1 + length : 54]
        return min(name) >= 0x20 and not rest.strip(b" \0")
    return content.startswith(b",") and content.endswith(b";") and b",file:///" in content


def kind_of_text(text: str, *, small: bool) -> str:
    """Of a text's beginning; `small` where that is all of it."""
    start = text.lstrip("\ufeffï»¿ \r\n\t").lower()
    if small and start.startswith("{") and ('"doc_id"' in start or "docs.google.com" in start):
        return "google"
    if start.startswith(("[internetshortcut]", "[desktop entry]")):
        return "shortcut"
    if small and ("<plist" in start or start.startswith("bplist00")) and "url" in start:
        return "shortcut"
    if is_archive_of_pages(start):
        return ""
    if HEADER.match(start) and re.search(HEADERS, start, re.M):
        return "email"
    return ""


def is_archive_of_pages(start: str) -> bool:
    """« Page Web à fichier unique »; an e-mail that carries a page tells who got it."""
    start = start.lower()
    return (
        "mime-version:" in start
        and "multipart/related" in start
        and not re.search(HEADERS, start, re.M)
    )
