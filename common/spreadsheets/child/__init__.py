"""The child that opens a stranger's workbook: `python -I …/child PATH MAX_ROWS first|second`.

A folder run by its path, without Django and without the portal's own modules, under limits that
it sets on itself. Prints JSON: {"format", "sheets": [{"name", "visible", "rows": [[number,
cells], …], "hidden_rows", "hidden_columns", "unvalued",
"struck", "fills"}]} or {"error": code}. Whatever happens to
it, its parent only loses a child.
"""
