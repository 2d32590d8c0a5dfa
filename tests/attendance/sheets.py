"""What the tests of sheets ask again and again."""

from mailing.models import Message


def states(sheet):
    return list(sheet.participants.values_list("state", flat=True))


def mails(template):
    return Message.objects.filter(template=f"attendance/email/{template}")


def unknown(number):
    return [[f"INCONNU{n}", "Jean", f"inconnu{n}@exemple.test", "", ""] for n in range(number)]
