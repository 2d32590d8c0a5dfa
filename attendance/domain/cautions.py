"""What looks wrong about a list and does not stop it: told while it can still be mended."""

from datetime import timedelta

from django.db.models import Q

from common.durations import format_minutes

from ..models import Sheet

SUNDAY = 6


def of(sheet: Sheet) -> list[tuple[str, Sheet | None]]:
    """French sentences about a sheet to validate, each with the earlier sheet it names or None.

    A constant number of queries.
    """
    said: list[tuple[str, Sheet | None]] = []
    if earlier := earlier_with("roster_sha256", sheet):
        said.append(("Ce fichier a déjà été déposé. Personne n’est compté deux fois.", earlier))
    if earlier := earlier_with("scan_sha256", sheet):
        said.append(
            ("Ce scan de la feuille d’émargement a déjà été déposé. Est-ce le bon ?", earlier)
        )
    number = sheet.training.approval_number or ""
    if others := [cited for cited in sheet.cited if cited != number]:
        said.append(
            (
                f"Le fichier cite l’agrément {', '.join(others)} ; cette formation porte le "
                f"{number}. Est-ce la bonne formation ?",
                None,
            )
        )
    duration = sheet.training.duration_minutes or 0
    above = sheet.participants.filter(minutes__gt=duration, included=True).count()
    if above:
        people = "personne a" if above == 1 else "personnes ont"
        said.append(
            (
                f"{above} {people} suivi plus que la durée de la formation "
                f"({format_minutes(duration)}) : seule la durée compte.",
                None,
            )
        )
    if any(day.weekday() == SUNDAY for day in (sheet.starts_on, sheet.ends_on)):
        said.append(("La session est datée d’un dimanche. Est-ce la bonne date ?", None))
    if sheet.ends_on - sheet.starts_on > timedelta(days=31):
        said.append(("La session dure plus d’un mois. Les dates sont-elles les bonnes ?", None))
    return said


def earlier_with(column: str, sheet: Sheet) -> Sheet | None:
    """An earlier sheet of the organism, not cancelled, with the same file; or None.

    `column` is `roster_sha256` or `scan_sha256`.
    """
    return (
        Sheet.objects.filter(
            training__organism=sheet.training.organism_id, **{column: getattr(sheet, column)}
        )
        .exclude(status=Sheet.Status.CANCELLED)
        .filter(pk__lt=sheet.pk)
        # The portal itself made sheets of the sessions of one file.
        .exclude(~Q(picked="") & ~Q(picked=sheet.picked), training=sheet.training_id)
        .select_related("training")
        .order_by("pk")
        .first()
    )
