"""Opens one scan, under limits; started by path, and knows no module of the portal's.

Prints {"problem": code} as JSON, "" where there is none: the codes are those of `PROBLEMS`, in the
parent.
"""

import io
import json
import resource
import sys

MEMORY_BYTES = 1024**3
CPU_SECONDS = 5
# Phones make 200 million; nothing here decodes them, but whoever looks at one does.
MAX_IMAGE_PIXELS = 250_000_000


def main(path: str, kind: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024**2, 1024**2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(path, "rb") as file:
        content = file.read()
    try:
        problem = problem_of_pdf(content) if kind == "pdf" else problem_of_image(content)
    except MemoryError:
        problem = "too_slow"
    json.dump({"problem": problem}, sys.stdout)


def problem_of_pdf(content: bytes) -> str:
    """What keeps a PDF from being opened by everybody, or nothing."""
    from pypdf import PdfReader  # noqa: PLC0415 - under the limits, and only for a PDF

    try:
        reader = PdfReader(io.BytesIO(content))
        # A copier that only forbids changes encrypts as well, with no password to open.
        if reader.is_encrypted and not reader.decrypt(""):
            return "locked_pdf"
        return "" if len(reader.pages) > 0 else "broken_pdf"
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pypdf raises whatever broken bytes led it to
        return "broken_pdf"


def problem_of_image(content: bytes) -> str:
    """What keeps an image from being seen whole, or nothing."""
    from PIL import Image  # noqa: PLC0415 - under the limits, and only for an image

    # Ours is the limit that holds: Pillow's own gives no sentence.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
            pixels = image.width * image.height
            image.verify()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises whatever broken bytes led it to
        return "broken_image"
    if pixels > MAX_IMAGE_PIXELS:
        return "too_many_pixels"
    if content.startswith(b"\xff\xd8") and not _has_its_end(content):
        return "cut_image"
    return ""


def _has_its_end(content: bytes) -> bool:
    """Whether a JPEG's first picture ends; the miniature in its head does not count.

    Without decoding: a phone's hundred megapixels would take seconds.
    """
    place = 2
    while place + 4 <= len(content):
        marker = content[place + 1]
        if marker == 0xDA:
            return b"\xff\xd9" in content[place:]
        # Fill bytes may stand before a marker.
        filled = marker == 0xFF
        place += 1 if filled else 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return False


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
