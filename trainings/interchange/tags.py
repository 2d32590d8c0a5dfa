"""What stands between « < » and « > » in a text: a tag of HTML, or words of the text. Pure.

A question may hold « R1<S et S>0 » or « le support <PEA ou CTO> »: whatever is not surely a tag is
text, and shown. Each pattern is bounded, so that no text is looked at twice for long.
"""

import re
from collections import Counter
from dataclasses import dataclass

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# The ends of these are often left out.
OPEN_ENDED = frozenset(
    "p li td th tr dt dd option thead tbody tfoot colgroup html body div span ul ol center".split()
)
# Without an attribute, the other void ones are words: « <source> ».
BARE_VOID = frozenset("br hr img wbr col".split())
MATHML = frozenset(
    "math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced "
    "menclose msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr "
    "mtd mlabeledtr maction semantics annotation annotation-xml".split()
)
ELEMENTS = (
    VOID
    | OPEN_ENDED
    | MATHML
    | frozenset(
        "a abbr acronym address applet article aside audio b bdi bdo big blockquote button canvas "
        "caption cite code data datalist del details dfn dialog dir dl em fieldset figcaption "
        "figure font footer form h1 h2 h3 h4 h5 h6 head header hgroup i iframe ins kbd label "
        "legend main map mark menu meter nav nobr noscript object ol optgroup output picture pre "
        "progress q rp rt ruby s samp script section select small strike strong style sub summary "
        "sup svg table template textarea time title tt u ul var video xml".split()
    )
)
BOOLEAN = (
    "allowfullscreen|alt|async|autoplay|checked|compact|controls|defer|disabled|download|hidden"
    "|ismap|itemscope|loop|multiple|muted|nohref|noresize|noshade|nowrap|open|playsinline|readonly"
    "|required|reversed|selected"
)
NAME = r"([A-Za-z][A-Za-z0-9:-]{0,40})"
ATTRIBUTE = (
    r"""\s*+(?:[A-Za-z][\w:.-]{0,80}+\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]*+)"""
    rf"|(?i:{BOOLEAN}|data-[\w-]{{1,80}})(?![\w:.=-]))"
)
TAG = re.compile(rf"<(/?){NAME}(?![A-Za-z0-9:-])((?:{ATTRIBUTE})*+)\s*+(/?)>")
# Beyond MAX_TAG, as with an image that stands in its own attribute.
LONG_TAG = re.compile(rf"<(/?){NAME}(\s[^<>=]{{0,200}}=[^<>]*+)(/?)>")
NAMED = re.compile(rf"<(/?){NAME}")
DECLARATION = re.compile(r"<(?:![dD][oO][cC]|!\[|\?xml)[^<>]{0,2000}>")
MAX_TAG = 4000
COMMENT, VERBATIM = "<!--", "<![CDATA["


@dataclass(frozen=True)
class Tag:
    """A tag, or what holds nothing to show; `end` is where the text goes on.

    `verbatim` is text that stands in the place of the tag.
    """

    end: int
    name: str = ""
    attributes: str = ""
    closing: bool = False
    empty: bool = False
    verbatim: str = ""


class Tags:
    """Says of each « < » of a text what it begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.opened: Counter[str] = Counter()
        self.closed: Counter[str] = Counter()
        self.last_end: dict[str, int] = {}
        for named in NAMED.finditer(text):
            name = named[2].lower()
            if named[1]:
                self.closed[name] += 1
                self.last_end[name] = named.start()
            else:
                self.opened[name] += 1
        self.last_comment_end = text.rfind("-->")
        self.last_verbatim_end = text.rfind("]]>")
        self.known = set(ELEMENTS)

    def at(self, start: int) -> Tag | None:
        """The tag that begins there; None when « < » is a character like another."""
        text = self.text
        if text.startswith(COMMENT, start):
            if self.last_comment_end < start:
                return None
            return Tag(text.index("-->", start) + 3)
        if text.startswith(VERBATIM, start):
            if self.last_verbatim_end < start:
                return None
            end = text.index("]]>", start)
            return Tag(end + 3, verbatim=text[start + len(VERBATIM) : end])
        if declaration := DECLARATION.match(text, start):
            return Tag(declaration.end())
        named = TAG.match(text, start, start + MAX_TAG)
        if named is None and (named := LONG_TAG.match(text, start)):
            named = named if named.end() - start > MAX_TAG else None
        if named is None:
            return None
        tag = Tag(named.end(), named[2].lower(), named[3], bool(named[1]), bool(named[4]))
        return tag if self._is_markup(tag, start) else None

    def _is_markup(self, tag: Tag, start: int) -> bool:
        name = tag.name
        if tag.closing:
            return name in self.known
        ends = tag.empty or self.last_end.get(name, -1) > start
        if name not in ELEMENTS:
            # Word's « <o:p> », a program's own element: with its end, never a lone word.
            qualified = ":" in name or "-" in name or "=" in tag.attributes
            if qualified and ends:
                self.known.add(name)
                return True
            return False
        if tag.attributes.strip():
            return True
        if name in VOID:
            return name in BARE_VOID
        # « x<p>y », one more than those that have their ends: two letters, compared.
        glued = len(name) == 1 and start > 0 and self.text[start - 1].isalnum()
        if glued and not tag.empty and self.opened[name] > self.closed[name]:
            return False
        return ends or name in OPEN_ENDED
