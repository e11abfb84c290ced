"""Python handlers: what they find, and that whatever they do harms nobody."""

import json
import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as configured

from secrets_app.rotation import handlers, invoking
from secrets_app.rotation.event import StepFailed
from secrets_app.rotation.models import RotationFunction
from secrets_app.rotation.running import folders, process
from tests.secrets_app.rotation.registering import EVENT, handler
from tests.support import people

PLAIN = """
import json, os, sys
def lambda_handler(event, context):
"""
SECRET = "a-password-nobody-may-read"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch, role, keys):
    """Where temporary files go in these tests. Root's handlers are let in there, too."""
    tmp_path.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def note(tmp_path) -> Path:
    """A file that a handler may write what it found into."""
    return tmp_path / "note"


def body(text: str) -> str:
    return PLAIN + textwrap.indent(textwrap.dedent(text), "    ")


def run(text: str, **given) -> None:
    invoking.invoke(handler(body(text), **given), EVENT)


def refusal(text: str, **given) -> str:
    """Why a step failed; nothing of it tells what the handler knew."""
    with pytest.raises(StepFailed) as raised:
        run(text, **given)
    assert SECRET not in str(raised.value)
    return str(raised.value)


def noted(note: Path):
    return json.loads(note.read_text())


# -- what a handler finds


def test_a_handler_is_told_the_step(note):
    run(f"json.dump(event, open({str(note)!r}, 'w'))")

    assert noted(note) == dict(EVENT.as_lambda())


def test_a_handler_finds_lambdas_environment_and_no_more(note, keys, monkeypatch):
    for name in ("DATABASE_URL", "STRONGROOM_ROOT_KEY_PIN", "STRONGROOM_HOME", "AWS_PROFILE"):
        monkeypatch.setenv(name, SECRET)
    run(f"json.dump(dict(os.environ), open({str(note)!r}, 'w'))", Environment={"PLACE": "here"})

    found = noted(note)
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == "rotate"
    assert found["_HANDLER"] == "lambda_function.lambda_handler"
    assert found["AWS_ACCESS_KEY_ID"] == keys.access_key_id
    assert found["AWS_SECRET_ACCESS_KEY"] == keys.secret
    assert found["AWS_SESSION_TOKEN"] == keys.session_token
    assert found["SECRETS_MANAGER_ENDPOINT"] == found["AWS_ENDPOINT_URL"] == handlers.own_url()
    assert found["PLACE"] == "here"
    assert found["LAMBDA_TASK_ROOT"].endswith("/task")
    assert SECRET not in note.read_text()
    assert str(configured.STRONGROOM_HOME) not in note.read_text()


def test_a_function_may_have_an_endpoint_of_its_own(note):
    url = "http://127.0.0.1:9"
    run(
        f"json.dump(dict(os.environ), open({str(note)!r}, 'w'))",
        Environment={"SECRETS_MANAGER_ENDPOINT": url},
    )

    assert noted(note)["SECRETS_MANAGER_ENDPOINT"] == url


def test_a_handler_is_given_lambdas_context(note):
    run(
        f"""
        json.dump(
            [
                context.function_name, context.invoked_function_arn, context.function_version,
                context.memory_limit_in_mb, context.log_group_name, len(context.aws_request_id),
                0 < context.get_remaining_time_in_millis() <= 10_000,
            ],
            open({str(note)!r}, "w"),
        )
        """
    )

    assert noted(note) == [
        "rotate",
        f"arn:aws:lambda:us-east-1:{people.ACCOUNT}:function:rotate",
        "$LATEST",
        "1024",
        "/aws/lambda/rotate",
        36,
        True,
    ]


