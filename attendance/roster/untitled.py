"""A list without a row of titles: what its columns are, where their values make it sure. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from common.spreadsheets import Row, cell_text, fold

# As the registry's numbers are: no other figures of a list look so.
MEMBER_NUMBER = re.compile(r"[A-Z]\d{5}")
NAME = re.compile(r"[^\W\d_]([^\W\d_]|[ .'’\-])*")
# Of a hundred rows, so many must be of one kind.
MOST = 90
LAST, FIRST, BOTH = "Nom", "Prénom", "Nom et prénom"


def numbered(width: int) -> list[str]:
    """« Colonne 1 », « Colonne 2 »…: what columns are called that have no title."""
    return [f"Colonne {number + 1}" for number in range(width)]


def people_of(rows: Sequence[Row]) -> tuple[int, list[list[str]]] | None:
    """(the column of the key, the cells of each person) when all rows but remarks are people.

    None when a row of several texts stands above the first of them: it may be of titles.
    """
    texts = [[cell_text(cell) for cell in row.cells] for row in rows]
    keys = Counter(
        index for cells in texts for index, text in enumerate(cells) if _is_key(text)
    ).most_common(1)
    if not keys:
        return None
    key = keys[0][0]
    found = [cells for cells in texts if len(cells) > key and _is_key(cells[key])]
    first = next(i for i, cells in enumerate(texts) if len(cells) > key and _is_key(cells[key]))
    several = sum(sum(map(bool, cells)) > 2 for cells in texts)
    if any(sum(map(bool, cells)) > 1 for cells in texts[:first]):
        return None
    return (key, found) if 100 * len(found) >= MOST * several else None


def titles_of(rows: Sequence[Row]) -> list[str] | None:
    """The titles that the columns of such a list would have; None when they are not sure."""
    people = people_of(rows)
    if people is None:
        return None
    key, found = people
    width = max(map(len, found))
    columns = [[cells[i] if i < len(cells) else "" for cells in found] for i in range(width)]
    titles = numbered(width)
    titles[key] = "E-mail" if "@" in columns[key][0] else "N° adhérent"
    for index, column in enumerate(columns):
        if index != key and all(map(MEMBER_NUMBER.fullmatch, column)):
            titles[index] = "N° adhérent"
    names = _names(columns, key)
    if names is None:
        return None
    for index, title in names.items():
        titles[index] = title
    return titles


def _is_key(text: str) -> bool:
    return ("@" in text.strip("@ ") and " " not in text) or bool(MEMBER_NUMBER.fullmatch(text))


def _names(columns: Sequence[Sequence[str]], key: int) -> dict[int, str] | None:
    """Which columns hold the names: by capitals, or by the addresses that are made of them."""
    likely = [
        index
        for index, column in enumerate(columns)
        if 100 * sum(bool(NAME.fullmatch(text)) for text in column) >= MOST * len(column)
    ]
    capitals = [index for index in likely if all(map(_is_capitals, columns[index]))]
    said = [index for index in likely if _is_in(columns[index], columns[key])]
    for one, two in zip(likely, likely[1:], strict=False):
        if two != one + 1:
            continue
        upper = {one, two} & set(capitals)
        if len(upper) == 1 and (len(capitals) == 1 or {one, two} & set(said)):
            last = upper.pop()
            return {last: LAST, one + two - last: FIRST}
        if in_address := {one, two} & set(said):
            # « jdupont@ » holds the family name; of « jean.dupont@ », the first is taken for it,
            # and who is recognised is so in either order.
            last = min(in_address)
            return {last: LAST, one + two - last: FIRST}
    both = [index for index in said if all(" " in text for text in columns[index])]
    return {both[0]: BOTH} if len(both) == 1 else None


def _is_capitals(text: str) -> bool:
    return text.isupper()


def _is_in(column: Sequence[str], addresses: Sequence[str]) -> bool:
    """Whether most addresses are made of these names: « jean.dupont@ »."""
    found = sum(
        any(len(word) > 2 and word in fold(address.split("@")[0]) for word in fold(text).split())
        for text, address in zip(column, addresses, strict=True)
        if "@" in address
    )
    return 100 * found >= MOST * len(column)
