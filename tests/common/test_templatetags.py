"""Filters and tags of the portal's templates."""

import pytest
from django.template import Context, Template

from common.templatetags.portal import at_most, duration, filesize_fr, message_icon, remaining


def render(source, **values):
    return Template("{% load portal %}" + source).render(Context(values)).strip()


def test_no_duration_shows_nothing():
    assert duration(None) == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, ""),
        (0, "0 octet"),
        (640, "640 octets"),
        (1024, "1 Ko"),
        (12 * 1024, "12 Ko"),
        (1024 * 1024, "1,0 Mo"),
        (int(3.45 * 1024 * 1024), "3,4 Mo"),
        (20 * 1024 * 1024, "20,0 Mo"),
        (1024**3, "1,0 Go"),
    ],
)
def test_a_file_size_is_said_in_french(size, text):
    assert filesize_fr(size) == text.replace(" ", "\u202f")


@pytest.mark.parametrize(("done", "shown", "left"), [(-30, 0, 930), (300, 300, 600), (960, 900, 0)])
def test_a_gauge_stays_between_nothing_and_what_is_due(done, shown, left):
    assert at_most(done, 900) == shown
    assert remaining(done, 900) == left


@pytest.mark.parametrize(
    ("status", "colour"),
    [
        ("approved", "green"),
        ("changes_requested", "amber"),
        ("refused", "red"),
        ("unheard", "grey"),
    ],
)
def test_a_badge_has_the_colour_of_its_status(status, colour):
    html = render("{% badge status 'à modifier' %}", status=status)
    assert html == f'<span class="status status-{colour}">À modifier</span>'


def test_a_badge_escapes_its_label():
    html = render("{% badge 'draft' label %}", label="<b>")
    assert html == '<span class="status status-grey">&lt;b&gt;</span>'


def test_an_icon_is_hidden_from_screen_readers():
    html = render("{% icon 'plus' %}")
    assert html == (
        '<svg class="icon" aria-hidden="true" focusable="false">'
        '<use href="/static/img/icons.svg#plus"></use></svg>'
    )


@pytest.mark.parametrize(
    ("level", "name"), [("success", "success"), ("error", "error"), ("info", "info"), ("", "info")]
)
def test_a_message_has_the_icon_of_its_level(level, name):
    assert message_icon(level) == name


def test_the_progress_says_what_is_left():
    html = render("{% include '_progress.html' with done=690 due=900 label='Heures de 2026' %}")
    assert 'max="900" value="690"' in html
    assert "Il reste 3\u202fh\u202f30 à faire." in html
    assert "gauge-full" not in html


def test_the_progress_is_full_beyond_what_is_due():
    html = render("{% include '_progress.html' with done=960 due=900 %}")
    assert 'max="900" value="900"' in html
    assert "<b>16\u202fh</b>" in html
    assert "gauge-full" in html


def test_without_hours_due_there_is_a_total_and_no_gauge():
    html = render("{% include '_progress.html' with done=690 due=None %}")
    assert "<b>11\u202fh\u202f30</b>" in html
    assert "<progress" not in html


def test_the_steps_say_which_is_now():
    html = render("{% include '_steps.html' with steps=steps current=2 %}", steps=["A", "B", "C"])
    assert '<li class="done">A</li>' in html
    assert '<li aria-current="step">B</li>' in html
    assert "<li >C</li>" in html


FILE_FIELD = "{% include '_file_field.html' with zone_id='scan' label='Scan' upload_url='/d/' %}"


def test_a_file_field_offers_its_upload_and_its_files():
    html = render(
        FILE_FIELD,
        max_upload_bytes=20971520,
        files=[{"name": "<feuille>.pdf", "size": 2048, "url": "/v/", "remove_url": "/r/"}],
    )
    assert 'data-upload="/d/" data-max-bytes="20971520"' in html
    assert 'data-upload-remove="/r/"' in html
    assert "&lt;feuille&gt;.pdf" in html
    assert "2\u202fKo" in html


def test_a_locked_file_field_shows_its_files_and_takes_none():
    html = render(
        FILE_FIELD,
        locked=True,
        files=[{"name": "feuille.pdf", "remove_url": "/r/"}],
    )
    assert "feuille.pdf" in html
    assert "data-upload" not in html
    assert "<input" not in html


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 reconnu, elle"),
        (1, "1 reconnu, elle"),
        (2, "2 reconnus, elles"),
        (-2, "-2 reconnus, elles"),
    ],
)
def test_zero_is_singular_in_french(number, shown):
    text = '{% load portal %}{{ n }} reconnu{{ n|pluralize }}, {{ n|pluralize:"elle,elles" }}'
    assert Template(text).render(Context({"n": number})) == shown
    several = Template("{% load portal %}x{{ rows|pluralize }}")
    assert [several.render(Context({"rows": [1] * n})) for n in (0, 1, 2)] == ["x", "x", "xs"]
