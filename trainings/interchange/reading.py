"""Sets out of a file or out of the clipboard, whatever their form: recognised by content."""

from .parsed import ParsedSets


def read_file(file) -> ParsedSets:
    """The sets in an uploaded file. Raises Unreadable when it is nothing that we know."""
    raise NotImplementedError


def read_pasted(text: str, html: str = "") -> ParsedSets:
    """The sets in a pasted text; `html` is the clipboard's text/html, for its bold."""
    raise NotImplementedError
