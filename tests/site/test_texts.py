"""What is said in code is said in the language of whoever reads it."""

import ast
from pathlib import Path

PACKAGES = ["forum_portal", "meetings", "topics", "participants"]


def formatted_at_import(node: ast.AST) -> list[int]:
    """Lines with a `%` outside of functions: a lazy text that is formatted there keeps the language of the start."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        return []
    here = [node.lineno] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) else []
    return here + [line for child in ast.iter_child_nodes(node) for line in formatted_at_import(child)]


def test_no_text_is_put_together_before_somebody_reads_it():
    files = [file for package in PACKAGES for file in Path(package).rglob("*.py")]
    found = {str(file): formatted_at_import(ast.parse(file.read_text())) for file in files}
    assert len(files) > 100
    assert {file: lines for file, lines in found.items() if lines} == {}
