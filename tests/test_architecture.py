"""What must hold for the code as a whole."""

import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from xieshou.access.rules import Permission
from xieshou.access.views import ActorView
from xieshou.common.scoping import Privacy, ScopeFields
from xieshou.config.translations import missing_translations

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "xieshou"
MODELS = [model for model in apps.get_models() if model.__module__.startswith("xieshou.")]


def _views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every address below a resolver with its view; Django's admin has its own permissions."""
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address, pattern.callback
        elif pattern.namespace != "admin":
            yield from _views(pattern, address)


VIEWS = dict(_views(get_resolver()))


def test_imports_keep_to_the_layers():
    linter = Path(sys.executable).parent / "lint-imports"

    outcome = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("address", VIEWS)
def test_every_view_names_the_permission_that_it_needs(address):
    view_class = getattr(VIEWS[address], "view_class", None)

    assert view_class is not None, f"{address} is no class-based view"
    assert issubclass(view_class, ActorView)
    assert isinstance(view_class.permission, Permission) or (view_class.permission is None and view_class.public)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_classifies_each_of_its_fields(model):
    fields = {field.name for field in model._meta.concrete_fields}

    assert set(model.privacy) == fields
    assert set(model.privacy.values()) <= set(Privacy)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_says_how_its_rows_are_scoped(model):
    scope = model.scope_fields

    assert isinstance(scope, ScopeFields)
    assert str(model._default_manager.values_list(*filter(None, (scope.place, *scope.parties))).query)


@pytest.mark.parametrize("name", ["package-lock.json", "requirements.lock", ".npmrc"])
def test_no_lock_file_holds_an_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.findall(r"https?://\S+|\bregistry\s*=", text) == []


def test_no_tracked_setting_names_a_package_index():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8") + (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.findall(r"--(?:extra-)?index-url|https?://\S+", text) == []


def test_every_chinese_sentence_has_its_english():
    assert missing_translations(PACKAGE) == []


def test_no_model_changed_without_a_migration(db):
    words = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=words)

    assert "No changes detected" in words.getvalue()


def test_no_template_holds_an_inline_style_or_script():
    inline = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("templates/**/*.html")
        if re.search(
            r"<style|<script(?![^>]*(?:src=|type=\"application/json\"))|\son\w+=|\sstyle=", path.read_text("utf-8")
        )
    ]

    assert inline == [], "inline styles and scripts are refused by the Content-Security-Policy"
