"""Who gets what at every URL of the portal: one table, and a URL that it misses fails.

Each line of `TABLE` asks one URL as each visitor in turn, every change undone in between. The
admin's names follow one rule instead: staff alone, and each by the rights of their group.
"""

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.urls import reverse

from tests.access.conftest import pdf
from tests.access.visitors import VISITORS, names, outcome, read_whole


def expect(*, people, outsider=None, contributor=None, anonymous="login", staff="admin"):
    """What visitors of an organism's page get; members are anonymous there."""
    return {
        "anonymous": anonymous,
        "outsider": people if outsider is None else outsider,
        "contributor": people if contributor is None else contributor,
        "owner": people,
        "member": anonymous,
        "other_member": anonymous,
        "officer": staff,
        "administrator": staff,
    }


def theirs(people, **others):
    """A row of one organism: another organism is told that there is nothing."""
    return expect(people=people, outsider=404, **others)


def administrators(people, **others):
    """A row of one organism, for its account administrator alone."""
    return theirs(people, contributor=403, **others)


def everyone(what):
    return dict.fromkeys(VISITORS, what)


def members(own, *, other=404, rest=404):
    """A page of a member's link."""
    return dict.fromkeys(VISITORS, rest) | {"member": own, "other_member": other}


@dataclass
class Line:
    """A URL: its arguments (from the world), its method, what is posted, who gets what.

    An answer is a status, « login » or « admin » (sent there), « confirm » (asked for the
    password again), SENT (to a page of one's own), or a path.
    """

    expected: dict
    args: list = field(default_factory=list)
    method: str = "get"
    data: object = None


def post(expected, *args, **data):
    """What somebody signed out sent is shown again, and does not vanish on the way to the door."""
    expected = {visitor: 403 if one == "login" else one for visitor, one in expected.items()}
    return Line(expected, list(args), "post", data)


def get(expected, *args):
    return Line(expected, list(args))


SENT = 302

