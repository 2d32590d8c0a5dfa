"""Amounts of time as people write them."""

import re

import pytest
from django import forms

from common.durations import NotADuration, format_minutes, parse_minutes
from common.forms import DurationField


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 h"),
        (15, "15 min"),
        (60, "1 h"),
        (65, "1 h 05"),
        (210, "3 h 30"),
        (900, "15 h"),
        (6015, "100 h 15"),
        (-90, "−1 h 30"),
        (-45, "−45 min"),
    ],
)
def test_minutes_are_shown_in_hours_with_narrow_spaces(minutes, text):
    assert format_minutes(minutes) == text.replace(" ", "\u202f")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("3h30", 210),
        ("3 h 30", 210),
        ("3\u202fh\u202f30", 210),
        ("3\xa0h\xa030", 210),
        ("3 H 30 min", 210),
        ("3,5", 210),
        ("3.5", 210),
        ("3,25 h", 195),
        ("03:30", 210),
        ("7", 420),
        ("7 h", 420),
        ("7 heures", 420),
        ("1 heure", 60),
        ("45 min", 45),
        ("90mn", 90),
        ("  0 h ", 0),
    ],
)
def test_a_duration_is_read_as_people_write_it(text, minutes):
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("minutes", [0, 15, 45, 60, 75, 210, 840])
def test_what_is_shown_can_be_typed_again(minutes):
    assert parse_minutes(format_minutes(minutes)) == minutes


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-1", "Une durée ne peut pas être négative."),
        ("−2 h", "Une durée ne peut pas être négative."),
        ("3 h 75", "« 3 h 75 » : les minutes vont de 0 à 59."),
        ("3,33", "« 3,33 » ne fait pas un nombre entier de minutes."),
        ("demain", "« demain » n’est pas une durée. Écrivez par exemple « 3 h 30 »."),
        ("", "«  » n’est pas une durée. Écrivez par exemple « 3 h 30 »."),
        ("3 h 30 h", "« 3 h 30 h » n’est pas une durée. Écrivez par exemple « 3 h 30 »."),
        ("1e3", "« 1e3 » n’est pas une durée. Écrivez par exemple « 3 h 30 »."),
    ],
)
def test_what_is_no_duration_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(NotADuration, match=f"^{re.escape(sentence)}$"):
        parse_minutes(text)


class DurationForm(forms.Form):
    duration = DurationField(label="Durée", min_minutes=15)
    optional = DurationField(label="Heures AMF", required=False)


def test_the_field_gives_minutes():
    form = DurationForm({"duration": "3 h 30", "optional": "45 min"})
    assert form.is_valid()
    assert form.cleaned_data == {"duration": 210, "optional": 45}


def test_an_empty_optional_field_gives_none():
    form = DurationForm({"duration": "1 h", "optional": ""})
    assert form.is_valid()
    assert form.cleaned_data["optional"] is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Ce champ est obligatoire."),
        ("0", "La durée est d’au moins 15\u202fmin."),
        ("-1", "Une durée ne peut pas être négative."),
        ("1 h 10", "1\u202fh\u202f10 : les durées vont de 15 en 15 minutes."),
        ("999 h 15", "La durée est trop longue."),
    ],
)
def test_the_field_says_what_is_wrong(text, sentence):
    form = DurationForm({"duration": text})
    assert form.errors["duration"] == [sentence]


def test_the_field_shows_minutes_as_they_are_typed():
    html = str(DurationForm(initial={"duration": 210})["duration"])
    assert 'value="3\u202fh\u202f30"' in html


def test_the_field_keeps_what_was_typed_wrong():
    html = str(DurationForm({"duration": "trois heures"})["duration"])
    assert 'value="trois heures"' in html


def test_the_field_has_changed_only_when_the_minutes_have():
    form = DurationForm({"duration": "3,5", "optional": ""}, initial={"duration": 210})
    assert form.changed_data == []
    form = DurationForm({"duration": "4 h", "optional": ""}, initial={"duration": 210})
    assert form.changed_data == ["duration"]


def test_a_text_of_any_length_is_only_refused():
    assert not DurationForm({"duration": "9" * 5000}).is_valid()
