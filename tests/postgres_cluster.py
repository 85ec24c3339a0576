"""A PostgreSQL server of the tests' own: made in a temporary folder, stopped with them.

The server runs as an ordinary user on a free loopback port and syncs as it does by default. It is
a child of this process and dies with it, however that ends. Each test gets a database of its own.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

from twin.store.database import Database

__all__ = [
    "PostgresCluster",
    "StoreDatabases",
    "find_postgres",
    "postgres_cluster",
    "postgres_store_url",
    "postgres_stores",
    "postgres_url",
]

_START_S = 60.0
_USER = "lacss"
_QUICK_INIT = ("--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", f"--username={_USER}")


def find_postgres(name: str) -> str | None:
    """Path of a program of PostgreSQL, also where Debian keeps those that are not on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    return shutil.which(name) or next((str(path) for path in reversed(debian)), None)


def _version(path: Path) -> int:
    version = path.parent.parent.name
    return int(version) if version.isdigit() else 0


class PostgresCluster:
    """One server with its folder; `url` names a database of it.

    Parameters
    ----------
    folder : Path
        New and empty; the cluster is made in it.
    options : sequence of str
        More settings of the server, as `name=value`.
    """

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.port = _free_port()
        self._options = tuple(options)
        self._server: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count()
        user = _ordinary_user()
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        self._as_user = _command_prefix(user)
        self._log = folder / "server.log"
        self._run("initdb", "-D", str(folder / "data"), *_QUICK_INIT)

    def url(self, database: str = "postgres") -> str:
        """Where SQLAlchemy finds a database of this server."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1",
                    f"unix_socket_directories={self.folder}", *self._options)  # fmt: skip
        chosen = [part for setting in settings for part in ("-c", setting)]
        data = str(self.folder / "data")
        command = [*self._as_user, _program("postgres"), "-D", data, *chosen]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends what runs, SIGQUIT leaves a crash behind."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(timeout=_START_S)
            self._server = None

    def create(self, template: str = "template0") -> str:
        """A new database, a copy of `template`; its name."""
        name = f"t{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever still uses it."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement outside a transaction and give its rows."""
        with psycopg.connect(self._conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return [] if cursor.description is None else cursor.fetchall()

    def _conninfo(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={_USER} dbname={database}"

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as_user, _program(name), *arguments], cwd=self.folder, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr[-500:]}")

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_S
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError as error:
                ended = self._server is None or self._server.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"no answer: {self._log.read_text()[-500:]}") from error
                time.sleep(0.05)
            else:
                return


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A server that runs as long as the tests of this process."""
    if find_postgres("initdb") is None or find_postgres("postgres") is None:
        pytest.skip("PostgreSQL is absent (initdb, postgres); Debian: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="lacss-pg-"))
    try:
        cluster = PostgresCluster(folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster) -> str:
    """URL of a new, empty database."""
    return postgres_cluster.url(postgres_cluster.create())


class StoreDatabases:
    """Databases with the schema of a new store, emptied between tests as making one is slow.

    One whose tables or triggers a test changed is not lent again.
    """

    def __init__(self, cluster: PostgresCluster) -> None:
        self._cluster = cluster
        self._template = cluster.create()
        Database(cluster.url(self._template)).close()
        self._shape = self._look(self._template)
        self._spare: list[str] = []

    def lend(self) -> str:
        """Name of a database that nobody else has."""
        return self._spare.pop() if self._spare else self._cluster.create(self._template)

    def take_back(self, name: str) -> None:
        """End who still uses it, and empty it."""
        self._cluster.execute(_END_OTHERS.format(name=name))
        if self._look(name) == self._shape:
            self._cluster.execute(_EMPTY, name)
            self._spare.append(name)
        else:
            self._cluster.drop(name)

    def _look(self, name: str) -> list[tuple[object, ...]]:
        return self._cluster.execute(_SHAPE, name)


@pytest.fixture(scope="session")
def postgres_stores(postgres_cluster: PostgresCluster) -> StoreDatabases:
    """Databases for stores, on the server of the tests."""
    return StoreDatabases(postgres_cluster)


@pytest.fixture
def postgres_store_url(
    postgres_cluster: PostgresCluster, postgres_stores: StoreDatabases
) -> Iterator[str]:
    """URL of an empty database in which a store was opened once."""
    name = postgres_stores.lend()
    yield postgres_cluster.url(name)
    postgres_stores.take_back(name)


_END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
_SHAPE = """
    SELECT relname, attname, atttypid::int
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT tgname, '', ascii(tgenabled::text) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT conname, '', 0 FROM pg_constraint WHERE conrelid > 0
    UNION ALL SELECT 'schema_version', '', version FROM schema_version ORDER BY 1, 2, 3
"""
_EMPTY = """
    DO $$ DECLARE one text; BEGIN
    SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off;
    FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname <> 'schema_version'
        AND relnamespace = 'public'::regnamespace
    LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
    PERFORM setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'
        AND relnamespace = 'public'::regnamespace;
    END $$
"""


def _program(name: str) -> str:
    found = find_postgres(name)
    if found is None:
        raise FileNotFoundError(f"{name} of PostgreSQL is absent")
    return found


def _ordinary_user() -> pwd.struct_passwd | None:
    """Who runs the server when this process is root, which PostgreSQL refuses to serve."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _command_prefix(user: pwd.struct_passwd | None) -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return [] if user is None else ["runuser", "-u", user.pw_name, "--"]
    identity = (
        [] if user is None
        else [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    )  # fmt: skip
    return [setpriv, "--pdeathsig=QUIT", *identity]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
