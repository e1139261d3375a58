"""The data folder of the embedded PostgreSQL: where it lies, who owns it, how it is made."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from limu.wire.binaries import Binaries, find_binaries, reachable_copy
from limu.wire.home import Home
from limu.wire.keys import password

# A unix socket's path may be 107 bytes long; the name of the socket itself takes 18 of them.
LONGEST_SOCKET_FOLDER = 88
SUPERUSER = "postgres"
ACCOUNTS = ("postgres", "nobody")


class ClusterError(Exception):
    """The embedded database could not be made."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that runs the server."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Folders and programs of one embedded database."""

    data: Path
    socket: Path
    binaries: Binaries
    account: Account | None

    @property
    def exists(self) -> bool:
        """Tell whether the data folder was made; it appears whole or not at all."""
        return (self.data / "PG_VERSION").is_file()


def find_cluster(home: Home, *, source: str | None = None) -> Cluster:
    """Say where the embedded database of a home lies, and prepare the way to it.

    PostgreSQL refuses to run as root, so root hands it to another account (`postgres`, else `nobody`), which must be
    able to reach the folder. The home gets +x for that; if a folder above is closed (/root is), its permissions
    stay as they are and the data lies in /var/lib/limu-<hash of the home>."""
    home.prepare()
    account = _account() if os.getuid() == 0 else None
    base = _base(home, account)
    binaries = find_binaries(source)
    if account and not _reaches(account, binaries.folder):
        binaries = reachable_copy(binaries, base)
    return Cluster(base / "database", _socket_folder(base, account), binaries, account)


def make_cluster(cluster: Cluster, home: Home) -> None:
    """Run initdb: passwords by SCRAM, checksums, UTF-8, and the first locale that works here."""
    if cluster.exists:
        return
    draft = cluster.data.with_name("database.new")
    reasons: list[str] = []
    for locale in _locales(cluster.binaries.major):
        shutil.rmtree(draft, ignore_errors=True)
        own_folder(draft, cluster.account)
        if not (reason := _initdb(cluster, draft, home=home, locale=locale)):
            # Whole from here on; a crash before leaves a draft that the next start throws away.
            draft.rename(cluster.data)
            return
        reasons.append(reason)
    raise ClusterError(f"内置数据库没有建成：{' | '.join(reasons)}")


def own_folder(path: Path, account: Account | None, mode: int = 0o700) -> None:
    """Make a folder that belongs to the server's account."""
    path.mkdir(mode=mode, exist_ok=True)
    if account:
        os.chown(path, account.uid, account.gid)
        path.chmod(mode)


def _account() -> Account:
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ClusterError("root 不得运行 PostgreSQL，这里又没有 postgres 或者 nobody 用户可以运行它。请换用普通用户。")


def _base(home: Home, account: Account | None) -> Path:
    if account is None:
        return home.root
    if _reaches(account, home.root.parent):
        home.root.chmod(home.root.stat().st_mode | 0o011)
        return home.root
    digest = hashlib.sha256(str(home.root.resolve()).encode()).hexdigest()[:12]
    shelf = Path(f"/var/lib/limu-{digest}")
    shelf.mkdir(mode=0o711, exist_ok=True)
    if shelf.stat().st_uid != 0:
        raise ClusterError(f"{shelf} 属于另一个用户。请删除它，或者用 LIMU_HOME 指定另一个目录。")
    shelf.chmod(0o711)
    return shelf


def _reaches(account: Account, path: Path) -> bool:
    real = path.resolve()
    return all(_may_pass(account, folder) for folder in (real, *real.parents))


def _may_pass(account: Account, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == account.gid else 0o001))


def _socket_folder(base: Path, account: Account | None) -> Path:
    folder = base / "socket"
    if len(str(folder).encode()) > LONGEST_SOCKET_FOLDER:
        digest = hashlib.sha256(str(base).encode()).hexdigest()[:12]
        folder = Path(f"/tmp/limu-{digest}")  # noqa: S108 - short by need; the folder's owner is checked below
    own_folder(folder, account, 0o711)
    if folder.stat().st_uid != (account.uid if account else os.getuid()):
        raise ClusterError(f"{folder} 属于另一个用户。请删除它，或者用 LIMU_HOME 指定另一个目录。")
    return folder


def _locales(major: int) -> list[list[str]]:
    # stack.md 1: pg_trgm sees no Chinese letters under C or ICU; builtin C.UTF-8 is right and stable across systems.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    libc = [["--locale=C.UTF-8"], ["--locale=en_US.UTF-8"]]
    return [[*builtin, "--locale=C.UTF-8"], [*builtin, "--locale=C"], *libc] if major >= 17 else libc


def _initdb(cluster: Cluster, draft: Path, *, home: Home, locale: list[str]) -> str:
    secret = draft.with_name("database.pw")
    secret.touch(mode=0o600)
    secret.write_text(password(home, SUPERUSER))
    if cluster.account:
        os.chown(secret, cluster.account.uid, cluster.account.gid)
    command = [str(cluster.binaries.program("initdb")), "-D", str(draft), "-U", SUPERUSER, f"--pwfile={secret}"]
    try:
        done = subprocess.run(
            [*command, "-A", "scram-sha-256", "-k", "-E", "UTF8", "--no-instructions", *locale],
            **child_options(cluster, draft),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        secret.unlink()
    return "" if done.returncode == 0 else done.stderr.strip().replace("\n", " ")


class ChildOptions(TypedDict, total=False):
    """The part of subprocess.Popen's arguments that every PostgreSQL program is started with."""

    cwd: Path
    env: dict[str, str]
    start_new_session: bool
    umask: int
    user: int
    group: int
    extra_groups: list[int]


def child_options(cluster: Cluster, folder: Path) -> ChildOptions:
    """Say how a PostgreSQL program is started: not as root, in a session of its own, with a bare environment.

    A session of its own, because Ctrl-C reaches every process of a terminal: the server must outlive its clients."""
    path = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}
    options: ChildOptions = {"cwd": folder, "env": path, "start_new_session": True, "umask": 0o077}
    if cluster.account:
        options.update({"user": cluster.account.uid, "group": cluster.account.gid, "extra_groups": []})
    return options
