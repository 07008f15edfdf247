#!/bin/sh
# Print the Python that the other tools run with: $PYTHON, or the first that is new enough.
for name in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        command -v "$name"
        exit 0
    fi
done
echo "Bihuan needs Python 3.11 or newer; ${PYTHON:-python3} is older or not there." >&2
echo "Install one (Debian: apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python3 make run" >&2
exit 1
