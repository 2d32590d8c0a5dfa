"""Attendance sheets, hours counted and QCM attempts."""


def make_sheets(trainings, members, administrator, chance):
    """Sheets in every status; some members take their QCM."""
