"""What is wrong with the config: one sentence with the file, the line, the key and the cure."""

from __future__ import annotations

from pathlib import Path


class ConfigFault(Exception):
    """A config that cannot be used. `line` counts from 1, 0 where the fault is in no line; `key` may be empty."""

    def __init__(self, file: Path | None, sentence: str, cure: str, *, line: int = 0, key: str = "") -> None:
        super().__init__(sentence)
        self.file = file
        self.line = line
        self.key = key
        self.sentence = sentence
        self.cure = cure

    @property
    def place(self) -> str:
        """The file and, where there is one, the line: `/home/x/config.toml:12`."""
        if self.file is None:
            return ""
        return f"{self.file}:{self.line}" if self.line else str(self.file)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        key = f"{self.key}: " if self.key else ""
        return f"{place}{key}{self.sentence}; {self.cure}" if self.cure else f"{place}{key}{self.sentence}"


def fault_of_keys(file: Path | None, words: str, text: str | None = None) -> ConfigFault:
    """What is wrong with [keys], from the words of a KeymapFault: `id: sentence; cure`.

    `text` is the file's, read anew where it is not given, for the line of the key.
    """
    from tui.config_lines import line_of

    if text is None:
        try:
            text = file.read_text(encoding="utf-8", errors="replace") if file is not None else ""
        except OSError:
            text = ""
    name, _, said = words.partition(": ")
    sentence, _, cure = said.partition("; ")
    return ConfigFault(file, sentence, cure, line=line_of(text, ("keys", name)), key=f"keys: {name}")
