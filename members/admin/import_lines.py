"""What an import changes, as its page tells it: counts, then line by line."""

from django.core.paginator import Paginator
from django.db.models import Count, Q

from common.addresses import shown

from ..domain import registry_undo
from ..models import Member, RegistryChange

PER_PAGE = 100
Came, Cif = RegistryChange.Membership, RegistryChange.Cif
# What the page may be asked to show alone: its name in the address, its words, its lines.
GROUPS = [
    ("nouveaux", "Nouveaux", Q(membership__in=RegistryChange.CAME)),
    ("modifies", "Modifiés", ~Q(edits={})),
    ("retours", "De retour", Q(membership=Came.RETURNED)),
    ("departs", "Partis", Q(membership=Came.LEFT)),
    ("cif", "Rejoignent l’ANACOFI-CIF", Q(cif=Cif.JOINED)),
    ("cif-departs", "Quittent l’ANACOFI-CIF", Q(cif=Cif.LEFT)),
    ("gardes", "Corrections à la main gardées", ~Q(kept={})),
]
# Counts of a part of the one above them, or that are seldom of use: told when there are some.
PARTS = {"new_inactive", "renamed", "kept"}
# A count's name, its words for one and for several.
COUNTS = [
    ("new", "nouveau", "nouveaux"),
    ("new_inactive", "parmi eux, déjà inactif", "parmi eux, déjà inactifs"),
    ("changed", "modifié", "modifiés"),
    ("renamed", "parmi eux, change de nom de famille", "parmi eux, changent de nom de famille"),
    ("returned", "de retour", "de retour"),
    ("left", "parti", "partis"),
    ("cif_joined", "rejoint l’ANACOFI-CIF", "rejoignent l’ANACOFI-CIF"),
    ("cif_left", "quitte l’ANACOFI-CIF", "quittent l’ANACOFI-CIF"),
    ("unchanged", "inchangé", "inchangés"),
    ("kept", "correction faite à la main est gardée", "corrections faites à la main sont gardées"),
]


def counted(summary):
    """The counts of an import, a line each."""
    return [
        f"{summary[name]} {one if summary[name] < 2 else many}"
        for name, one, many in COUNTS
        if summary.get(name) or (name in summary and name not in PARTS)
    ]


def lines_of(registry_import, asked):
    """What the page shows of an import: the groups of its lines, and a page of those asked for.

    `asked` is the address's: `montrer`, a group, and `p`, a page. Three queries.
    """
    rows = registry_import.changes.all()
    counts = rows.aggregate(
        all=Count("pk"), **{_key(name): Count("pk", filter=only) for name, _, only in GROUPS}
    )
    chosen = next((only for name, _, only in GROUPS if name == asked.get("montrer")), None)
    current = asked.get("montrer") if chosen is not None else ""
    groups = [("", "Tout", counts["all"])]
    groups += [(name, words, counts[_key(name)]) for name, words, _ in GROUPS]
    found = rows.filter(chosen) if chosen is not None else rows
    page = Paginator(found, PER_PAGE).get_page(asked.get("p"))
    return {
        "groups": [group for group in groups if group[2]],
        "current": current,
        "page": page,
        "changes": [(row, _edits(row.edits), _edits(row.kept)) for row in page],
    }


def _key(name):
    return f"group_{name.replace('-', '_')}"


def _edits(edits):
    """(the field's name, before, after) of each."""
    return [
        (_label(name), *(shown(value) if name == "email" else value for value in values))
        for name, values in edits.items()
    ]


def _label(name):
    return Member._meta.get_field(name).verbose_name


def undo_text(registry_import):
    """What the page of the undoing says: what it does, or what stands in its way."""
    if hindrances := registry_undo.in_the_way(registry_import):
        return "Cet import ne s’annule plus :\n\n" + "\n".join(f"– {one}" for one in hindrances)
    return (
        "Chaque adhérent redevient ce qu’il était avant l’import : les nouveaux sont retirés, les "
        "données et les adhésions d’avant reviennent. Le détail de l’import reste lisible."
    )
