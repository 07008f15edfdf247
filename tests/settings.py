"""The product's settings, with a home of their own and a password hash that costs nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

worker = os.environ.get("PYTEST_XDIST_WORKER")
if worker and "BIHUAN_TESTS_HOME" in os.environ:
    # A worker does not clean up behind itself; the process that started it does.
    home = Path(os.environ["BIHUAN_TESTS_HOME"]) / worker
    home.mkdir(exist_ok=True)
else:
    scratch = tempfile.TemporaryDirectory(prefix="bihuan-tests-", ignore_cleanup_errors=True)
    home = Path(scratch.name)
    os.environ["BIHUAN_TESTS_HOME"] = scratch.name
(home / "static").mkdir(exist_ok=True)
os.environ["BIHUAN_HOME"] = str(home)
for name in ("BIHUAN_PRODUCTION", "BIHUAN_DEMO", "BIHUAN_DEBUG"):
    os.environ.pop(name, None)

from bihuan.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("sqlite"):  # noqa: F405
    # In memory; pytest-django knows by itself only what Django's own engine would do.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
