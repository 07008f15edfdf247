"""The `bihuan` command: every management command under one name, with errors for people.

Exit codes: 0 done, 1 refused or failed, 2 wrong use, 130 interrupted.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Sequence

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import (
    CommandError,
    ManagementUtility,
    get_commands,
    load_command_class,
)
from django.db.utils import OperationalError, ProgrammingError

from bihuan import __version__
from bihuan.lib.refusals import Refused

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
NO_DATABASE = re.compile(r'database "[^"]*" does not exist')
NO_TABLES = ("no such table", "does not exist")
HELP = """Bihuan {version}

Usage: bihuan COMMAND [OPTIONS]      bihuan COMMAND --help explains one command.

{commands}

Django's own commands (migrate, shell, check …) work as well: bihuan help --all
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the console script exits with what this returns."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    try:
        return execute(words)
    except Refused as refusal:
        return complain(str(refusal), words)
    except CommandError as error:
        complain(str(error), words)
        return error.returncode
    except (OperationalError, ProgrammingError) as error:
        return complain(about_database(error), words)
    except (ImproperlyConfigured, ImportError) as error:
        return complain(f"The installation is not complete: {error}", words)
    except BrokenPipeError:
        # The reader (`| head`) has gone; Python would complain once more while it closes down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return complain(f"This is a fault of the program: {error!r}", words)


def execute(words: list[str]) -> int:
    if not words or words in (["help"], ["--help"], ["-h"]):
        sys.stdout.write(overview())
        return DONE
    if words in (["version"], ["--version"]):
        sys.stdout.write(f"{__version__}\n")
        return DONE
    if words == ["help", "--all"]:
        words = ["help", "--commands"]
    if words[0] != "help" and not words[0].startswith("-"):
        # Django then lets a CommandError through, instead of printing it with its class name.
        words = [words[0], "--traceback", *words[1:]]
    ManagementUtility(["bihuan", *words]).execute()
    return DONE


def overview() -> str:
    django.setup()
    ours = sorted(name for name, app in get_commands().items() if app.startswith("bihuan."))
    commands = [f"  {name:<12}{first_line(name)}" for name in ours]
    return HELP.format(version=__version__, commands="\n".join(commands))


def first_line(name: str) -> str:
    """What a command says of itself, cut to one line."""
    text = str(load_command_class(get_commands()[name], name).help).strip()
    return text.splitlines()[0] if text else ""


def about_database(error: Exception) -> str:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
    if NO_DATABASE.search(reason):
        return f"The database is not there ({reason}). Create it (createdb), or see DATABASE_URL."
    if any(phrase in reason for phrase in NO_TABLES):
        return f"The database has not been set up ({reason}). Run: bihuan install"
    return f"The database does not answer ({reason}). See DATABASE_URL."


def complain(sentence: str, words: Sequence[str] = ()) -> int:
    """Say on standard error what is wrong; the traceback only where `--traceback` asks for it."""
    if "--traceback" in words:
        traceback.print_exc()
    sys.stderr.write(f"{sentence}\n")
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
