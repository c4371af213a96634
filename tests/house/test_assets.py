"""Web assets by lock: built once, built again when anything is gone, and never half."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy import assets

NPM_THAT_INSTALLS = """#!/bin/sh
echo "$@" >> "$CALLS"
{copies}
mkdir -p node_modules/{font}
echo '{{"latin": "U+0000-00FF", "latin-ext": "U+0100-02BA"}}' > node_modules/{font}/unicode.json
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a lock, on a machine whose npm copies out of nowhere and notes how it was called."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in assets.NPM_FILES:
        shutil.copy(assets.ROOT / name, root)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    copies = "\n".join(
        f"mkdir -p node_modules/{Path(path).parent} && echo {path} > node_modules/{path}" for path in assets.COPIES
    )
    put_npm(tmp_path, monkeypatch, NPM_THAT_INSTALLS.format(copies=copies, font=assets.FONT))
    return root


def put_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    programs = tmp_path / "programs"
    programs.mkdir(exist_ok=True)
    for name, text in {"npm": script, "node": "#!/bin/sh\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")


def calls(checkout: Path) -> list[str]:
    return (checkout.parent / "calls").read_text().splitlines()


def test_assets_are_installed_by_lock_and_without_running_package_scripts(checkout: Path) -> None:
    assert assets.build(checkout)
    assert (checkout / assets.BUILT / "htmx.min.js").read_text() == "htmx.org/dist/htmx.min.js\n"
    (call,) = calls(checkout)
    assert call.split()[0] == "ci"
    assert "--ignore-scripts" in call


def test_second_build_does_nothing(checkout: Path) -> None:
    assets.build(checkout)
    assert not assets.build(checkout)
    assert len(calls(checkout)) == 1


def test_build_is_done_again_when_the_lock_changed(checkout: Path) -> None:
    assets.build(checkout)
    with (checkout / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert assets.build(checkout)


@pytest.mark.parametrize("lost", [*assets.COPIES.values(), assets.FONTS_CSS, assets.STAMP])
def test_build_is_done_again_when_a_file_is_gone(checkout: Path, lost: str) -> None:
    assets.build(checkout)
    (checkout / lost).unlink()
    assert assets.build(checkout)
    assert (checkout / lost).is_file()


def test_failed_install_says_what_npm_said_and_leaves_no_stamp(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_npm(tmp_path, monkeypatch, "#!/bin/sh\necho 'npm error network unreachable' >&2\nexit 1\n")
    with pytest.raises(assets.AssetsNotBuilt, match="network unreachable"):
        assets.build(checkout)
    assert not assets.is_current(checkout)


def test_package_that_lost_a_file_is_refused_by_name(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_npm(tmp_path, monkeypatch, "#!/bin/sh\nmkdir node_modules\n")
    with pytest.raises(assets.AssetsNotBuilt, match="latin-wght-normal"):
        assets.build(checkout)


def test_machine_without_npm_uses_the_one_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    node, npm = assets.npm_command()
    assert Path(node).is_file()
    assert Path(npm).is_file()


def test_font_style_sheet_names_only_files_beside_it() -> None:
    sheet = assets.fonts_css({"latin": "U+0000-00FF", "latin-ext": "U+0100-02BA"})
    beside = {Path(target).name for target in assets.COPIES.values()}
    named = {part.split('"')[1] for part in sheet.split("url(")[1:]}
    assert named
    assert named <= beside
    assert sheet.count("font-display: swap") == sheet.count("@font-face") == 2
