"""What a number format makes of a number. Pure functions."""

import re

# Quoted texts, escaped and padding signs: shown as they are.
LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].')
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.I)
BRACKETS = re.compile(r"\[[^\]]*\]")
# Those without a code in the workbook.
BUILT_IN = {
    9: "0%",
    10: "0.00%",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
}


def kind_of(code: str) -> str:
    """« percent », « duration » ([h]:mm), « clock » (a time without a date), or nothing."""
    first = LITERAL.sub("", code).split(";")[0]
    if ELAPSED.search(first):
        return "duration"
    signs = BRACKETS.sub("", first).lower().replace("am/pm", "").replace("a/p", "")
    if "%" in signs:
        return "percent"
    if ("h" in signs or "s" in signs) and not set(signs) & set("dyjag"):
        return "clock"
    return ""
