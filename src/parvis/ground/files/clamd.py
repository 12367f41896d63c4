"""ClamAV's daemon, spoken to in its own protocol (clamd(8)): PING, VERSION, INSTREAM.

`PARVIS_CLAMAV` says where it listens: the path of its socket (Debian: `/run/clamav/clamd.ctl`) or `host:port`. Empty:
files are not scanned, and the health page says so. A client of our own: three commands are fewer lines than a library.
"""

import socket
import struct
from contextlib import closing

from django.conf import settings

CHUNK = 65_536


class Unreachable(Exception):
    """The daemon is configured and does not answer: nothing may be said of the file."""


def configured() -> bool:
    """Whether an operator named a daemon."""
    return bool(settings.PARVIS_CLAMAV)


def ping() -> str:
    """What the daemon says it is: « ClamAV 1.0.7/… ». Raises Unreachable."""
    if _command(b"zPING\0") != "PONG":
        raise Unreachable("no PONG")
    return _command(b"zVERSION\0")


def found(content: bytes) -> str:
    """The name of what the daemon recognised in these bytes, "" for nothing. Raises Unreachable."""
    answer = _command(b"zINSTREAM\0", content)
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer[len("stream: ") : -len(" FOUND")]
    # A limit of the daemon's (« INSTREAM size limit exceeded »), an engine that reloads: nothing was looked at.
    raise Unreachable(answer)


def _connected() -> socket.socket:
    where, patience = settings.PARVIS_CLAMAV, settings.PARVIS_CLAMAV_TIMEOUT.total_seconds()
    if where.startswith("/"):
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(patience)
        try:
            made.connect(where)
        except OSError:
            made.close()
            raise
        return made
    host, _, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=patience)


def _command(command: bytes, content: bytes | None = None) -> str:
    try:
        with closing(_connected()) as line:
            line.sendall(command)
            if content is not None:
                for start in range(0, len(content), CHUNK):
                    piece = content[start : start + CHUNK]
                    line.sendall(struct.pack("!L", len(piece)) + piece)
                line.sendall(struct.pack("!L", 0))
            return _answer(line)
    except (OSError, ValueError) as fault:
        raise Unreachable(str(fault)) from fault


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4_096:
        piece = line.recv(4_096)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0").decode(errors="replace")
