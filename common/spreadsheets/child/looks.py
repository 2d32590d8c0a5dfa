"""What cells look like, where that may say something: struck through, or on a colour."""

import colorsys
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from .cells import Marks

# Names stand in the first columns; of more cells with a look of their own, none says anything.
COLUMNS, MOST_CELLS = 12, 20_000
WHITE = "FFFFFF"
# Of a workbook's palette: those that people fill cells with.
INDEXED = {
    **dict.fromkeys((2, 10), "FF0000"),
    **dict.fromkeys((3, 11), "00FF00"),
    **dict.fromkeys((4, 12), "0000FF"),
    **dict.fromkeys((5, 13), "FFFF00"),
    **dict.fromkeys((6, 14), "FF00FF"),
    **dict.fromkeys((7, 15), "00FFFF"),
    **dict.fromkeys((1, 9, 64, 65), WHITE),
    **{42: "CCFFCC", 43: "FFFF99", 41: "CCFFFF", 44: "99CCFF", 45: "FF99CC", 47: "FFCC99"},
    **{17: "008000", 50: "99CC00", 51: "FFCC00", 52: "FF9900", 53: "FF6600", 57: "339966"},
}
GREY = "C0C0C0"
# Of the theme that workbooks start with.
THEME = [WHITE, "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000"]
THEME += ["5B9BD5", "70AD47"]


@dataclass(frozen=True)
class Look:
    struck: bool = False
    fill: str = ""  # « RRGGBB », or nothing


PLAIN = Look()


def mark(marks: Marks, number: int, column: int, look: Look) -> None:
    """Note what a cell looks like."""
    if column >= COLUMNS:
        return
    if look.struck:
        marks.struck.setdefault(number, []).append(column)
    if look.fill:
        marks.fills.setdefault(number, {})[column] = look.fill


def fill_of(rgb: str) -> str:
    """A colour as « RRGGBB »; nothing for white, and for what is no colour."""
    rgb = rgb.strip().lstrip("#").upper()[-6:]
    return rgb if re.fullmatch(r"[0-9A-F]{6}", rgb) and rgb != WHITE else ""


def looks_of(styles: Element) -> dict[bytes, Look]:
    """{number of a style: look} of the styles of an .xlsx that have one."""
    parts: dict[str, list[Element]] = {}
    for one in styles:
        parts[one.tag.rpartition("}")[2]] = list(one)
    struck = [_is_struck(font) for font in parts.get("fonts", [])]
    fills = [_fill(fill) for fill in parts.get("fills", [])]
    found = {}
    for index, one in enumerate(parts.get("cellXfs", [])):
        look = Look(_at(struck, one.get("fontId"), False), _at(fills, one.get("fillId"), ""))
        if look != PLAIN:
            found[str(index).encode()] = look
    return found


def _at(values: list[Any], index: str | None, default: Any) -> Any:
    place = int(index or 0)
    return values[place] if place < len(values) else default


def _is_struck(font: Element) -> bool:
    return any(one.tag.endswith("}strike") and one.get("val", "1") in {"1", "true"} for one in font)


def _fill(fill: Element) -> str:
    for pattern in fill:
        if pattern.get("patternType") != "solid":
            continue
        for colour in pattern:
            if colour.tag.endswith("}fgColor"):
                return fill_of(_rgb(colour.attrib))
    return ""


def _rgb(colour: Mapping[str, str]) -> str:
    if "rgb" in colour:
        return colour["rgb"]
    if "theme" in colour:
        number = int(colour["theme"])
        return _tinted(THEME[number] if number < len(THEME) else GREY, float(colour.get("tint", 0)))
    return INDEXED.get(int(colour.get("indexed", 64)), GREY)


def _tinted(rgb: str, tint: float) -> str:
    """A colour made lighter (more than 0) or darker."""
    parts = [int(rgb[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    hue, light, saturation = colorsys.rgb_to_hls(*parts)
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    made = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), saturation)
    return "".join(f"{round(one * 255):02X}" for one in made)


def note_looks(content: bytes, looks: dict[bytes, Look], marks: Marks) -> None:
    """Note the cells of a sheet's part that have one of these looks."""
    if not looks:
        return
    numbers = b"|".join(looks)
    cells = re.compile(
        rb"<(?:\w+:)?c r=\"([A-L])(\d{1,7})\" s=\"(" + numbers + rb")\"[^<>]*[^<>/]>"
    )
    _note(((int(one[2]), one[1][0] - 65, looks[one[3]]) for one in cells.finditer(content)), marks)


def _note(found: Iterable[tuple[int, int, Look]], marks: Marks) -> None:
    for count, (number, column, look) in enumerate(found):
        if count == MOST_CELLS:
            marks.struck, marks.fills = {}, {}
            return
        mark(marks, number, column, look)