def test_a_handler_runs_in_its_code_with_nothing_to_read_and_no_files_of_ours(note):
    with (configured.STRONGROOM_HOME / "open").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        run(
            f"""
            found = [sys.stdin.read(), os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]]
            links = [os.readlink(f"/proc/self/fd/{{each}}") for each in os.listdir("/proc/self/fd")
                     if os.path.exists(f"/proc/self/fd/{{each}}")]
            found.append([each for each in links if "/dev/null" not in each
                          and not each.startswith("pipe:") and "/proc/" not in each])
            json.dump([*found, sys.argv, os.umask(0)], open({str(note)!r}, "w"))
            """
        )

    text, is_there, links, argv, mask = noted(note)
    assert (text, is_there, argv, mask) == (
        "",
        True,
        ["lambda_function.lambda_handler"],
        0o077,
    )
    assert [each for each in links if not each.endswith("/note")] == []


def test_a_handler_may_have_more_modules_and_be_in_one_of_them(note):
    files = {
        "app/__init__.py": "",
        "app/main.py": "from helper import put\ndef go(event, context): put(event['Step'])",
        "helper.py": f"def put(text): open({str(note)!r}, 'w').write(text)",
    }
    invoking.invoke(handler(files=files, Handler="app/main.go"), EVENT)
    assert note.read_text() == "createSecret"


@pytest.mark.parametrize("returned", ["None", "{'statusCode': 200}", "'x' * 1_000_000", "[1, 2.5]"])
def test_what_a_handler_returns_is_of_no_interest(returned):
    run(f"return {returned}")


def test_a_handler_has_a_log_but_nobody_keeps_it(tmp_path):
    run(f"print({SECRET!r}); sys.stderr.write({SECRET!r}); os.write(1, b'x' * 1_000_000)")

    assert not list(tmp_path.rglob("*.log"))


def test_what_a_handler_logs_is_kept_if_the_operator_wants_it(tmp_path, settings):
    settings.STRONGROOM_ROTATION_LOG_DIR = str(tmp_path / "logs")
    run(
        """
        import logging
        logging.getLogger().setLevel(logging.INFO)
        logging.info("set for %s", event["SecretId"])
        print("x" * 1_000_000)
        """
    )

    (log,) = (tmp_path / "logs").iterdir()
    assert log.name == f"{people.ACCOUNT}.us-east-1.rotate.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    text = log.read_text()
    assert "createSecret" in text.splitlines()[0]
    assert f"set for {EVENT.secret_id}" in text
    assert process.MOST_OUTPUT < len(text) < process.MOST_OUTPUT + 500


def test_a_log_that_cannot_be_written_fails_no_rotation(tmp_path, settings):
    (tmp_path / "file").touch()
    settings.STRONGROOM_ROTATION_LOG_DIR = str(tmp_path / "file" / "logs")

    run("print('x')")


# -- how a handler can fail


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"raise ValueError({SECRET!r})", "The handler raised ValueError at lambda_function.py:4."),
        ("json.loads('x')", "The handler raised JSONDecodeError at lambda_function.py:4."),
        ("return object()", "The handler raised Runtime.MarshalError."),
        ("sys.exit(0)", "The handler raised SystemExit at lambda_function.py:4."),
        ("os._exit(3)", "The handler's process ended with status 3, without an answer."),
        ("os._exit(0)", "The handler's process ended with status 0, without an answer."),
        ("os.abort()", "The handler's process was ended by signal 6."),
        ("os.kill(os.getpid(), 9)", "The handler's process was ended by signal 9."),
        ("import ctypes; ctypes.string_at(0)", "The handler's process was ended by signal 11."),
        ("def down(): down()\ndown()", "The handler raised RecursionError at "),
        ("x = b'x' * (1 << 40)", "The handler raised MemoryError at lambda_function.py:4."),
        (
            "os.closerange(3, 100)",
            "The handler's process ended with status 70, without an answer.",
        ),
        (
            f"for each in range(3, 100):\n  try: os.write(each, b'{SECRET}')\n"
            "  except OSError: pass",
            "The handler's process gave an answer that cannot be read.",
        ),
        (
            "import time; time.sleep(60)",
            "The handler took longer than 1 seconds.",
        ),
        (
            "import signal, time\n"
            "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
            "while True: time.sleep(60)",
            "The handler took longer than 1 seconds.",
        ),
    ],
)
def test_a_handler_that_fails_says_how_but_nothing_it_knew(text, why):
    seconds = 1 if "longer" in why else 10

    assert refusal(text, Timeout=seconds).startswith(why)


