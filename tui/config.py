"""The config: one TOML file, validated whole, with secrets that stay where they are until they are needed.

`load` imports pydantic and the settings of the vendors that are configured; neither httpx nor Textual.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from providers.model import Engineer
from providers.secrets import SecretSource, SecretUnavailable
from providers.settings import ProviderSettings
from tui import config_errors
from tui.config_fault import ConfigFault
from tui.config_lines import line_of
from tui.config_model import (
    DashboardSettings,
    RetentionSettings,
    TemplateSettings,
    ViewSettings,
)
from tui.config_place import config_path, parse_engineer

__all__ = ["Config", "ConfigFault", "config_path", "load", "parse_engineer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A valid config. `engineer` is nameless where neither the file nor the environment names one."""

    path: Path
    providers: tuple[ProviderSettings, ...]
    store_path: Path
    engineer: Engineer = field(default_factory=Engineer)
    dashboard: DashboardSettings = field(default_factory=DashboardSettings)
    keys: Mapping[str, str] = field(default_factory=dict)
    views: tuple[ViewSettings, ...] = ()
    templates: tuple[TemplateSettings, ...] = ()
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    read_only: bool = False

    def provider(self, name: str) -> ProviderSettings | None:
        """The provider with this name."""
        return next((item for item in self.providers if item.name == name), None)

    def secret_fault(self, message: str, cure: str, provider: str = "") -> ConfigFault:
        """A secret that could not be had as a fault of the config: which file, line and key asked for it.

        `message` is SecretUnavailable's, which names the source.
        """
        for index, settings in enumerate(self.providers):
            if provider and settings.name != provider:
                continue
            for path, source in config_errors.secret_sources(settings):
                if _is_about(source, message):
                    line = line_of(_text(self.path), ("provider", index, *path))
                    key = f"{settings.name}: {'.'.join(str(part) for part in path)}"
                    return ConfigFault(self.path, message, cure, line=line, key=key)
        return ConfigFault(self.path, message, cure, key=provider)


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read and validate the config. ConfigFault with the first thing that is wrong; no secret is looked up."""
    from tui.config_reader import Reader

    file = config_path(path, environ)
    text, mode = _read(file)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        number = int(line[1]) if line else 0
        raise ConfigFault(file, f"this is no TOML: {error}", "correct that line", line=number) from None
    reader = Reader(file, text, document, environ)
    config = reader.config()
    reader.check_mode(config, mode)
    return config


def _is_about(source: SecretSource, message: str) -> bool:
    named = str(source.file.expanduser()) if source.file is not None else source.describe()
    return named in message


def _read(file: Path) -> tuple[str, int]:
    try:
        with file.open("rb") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            return stream.read().decode(), mode
    except FileNotFoundError:
        cure = "run `vendorq init` to write one, or `vendorq demo` to try without"
        raise ConfigFault(file, "there is no config", cure) from None
    except UnicodeDecodeError:
        raise ConfigFault(file, "this is no UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise ConfigFault(file, f"cannot be read ({error.strerror})", "check its path and its owner") from None


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def unresolved_secrets(settings: ProviderSettings) -> list[tuple[str, SecretSource, SecretUnavailable]]:
    """Look every secret of a provider up, for `check`: those that cannot be had, by key."""
    missing = []
    for path, source in config_errors.secret_sources(settings):
        try:
            source.reveal()
        except SecretUnavailable as error:
            missing.append((".".join(str(part) for part in path), source, error))
    return missing
