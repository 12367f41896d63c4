#!/bin/sh
# The browser of the browser journeys: Debian's chromium. Installed when it is missing and this user may; otherwise says
# what to do and fails: journeys are never skipped in silence. PARVIS_CHROMIUM names another Chromium or Chrome.
set -eu

if [ -n "${PARVIS_CHROMIUM:-}" ]; then
    [ -x "$PARVIS_CHROMIUM" ] && exit 0
    echo "PARVIS_CHROMIUM désigne « $PARVIS_CHROMIUM », qui n’est pas un programme." >&2
    exit 2
fi
command -v chromium >/dev/null 2>&1 && exit 0

advice="Les tests au navigateur demandent chromium : installez-le (Debian : apt install chromium), ou désignez un Chromium ou un Chrome par PARVIS_CHROMIUM=/chemin, puis relancez « make test »."
command -v apt-get >/dev/null 2>&1 || { echo "$advice" >&2; exit 2; }
if [ "$(id -u)" = 0 ]; then
    become=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    become="sudo -n"
else
    echo "$advice" >&2
    exit 2
fi
echo "Installation de chromium…"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { $become env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium >"$log" 2>&1 </dev/null; }
if ! install; then
    # Lists too old or absent, as in a fresh container.
    { $become apt-get update >"$log" 2>&1 </dev/null && install; } || {
        tail -n 5 "$log" >&2
        echo "$advice" >&2
        exit 2
    }
fi
command -v chromium >/dev/null 2>&1 || { echo "$advice" >&2; exit 2; }
