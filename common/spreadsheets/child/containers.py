"""What is known of a container before any reader opens it."""

import re
import struct
import zipfile
import zlib
from typing import IO

from .cells import Unreadable
from .kinds import kind_of_ole, kind_of_zip

MAX_ENTRIES = 1000
MAX_INFLATED = 64 * 1024**2
MAX_BY_NAME = (
    (re.compile(r"xl/worksheets/.*", re.I), 32 * 1024**2),
    (re.compile(r"xl/sharedstrings\.(xml|bin)", re.I), 16 * 1024**2),
    (re.compile(r"xl/styles\.(xml|bin)", re.I), 1024**2),
)


def check_zip(path: str) -> str:
    """Inflate every part under the limits; the kind of workbook the ZIP is."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, struct.error) as error:
        raise Unreadable("damaged") from error
    with archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Unreadable("too_big")
        names = {entry.filename.replace("\\", "/").lower() for entry in entries}
        is_ods = "content.xml" in names and "mimetype" in names
        with open(path, "rb") as file:
            kind = kind_of_zip(names, file.read(200))
        if kind:
            raise Unreadable(kind)
        if not is_ods and not any(name.startswith("xl/") for name in names):
            raise Unreadable("unknown")
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable("password")
        left = MAX_INFLATED
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            limit = next((n for pattern, n in MAX_BY_NAME if pattern.fullmatch(name)), left)
            try:
                with archive.open(entry) as part:
                    left -= inflate(part, min(limit, left), is_ods=is_ods)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                NotImplementedError,
                OSError,
            ) as error:
                raise Unreadable("damaged") from error
    return "ods" if is_ods else "xlsx"


def inflate(part: IO[bytes], limit: int, *, is_ods: bool) -> int:
    """The size of a part that is no larger than `limit`, and holds nothing to be refused."""
    size = 0
    while chunk := part.read(256 * 1024):
        if size == 0 and b"<!DOCTYPE" in chunk[:4096]:
            raise Unreadable("damaged")
        if size == 0 and is_ods and b"encryption-data" in chunk:
            raise Unreadable("password")
        size += len(chunk)
        if size > limit:
            raise Unreadable("too_big")
    return size


def check_ole(path: str) -> None:
    """Refuse an OLE container that holds an encrypted package, or a document of another kind."""
    with open(path, "rb") as file:
        content = file.read()
    if kind := kind_of_ole(content):
        raise Unreadable(kind)
    names = ("Workbook", "Book", "WORKBOOK", "BOOK")
    if not any(name.encode("utf-16-le") in content for name in names):
        # A document of another kind, or a workbook whose directory was cut off.
        raise Unreadable("damaged")