def test_of_aws_errors_the_code_is_told():
    text = """
    class ClientError(Exception):
        response = {"Error": {"Code": "AccessDeniedException", "Message": "not told"}}
    raise ClientError
    """
    assert refusal(text) == (
        "The handler raised ClientError (AccessDeniedException) at lambda_function.py:7."
    )


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (
            {"lambda_function.py": "import nothing_here"},
            "ModuleNotFoundError at lambda_function.py:1",
        ),
        ({"lambda_function.py": "\ndef"}, "SyntaxError at lambda_function.py:2"),
        ({"lambda_function.py": "x = 1"}, "AttributeError"),
        (
            {"lambda_function.py": "import b", "b.py": f"\n\nraise KeyError({SECRET!r})"},
            "KeyError at b.py:3",
        ),
        ({"lambda_function.py": "import sys; sys.exit(1)"}, "SystemExit at lambda_function.py:1"),
    ],
)
def test_code_that_cannot_be_imported_says_where(files, why):
    with pytest.raises(StepFailed) as raised:
        invoking.invoke(handler(files=files), EVENT)
    assert str(raised.value) == f"The handler cannot be imported: {why}."


def test_a_forged_answer_tells_nothing_either():
    forged = json.dumps({"type": f"{SECRET} ", "place": f"x\n{SECRET}"})
    why = refusal(
        f"""
        for each in range(3, 100):
            try:
                os.write(each, {forged.encode()!r})
            except OSError:
                pass
        os._exit(0)
        """
    )
    assert why == "The handler raised an error."


def test_an_interpreter_that_is_none_is_told():
    assert refusal("pass", Interpreter="/nowhere/python") == (
        "The interpreter /nowhere/python cannot be run: No such file or directory."
    )
    RotationFunction.objects.all().delete()
    assert "without an answer" in refusal("pass", Interpreter="/bin/false")


def test_another_interpreter_runs_it(note):
    bare = os.path.realpath(sys.executable)
    run(f"json.dump([sys.prefix, sys.flags.isolated], open({str(note)!r}, 'w'))", Interpreter=bare)

    assert noted(note) == [sys.base_prefix, 1]


# -- its end


def alive(pid: int) -> bool:
    """Whether the process does anything yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


LEAVES = """
import subprocess, time
pids = []
for new in (False, True):
    made = subprocess.Popen(
        [sys.executable, "-c", "import os, time; os.fork(); os.fork(); time.sleep(60)"],
        start_new_session=new,
    )
    pids.append(made.pid)
orphan = subprocess.run(
    [sys.executable, "-c", "import os, subprocess; print(subprocess.Popen(['sleep', '60'], "
     "start_new_session=True, stdout=subprocess.DEVNULL).pid)"],
    stdout=subprocess.PIPE,
)
pids.append(int(orphan.stdout))
json.dump(pids, open(os.environ["NOTE"], "w"))
"""


@pytest.mark.parametrize(
    ("end", "seconds"),
    [("return None", 10), ("raise ValueError", 10), ("os._exit(3)", 10), ("time.sleep(60)", 2)],
)
def test_what_a_handler_started_ends_with_it(note, end, seconds):
    """Also what has a session of its own, and what has lost its parent."""
    function = handler(body(LEAVES + end), Timeout=seconds, Environment={"NOTE": str(note)})
    with suppress(StepFailed):
        invoking.invoke(function, EVENT)

    assert len(noted(note)) == 3
    assert not any(alive(pid) for pid in noted(note))
    assert not processes_in(note.parent)


def processes_in(folder: Path) -> list[str]:
    """Programs that run below the folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cwd"):
        try:
            found += [os.readlink(each)] if os.readlink(each).startswith(f"{folder}/") else []
        except OSError:
            continue
    return found


