"""The environment for developers: `make setup`. `prepare` is what the other commands start with."""

from __future__ import annotations

from tools import assets, environment
from tools.console import VENV_PYTHON, Failure, give_up, run, say


def prepare(*, for_developers: bool) -> None:
    """Bring everything that is made or fetched up to date; cheap when it already is."""
    groups = ("runtime", "develop") if for_developers else ("runtime",)
    environment.prepare(*groups)
    assets.fetch(for_tests=for_developers)
    run([VENV_PYTHON, "-m", "tools.compile_messages"], hint="See the catalogue named above.")


def main() -> None:
    try:
        prepare(for_developers=True)
    except Failure as failure:
        give_up(failure)
    say("Ready: .venv/bin/bihuan, .venv/bin/pytest")


if __name__ == "__main__":
    main()
