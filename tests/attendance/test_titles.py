"""What a title says of presence or time, and which of several columns is read."""

import pytest

from attendance.roster.titles import speech_of


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Temps passé en session", "minutes"),
        ("Durée de visionnage live (min)", "minutes"),
        ("Durée de visionnage replay (min)", "else"),
        ("Total (h)", "minutes"),
        ("Durée prévue", "else"),
        ("Time in Session (minutes)", "minutes"),
        ("MinutesConnectedRunningSession", "minutes"),
        ("MinutesConnectedBeforeSession", "else"),
        ("Durée de connexion (hh:mm:ss)", "minutes"),
        ("Présence (h)", "minutes"),
        ("Taux d’assiduité", "share"),
        ("Percentage", "share"),
        ("%", "share"),
        ("% de présence", "share"),
        ("attendance_rate", "share"),
        ("% de réduction", "else"),
        ("Nombre de demi-journées", "slot"),
        ("Jours de présence", "slot"),
        ("Nombre de jours prévus", "else"),
        ("Did you attend the whole session?", "presence"),
        ("Module 1 - Date d'achèvement", "else"),
        ("Heures manquées", "missed"),
        ("Total h", "minutes"),
        ("Time in Course", "minutes"),
        ("Entered At", "joined"),
        ("Connecté à", "joined"),
        ("Déconnecté à", "left"),
        ("Heure d’accès", "joined"),
        ("First Seen At", "joined"),
        ("Last Seen At", "left"),
        ("Login ID", "else"),
        ("Type de connexion", "else"),
        ("Times Joined", "else"),
        ("Heure d’arrivée/Heure de départ", None),
        ("Temps de parole", "else"),
        ("Webcam", "else"),
        ("Durée en ligne", "minutes"),
        ("Utilisé", "presence"),
        ("Date du contrôle", "presence"),
        ("Contrôle continu", None),
        ("Statut de la commande", "presence"),
        ("9h-12h30", "slot"),
        ("Période", "slot"),
        ("Taux de réussite", "else"),
        ("Heure d'arrivée", "joined"),
        ("Join Time", "joined"),
        ("ConnectedAt", "joined"),
        ("Last Leave", "left"),
        ("Registration Time", "else"),
        ("Date de naissance", "else"),
        ("Dans la salle d'attente", "waiting"),
        ("Présent ?", "presence"),
        ("J’ai assisté à la totalité de la session", "presence"),
        ("Billet scanné", "presence"),
        ("Automatically checked in", "else"),
        ("Heure de signature", "presence"),
        ("Statut", "presence"),
        ("Absent", "absence"),
        ("19/05/2026 - Matin", "slot"),
        ("12 Nov 2026 9.00AM All students", "slot"),
        ("J1 matin", "slot"),
        ("Date de session", "session_on"),
        ("Observations", None),
        ("H/F", None),
        ("Cabinet", None),
    ],
)
def test_a_title_is_of_presence_of_time_or_of_something_else(title, kind):
    speech = speech_of(title)
    assert (speech and speech.kind) == kind


@pytest.mark.parametrize(
    ("heavier", "lighter"),
    [
        ("Durée réelle", "Durée"),
        ("Temps de connexion", "Durée de la formation"),
        ("Attended minutes", "Duration (minutes)"),
        ("Durée totale de connexion", "Durée de connexion"),
    ],
)
def test_the_time_that_was_really_followed_weighs_more(heavier, lighter):
    assert speech_of(heavier).weight > speech_of(lighter).weight
