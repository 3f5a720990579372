"""Fetch the vendored browser libraries anew, as `src/tetrapylon/web/static/vendor/VENDOR.toml` names them.

    python tools/vendor.py           fetch, unpack, write files and hashes
    python tools/vendor.py --check   only compare the files here with their hashes

Needs npm. Versions are raised in VENDOR.toml by hand; nothing is ever fetched while Tetrapylon runs.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

import tomli_w

VENDOR = Path(__file__).resolve().parent.parent / "src" / "tetrapylon" / "web" / "static" / "vendor"
MANIFEST = VENDOR / "VENDOR.toml"
HEAD = "# Browser libraries that the pages use, fetched by tools/vendor.py. sha256 is of the file as it lies here.\n\n"


def main() -> int:
    """Refresh or check; exit status 1 when a file does not match its hash."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the hashes; fetch nothing")
    options = parser.parse_args()
    manifest = tomllib.loads(MANIFEST.read_text("utf-8"))
    if not options.check:
        for package in manifest["package"]:
            refresh(package)
        MANIFEST.write_text(HEAD + tomli_w.dumps(manifest, multiline_strings=True), "utf-8")
    wrong = list(differing(manifest))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def differing(manifest: dict[str, list[dict]]) -> list[str]:
    """Files that are missing or do not match."""
    found = []
    for package in manifest["package"]:
        for file in package["file"]:
            path = VENDOR / package["name"] / file["name"]
            if not path.exists() or digest(path) != file["sha256"]:
                found.append(f"{package['name']}/{file['name']} does not match VENDOR.toml")
    return found


def refresh(package: dict) -> None:
    """Fetch one package and put its files in place."""
    folder = VENDOR / package["name"]
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as there:
        npm = shutil.which("npm") or sys.exit("npm is needed (Debian: apt-get install npm)")
        spec = f"{package['npm']}@{package['version']}"
        subprocess.run([npm, "pack", "--silent", spec], cwd=there, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        (archive,) = Path(there).glob("*.tgz")
        with tarfile.open(archive) as tar:
            for file in package["file"]:
                if "from" in file:
                    member = tar.extractfile(f"package/{file['from']}")
                    assert member is not None
                    (folder / file["name"]).write_bytes(without_map(member.read()))
                file["sha256"] = digest(folder / file["name"])


def without_map(content: bytes) -> bytes:
    """The file without its last line's reference to a source map, which is not vendored."""
    head, mark, tail = content.rpartition(b"//# sourceMappingURL=")
    return head if mark and b"\n" not in tail.strip() else content


def digest(path: Path) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
