"""What each key of the config is for, from the docstring under it in the settings' source."""

from __future__ import annotations

import ast
import inspect
import textwrap

from pydantic import BaseModel


def key_docs(model: type[BaseModel]) -> dict[str, str]:
    """The sentence under each field, its own and inherited ones."""
    docs: dict[str, str] = {}
    for ancestor in reversed(model.__mro__):
        if issubclass(ancestor, BaseModel) and ancestor is not BaseModel:
            docs |= _own_docs(ancestor)
    return docs


def _own_docs(model: type[BaseModel]) -> dict[str, str]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)
    docs: dict[str, str] = {}
    for statement, after in zip(tree.body, tree.body[1:], strict=False):
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            docs[statement.target.id] = " ".join(after.value.value.split())
    return docs
