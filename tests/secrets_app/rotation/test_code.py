"""A handler's code: zips that are taken apart without harm, and those that are refused."""

import io
import os
import stat
import zipfile

import pytest

from secrets_app.rotation.registry import code
from service.errors import ValidationFailed
from tests.secrets_app.rotation.registering import zipped

HANDLER = "lambda_function.lambda_handler"
SOUND = {"lambda_function.py": "x = 1\n", "lib/helper.py": "y = 2\n"}


def entry(name: str, mode: int = stat.S_IFREG | 0o644, data: bytes = b"") -> bytes:
    """A zip with the module and one more entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lambda_function.py", "")
        info = zipfile.ZipInfo("x" * len(name.encode()))
        info.external_attr = mode << 16
        archive.writestr(info, data)
    # zipfile itself would make some names harmless
    return buffer.getvalue().replace(b"x" * len(name.encode()), name.encode())


def refused(found: bytes, why: str) -> None:
    with pytest.raises(ValidationFailed, match=why):
        code.require_sound(found, HANDLER)


def test_a_sound_zip_comes_out_as_it_went_in(tmp_path):
    found = zipped(SOUND)
    code.require_sound(found, HANDLER)
    code.extract(found, tmp_path)

    assert (tmp_path / "lib" / "helper.py").read_text() == "y = 2\n"
    assert stat.S_IMODE((tmp_path / "lambda_function.py").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "lib").stat().st_mode) == 0o700


@pytest.mark.parametrize("handler", ["app.go", "app/__init__.go", "lib.helper.go", "lib/helper.go"])
def test_the_handlers_module_may_be_a_package_or_in_one(handler):
    files = {"app/__init__.py": "", "lib/helper.py": ""}
    code.require_sound(zipped(files), handler)

    with pytest.raises(ValidationFailed, match="has no module"):
        code.require_sound(zipped(SOUND), "app.go")


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil", "lib/../../evil", "a\\..\\evil", "."])
def test_a_name_that_leads_out_is_refused(tmp_path, name):
    refused(entry(name), "leads out of it")
    with pytest.raises(ValidationFailed):
        code.extract(entry(name), tmp_path / "task")
    assert not list(tmp_path.rglob("evil*"))


def test_a_name_with_a_nul_is_refused():
    refused(entry("evil\0.py"), "leads out of it")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_what_is_no_file_is_refused(kind):
    refused(entry("evil", kind | 0o777, b"/etc/passwd"), "is a link, or no file")


def test_a_file_that_is_there_twice_is_refused():
    refused(entry("lambda_function.py"), "twice")
    refused(entry("./lambda_function.py"), "twice")


def test_a_file_in_a_files_place_is_refused():
    refused(entry("lambda_function.py/x"), "where it has a folder")


def test_bombs_are_refused(monkeypatch):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}", bytes(40 * 1024 * 1024))
    assert len(buffer.getvalue()) < 1024 * 1024
    refused(buffer.getvalue(), "bytes when it is unpacked")

    monkeypatch.setattr(code, "MOST_FILES", 1)
    refused(zipped(SOUND), "more than 1 files")


def test_a_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lambda_function.py", bytes(1024 * 1024))
    size = (1024 * 1024).to_bytes(4, "little")
    lying = buffer.getvalue().replace(size, (10).to_bytes(4, "little"))

    with pytest.raises(ValidationFailed, match="is damaged"):
        code.extract(lying, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10


@pytest.mark.parametrize("found", [b"", b"PK", b"\0" * 100, zipped(SOUND)[:-30]])
def test_what_is_no_zip_is_refused(found):
    refused(found, "is not a zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_file_is_refused(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("lambda_function.py", "x = 1\n" * 100)
    found = bytearray(buffer.getvalue())
    found[50] ^= 0xFF

    refused(bytes(found), "is damaged")


def test_what_is_encrypted_or_compressed_otherwise_is_refused():
    found = bytearray(zipped(SOUND))
    at = found.index(b"PK\x01\x02") + 8
    found[at] |= 1
    refused(bytes(found), "is encrypted")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("lambda_function.py", "")
    refused(buffer.getvalue(), "or not deflated")


# -- out of folders


def test_a_folder_makes_the_same_zip_each_time(tmp_path):
    folder = tmp_path / "one"
    (folder / "lib").mkdir(parents=True)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_text("x")
    for name, text in SOUND.items():
        (folder / name).write_text(text)
    (folder / "run.sh").write_text("exit")
    (folder / "run.sh").chmod(0o755)
    first = code.of_path(folder)
    os.utime(folder / "lambda_function.py", (1, 1))

    assert code.of_path(folder) == first
    code.extract(first, tmp_path)
    assert sorted(zipfile.ZipFile(io.BytesIO(first)).namelist()) == [*sorted(SOUND), "run.sh"]
    assert stat.S_IMODE((tmp_path / "run.sh").stat().st_mode) == 0o700


def test_a_zip_is_taken_as_it_is(tmp_path):
    (tmp_path / "code.zip").write_bytes(zipped(SOUND))

    assert code.of_path(tmp_path / "code.zip") == zipped(SOUND)


def test_a_folder_with_a_link_is_refused(tmp_path):
    (tmp_path / "lambda_function.py").symlink_to("/etc/passwd")

    with pytest.raises(ValidationFailed, match="is a link"):
        code.of_path(tmp_path)


def test_what_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(code, "MOST_ZIPPED", 10)
    monkeypatch.setattr(code, "MOST_BYTES", 10)
    (tmp_path / "large").write_bytes(bytes(11))

    for path in (tmp_path, tmp_path / "large"):
        with pytest.raises(ValidationFailed, match="more than 10 bytes"):
            code.of_path(path)
