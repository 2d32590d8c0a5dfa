"""The registry and the ledger as workbooks."""

from import_export import resources
from import_export.admin import ExportMixin
from import_export.formats.base_formats import XLSX
from unfold.contrib.import_export.forms import ExportForm

from common.spreadsheets import guarded
from common.spreadsheets.writing import safe_cell


class WorkbookExportMixin(ExportMixin):
    """Rows that are exported as an Excel workbook."""

    export_form_class = ExportForm

    def get_export_formats(self):
        return [XLSX]


class SafeResource(resources.ModelResource):
    """Cells that look like formulas are written as text, as `unguarded` reads them again."""

    def export_field(self, field, instance, **kwargs):
        value = super().export_field(field, instance, **kwargs)
        return safe_cell(guarded(value)) if isinstance(value, str) else value
