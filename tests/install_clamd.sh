#!/bin/sh
# The antivirus daemon that files are tried against: Debian's clamav-daemon, without its signatures (the tests load one of
# their own). Installed when it is missing and this user may; otherwise says what to do and fails: nothing is skipped in
# silence. PARVIS_CLAMD names another clamd.
set -eu

if [ -n "${PARVIS_CLAMD:-}" ]; then
    [ -x "$PARVIS_CLAMD" ] && exit 0
    echo "PARVIS_CLAMD désigne « $PARVIS_CLAMD », qui n’est pas un programme." >&2
    exit 2
fi
# Debian puts it where a plain user's PATH does not look.
PATH="$PATH:/usr/sbin:/usr/local/sbin"
command -v clamd >/dev/null 2>&1 && exit 0

advice="Les tests des fichiers demandent clamd : installez-le (Debian : apt install clamav-daemon), ou désignez-le par PARVIS_CLAMD=/chemin, puis relancez « make test »."
command -v apt-get >/dev/null 2>&1 || { echo "$advice" >&2; exit 2; }
if [ "$(id -u)" = 0 ]; then
    become=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    become="sudo -n"
else
    echo "$advice" >&2
    exit 2
fi
echo "Installation de clamd…"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { $become env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends clamav-daemon >"$log" 2>&1 </dev/null; }
if ! install; then
    # Lists too old or absent, as in a fresh container.
    { $become apt-get update >"$log" 2>&1 </dev/null && install; } || {
        tail -n 5 "$log" >&2
        echo "$advice" >&2
        exit 2
    }
fi
command -v clamd >/dev/null 2>&1 || { echo "$advice" >&2; exit 2; }
