"""`manage.py reset_second_factor someone@anacofi.example`: for a lost phone."""

from accounts.domain import reset_second_factor

from ._account import AccountCommand


class Command(AccountCommand):
    help = "Retire la double authentification d’un compte."
    done = "La double authentification de {} est retirée."

    def do(self, user):
        reset_second_factor(user, comment="Par la ligne de commande.")
