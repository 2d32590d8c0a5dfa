"""What looks wrong about a list and does not stop it: told while it can still be mended."""

from datetime import timedelta

from common.durations import format_minutes

SUNDAY = 6


def of(sheet):
    """French sentences about a sheet to validate, each with the earlier sheet it names or None.

    A constant number of queries.
    """
    found = []
    if earlier := sheet.same_file("roster_sha256"):
        found.append(("Ce fichier a déjà été déposé. Personne n’est compté deux fois.", earlier))
    if earlier := sheet.same_file("scan_sha256"):
        found.append(
            ("Ce scan de la feuille d’émargement a déjà été déposé. Est-ce le bon ?", earlier)
        )
    number = sheet.training.approval_number or ""
    if others := [one for one in sheet.cited if one != number]:
        found.append(
            (
                f"Le fichier cite l’agrément {', '.join(others)} ; cette formation porte le "
                f"{number}. Est-ce la bonne formation ?",
                None,
            )
        )
    duration = sheet.training.duration_minutes
    above = sheet.participants.filter(minutes__gt=duration, included=True).count()
    if above:
        people = "personne a" if above == 1 else "personnes ont"
        found.append(
            (
                f"{above} {people} suivi plus que la durée de la formation "
                f"({format_minutes(duration)}) : seule la durée compte.",
                None,
            )
        )
    if any(day.weekday() == SUNDAY for day in (sheet.starts_on, sheet.ends_on)):
        found.append(("La session est datée d’un dimanche. Est-ce la bonne date ?", None))
    if sheet.ends_on - sheet.starts_on > timedelta(days=31):
        found.append(("La session dure plus d’un mois. Les dates sont-elles les bonnes ?", None))
    return found
