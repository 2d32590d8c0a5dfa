"""One file, told apart: what its columns mean, and which of its sessions a sheet is about."""

from datetime import date

from django.core.files.base import File
from django.db import transaction

from common.errors import WrongStatus

from . import reading


class Splitting:
    """Mixed into `Sheet`: the same file read again, another way."""

    def tell_columns(self, told, *, by):
        """Say what columns mean ({title: field}); remembered for the organism's next files.

        The file is read again: ticks and corrections of this list are done anew.
        """
        from ..models import ColumnMeaning

        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.UNREADABLE, self.Status.DRAFT)
            ColumnMeaning.remember(sheet.training.organism, told, by=by)
            sheet.read_again(by=by, comment="Sens des colonnes précisé")

    def pick_session(self, key, *, by):
        """Keep one of the file's sessions on this sheet. Raises WrongStatus, ValueError."""
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.DRAFT)
            sheet._pick(sheet._session(key), by)

    def split_sessions(self, *, by):
        """One sheet for each session of the file, this one for the first; the new sheets.

        Each new one has its own copies of the scan and the file. Raises WrongStatus, and
        ValueError when one of them cannot be of this approval.
        """
        copies, made = [], []
        try:
            with transaction.atomic():
                sheet = self.lock()
                sheet.require_status(self.Status.DRAFT)
                if len(sheet.sessions) < 2:
                    raise WrongStatus("Ce fichier ne contient qu’une session.")
                first, *others = sheet.sessions
                for session in others:
                    copy = sheet._copy(by, copies)
                    copy._pick(session, by)
                    made.append(copy)
                sheet._pick(first, by)
        except BaseException:
            # The rows are rolled back; files know no transaction.
            for file in copies:
                file.storage.delete(file.name)
            raise
        return made

    def read_again(self, *, by, comment):
        """Have the same file read anew; inside a transaction, on a locked sheet."""
        self.participants.all().delete()
        self.error, self.notes, self.reading_until, self.readings = "", [], None, 0
        self.move_to(
            self.Status.READING,
            by=by,
            comment=comment,
            update_fields=[
                "error",
                "notes",
                "reading_until",
                "readings",
                "picked",
                "starts_on",
                "ends_on",
            ],
        )
        transaction.on_commit(lambda: reading.read_soon(self.pk))

    def _session(self, key):
        for session in self.sessions:
            if session["key"] == key:
                return session
        raise ValueError("Cette session n’est pas dans le fichier.")

    def _pick(self, session, by):
        from ..models.sheet import date_error

        self.picked = session["key"]
        try:
            day = date.fromisoformat(session["key"])
        except ValueError:
            day = None
        if day:
            if error := date_error(self.training, day, day):
                raise ValueError(f"Session du {day:%d/%m/%Y} : {error}")
            self.starts_on = self.ends_on = day
        self.read_again(by=by, comment=f"Session gardée : {session['label']}")

    def _copy(self, by, copies):
        """Another sheet of the same files, copied under names of their own, added to `copies`."""
        copy = type(self)(
            training=self.training,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            place=self.place,
            scan_name=self.scan_name,
            scan_type=self.scan_type,
            scan_sha256=self.scan_sha256,
            roster_name=self.roster_name,
            roster_sha256=self.roster_sha256,
            deposited_by=by,
        )
        for name in ("scan", "roster"):
            with getattr(self, name).open("rb") as source:
                given = getattr(self, f"{name}_name")
                getattr(copy, name).save(given, File(source, name=given), save=False)
            copies.append(getattr(copy, name))
        copy.save()
        return copy
