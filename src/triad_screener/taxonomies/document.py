"""What does a YAML file say, and on which line does it say it?

A small, safe subset of YAML: mappings with text keys, lists and plain values. No
tags, anchors or aliases, no duplicate keys, a size and a depth limit. Values follow
YAML 1.2, so that the ticker ON is a text and not the truth value of YAML 1.1; what
begins with a zero, such as 0700, is a text, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

import yaml
from yaml.reader import Reader

from triad_screener.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

SIZE_LIMIT: Final = 2_000_000
DEPTH_LIMIT: Final = 20
#: Keys and values, which take a thousand times the room of a byte.
VALUE_LIMIT: Final = 200_000

Place = tuple[str | int, ...]
Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

_PLAIN: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d*)\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.\d+|(0|[1-9]\d*)(\.\d*)?)([eE][-+]?\d+)?\Z", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|nan)\Z", re.ASCII | re.IGNORECASE)
_LONGEST_NUMBER, _LONGEST_SHOWN = 40, 60


@dataclass(slots=True)
class YamlDocument:
    """The content of a YAML file and the line of every place in it."""

    path: str
    content: Value
    lines: dict[Place, int]

    def line_of(self, place: Place) -> int:
        """Return the line of ``place``, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path) -> YamlDocument:
    """Return the document at ``path``.

    Raises:
        ConfigurationError: If the file cannot be read, is too large, is not UTF-8,
            or uses YAML outside the safe subset.
    """
    return parse(text(path), str(path))


def text(path: Path) -> str:
    """Return the text of the file at ``path``, without a byte order mark.

    Raises:
        ConfigurationError: If the file cannot be read, is too large or is not UTF-8.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise ConfigurationError(
            name,
            f"cannot be read ({error.strerror or type(error).__name__})",
            "Check the path, or leave out --config to use the shipped taxonomy.",
        ) from error
    if len(content) > SIZE_LIMIT:
        raise ConfigurationError(
            name,
            "is larger than 2 MB",
            "Check the path, or move constituents to a table beside it.",
        )
    return _decoded(content, name)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"{name}, line {line}",
            "is not UTF-8 text",
            "Save the file in UTF-8 and try again.",
        ) from error


def parse(content: str, name: str) -> YamlDocument:
    """Return the document that ``content`` writes; ``name`` stands in messages.

    Raises:
        ConfigurationError: If ``content`` is not YAML of the safe subset.
    """
    if found := Reader.NON_PRINTABLE.search(content):
        line = content.count("\n", 0, found.start()) + 1
        problem = f"holds {found[0]!r}, a character that YAML does not allow"
        raise ConfigurationError(f"{name}, line {line}", problem, "Take it out.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(name)
    try:
        for event in yaml.parse(content, Loader=loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"is not YAML ({error.problem or error.context})"
        raise ConfigurationError(
            f"{name}, line {line}", problem, "Mend the line and check it again."
        ) from error
    return builder.document()


@dataclass(slots=True)
class _Open:
    """A mapping or list that is still being read."""

    place: Place
    holder: list[Value] | dict[str, Value]
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Builds the document event by event, without recursion."""

    name: str
    stack: list[_Open] = field(default_factory=list)
    root: Value = None
    lines: dict[Place, int] = field(default_factory=dict)
    documents: int = 0
    values: int = 0

    def take(self, event: yaml.Event) -> None:
        self.values += 1
        if self.values > VALUE_LIMIT:
            problem = f"holds more than {VALUE_LIMIT:,} values up to here"
            self._refuse(event, problem, "Move constituents to a table beside it.")
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "uses an anchor or alias", "Write the value out.")
        elif isinstance(event, yaml.ScalarEvent):
            self._guard(event)
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._guard(event)
            self._open(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._refuse(event, "starts a second document", "Keep to one document.")

    def document(self) -> YamlDocument:
        return YamlDocument(self.name, self.root, self.lines)

    def _guard(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._refuse(event, "uses an anchor or alias", "Write the value out.")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse(event, f"uses the tag {short(tag)}", "Leave the tag out.")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        holder = self.stack[-1] if self.stack else None
        if holder and isinstance(holder.holder, dict) and holder.key is None:
            self._key(event, holder)
        else:
            plain = event.implicit[0]  # false for quoted text
            self._place(event, scalar(event.value) if plain else event.value)

    def _key(self, event: yaml.ScalarEvent, holder: _Open) -> None:
        if event.value in holder.holder:
            first = self.lines[(*holder.place, event.value)]
            problem = (
                f"the key {short(event.value)} stands twice (first on line {first})"
            )
            self._refuse(event, problem, "Keep one of the two.")
        holder.key = event.value
        self.lines[(*holder.place, event.value)] = _line(event)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.stack) >= DEPTH_LIMIT:
            self._refuse(event, "is nested too deeply", "A taxonomy is a flat file.")
        top = self.stack[-1] if self.stack else None
        if top and isinstance(top.holder, dict) and top.key is None:
            self._refuse(event, "has a key that is not text", "Use a plain key.")
        holder: list[Value] | dict[str, Value]
        holder = {} if isinstance(event, yaml.MappingStartEvent) else []
        place = self._place(event, holder)
        self.stack.append(_Open(place, holder))

    def _place(self, event: yaml.NodeEvent, value: Value) -> Place:
        """Put ``value`` where it belongs and return that place."""
        if not self.stack:
            self.root = value
            return ()
        top = self.stack[-1]
        if isinstance(top.holder, list):
            place = (*top.place, len(top.holder))
            self.lines[place] = _line(event)
            top.holder.append(value)
            return place
        key, top.key = top.key or "", None
        top.holder[key] = value
        return (*top.place, key)

    def _refuse(self, event: yaml.Event, problem: str, expected: str) -> NoReturn:
        place = f"{self.name}, line {_line(event)}"
        raise ConfigurationError(place, problem, expected)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def short(text: str) -> str:
    """Return the beginning of a text, for a message."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def scalar(text: str) -> Value:
    """Return the value a plain scalar writes, by the core schema of YAML 1.2.

    Examples:
        >>> [scalar(text) for text in ("ON", "5", "0.15", "true", "~", "0700")]
        ['ON', 5, 0.15, True, None, '0700']
    """
    if text in _PLAIN:
        return _PLAIN[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    if _NOT_FINITE.match(text):
        return float(text.replace(".", "", 1))
    return text
