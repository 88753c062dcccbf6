"""The rules of ARCHITECTURE that a reader of a diff overlooks: direction, imports, where a view starts from."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each app may import itself and those after it.
LAYERS = ["forum_portal", "meetings", "topics", "participants"]
SOURCES = [path for app in LAYERS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
FACES = {"views.py", "feeds.py", "sitemaps.py", "search.py", "my_account.py"}
PUBLIC_FACE = [path for path in SOURCES if path.name in FACES or path.parent.name == "views"]
# What has drafts, or may be withheld.
PUBLISHED_MODELS = {"AgendaItem", "Comment", "Document", "Institution", "Meeting", "Official"}
PUBLISHED_MODELS |= {"CommentVersion", "Photo", "Presence", "Question", "Topic"}
PUBLISHED_MODELS |= {"AgendaQuestion", "Carried", "Commitment", "CommitmentEntry", "EntryPhoto", "Finding", "Survey"}
STARTS = {"public", "visible_to", "waiting_of", "own_of"}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_apps(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name.split(".")[0] for name in names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_the_layers(path: Path):
    own = path.relative_to(ROOT).parts[0]
    above = LAYERS[: LAYERS.index(own)]
    assert not set(imported_apps(tree_of(path))) & set(above)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_stand_at_the_top(path: Path):
    inline = [
        node.lineno
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inline == []


def unguarded_queries(tree: ast.AST) -> Iterator[str]:
    """`Model.objects.<anything but public/visible_to>` on a model that has drafts."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in {"objects", "_default_manager", "_base_manager"}
            and isinstance(node.value.value, ast.Name)
            and node.value.value.id in PUBLISHED_MODELS
            and node.attr not in STARTS
        ):
            yield f"line {node.lineno}: {node.value.value.id}.objects.{node.attr}"


@pytest.mark.parametrize("path", PUBLIC_FACE, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_pages_start_from_what_the_visitor_may_see(path: Path):
    assert list(unguarded_queries(tree_of(path))) == []


def test_the_query_rule_catches_a_view_that_forgets():
    assert list(unguarded_queries(ast.parse("Topic.objects.filter(slug=slug)")))


def test_html_is_declared_safe_in_one_place_only():
    marked = [path for path in SOURCES if "mark_safe" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(ROOT).as_posix() for path in marked] == ["participants/templatetags/prose.py"]


def test_templates_never_print_unescaped_text():
    safe = [path for path in (ROOT / "templates").rglob("*.html") if "|safe" in path.read_text(encoding="utf-8")]
    assert safe == []


def test_nothing_of_ours_listens_to_signals():
    receivers = [p for p in SOURCES if "django.dispatch" in p.read_text() or "db.models.signals" in p.read_text()]
    assert receivers == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_stay_readable(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
