"""One config file on its way to a Config: each part validated, each fault with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from providers import registry
from providers.model import Engineer
from providers.settings import ProviderSettings
from tui import config_errors, filters
from tui.config import Config, parse_engineer
from tui.config_fault import ConfigFault, fault_of_keys
from tui.config_lines import line_of
from tui.config_model import CommonSettings
from tui.config_place import state_path

PROVIDER_KEY: Final = ("provider", 0, "key")
"""What the path of a provider's own key looks like."""
HIDDEN_KEYS: Final = ("engineer", "state_dir")
"""Fields of ProviderSettings that are filled in here and that no file may set."""


class Reader:
    """One file on its way to a Config, so that every fault knows its line."""

    def __init__(self, file: Path, text: str, document: dict[str, Any], environ: Mapping[str, str]) -> None:
        self._file = file
        self._text = text
        self._document = document
        self._environ = environ

    def config(self) -> Config:
        """Everything the file says, validated. ConfigFault with the first thing that is wrong."""
        tables = self._provider_tables()
        common = self._common()
        store_path = state_path(self._file, common.store.path, self._environ)
        engineer = self._engineer(common)
        providers: list[ProviderSettings] = []
        for index, table in enumerate(tables):
            providers.append(self._provider(index, table, engineer, store_path))
            self._check_name(index, providers)
        names = [settings.name for settings in providers]
        self._check_keys(common)
        self._check_views(common)
        self._check_templates(common, names)
        return Config(
            path=self._file,
            providers=tuple(providers),
            store_path=store_path,
            engineer=engineer,
            dashboard=common.dashboard,
            keys=common.keys,
            views=common.view,
            templates=common.template,
            retention=common.retention,
            read_only=common.read_only,
        )

    def check_mode(self, config: Config, mode: int) -> None:
        """A secret written into the file itself needs a file that nobody else can read."""
        if not mode & 0o077:
            return
        for index, settings in enumerate(config.providers):
            for path, _ in config_errors.secret_sources(settings):
                if self._is_written_out(("provider", index, *path)):
                    raise self._fault(
                        ("provider", index, *path),
                        f"{settings.name}: {path[0]}",
                        f"the file holds a secret and others may read it (mode {mode:04o})",
                        f"run: chmod 600 {self._file}",
                    )

    def _is_written_out(self, path: tuple[str | int, ...]) -> bool:
        """Whether the secret at this path stands in the file itself: as a `value`, or as plain text within a table.

        Plain text for a key of the provider's own is an id, which its settings take in place of a source.
        """
        here: Any = self._document
        for part in path:
            if isinstance(here, dict) and part in here:
                here = here[str(part)]
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return False
        return "value" in here if isinstance(here, dict) else isinstance(here, str) and len(path) > len(PROVIDER_KEY)

    def _provider_tables(self) -> list[dict[str, Any]]:
        tables = self._document.get("provider", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._fault(("provider",), "provider", "each provider is a table of its own", "write [[provider]]")
        if not tables:
            raise ConfigFault(
                self._file, "no provider is configured", "add a [[provider]] table; `vendorq init` shows how"
            )
        return tables

    def _common(self) -> CommonSettings:
        document = {key: value for key, value in self._document.items() if key != "provider"}
        if isinstance(document.get("keys"), dict):
            document["keys"] = dict(_dotted(document["keys"]))
        known = [*config_errors.keys_of(CommonSettings), "provider"]
        for key in document:
            if key not in known:
                raise self._complain(config_errors.unknown_key((key,), key, known))
        try:
            return CommonSettings.model_validate(document)
        except ValidationError as error:
            raise self._complain(config_errors.complaint(error, CommonSettings)) from None

    def _provider(self, index: int, table: dict[str, Any], engineer: Engineer, store_path: Path) -> ProviderSettings:
        kind = table.get("kind")
        name = table.get("name")
        label = name if isinstance(name, str) else f"provider {index + 1}"
        kinds = registry.kinds()
        if not isinstance(kind, str) or kind not in kinds:
            near = get_close_matches(str(kind), kinds, n=1, cutoff=0.5)
            cure = f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(kinds)}"
            sentence = "it is missing" if kind is None else f"there is no kind {kind!r}"
            raise self._fault(("provider", index, "kind"), f"{label}: kind", sentence, cure)
        model = registry.settings_model(kind)
        hidden = next((key for key in HIDDEN_KEYS if key in table), None)
        if hidden:
            known = config_errors.keys_of(model, HIDDEN_KEYS)
            raise self._complain(config_errors.unknown_key((hidden,), hidden, known), index, label)
        filled = {**table, "engineer": engineer, "state_dir": store_path}
        if isinstance(table.get("ca_bundle"), str):
            filled["ca_bundle"] = self._file.parent / Path(table["ca_bundle"]).expanduser()
        try:
            return model.model_validate(filled)
        except ValidationError as error:
            raise self._complain(config_errors.complaint(error, model, HIDDEN_KEYS), index, label) from None

    def _check_name(self, index: int, providers: list[ProviderSettings]) -> None:
        name = providers[-1].name
        if any(settings.name == name for settings in providers[:-1]):
            sentence = f"two providers are named {name!r}"
            raise self._fault(("provider", index, "name"), f"{name}: name", sentence, "give each a name of its own")

    def _engineer(self, common: CommonSettings) -> Engineer:
        given = self._environ.get("VENDORQ_ENGINEER", "").strip()
        if not given:
            return Engineer(name=common.engineer.name, email=common.engineer.email, phone=common.engineer.phone)
        engineer = parse_engineer(given)
        if engineer is None:
            raise ConfigFault(None, "the engineer cannot be read", "write 'Name <mail> phone'", key="$VENDORQ_ENGINEER")
        return engineer

    def _check_keys(self, common: CommonSettings) -> None:
        if not common.keys:
            return
        from tui.keymap import KeymapFault, keymap

        try:
            keymap(common.keys)
        except KeymapFault as error:
            raise fault_of_keys(self._file, str(error), self._text) from None

    def _check_views(self, common: CommonSettings) -> None:
        for index, view in enumerate(common.view):
            try:
                filters.compile(view.filter, datetime.now(UTC))
            except filters.FilterError as error:
                raise self._fault(("view", index, "filter"), f"view {view.name!r}: filter", str(error), "") from None

    def _check_templates(self, common: CommonSettings, names: list[str]) -> None:
        for index, template in enumerate(common.template):
            if template.provider not in names:
                near = get_close_matches(template.provider, names, n=1)
                cure = f"did you mean {near[0]!r}?" if near else f"configured are: {', '.join(names) or 'none'}"
                key = f"template {template.name!r}: provider"
                sentence = f"there is no provider {template.provider!r}"
                raise self._fault(("template", index, "provider"), key, sentence, cure)

    def _complain(self, complaint: config_errors.Complaint, index: int | None = None, label: str = "") -> ConfigFault:
        prefix: tuple[str | int, ...] = () if index is None else ("provider", index)
        key = ": ".join(part for part in (label, complaint.key) if part)
        return self._fault((*prefix, *complaint.location), key, complaint.sentence, complaint.cure)

    def _fault(self, path: tuple[str | int, ...], key: str, sentence: str, cure: str) -> ConfigFault:
        return ConfigFault(self._file, sentence, cure, line=line_of(self._text, path), key=key)


def _dotted(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """`ticket.comment = "c"` is a table in a table to TOML; to us it is one name with a dot."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
