"""`manage.py deactivate_account someone@anacofi.example`: the first superuser's too."""

from accounts.domain import deactivate

from ._account import AccountCommand


class Command(AccountCommand):
    help = "Désactive un compte : il ne se connecte plus."
    done = "Le compte {} est désactivé."

    def do(self, user):
        deactivate(user, comment="Par la ligne de commande.")
