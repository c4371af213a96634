"""Settings and catalogues from TOML, strictly: whatever is wrong becomes BadToml with the file, the key and the line.

Decision: `tomllib` judges the syntax and `msgspec` the values (frozen structs with `forbid_unknown_fields=True`), both
as they are. Neither knows where in the text a key stands, so `line_of` walks a text that tomllib has already accepted:
it only skips and counts, it never judges. A file that a technician mistypes at night must say where, in his language.

It does not write TOML, merge files, fill in defaults (the structs do) or check one value against another (the
`__post_init__` of structs and the callers do, with `line_of`).
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Generator, Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from kiosk.core.decoding import converted
from kiosk.core.errors import BadToml

T = TypeVar("T")
KeyPath = tuple[str | int, ...]  # ("services", 0, "fees"): names of keys, and places in an array counted from 0
_Walk = Generator[tuple[KeyPath, int], None, int]  # gives keys and where they start, returns where it ended

MAX_BYTES = 1024 * 1024  # the largest real catalogue is under 100 KiB; more is a mistake or an attack

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_NAME = re.compile(r"""[ \t]*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*""")
_SCALAR = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}|"(?:[^"\\]|\\.)*"|'''  # text with escapes, over several lines or one
    r"""'''(?:[^']|'{1,2}(?!'))*'{3,5}|'[^']*'|[^,\]}\n#]+""",  # text as it is; number, date, true, false
    re.DOTALL,
)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\[\.\.\.\]")
_SAID = (  # msgspec's words to ours; the order matters
    (r"Expected `(.*?)`, got `(.*?)`$", r"harus `\1`, tetapi isinya `\2`"),
    (r"Expected `(.*?)` of length (.*), got (.*)$", r"harus `\1` dengan panjang \2, bukan \3"),
    (r"Expected `(.*?)` of length (.*)$", r"harus `\1` dengan panjang \2"),
    (r"Expected `(.*?)` matching regex (.*)$", r"harus `\1` yang cocok dengan pola \2"),
    (r"Expected `(.*?)` ([<>]=?) (.*)$", r"harus `\1` \2 \3"),
    (r"Invalid (?:enum )?value (.*)$", r"\1 bukan pilihan yang ada"),
    (r"Invalid RFC3339 encoded (\w+)$", r"harus `\1`"),
    (r".*out of range$", "di luar batas"),
)
_TYPES = {
    "array": "daftar",
    "bool": "true atau false",
    "date": "tanggal",
    "datetime": "tanggal dan jam",
    "float": "bilangan",
    "int": "bilangan bulat",
    "null": "kosong",
    "object": "tabel",
    "str": "teks",
    "time": "jam",
}


def load(path: Path | Traversable, type_: type[T]) -> T:
    """The value of type `type_` that the file holds. Raises BadToml, also for a file that cannot be read."""
    return loads(read(path), str(path), type_)


def read(path: Path | Traversable) -> str:
    """The text of a file of at most 1 MiB of UTF-8 (the mark that Windows editors put first is dropped)."""
    try:
        with path.open("rb") as file:
            data: bytes = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = f"tidak dapat dibaca ({error.strerror}): periksa nama dan izin berkas"
        raise BadToml(str(path), "", None, why) from error
    if len(data) > MAX_BYTES:
        raise BadToml(str(path), "", None, f"lebih dari {MAX_BYTES} bita: kecilkan berkas ini")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadToml(str(path), "", line, "bukan teks UTF-8: simpan ulang berkas ini sebagai UTF-8") from error


def loads(text: str, name: str, type_: type[T]) -> T:
    """The value of type `type_` that `text` holds; `name` is what errors call the file. Pure. Raises BadToml."""
    if len(text) > MAX_BYTES:
        raise BadToml(name, "", None, f"lebih dari {MAX_BYTES} huruf: kecilkan berkas ini")
    try:
        data = tomllib.loads(text)
        return converted(data, type_, strict=True)
    except msgspec.ValidationError as error:
        path, why = _explain(str(error), data, type_)
        raise BadToml(name, dotted(path), line_of(text, path), why) from error
    except RecursionError as error:
        raise BadToml(name, "", None, "terlalu banyak kurung di dalam kurung") from error
    except ValueError as error:  # also what int() says of thousands of digits, which is no TOMLDecodeError
        raise BadToml(name, "", _syntax_line(text, str(error)), f"penulisan TOML salah: {error}") from error


def dotted(path: KeyPath) -> str:
    """A key as errors write it: `services.0.fees`."""
    return ".".join(map(str, path))


def line_of(text: str, path: KeyPath) -> int:
    """Line (from 1) of the key `path` in `text`; where it has none, of the nearest table around it; else the first.

    `text` must be one that tomllib accepts.
    """
    text = text.replace("\r\n", "\n")
    places: dict[KeyPath, int] = {}
    for found, at in _places(text):
        places.setdefault(found, at)
    for size in range(len(path), 0, -1):
        around = path[:size]
        at = places.get(around, -1)
        if at < 0:  # `a` may exist only as the header of `[a.b]`
            at = next((first for found, first in places.items() if found[:size] == around), -1)
        if at >= 0:
            return text.count("\n", 0, at) + 1
    return 1


def _places(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Every key of the document and where it is first written, tables before what is in them."""
    last: dict[KeyPath, int] = {}  # index of the newest table of every array of tables
    table: KeyPath = ()
    at = _skip(text, 0)
    while at < len(text):
        if text[at] != "[":
            at = yield from _pair(text, at, table)
        else:
            brackets = 2 if text.startswith("[[", at) else 1
            names, end = _names(text, at + brackets)
            table = ()
            for depth, name in enumerate(names, start=1):
                table += (name,)
                if depth == len(names) and brackets == 2:
                    last[table] = last.get(table, -1) + 1
                if table in last:
                    table += (last[table],)
            yield table, at
            at = end + brackets
        at = _skip(text, at)


def _pair(text: str, at: int, table: KeyPath) -> _Walk:
    names, end = _names(text, at)
    for name in names:
        table += (name,)
        yield table, at
    return (yield from _value(text, _skip(text, end + 1), table))


def _value(text: str, at: int, path: KeyPath) -> _Walk:
    closing = {"[": "]", "{": "}"}.get(text[at])
    if closing is None:
        return _end(_SCALAR, text, at)
    at = _skip(text, at + 1)
    index = 0
    while text[at] != closing:
        if closing == "}":
            at = yield from _pair(text, at, path)
        else:
            yield (*path, index), at
            at = yield from _value(text, at, (*path, index))
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at
        index += 1
    return at + 1


def _names(text: str, at: int) -> tuple[list[str], int]:
    """The parts of a dotted key, and where it ends (blanks included)."""
    names: list[str] = []
    while True:
        end = _end(_NAME, text, at)
        names += tomllib.loads(f"{text[at:end].strip()} = 0")
        if text[end] != ".":
            return names, end
        at = end + 1


def _skip(text: str, at: int) -> int:
    return _end(_SPACE, text, at)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    if match is None:
        raise AssertionError(f"tomllib accepted what the walk does not know, at character {at}")
    return match.end()


def _syntax_line(text: str, said: str) -> int | None:
    line = re.search(r"\(at line (\d+), column \d+\)$", said)
    if line:
        return int(line[1])
    return max(1, len(text.splitlines())) if said.endswith("(at end of document)") else None


def _explain(said: str, data: Any, type_: Any) -> tuple[KeyPath, str]:
    """Where in `data` the complaint of msgspec is, and the complaint in the operator's words."""
    what, _, place = said.partition(" - at `")
    of_key = place.startswith("key` in `")  # a key of a free table is wrong itself: `key` in `$.voices`
    path = _path(place.removeprefix("key` in `").rstrip("`") + "[...]" * of_key, said, data, type_)
    shapes = _shapes(inspect.type_info(type_), path)
    if field := re.match(r"Object missing required field `(.*)`$", what):
        return (*path, field[1]), "kunci ini wajib, tetapi belum ada"
    if field := re.match(r"Object contains unknown field `(.*)`$", what):
        known = [key.encode_name for shape in shapes if isinstance(shape, inspect.StructType) for key in shape.fields]
        close = difflib.get_close_matches(field[1], known, n=1)
        hint = f"mungkin maksud Anda {close[0]!r}?" if close else f"yang ada: {', '.join(known)}"
        return (*path, field[1]), f"kunci tidak dikenal; {hint}"
    choices = [str(value) for shape in shapes for value in _choices(shape)]
    if choices and what.startswith("Invalid"):
        return path, f"harus salah satu dari: {', '.join(choices)}"
    for theirs, ours in _SAID:
        what = re.sub(theirs, ours, what)
    return path, re.sub(r"`([\w| ]+)`", lambda types: re.sub(r"\w+", _our_type, types[1]), what)


def _our_type(word: re.Match[str]) -> str:
    return _TYPES.get(word[0], word[0])


def _choices(shape: inspect.Type) -> list[object]:
    if isinstance(shape, inspect.EnumType):
        return [member.value for member in shape.cls]
    return list(shape.values) if isinstance(shape, inspect.LiteralType) else []


def _path(place: str, said: str, data: Any, type_: Any) -> KeyPath:
    """`$.services[0].fee` as a path. Of a free table's key msgspec says only `[...]`: found by leaving keys out."""
    path: KeyPath = ()
    for name, index in _STEP.findall(place):
        if name or index:
            path += (name or int(index),)
            continue
        table = _inside(data, path)
        keys = list(table)
        while len(keys) > 1:
            half = {key: table[key] for key in keys[: len(keys) // 2]}
            keys = list(half) if _complaint(_with(data, path, half), type_) == said else keys[len(half) :]
        if _complaint(_with(data, path, {key: table[key] for key in keys}), type_) != said:
            break  # the table as a whole is wrong, not one key
        path += (keys[0],)
    return path


def _complaint(data: Any, type_: Any) -> str:
    try:
        converted(data, type_, strict=True)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _inside(data: Any, path: KeyPath) -> Any:
    for key in path:
        data = data[key]
    return data


def _with(data: Any, path: KeyPath, value: Any) -> Any:
    """A copy of `data` with `value` at `path`."""
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = _with(copy[path[0]], path[1:], value)
    return copy


def _shapes(shape: inspect.Type, path: KeyPath) -> list[inspect.Type]:
    """The types that may stand at `path` (several, where a union offers several)."""
    if isinstance(shape, inspect.UnionType):
        return [found for one in shape.types for found in _shapes(one, path)]
    if not path:
        return [shape]
    if isinstance(shape, inspect.StructType):
        inner = [field.type for field in shape.fields if field.encode_name == path[0]]
    elif isinstance(shape, inspect.TupleType):
        inner = list(shape.item_types[int(path[0]) : int(path[0]) + 1])
    elif isinstance(shape, inspect.DictType):
        inner = [shape.value_type]
    else:
        inner = [shape.item_type] if isinstance(shape, inspect.CollectionType) else []
    return [found for one in inner for found in _shapes(one, path[1:])]
