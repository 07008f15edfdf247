"""The product's settings, with a home of their own and a password hash that costs nothing."""

from __future__ import annotations

import os
import tempfile

SCRATCH = tempfile.TemporaryDirectory(prefix="bihuan-tests-", ignore_cleanup_errors=True)
os.environ["BIHUAN_HOME"] = SCRATCH.name
for name in ("BIHUAN_PRODUCTION", "BIHUAN_DEMO", "BIHUAN_DEBUG"):
    os.environ.pop(name, None)

from bihuan.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
