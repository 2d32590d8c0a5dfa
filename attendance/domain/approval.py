"""What the approval of a training lets its sheets do: until when, for which days."""

from datetime import date

from django.utils import timezone

from common.errors import WrongStatus
from trainings.models import Training


def last_day_for(year: int) -> date:
    """The last day on which sheets of a year are accepted."""
    return date(year + 1, 3, 31)


def require_open(training: Training) -> None:
    """Raise WrongStatus, in French, unless sheets of this training are accepted today."""
    if training.is_revoked:
        raise WrongStatus(
            "L’agrément de cette formation a été révoqué : elle ne reçoit plus de feuille."
        )
    if not training.is_in_force:
        raise WrongStatus(
            "Seule une formation validée reçoit des feuilles de présence ; celle-ci est "
            f"« {training.get_status_display()} »."
        )
    limit = last_day_for(training.year)
    if timezone.localdate() > limit:
        raise WrongStatus(
            f"Les feuilles de présence de {training.year} étaient acceptées jusqu’au "
            f"{limit:%d/%m/%Y}."
        )


def require_approved(training: Training) -> None:
    """Raise WrongStatus, in French, when nothing counts any more for the training."""
    if not training.is_in_force:
        raise WrongStatus(
            "L’agrément de cette formation a été révoqué : la liste ne peut plus être validée."
        )


def date_error(training: Training, starts_on: date, ends_on: date) -> str:
    """What is wrong with a session's days, in French; "" when nothing is."""
    if ends_on < starts_on:
        return "Le dernier jour précède le premier."
    if starts_on.year != training.year or ends_on.year != training.year:
        return (
            f"L’agrément vaut pour {training.year} : la session doit avoir lieu entre le "
            f"01/01/{training.year} et le 31/12/{training.year}."
        )
    if ends_on > timezone.localdate():
        return (
            f"La session se termine le {ends_on:%d/%m/%Y}, dans le futur. Déposez la feuille "
            "une fois la session terminée."
        )
    return ""
