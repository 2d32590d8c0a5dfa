"""Prepare the demo: database, invented data, and the table of its accounts."""

import random

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from qcm.links import invitation_url
from qcm.models import Invitation

from ..demo import hours, people, requests

SEED = 2026


class Command(BaseCommand):
    help = "Migrate, load the demo's data once, and print its accounts. Never in production."

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError("Les données de démonstration ne se chargent pas en production.")
        call_command("migrate", verbosity=0)
        if not User.objects.filter(email=people.STAFF[0][0]).exists():
            self.stdout.write("Chargement des données de démonstration…")
            # Whole or not at all: a load that was interrupted starts again from nothing.
            with transaction.atomic():
                self._load()
        self._print_accounts()

    @staticmethod
    def _load():
        chance = random.Random(SEED)  # noqa: S311 - the same demo each time
        officer, administrator = people.make_staff()
        organisms = people.make_organisms(officer)
        members = people.make_members(chance)
        trainings = requests.make_requests(organisms, officer)
        hours.make_sheets(trainings, members, administrator, chance)

    def _print_accounts(self):
        invitation = Invitation.objects.filter(status="open").order_by("pk").first()
        rows = [
            ("ANACOFI, chargée de formation", people.STAFF[0][0], people.PASSWORD),
            ("ANACOFI, administrateur", people.STAFF[1][0], people.PASSWORD),
            ("Organisme, administrateur", "camille.bernard@academie.example", people.PASSWORD),
            ("Organisme, contributeur", "theo.garnier@academie.example", people.PASSWORD),
        ]
        width = max(len(row[0]) for row in rows)
        self.stdout.write(f"\n  Portail         {settings.SITE_URL}")
        self.stdout.write(f"  Administration  {settings.SITE_URL}/admin/\n\n")
        for who, email, password in rows:
            self.stdout.write(f"  {who:<{width}}  {email:<34}  {password}")
        if invitation:
            self.stdout.write(
                f"\n  Lien personnel d’un adhérent (QCM) :\n  {invitation_url(invitation.pk)}"
            )
        self.stdout.write(
            f"\n  E-mails : {settings.MAIL_DIR} (.eml), et dans l’administration.\n"
            "  Ctrl-C arrête tout.\n"
        )
