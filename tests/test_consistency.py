"""The rules of the house that a reader could otherwise only hope are kept."""

import ast
import re
from configparser import ConfigParser
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import CheckConstraint, UniqueConstraint
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[1]
APPS = [
    "anacofi_portal",
    "common",
    "mailing",
    "accounts",
    "organisms",
    "trainings",
    "members",
    "qcm",
    "attendance",
]
PYTHON = [
    path
    for folder in [*APPS, "tests", "bench"]
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "email" not in "".join(path.parts[-2:])]


def test_what_says_to_be_pure_is_held_to_it():
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    held = contracts["importlinter:contract:pure"]["source_modules"].split()
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PYTHON
        if path.relative_to(ROOT).parts[0] in APPS
    }
    pure = {
        name
        for name, path in modules.items()
        if re.search(r"\bPure\b", ast.get_docstring(ast.parse(path.read_text())) or "")
    }
    assert pure
    loose = {
        name for name in pure if not any(f"{name}.".startswith(f"{package}.") for package in held)
    }
    assert loose == set()


@pytest.mark.parametrize(
    "app", ["accounts", "organisms", "trainings", "members", "qcm", "attendance"]
)
def test_every_room_that_an_app_may_one_day_have_stands_in_its_contract(app):
    """The contracts are exhaustive: an app's first task would break one that names no tasks."""
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    named = set(re.findall(r"\w+", contracts[f"importlinter:contract:{app}"]["layers"]))
    rooms = {"models", "emails", "links", "domain", "forms", "tasks", "admin"}
    assert rooms - named == set()


def test_no_module_is_above_500_lines():
    long = {str(path): n for path in PYTHON if (n := len(path.read_text().splitlines())) > 500}
    assert long == {}


def test_no_two_files_import_each_other_by_any_way_round():
    graph = grimp.build_graph(*APPS, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.django_db
def test_every_constraint_of_the_models_stands_in_the_database():
    """Taking an index off a field makes Django drop a partial unique one on that field as well."""
    with connection.cursor() as cursor:
        missing = [
            f"{model._meta.label}.{constraint.name}"
            for model in apps.get_models()
            if model._meta.app_label in APPS and model._meta.managed and not model._meta.proxy
            for found in [
                set(connection.introspection.get_constraints(cursor, model._meta.db_table))
            ]
            for constraint in model._meta.constraints
            if constraint.name not in found
        ]
    assert missing == []


def test_no_module_is_named_for_nothing():
    banned = {"utils.py", "helpers.py", "services.py", "signals.py"}
    assert [str(path) for path in PYTHON if path.name in banned] == []


def test_no_error_is_swallowed():
    pattern = re.compile(r"except( Exception| BaseException)?:\n\s+(pass|continue)\n")
    assert [str(path) for path in PYTHON if pattern.search(path.read_text())] == []


def test_pages_hold_no_inline_script_or_style():
    pattern = re.compile(r"<script>|<style|\sstyle=|\son(click|change|submit|load)=")
    found = [
        str(path.relative_to(ROOT))
        for path in PAGES
        if "admin" not in path.parts and pattern.search(path.read_text())
    ]
    assert found == []


def test_every_email_has_its_subject_its_text_and_its_html():
    folders = [path for path in (ROOT / "templates").rglob("email") if path.is_dir()]
    assert folders
    stems = {
        str(path.relative_to(ROOT)).removesuffix(suffix)
        for folder in folders
        for path in folder.iterdir()
        if not path.name.startswith("_")
        for suffix in (".subject.txt", ".txt", ".html")
        if path.name.endswith(suffix) and not (suffix == ".txt" and ".subject" in path.name)
    }
    missing = [
        stem + suffix
        for stem in sorted(stems)
        for suffix in (".subject.txt", ".txt", ".html")
        if not (ROOT / (stem + suffix)).exists()
    ]
    assert missing == []


def test_every_check_constraint_says_in_french_what_it_refuses():
    silent = [
        constraint.name
        for label in APPS[2:]
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
        and constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert silent == []


def test_every_unique_constraint_has_a_name_of_its_app():
    strangers = [
        constraint.name
        for label in APPS[2:]
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and not constraint.name.startswith(label)
    ]
    assert strangers == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_template_compiles():
    """A mail that nobody sent yet fails in the worker, where nobody sees it."""
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            get_template(str(path.relative_to(ROOT / "templates")))


def test_plurals_follow_the_french_rule():
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"} and "|pluralize" in path.read_text():
            assert re.search(r"{% load [^%]*\bportal\b", path.read_text()), path
