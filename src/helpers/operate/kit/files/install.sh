#!/bin/sh
# Finds a Python that the kit has wheels for; install.py does the rest.
cd -- "$(CDPATH='' dirname -- "$0")" || exit 1
folder=src/helpers/operate/kit
for python in ${PYTHON:+"$PYTHON"} python3.14 python3.13 python3.12 python3.11 python3 python; do
	if "$python" -I $folder/install.py --fits >/dev/null 2>&1; then
		exec "$python" -I $folder/install.py "$@"
	fi
done
# One that does not fit says why, if it is new enough to read the file.
for python in python3 python; do
	if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
		exec "$python" -I $folder/install.py "$@"
	fi
done
cat $folder/files/no-python.txt >&2
exit 1