TABLE = {
    # --- open to all ---------------------------------------------------------------------------
    "home": get(everyone(200)),
    "health": get(everyone(200)),
    "organisms:register": get(everyone(200)),
    "organisms:registered": get(everyone(200)),
    "organisms:accept": get(everyone(200), "invite_key"),
    "account_login": get(expect(people="/tableau-de-bord/", anonymous=200)),
    "account_logout": get(expect(people=200, anonymous="/", staff=200)),
    "account_reset_password": get(everyone(200)),
    "account_reset_password_done": get(everyone(200)),
    "account_reset_password_from_key": get(everyone(SENT), "uid", "password_key"),
    "account_reset_password_from_key_done": get(everyone(200)),
    "account_inactive": get(everyone(200)),
    "account_reauthenticate": get(expect(people=200, staff=200)),
    "mfa_index": get(expect(people=200, staff=200)),
    "mfa_authenticate": get(expect(people="/tableau-de-bord/")),
    "mfa_reauthenticate": get(expect(people="confirm", staff="confirm")),
    "mfa_activate_totp": get(expect(people="confirm", staff="confirm")),
    "mfa_deactivate_totp": get(expect(people=404, staff=404)),
    "mfa_view_recovery_codes": get(expect(people=404, staff=404)),
    "mfa_generate_recovery_codes": get(expect(people="confirm", staff="confirm")),
    "mfa_download_recovery_codes": get(expect(people=404, staff=404)),
    # --- an organism's own space ---------------------------------------------------------------
    "dashboard": get(expect(people=200)),
    "organisms:detail": get(expect(people=200)),
    "organisms:edit": get(expect(people=200, contributor=403)),
    "organisms:invite": get(expect(people=200, contributor=403)),
    "organisms:invite_again": post(administrators(SENT), "invite"),
    "organisms:cancel_invite": post(administrators(SENT), "invite"),
    "organisms:change_role": post(administrators(SENT), "colleague", role="administrator"),
    "organisms:remove": get(administrators(200), "colleague"),
    "trainings:list": get(expect(people=200)),
    "trainings:create": get(expect(people=200)),
    "trainings:sizing": get(expect(people=200)),
    "trainings:qcm_model": get(expect(people=200)),
    "trainings:document": get(theirs(200), "document"),
    "trainings:remove_document": post(theirs(SENT), "document"),
    "trainings:detail": get(theirs(200), "draft"),
    "trainings:correction": get(theirs(200), "correction"),
    "trainings:edit": get(theirs(200), "draft"),
    "trainings:autosave": post(theirs(200), "draft", title="Autre"),
    "trainings:upload": post(theirs(200), "draft", "=presentation", file="=pdf"),
    "trainings:workshop": get(theirs(200), "draft"),
    "trainings:add_question": post(theirs(SENT), "draft", set="1"),
    "trainings:question": get(theirs(200), "draft", "draft_question"),
    "trainings:move_question": post(theirs(SENT), "draft", "draft_question", to="down"),
    "trainings:duplicate_question": post(theirs(SENT), "draft", "draft_question"),
    "trainings:remove_question": post(theirs(SENT), "draft", "draft_question"),
    "trainings:restore_question": post(theirs(SENT), "draft", "removed_question"),
    "trainings:import_questions": get(theirs(200), "draft"),
    "trainings:import_progress": get(theirs(200), "draft"),
    "trainings:apply_import": post(theirs(SENT), "draft"),
    "trainings:drop_import": post(theirs(SENT), "draft"),
    "trainings:export_questions": get(theirs(200), "submitted", "=gift"),
    "trainings:withdraw": get(theirs(200), "submitted"),
    "trainings:delete": get(theirs(200), "draft"),
    "trainings:renew": post(theirs(SENT), "approved"),
    "attendance:trainings": get(expect(people=200)),
    "attendance:training": get(theirs(200), "approved"),
    "attendance:roster_model": get(theirs(200), "approved"),
    "attendance:upload": post(theirs(200), "approved", "=scan", file="=pdf"),
    "attendance:remove": post(theirs(SENT), "approved", "=scan"),
    "attendance:sheet": get(theirs(200), "sheet"),
    "attendance:progress": get(theirs(200), "sheet"),
    "attendance:replace": post(theirs(SENT), "sheet"),
    "attendance:tick": post(theirs(SENT), "sheet"),
    "attendance:add": get(theirs(200), "sheet"),
    "attendance:session": get(theirs(200), "sheet"),
    "attendance:columns": post(theirs(SENT), "sheet"),
    "attendance:answer": post(theirs(SENT), "sheet"),
    "attendance:answer_again": post(theirs(SENT), "sheet"),
    "attendance:pick": post(theirs(SENT), "sheet"),
    "attendance:edit": get(theirs(200), "sheet", "line"),
    "attendance:annotated": get(theirs(200), "sheet"),
    "attendance:check": post(theirs(SENT), "approved", file="=pdf"),
    "attendance:second": get(theirs(200), "second"),
    "attendance:apply_second": post(theirs(SENT), "second"),
    "attendance:answer_second": post(theirs(SENT), "second"),
    "attendance:forget_second": post(theirs(SENT), "second"),
    "attendance:ask_removal": get(theirs(SENT), "sheet", "line"),
    "attendance:validate": get(theirs(200), "sheet"),
    "attendance:discard": get(theirs(200), "sheet"),
    "attendance:scan": get(theirs(200), "sheet"),
    "attendance:roster": get(theirs(200), "sheet"),
    # --- a member's links ----------------------------------------------------------------------
    "members:ask": get(everyone(200)),
    "members:asked": get(everyone(200)),
    "members:enter": get(everyone(200), "hours_token"),
    "members:home": get(members(200, other=200, rest="/mes-heures/lien/")),
    "members:attestation": get(members(200, other=200, rest="/mes-heures/lien/"), "year"),
    "members:leave": post(everyone("/")),
    "qcm:open": get(everyone(SENT), "qcm_token"),
    "qcm:open_reminder": get(everyone("/qcm/"), "reminder_token"),
    "qcm:index": get(members(200, other=200)),
    "qcm:entry": get(members(200), "invitation"),
    "qcm:from_hours": get(members(SENT), "invitation"),
    "qcm:start": post(members(SENT), "invitation"),
    "qcm:attempt": get(members(200), "invitation"),
    "qcm:save": post(
        members(200, other=403, rest=403),
        "invitation",
        attempt="attempt",
        question="question",
        choice="choice",
    ),
    "qcm:finish": get(members(200), "invitation"),
    "qcm:result": get(members(SENT), "invitation"),
}


def value_of(world, wanted):
    """An argument: an object of the world by its name, or what follows « = »."""
    if not isinstance(wanted, str):
        return wanted
    if wanted == "=pdf":
        return pdf()
    return wanted[1:] if wanted.startswith("=") else world["objects"].get(wanted, wanted)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_visitor_gets_what_the_table_says(world, settings, name):
    settings.DEMO = True
    line = TABLE[name]
    url = reverse(name, args=[value_of(world, one) for one in line.args])
    got = {}
    for visitor in VISITORS:
        data = {key: value_of(world, one) for key, one in (line.data or {}).items()}
        with transaction.atomic():
            response = getattr(world["clients"][visitor], line.method)(url, data)
            read_whole(response)
            transaction.set_rollback(True)
        found = outcome(response)
        wanted = line.expected[visitor]
        got[visitor] = SENT if wanted == SENT and isinstance(found, str) else found
        if wanted == SENT:
            assert found not in {"login", "admin"}, (visitor, found)
    assert got == line.expected


# --- nothing is missing ----------------------------------------------------------------------


def test_every_url_of_the_portal_stands_in_the_table():
    named, nameless = names()
    assert {name for name in named if not name.startswith("admin:")} == set(TABLE)
    # Django's own redirects of the admin have no names.
    assert [one for one in nameless if not one.startswith("admin:")] == []