def test_a_handler_that_kills_its_watcher_ends_all_the_same(note):
    why = refusal(
        "import signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)",
        Timeout=2,
    )

    assert why == "The handler took longer than 2 seconds."
    assert not processes_in(note.parent)


def test_a_handler_that_stops_its_watcher_ends_all_the_same(note, monkeypatch):
    monkeypatch.setattr(process, "GRACE", 0.2)
    why = refusal(
        "import signal, time; os.kill(os.getppid(), signal.SIGSTOP); time.sleep(60)",
        Timeout=1,
    )

    assert why == "The handler took longer than 1 seconds."
    assert not processes_in(note.parent)


def folders_in(tmp_path: Path) -> list[Path]:
    return list(tmp_path.rglob("run-*"))


def test_a_runs_folder_is_for_its_own_eyes_and_goes_with_it(tmp_path, note):
    run(
        f"""
        import stat
        paths = [os.getcwd(), os.path.dirname(os.getcwd()), os.environ["TMPDIR"], __file__]
        json.dump([stat.S_IMODE(os.stat(each).st_mode) for each in paths], open({str(note)!r}, "w"))
        open(os.path.join(os.environ["TMPDIR"], "left"), "w").write("x")
        os.chmod(os.getcwd(), 0o500)
        """
    )

    assert noted(note) == [0o700, 0o700, 0o700, 0o600]
    assert not folders_in(tmp_path)


DEEP = """
os.chdir(os.environ["TMPDIR"])
for each in range(3000):
    os.mkdir("down")
    os.chdir("down")
open("left", "w").close()
"""


def test_a_folder_that_a_handler_made_deep_goes_too(tmp_path):
    """So deep that to go down would take too much of the stack, or too many open files."""
    run(DEEP)
    assert not folders_in(tmp_path)


LOCKED = """
os.makedirs("tmp/a/b/c", exist_ok=True)
os.symlink("/", "tmp/a/b/away")
for each in ("tmp/a/b", "tmp/a", "tmp", "."):
    os.chmod(each, 0)
"""


def test_a_user_who_is_not_root_takes_away_what_a_handler_locked():
    program = f"""
import django, os, sys, tempfile
django.setup()
from secrets_app.rotation.running import folders
tempfile.tempdir = sys.argv[1]
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
with folders.private(None) as folder:
    os.chdir(folder)
    exec({LOCKED!r})
os.chdir("/")
os._exit(len(list(folder.parent.glob("run-*"))))
"""
    with tempfile.TemporaryDirectory(dir="/tmp") as others:
        Path(others).chmod(0o777)
        command = [sys.executable, "-c", program, others]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        subprocess.run(command, cwd=configured.BASE_DIR, env=environment, check=True)


@pytest.mark.sqlite_only
def test_of_a_killed_worker_nothing_stays(tmp_path, note):
    """The handler ends with it; its folder goes when the next one is made."""
    folder = tmp_path / "task"
    folder.mkdir()
    program = f"""
import time, tempfile
from pathlib import Path
tempfile.tempdir = {str(tmp_path)!r}
from secrets_app.rotation.running import folders, process
with folders.private(None) as folder:
    process.put_program(folder)
    document = Path({str(tmp_path / "doc")!r}).read_bytes()
    end = time.monotonic() + 60
    process.run(process.Job({sys.executable!r}, folder, {{}}, document, end))
"""
    (folder / "app.py").write_text(
        f"import json, os, time\ndef go(event, context):\n"
        f"    os.setsid()\n"
        f"    open({str(note)!r} + '.new', 'w').write(str(os.getpid()))\n"
        f"    os.rename({str(note)!r} + '.new', {str(note)!r})\n    time.sleep(60)"
    )
    context = dict.fromkeys(
        (
            "function_name",
            "invoked_function_arn",
            "memory_limit_in_mb",
            "aws_request_id",
            "log_group_name",
            "log_stream_name",
        ),
        "",
    )
    document = {
        "task": str(folder),
        "handler": "app.go",
        "event": {},
        "deadline": 0,
        "memory_mb": 0,
        "context": context,
    }
    (tmp_path / "doc").write_text(json.dumps(document))
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-c", "import django; django.setup()\n" + program],
        cwd=configured.BASE_DIR,
        env=environment,
    )
    wait_for(note.exists)
    left = folders_in(tmp_path)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    wait_for(lambda: not alive(int(note.read_text())))
    assert left == folders_in(tmp_path)
    with folders.private(None) as new:
        assert folders_in(tmp_path) == [new]


