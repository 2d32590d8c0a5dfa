"""PDFs from typst templates. Data goes in through `sys_inputs`, never into the markup."""

import json
import re
from typing import Any

import typst
from django.conf import settings

# Typst breaks lines between words only, and draws an empty box for what its fonts lack.
LONG_WORD = re.compile(r"\S{30,}")
BEYOND_ITS_FONTS = re.compile("[\U00010000-\U0010ffff\ufe0f\u200d]")


def printable(value: Any) -> Any:
    """The data with long words made breakable and emoji left out."""
    if isinstance(value, dict):
        return {key: printable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [printable(inner) for inner in value]
    if not isinstance(value, str):
        return value
    value = BEYOND_ITS_FONTS.sub("", value)
    return LONG_WORD.sub(lambda found: "\u200b".join(found[0]), value)


def render_pdf(template: str, data: Any) -> bytes:
    """The bytes of a PDF: `templates/<template>` compiled with `data` (JSON-able).

    The template reads it by `json(bytes(sys.inputs.data))`; a text in it stays a text, whatever
    markup it looks like. The template's own folder is all that it can read.
    """
    path = settings.BASE_DIR / "templates" / template
    content: bytes = typst.compile(
        str(path),
        root=str(path.parent),
        sys_inputs={"data": json.dumps(printable(data), ensure_ascii=False)},
        # The fonts that typst carries: the same page on every machine.
        ignore_system_fonts=True,
    )
    return content
