"""What a Django project would pick otherwise: the same file through django-import-export."""

from import_export import fields, resources
from import_export.formats.base_formats import XLS, XLSX
from import_export.widgets import ForeignKeyWidget

from attendance.models import Participant
from members.models import Member

FORMATS = {"xls": XLS, "xlsx": XLSX}


class KnownOrNot(ForeignKeyWidget):
    """The member of a number; a stranger stays a line without member."""

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except Member.DoesNotExist:
            return None


class ParticipantResource(resources.ModelResource):
    last_name = fields.Field("last_name", "Nom")
    first_name = fields.Field("first_name", "Prénom")
    email = fields.Field("email", "E-mail")
    member_number = fields.Field("member_number", "N° adhérent")
    orias = fields.Field("orias", "N° ORIAS")
    firm = fields.Field("firm", "Cabinet")
    member = fields.Field("member", "N° adhérent", KnownOrNot(Member, "number_key"))

    class Meta:
        model = Participant
        fields = (
            "last_name",
            "first_name",
            "email",
            "member_number",
            "orias",
            "firm",
            "member",
        )
        force_init_instance = True
        use_bulk = True
        batch_size = 500
        skip_diff = True
        use_transactions = True

    def __init__(self, sheet):
        super().__init__()
        self.sheet = sheet

    def init_instance(self, row=None):
        return Participant(sheet=self.sheet, state=Participant.State.RECOGNISED)


def load(sheet, kind, content):
    """Import a roster's bytes into the participants of a sheet; how many were written."""
    data = FORMATS[kind]().create_dataset(content)
    result = ParticipantResource(sheet).import_data(data, raise_errors=True)
    return result.totals["new"]
