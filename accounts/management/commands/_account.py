"""A command about one account, named by its address."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common.errors import Refused


class AccountCommand(BaseCommand):
    """Subclasses give `done`, a sentence with a place for the address, and `do(user)`."""

    done = ""

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            raise CommandError(f"Aucun compte n’a l’adresse {email}.") from None
        try:
            self.do(user)
        except Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(self.done.format(user.email))

    def do(self, user):
        raise NotImplementedError
