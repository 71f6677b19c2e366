"""Configs as text: the commented template, what `init` writes, what `config show` and `config schema` print."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from providers import registry
from providers.model import Engineer
from providers.redaction import HIDDEN, redact
from providers.secrets import SecretSource
from tui import toml_text
from tui.config_docs import key_docs
from tui.config_errors import annotation_of
from tui.config_model import CommonSettings

if TYPE_CHECKING:
    from tui.config import Config

FILLED_IN: Final = ("engineer", "state_dir")
HEAD: Final = """\
# The config of vendorq. What is commented out shows the default or an example; take the # away to use it.
# Check it with: vendorq check
"""


def template() -> str:
    """A commented config with every key there is, nothing switched on."""
    lines = [HEAD, *_common_lines()]
    for kind in registry.kinds():
        lines += ["", *(f"#{line}" for line in provider_lines(kind, {}))]
    return "\n".join(lines) + "\n"


def written(providers: Mapping[str, Mapping[str, object]], engineer: Mapping[str, str]) -> str:
    """A config with these answers by kind; every other key is shown as a comment."""
    lines = [HEAD, *_common_lines(engineer)]
    for kind, answers in providers.items():
        lines += ["", *provider_lines(kind, answers)]
    return "\n".join(lines) + "\n"


def required(kind: str) -> dict[str, FieldInfo]:
    """The keys that a kind cannot do without, its kind and name left out."""
    fields = registry.settings_model(kind).model_fields
    return {name: info for name, info in fields.items() if info.is_required() and name not in ("kind", "name")}


def provider_lines(kind: str, answers: Mapping[str, object]) -> Iterator[str]:
    """One [[provider]]: what must be there, then what may be, each under its sentence."""
    declared = registry.declaration(kind)
    model = registry.settings_model(kind)
    docs = key_docs(model)
    yield f"# {declared.title}: {declared.document}"
    yield "[[provider]]"
    yield f"kind = {toml_text.value(kind)}"
    yield f"name = {toml_text.value(answers.get('name', kind))}"
    must = required(kind)
    for name in must:
        yield from _sentence(docs.get(name, ""))
        yield f"{name} = {toml_text.value(answers.get(name, example(kind, name)))}"
    for name, info in model.model_fields.items():
        if name in must or name in ("kind", "name", *FILLED_IN):
            continue
        yield from _sentence(docs.get(name, ""))
        shown = _default(info) or toml_text.value(example(kind, name))
        yield f"{name} = {toml_text.value(answers[name])}" if name in answers else f"# {name} = {shown}"


def example(kind: str, name: str) -> object:
    """What a key without a default may look like."""
    annotation = annotation_of(registry.settings_model(kind), (name,))
    if annotation is SecretSource:
        return {"env": f"{kind}_{name}".upper().replace("-", "_")}
    if name.endswith("url"):
        return "https://vendor.example/path"
    return {} if "dict" in str(registry.settings_model(kind).model_fields[name].annotation) else "…"


def _common_lines(engineer: Mapping[str, str] | None = None) -> Iterator[str]:
    docs = key_docs(CommonSettings)
    yield from _sentence(docs["read_only"])
    yield "# read_only = false"
    for table in ("store", "engineer", "dashboard", "retention"):
        model = annotation_of(CommonSettings, (table,))
        yield from ("", f"[{table}]")
        inner_docs = key_docs(model)
        for name, info in model.model_fields.items():
            yield from _sentence(inner_docs.get(name, ""))
            given = (engineer or {}).get(name) if table == "engineer" else None
            shown = toml_text.value(given) if given else _default(info) or '"…"'
            yield f"{name} = {shown}" if given else f"# {name} = {shown}"
    yield from ("", "# [keys]", *_sentence(docs["keys"]), '# "ticket.comment" = "c,ctrl+o"')
    yield from ("", "# [[view]]", '# name = "Night"', '# filter = "p:<=2 -is:snoozed"')
    yield from ("", "# [[template]]", '# name = "Line down"', '# provider = "ensono"', '# type = "incident"')
    yield '# fields = { summary = "Line down in …", priority = 2 }'


def _sentence(doc: str) -> Iterator[str]:
    yield from textwrap.wrap(doc, 110, initial_indent="#   ", subsequent_indent="#   ") if doc else ()


def _default(info: FieldInfo) -> str:
    """The default as TOML; empty where it is to leave the key out."""
    default = info.get_default(call_default_factory=True, validated_data={})
    if default is not None:
        return toml_text.value(default)
    return "60" if "int" in str(info.annotation) else ""


def shown(config: Config) -> dict[str, Any]:
    """The whole config in effect, defaults included, secrets by their source."""
    return {
        "file": str(config.path),
        "read_only": config.read_only,
        "store": {"path": str(config.store_path)},
        "engineer": _plain(config.engineer),
        "dashboard": _plain(config.dashboard),
        "retention": _plain(config.retention),
        "keys": dict(config.keys),
        "view": [_plain(view) for view in config.views],
        "template": [_plain(item) for item in config.templates],
        "provider": [_plain(settings) for settings in config.providers],
    }


def shown_as_toml(document: Mapping[str, Any]) -> str:
    """The same as TOML."""
    lines = [f"# {document['file']}"]
    tables = {name: part for name, part in document.items() if isinstance(part, Mapping | list) and part}
    lines += [f"{name} = {toml_text.value(part)}" for name, part in document.items() if name == "read_only"]
    for name, part in tables.items():
        for table in part if isinstance(part, list) else [part]:
            lines += ["", f"[[{name}]]" if isinstance(part, list) else f"[{name}]"]
            lines += [f"{toml_text.key(key)} = {toml_text.value(value)}" for key, value in table.items()]
    return "\n".join(lines)


def _plain(item: object) -> Any:
    if isinstance(item, SecretSource):
        return _source(item)
    if isinstance(item, SecretStr):
        return HIDDEN
    if isinstance(item, BaseModel):
        names = [name for name, info in type(item).model_fields.items() if not info.exclude]
        return {name: _plain(getattr(item, name)) for name in names if getattr(item, name) is not None}
    if isinstance(item, Engineer):
        return {"name": item.name, "email": item.email, "phone": item.phone}
    if isinstance(item, Mapping):
        return {str(name): _plain(inner) for name, inner in item.items()}
    if isinstance(item, list | tuple):
        return [_plain(inner) for inner in item]
    return item if isinstance(item, bool | int | float) else redact(str(item))


def _source(source: SecretSource) -> dict[str, object]:
    """Where a secret comes from. A command's arguments may be as secret as what it prints."""
    if source.value is not None:
        return {"value": HIDDEN}
    if source.command is not None:
        return {"command": [source.command[0], *([HIDDEN] if len(source.command) > 1 else [])]}
    return {name: str(given) for name, given in source.model_dump(exclude_none=True).items()}


def json_schema() -> dict[str, Any]:
    """The config as a JSON Schema, for editors."""
    schema = CommonSettings.model_json_schema()
    _describe(schema["properties"], key_docs(CommonSettings))
    kinds = []
    for kind in registry.kinds():
        model = registry.settings_model(kind)
        part = model.model_json_schema(ref_template="#/$defs/{model}")
        schema.setdefault("$defs", {}).update(part.pop("$defs", {}))
        for name in FILLED_IN:
            part["properties"].pop(name, None)
        _describe(part["properties"], key_docs(model))
        part["properties"]["kind"] = {"const": kind, "description": registry.declaration(kind).title}
        part["required"] = sorted({"kind", *part.get("required", [])})
        schema["$defs"][kind] = part
        kinds.append({"$ref": f"#/$defs/{kind}"})
    schema["properties"]["provider"] = {"type": "array", "minItems": 1, "items": {"oneOf": kinds}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "vendorq config"}


def _describe(properties: dict[str, Any], docs: Mapping[str, str]) -> None:
    for name, part in properties.items():
        if name in docs:
            part["description"] = docs[name]
