"""From a registry workbook to what importing it would change. The reading part is pure."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.errors import WrongStatus
from common.spreadsheets import UnreadableWorkbook, cell_text, fold, read_workbook

from ..columns import EMAIL, FIRM, FIRST_NAME, LAST_NAME, MEMBER_NUMBER, ORIAS
from ..keys import KEY_OF, email_key, last_name_key, orias_key
from ..models import Member, Membership, RegistryImport
from . import former

MAX_ROWS = 100_000
HEADER_ROWS = 50
# Above this share of members leaving, or changing their family name, the confirmation must be
# typed: a wrong file does that more often than life.
MANY_PERCENT = 5
COLUMNS = {
    "number": MEMBER_NUMBER,
    "title": {"civilite"},
    "last_name": LAST_NAME,
    "first_name": FIRST_NAME,
    "email": EMAIL,
    "firm": FIRM,
    "orias": ORIAS,
    "cif": {"adherent anacofi cif", "anacofi cif", "cif"},
    "status": {"statut"},
}
REQUIRED = {"number": "N° adhérent", "last_name": "Nom", "cif": "Adhérent ANACOFI-CIF"}
FIELDS = ("title", "last_name", "first_name", "email", "firm", "orias")
YES, NO = {"oui", "o", "1", "x", "vrai", "yes"}, {"non", "n", "0", "", "faux", "no"}
ACTIVE, LEFT = {"actif", "active", ""}, {"inactif", "radie", "parti", "demissionnaire", "sorti"}


@dataclass
class Line:
    """One member as the file gives it."""

    row: int
    number: str
    title: str = ""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    firm: str = ""
    orias: str = ""
    is_cif: bool = False
    is_active: bool = True


def parse(workbook):
    """(lines, errors): every member of the file, and every sentence about what is wrong."""
    for sheet in workbook.tabs:
        if not sheet.visible:
            continue
        for position, row in enumerate(sheet.rows[:HEADER_ROWS]):
            folded = [fold(cell_text(cell)) for cell in row.cells]
            columns = {
                name: next(i for i, text in enumerate(folded) if text in words)
                for name, words in COLUMNS.items()
                if words & set(folded)
            }
            if REQUIRED.keys() <= columns.keys():
                return _parse_rows(sheet.rows[position + 1 :], columns)
    wanted = " | ".join(REQUIRED.values())
    return [], [f"L’en-tête est introuvable : il faut au moins les colonnes {wanted}."]


def _parse_rows(rows, columns):
    lines, errors, seen = [], [], {}
    for row in rows:
        texts = {
            name: cell_text(row.cells[index]) if index < len(row.cells) else ""
            for name, index in columns.items()
        }
        number = texts["number"]
        cif, status = fold(texts["cif"]), fold(texts.get("status", ""))
        wrong = []
        if not number:
            wrong.append("le numéro d’adhérent manque")
        elif len(number) > 20:
            wrong.append(f"le numéro « {number[:30]}… » dépasse 20 caractères")
        elif number in seen:
            wrong.append(f"le numéro {number} figure déjà à la ligne {seen[number]}")
        if not texts["last_name"]:
            wrong.append("le nom manque")
        if cif not in YES | NO:
            wrong.append(f"« {texts['cif']} » n’est ni oui ni non dans la colonne ANACOFI-CIF")
        if status not in ACTIVE | LEFT:
            wrong.append(f"le statut « {texts['status']} » est inconnu (Actif ou Inactif)")
        email = texts.get("email", "")
        if email and not email_key(email):
            wrong.append(f"« {email} » n’est pas une adresse e-mail")
        orias = texts.get("orias", "")
        if orias and not orias_key(orias):
            wrong.append(f"« {orias} » n’est pas un numéro ORIAS (8 chiffres)")
        errors += [f"Ligne {row.number} : {sentence}." for sentence in wrong]
        seen.setdefault(number, row.number)
        lines.append(
            Line(
                row=row.number,
                number=number[:20],
                title=texts.get("title", "")[:20],
                last_name=texts["last_name"][:100],
                first_name=texts.get("first_name", "")[:100],
                email=email_key(email),
                firm=texts.get("firm", "")[:200],
                orias=orias_key(orias),
                is_cif=cif in YES,
                is_active=status in ACTIVE,
            )
        )
    if not lines:
        errors.append("Le fichier ne contient aucun adhérent sous son en-tête.")
    return lines, errors


@dataclass
class Plan:
    """What an import would do, by member number."""

    new: list
    changed: list  # (member, line, [field labels])
    returned: list
    left: list  # members
    cif_joined: list
    cif_left: list
    unchanged: int
    present: int  # members before the import

    def summary(self):
        """What the page shows: counts, and the first names of each list."""

        def names(rows):
            return [f"{one.last_name} {one.first_name} ({one.number})" for one in rows[:200]]

        renamed = sum(
            last_name_key(line.last_name) != member.last_name_key
            for member, line, _ in self.changed
        )
        return {
            "new": len(self.new),
            "new_inactive": sum(not line.is_active for line in self.new),
            "changed": len(self.changed),
            "returned": len(self.returned),
            "left": len(self.left),
            "cif_joined": len(self.cif_joined),
            "cif_left": len(self.cif_left),
            "unchanged": self.unchanged,
            "present": self.present,
            "many_left": len(self.left) * 100 > self.present * MANY_PERCENT,
            "renamed": renamed,
            "many_renamed": renamed * 100 > self.present * MANY_PERCENT,
            "names_new": names(self.new),
            "names_returned": names(self.returned),
            "names_left": names(self.left),
            "names_changed": [
                f"{member.last_name} {member.first_name} ({member.number}) : {', '.join(labels)}"
                for member, _, labels in self.changed[:200]
            ],
        }


def plan(lines):
    """Compare the lines with the registry as it is now. A constant number of queries."""
    members = {one.number: one for one in Member.objects.all()}
    open_spans = {
        (span.member_id, span.kind): span
        for span in Membership.objects.filter(ends_on__isnull=True)
    }
    kinds = Membership.Kind
    made = Plan([], [], [], [], [], [], 0, 0)
    present = {number for number, one in members.items() if (one.pk, kinds.MEMBER) in open_spans}
    made.present = len(present)
    staying = set()
    for line in lines:
        member = members.get(line.number)
        if line.is_active:
            staying.add(line.number)
        if member is None:
            # Who left before our first file is kept as well, without a membership: a roster of
            # an earlier session may name them.
            made.new.append(line)
            if line.is_active and line.is_cif:
                made.cif_joined.append(line)
            continue
        labels = [
            Member._meta.get_field(name).verbose_name
            for name in FIELDS
            if getattr(member, name) != getattr(line, name)
        ]
        is_cif = (member.pk, kinds.CIF) in open_spans
        if labels:
            made.changed.append((member, line, labels))
        if line.is_active and line.number not in present:
            made.returned.append(line)
        if line.is_active and line.is_cif and not is_cif:
            made.cif_joined.append(line)
        elif is_cif and not (line.is_active and line.is_cif):
            made.cif_left.append(member)
        elif not labels:
            made.unchanged += 1
    made.left = [members[number] for number in sorted(present - staying)]
    listed = {line.number for line in lines}
    made.cif_left += [
        one for one in made.left if one.number not in listed and (one.pk, kinds.CIF) in open_spans
    ]
    return made


def read(registry_import):
    """Read the file of an import; its rows and summary, or its error, are kept on it."""
    try:
        with registry_import.file.open("rb") as file:
            lines, errors = parse(read_workbook(file, max_rows=MAX_ROWS))
    except UnreadableWorkbook as error:
        lines, errors = [], [str(error)]
    if errors:
        shown = errors[:50]
        if len(errors) > 50:
            more = len(errors) - 50
            shown.append(
                f"… et {more} autre{'s' if more > 1 else ''} erreur{'s' if more > 1 else ''}."
            )
        values = {"state": RegistryImport.State.UNREADABLE, "error": "\n".join(shown)}
    else:
        values = {
            "state": RegistryImport.State.READY,
            "rows": [asdict(line) for line in lines],
            "summary": plan(lines).summary(),
        }
    # Only one that is still being read: a doubled task changes nothing.
    RegistryImport.objects.filter(pk=registry_import.pk, state=RegistryImport.State.READING).update(
        **values
    )


def apply(registry_import, *, by):
    """Import the rows in one transaction. Raises WrongStatus when it was done already."""
    with transaction.atomic():
        locked = RegistryImport.objects.select_for_update().get(pk=registry_import.pk)
        if locked.state != RegistryImport.State.READY:
            raise WrongStatus("Cet import n’attend plus de confirmation.")
        lines = [Line(**row) for row in locked.rows]
        made = plan(lines)
        _write(made, since=locked.arrivals_on, on=locked.effective_on)
        locked.state = RegistryImport.State.APPLIED
        locked.applied_at = timezone.now()
        locked.summary = made.summary()
        locked.rows = []
        locked.save(update_fields=["state", "applied_at", "summary", "rows"])


def abandon(registry_import):
    """Give an import up. Raises WrongStatus when it no longer waits."""
    given_up = RegistryImport.objects.filter(
        pk=registry_import.pk, state=RegistryImport.State.READY
    ).update(state=RegistryImport.State.ABANDONED, rows=[])
    if not given_up:
        raise WrongStatus("Cet import n’attend plus de confirmation.")


def _write(made, *, since, on):
    kinds, now = Membership.Kind, timezone.now()
    fresh = [
        Member(number=line.number, **{name: getattr(line, name) for name in FIELDS})
        for line in made.new
    ]
    for member in fresh:
        member.refresh_keys()
    Member.objects.bulk_create(fresh, batch_size=1000)
    changed, before = [], []
    for member, line, _ in made.changed:
        before.append((member, former.keys_of(member)))
        for name in FIELDS:
            setattr(member, name, getattr(line, name))
        member.refresh_keys()
        member.updated_at = now
        changed.append(member)
    Member.objects.bulk_update(
        changed,
        [*FIELDS, *KEY_OF, "search", "updated_at"],
        batch_size=500,
    )
    former.keep(before)
    ids = dict(
        Member.objects.filter(
            number__in=[line.number for line in [*made.new, *made.returned, *made.cif_joined]]
        ).values_list("number", "pk")
        if len(made.new) + len(made.returned) + len(made.cif_joined) < 900
        else Member.objects.values_list("number", "pk")
    )
    Membership.objects.bulk_create(
        [
            *(
                Membership(member_id=ids[line.number], kind=kinds.MEMBER, starts_on=since)
                for line in [*made.new, *made.returned]
                if line.is_active
            ),
            *(
                Membership(member_id=ids[line.number], kind=kinds.CIF, starts_on=since)
                for line in made.cif_joined
            ),
        ],
        batch_size=1000,
    )
    _close(kinds.MEMBER, made.left, on)
    _close(kinds.CIF, made.cif_left, on)


def _close(kind, members, on):
    """End the open spans of these members the day before; one begun that day ends that day."""
    last = on - timedelta(days=1)
    for start in range(0, len(members), 500):
        spans = Membership.objects.filter(
            member__in=members[start : start + 500], kind=kind, ends_on__isnull=True
        )
        spans.filter(Q(starts_on__lte=last)).update(ends_on=last)
        spans.filter(Q(starts_on__gt=last)).delete()
