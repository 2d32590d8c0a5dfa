"""PDFs from typst templates. Data goes in through `sys_inputs`, never into the markup."""

import json

import typst
from django.conf import settings


def render_pdf(template, data):
    """The bytes of a PDF: `templates/<template>` compiled with `data` (JSON-able).

    The template reads it by `json(bytes(sys.inputs.data))`; a text in it stays a text, whatever
    markup it looks like. The template's own folder is all that it can read.
    """
    path = settings.BASE_DIR / "templates" / template
    return typst.compile(
        str(path),
        root=str(path.parent),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        # The fonts that typst carries: the same page on every machine.
        ignore_system_fonts=True,
    )
