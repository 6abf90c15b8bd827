"""Unpacking archives that someone else packed, with the filter of the standard library and without."""

from __future__ import annotations

import io
import stat
import tarfile
from pathlib import Path

import pytest

from local_runner.archives import extract_archive, make_archive
from local_runner.errors import StepError

HOSTILE = {
    "an absolute path": [("/{outside}/evil", tarfile.REGTYPE, "")],
    "a path through ..": [("a/../../evil", tarfile.REGTYPE, "")],
    "a directory through ..": [("../evil", tarfile.DIRTYPE, "")],
    "a symbolic link": [("link", tarfile.SYMTYPE, "{outside}"), ("link/evil", tarfile.REGTYPE, "")],
    "a relative symbolic link": [("link", tarfile.SYMTYPE, ".."), ("link/evil", tarfile.REGTYPE, "")],
    "a hard link": [("evil", tarfile.LNKTYPE, "{outside}/secret")],
    "a device": [("evil", tarfile.CHRTYPE, "")],
    "a pipe": [("evil", tarfile.FIFOTYPE, "")],
    "an entry of an unknown type": [("evil", b"Z", "")],
}


@pytest.fixture
def no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Python 3.11.0 to 3.11.3."""
    monkeypatch.delattr(tarfile, "data_filter", raising=False)


def pack(archive: Path, entries: list[tuple[str, bytes, str]], mode: int = 0o644) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        for name, kind, link in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.mode = kind, link, mode
            # Of nobody in particular: root must not give files away either.
            entry.uid = entry.gid = 54321
            entry.size = 4 if kind == tarfile.REGTYPE else 0
            tar.addfile(entry, io.BytesIO(b"text"))


@pytest.mark.usefixtures("no_filter")
@pytest.mark.parametrize("case", HOSTILE)
def test_without_the_filter_a_hostile_entry_is_refused_and_nothing_is_written(
    tmp_path: Path, case: str
) -> None:
    (tmp_path / "secret").write_text("secret")
    outside = str(tmp_path)
    pack(
        tmp_path / "a.tar.gz",
        [(n.format(outside=outside.lstrip("/")), k, t.format(outside=outside)) for n, k, t in HOSTILE[case]],
    )
    with pytest.raises(
        StepError, match=r"a\.tar\.gz cannot be unpacked as a tar\.gz archive: '.*(evil|link)' (is|would)"
    ):
        extract_archive(tmp_path / "a.tar.gz", tmp_path / "target")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar.gz", "secret", "target"]
    assert list((tmp_path / "target").iterdir()) == []


@pytest.mark.usefixtures("no_filter")
def test_without_the_filter_a_link_that_is_already_there_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "link").symlink_to(tmp_path)
    pack(tmp_path / "a.tar.gz", [("link/evil", tarfile.REGTYPE, "")])
    with pytest.raises(StepError, match="'link/evil' would be extracted outside the destination"):
        extract_archive(tmp_path / "a.tar.gz", tmp_path / "target")
    assert not (tmp_path / "evil").exists()


@pytest.mark.usefixtures("no_filter")
@pytest.mark.parametrize(("mode", "limited"), [(0o7777, 0o755), (0o0, 0o600), (0o555, 0o755), (0o666, 0o644)])
def test_without_the_filter_modes_and_owners_are_those_of_data(
    tmp_path: Path, mode: int, limited: int
) -> None:
    pack(tmp_path / "a.tar.gz", [("dir", tarfile.DIRTYPE, ""), ("dir/file", tarfile.REGTYPE, "")], mode)
    (tmp_path / "plain").mkdir()
    extract_archive(tmp_path / "a.tar.gz", tmp_path / "target")
    found = (tmp_path / "target" / "dir" / "file").stat()
    assert (stat.S_IMODE(found.st_mode), found.st_uid) == (limited, tmp_path.stat().st_uid)
    assert (tmp_path / "target" / "dir").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("filtered", [True, False])
def test_a_packed_directory_comes_out_as_it_went_in(
    tmp_path: Path, request: pytest.FixtureRequest, filtered: bool
) -> None:
    if not filtered:
        request.getfixturevalue("no_filter")
    source = tmp_path / "source"
    (source / "code" / "empty").mkdir(parents=True)
    (source / "code" / "..data").write_text("text")
    (source / "model.json").write_text("{}")
    (source / "run.sh").write_text("true")
    (source / "run.sh").chmod(0o755)
    make_archive(source, tmp_path / "a.tar.gz")
    extract_archive(tmp_path / "a.tar.gz", tmp_path / "target")
    make_archive(tmp_path / "target", tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").read_bytes() == (tmp_path / "a.tar.gz").read_bytes()
