"""Mounts a job's directory at /opt/ml in a mount namespace of its own, then becomes the job's command.

Run as a script: `enter.py DIRECTORY CWD COMMAND...`. It imports nothing of the runner and uses nothing but
Python and the C library: `os.unshare` came with Python 3.12, util-linux is not everywhere. A process with
threads
may not enter a user namespace, so this cannot be done in the runner itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

OPT = "/opt"
OPT_ML = "/opt/ml"
CANNOT = 125
"""Exit code when the namespace could not be made."""

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18


def main() -> None:
    """Enter, mount, and run the command; does not return."""
    directory, cwd, *command = sys.argv[1:]
    try:
        enter(directory)
        os.chdir(cwd)
    except OSError as error:
        print(f"{OPT_ML} cannot be mounted: {error.strerror}: {error.filename}", file=sys.stderr)
        sys.exit(CANNOT)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}", file=sys.stderr)
        sys.exit(126)


def enter(directory: str) -> None:
    """Give this process a mount namespace in which `directory` is at /opt/ml."""
    libc = ctypes.CDLL(None, use_errno=True)
    _unshare(libc)
    _mount(libc, "none", "/", _RECURSIVE | _PRIVATE)
    # Opened before anything is mounted over it: the directory may itself be below /opt.
    source = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    if not os.path.isdir(OPT_ML):  # noqa: PTH112 - pathlib would double the time that this takes
        _make_place(libc)
    _mount(libc, f"/proc/self/fd/{source}", OPT_ML, _BIND | _RECURSIVE)
    os.close(source)


def _unshare(libc: ctypes.CDLL) -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0 and libc.unshare(_NEW_MOUNTS) == 0:
        return
    if libc.unshare(_NEW_MOUNTS | _NEW_USER) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "unshare")
    # The same user inside: what the job writes is the user's, and it cannot do more than the user.
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _make_place(libc: ctypes.CDLL) -> None:
    """Put a file system in memory over /opt, with everything that is there bound back, and /opt/ml."""
    below = os.open(OPT, os.O_PATH | os.O_DIRECTORY)
    names = os.listdir(OPT)  # noqa: PTH208
    _mount(libc, "tmpfs", OPT, 0, "tmpfs", "mode=755")
    for name in names:
        here, there = f"{OPT}/{name}", f"/proc/self/fd/{below}/{name}"
        if name == "ml":
            continue
        if os.path.islink(there):  # noqa: PTH114
            os.symlink(os.readlink(there), here)  # noqa: PTH115, PTH211
            continue
        if os.path.isdir(there):  # noqa: PTH112
            os.mkdir(here)  # noqa: PTH102
        else:
            os.close(os.open(here, os.O_CREAT | os.O_WRONLY))
        with contextlib.suppress(PermissionError):  # what the user may not see stays away
            _mount(libc, there, here, _BIND | _RECURSIVE)
    os.close(below)
    os.mkdir(OPT_ML)  # noqa: PTH102


def _mount(libc: ctypes.CDLL, source: str, target: str, flags: int, kind: str = "", data: str = "") -> None:
    texts = [text.encode() or None for text in (source, target, kind, data)]
    if libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), f"mount on {target}")


def _write(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


if __name__ == "__main__":
    main()
