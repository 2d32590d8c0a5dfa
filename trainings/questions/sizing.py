"""How many questions a QCM set owes: the notice's rule, in integers."""

SETS = 3
MIN_CHOICES, MAX_CHOICES = 2, 6


def questions_per_set(amf_minutes: int) -> int:
    """Questions owed in each of the three sets for these AMF minutes asked.

    Four up to one hour, two more for each further hour begun; none without AMF minutes.
    """
    if amf_minutes == 0:
        return 0
    return 4 + 2 * ((amf_minutes + 59) // 60 - 1)
