"""The embedded server: started, shared, recovered; each test on a server of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from parvis.ground.database import embedded, places

_HOLD = """
import sys
from pathlib import Path
from parvis.ground.database import embedded
with embedded.server(Path(sys.argv[1]), fsync=False) as server:
    print(server.admin_url, flush=True)
    sys.stdin.read()
"""

Holder = subprocess.Popen[str]


@pytest.fixture
def root() -> Iterator[Path]:
    """A place for a server, in a folder that a server not run by root can reach."""
    folder = Path(tempfile.mkdtemp(prefix="parvis-embedded-"))
    folder.chmod(0o711)
    yield folder / "data dir" / "postgres"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def hold(root: Path) -> Iterator[Callable[[], Holder]]:
    """Another process that uses the server in `root` until its input is closed."""
    holders: list[Holder] = []
    (root.parent).mkdir(mode=0o711, exist_ok=True)

    def start() -> Holder:
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        holders.append(holder)
        return holder

    yield start
    for holder in holders:
        _leave(holder)


def _leave(holder: Holder) -> int:
    if holder.stdin and not holder.stdin.closed:
        holder.stdin.close()
    code = holder.wait(120)
    if holder.stdout:
        holder.stdout.close()
    return code


def _url(holder: Holder) -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def _pid(root: Path) -> int:
    return int((root / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _gone(pid: int) -> bool:
    limit = time.monotonic() + 120
    while _runs(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return not _runs(pid)


def test_a_new_place_gets_a_server_with_the_three_logins_and_the_end_stops_it(root: Path) -> None:
    with embedded.server(root) as server:
        pid = _pid(root)
        for url, role in (
            (server.application_url, "parvis_app"),
            (server.owner_url, "parvis_owner"),
            (server.admin_url, "postgres"),
        ):
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT current_user, current_database()").fetchone() == (role, "parvis")
        with psycopg.connect(server.admin_url) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            found = connection.execute("SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'parvis'")
            assert found.fetchone() == ("b", "C.UTF-8")
        assert server.alive()
    assert _gone(pid)


def test_data_stay_from_one_start_to_the_next(root: Path) -> None:
    with embedded.server(root) as server, psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    with embedded.server(root) as server, psycopg.connect(server.owner_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_nobody_else_on_the_machine_reaches_the_socket(root: Path) -> None:
    with embedded.server(root, fsync=False) as server:
        assert server.place.home.stat().st_mode & 0o077 == 0
        assert server.place.sockets.stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError, match="peer authentication|Peer authentication"):
            psycopg.connect(server.admin_url.replace("user=postgres", "user=someone"))


def test_several_processes_share_it_and_the_last_stops_it(root: Path, hold: Callable[[], Holder]) -> None:
    first, second = hold(), hold()
    assert _url(first) == _url(second)
    pid = _pid(root)
    assert _leave(first) == 0
    assert _runs(pid)
    assert _leave(second) == 0
    assert _gone(pid)


def test_processes_that_start_together_make_one_server(root: Path, hold: Callable[[], Holder]) -> None:
    holders = [hold() for _ in range(4)]
    urls = {_url(holder) for holder in holders}
    assert len(urls) == 1
    with psycopg.connect(urls.pop()) as connection:
        roles = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'parvis%'").fetchone()
    assert roles == (6,)
    pid = _pid(root)
    assert [_leave(holder) for holder in holders] == [0, 0, 0, 0]
    assert _gone(pid)


def test_a_process_that_was_killed_no_longer_counts(root: Path, hold: Callable[[], Holder]) -> None:
    killed, survivor = hold(), hold()
    _url(killed), _url(survivor)
    pid = _pid(root)
    killed.kill()
    killed.wait()
    assert _runs(pid)
    assert _leave(survivor) == 0
    assert _gone(pid)


def test_after_the_only_process_was_killed_the_next_takes_the_server_over(
    root: Path, hold: Callable[[], Holder]
) -> None:
    killed = hold()
    _url(killed)
    pid = _pid(root)
    killed.kill()
    killed.wait()
    assert _runs(pid)
    with embedded.server(root, fsync=False):
        assert _pid(root) == pid
    assert _gone(pid)


def test_after_the_server_was_killed_the_next_start_recovers_what_was_committed(root: Path) -> None:
    with embedded.server(root) as server:
        with psycopg.connect(server.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        pid = _pid(root)
        os.kill(pid, signal.SIGKILL)
        assert _gone(pid)
        assert not server.alive()
        with embedded.server(root) as again, psycopg.connect(again.owner_url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
            assert _pid(root) != pid


def test_a_number_taken_by_another_process_is_not_taken_for_the_server(root: Path) -> None:
    with embedded.server(root, fsync=False):
        pass
    (root / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{root / 'data'}\n")
    with embedded.server(root, fsync=False) as server:
        assert server.alive()
        assert _pid(root) != os.getpid()


def test_an_initialisation_that_was_cut_short_is_begun_again(root: Path) -> None:
    with embedded.server(root, fsync=False) as server:
        home = server.place.home
    shutil.move(home / "data", home / "data.new")
    (home / "data.new" / "PG_VERSION").unlink()
    with embedded.server(root, fsync=False) as server, psycopg.connect(server.owner_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_place_with_a_long_name_has_its_socket_elsewhere(root: Path) -> None:
    long = root.parent / ("établissement-" * 10) / "postgres"
    with embedded.server(long, fsync=False) as server:
        assert len(os.fsencode(server.place.sockets)) < 93
        assert server.place.sockets.stat().st_mode & 0o777 == 0o700
        with psycopg.connect(server.application_url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("parvis_app",)
    shutil.rmtree(server.place.sockets)


def test_a_base_of_another_version_is_refused_in_one_sentence(root: Path) -> None:
    with embedded.server(root, fsync=False) as server:
        home = server.place.home
    (home / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(embedded.EmbeddedError, match="PostgreSQL 17, la version installée est 18"):
        embedded.server(root, fsync=False).__enter__()


def test_emptying_erases_the_data_but_not_under_someone(root: Path, hold: Callable[[], Holder]) -> None:
    user = hold()
    _url(user)
    with pytest.raises(embedded.EmbeddedError, match="utilisée par un autre programme"):
        embedded.remove(root)
    _leave(user)
    embedded.remove(root)
    assert not (root / "data").exists()


def test_a_user_without_a_name_is_told_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_number: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(embedded.EmbeddedError, match="n’a pas de nom sur cette machine"):
        embedded.server(root).__enter__()


def test_without_the_wheel_the_sentence_names_the_way_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_PACKAGE", "no_such_package_at_all")
    with pytest.raises(embedded.EmbeddedError, match="DATABASE_URL"):
        embedded.server(root).__enter__()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as someone else")
def test_root_under_a_closed_folder_opens_nothing_and_keeps_the_data_apart(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.parent.mkdir(mode=0o700)
    apart = root.parents[1] / "apart"
    monkeypatch.setattr(places, "_APART", apart)
    with embedded.server(root, fsync=False) as server, psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        assert server.place.home.parent == apart
        assert root.resolve() == server.place.home
    assert root.parent.stat().st_mode & 0o777 == 0o700
    with embedded.server(root, fsync=False) as server, psycopg.connect(server.owner_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as someone else")
def test_binaries_out_of_reach_are_copied_beside_the_data(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reachable = places._reachable
    monkeypatch.setattr(places, "_reachable", lambda path: reachable(path) and not str(path).endswith("/bin"))
    with embedded.server(root, fsync=False) as server, psycopg.connect(server.owner_url) as connection:
        assert server.place.binaries.is_relative_to(server.place.home)
        assert connection.execute("SELECT 1").fetchone() == (1,)