def wait_for(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_folder_that_is_in_use_is_left_alone(tmp_path):
    with folders.private(None) as first, folders.private(None) as second:
        assert sorted(folders_in(tmp_path)) == sorted([first, second])


@pytest.mark.parametrize(
    "make", [lambda path: path.symlink_to("/"), lambda path: (path.mkdir(), path.chmod(0o777))]
)
def test_a_folder_that_another_user_made_is_not_used(tmp_path, make):
    make(tmp_path / f"strongroom-handlers-{os.geteuid()}")

    assert "is not a folder of this server's user alone" in refusal("pass")


# -- as another user


EVERYBODYS = "/usr/bin/python3"  # the tests' own may be in root's home


@pytest.fixture
def as_nobody(settings, monkeypatch):
    if os.geteuid() != 0 or not os.path.exists(EVERYBODYS):
        pytest.skip("only root may run anything as another user")
    settings.STRONGROOM_HANDLER_USER = "nobody"
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_a_handler_of_another_user_reads_nothing_of_ours(as_nobody):
    (as_nobody / "root.key").write_text(SECRET)
    (as_nobody / "root.key").chmod(0o600)
    why = refusal(
        f"""
        assert os.getuid() == os.geteuid() == {pwd.getpwnam("nobody").pw_uid}
        assert os.getgroups() == []
        open(os.path.join(os.environ["TMPDIR"], "mine"), "w").write("x")
        open({str(as_nobody / "root.key")!r})
        """,
        Interpreter=EVERYBODYS,
    )

    assert why == "The handler raised PermissionError at lambda_function.py:8."
    assert not folders_in(as_nobody)


def test_a_user_that_is_not_there_runs_nothing(as_nobody, settings):
    settings.STRONGROOM_HANDLER_USER = "nobody-of-that-name"

    assert refusal("pass") == "STRONGROOM_HANDLER_USER names nobody."


def test_another_user_needs_a_worker_of_root(as_nobody, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert refusal("pass") == "STRONGROOM_HANDLER_USER needs a worker that runs as root."


# -- what is stored


def test_a_function_without_its_role_runs_nothing(monkeypatch, role):
    monkeypatch.undo()
    function = handler(body("pass"))
    role.delete()

    with pytest.raises(StepFailed, match="The function's role is gone"):
        invoking.invoke(again(function), EVENT)


@pytest.mark.parametrize(
    ("column", "value"),
    [("handler", "os.system"), ("python", "/bin/sh"), ("code", b"PK"), ("name", "other")],
)
def test_who_writes_to_the_database_brings_nothing_to_run(column, value):
    function = handler(body("pass"))
    RotationFunction.objects.update(**{column: value})
    function.row.refresh_from_db()

    with pytest.raises(StepFailed, match="cannot be opened"):
        invoking.invoke(function, EVENT)


def again(function):
    from tests.secrets_app.rotation.registering import found

    return found(function.name)


# -- where this server is


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"HOST": "::", "PORT": 8443, "STRONGROOM_TLS_CERTIFICATE": "x"}, "https://[::1]:8443"),
        ({"STRONGROOM_ENDPOINT_URL": "https://kms.example"}, "https://kms.example"),
    ],
)
def test_handlers_are_told_where_this_server_is(settings, given, url):
    settings.STRONGROOM_TLS_CERTIFICATE = ""
    for name, value in given.items():
        setattr(settings, name, value)

    assert handlers.own_url() == url
