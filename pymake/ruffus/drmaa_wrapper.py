"""`run_job`: a command as a job of a cluster through DRMAA where that library is there, or on this machine."""

from __future__ import annotations

import os
import sys
import time
from typing import IO, TYPE_CHECKING, NamedTuple

from pymake.ruffus.touching import touch

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from pymake.ruffus.loggers import Logger

    Lines = list[str]

    class Session(Protocol):
        """What is asked of a `drmaa.Session`."""

        def createJobTemplate(self) -> Template:  # noqa: N802  # the names of the library
            """An empty description of a job."""

        def runJob(self, template: Template) -> str:  # noqa: N802  # as above
            """Submit the job; its number."""

        def jobStatus(self, number: str) -> str:  # noqa: N802  # as above
            """Where the job is."""

        def wait(self, number: str, timeout: int) -> JobInfo:
            """How the job ended."""

        def deleteJobTemplate(self, template: Template) -> None:  # noqa: N802  # as above
            """Take the description back."""

    class Template(Protocol):
        """A description of a job."""

        jobName: str  # noqa: N815  # as above
        remoteCommand: str  # noqa: N815  # as above
        workingDirectory: str  # noqa: N815  # as above
        jobEnvironment: Mapping[str, str]  # noqa: N815  # as above
        nativeSpecification: str  # noqa: N815  # as above
        outputPath: str  # noqa: N815  # as above
        errorPath: str  # noqa: N815  # as above

    class JobInfo(Protocol):
        """What the library says of how a job ended; not every cluster knows all of it."""

        exitStatus: object  # noqa: N815  # as above
        hasSignal: object  # noqa: N815  # as above
        wasAborted: object  # noqa: N815  # as above


__all__ = [
    "error_drmaa_job",
    "read_stdout_stderr_from_files",
    "run_job",
    "run_job_locally",
    "run_job_using_drmaa",
    "submit_drmaa_job",
    "touch_output_files",
    "write_job_script_to_temp_file",
]

_LOOK_EVERY = 1.0
"""Seconds between two questions to the cluster."""
_DONE, _FAILED = "done", "failed"
"""States of a job that is over, as DRMAA names them."""
_NO_WAIT = 0


class error_drmaa_job(Exception):
    """A job failed, on the cluster or here."""


def run_job(
    cmd_str: str,
    job_name: str | None = None,
    job_other_options: str | None = None,
    job_script_directory: str | None = None,
    job_environment: Mapping[str, str] | None = None,
    working_directory: str | None = None,
    logger: Logger | None = None,
    drmaa_session: Session | None = None,
    retain_job_scripts: bool = False,
    run_locally: bool = False,
    output_files: Sequence[str] | str | None = None,
    touch_only: bool = False,
    verbose: int = 0,
    local_echo: bool = False,
    resubmit: int = 0,
    pipeline: object = None,
) -> tuple[Lines | str, Lines | str]:
    """Run a command; returns the lines that it wrote to stdout and to stderr.

    Args:
        cmd_str: the command, for the shell.
        job_name: how the cluster calls it.
        job_other_options: what else the cluster is told.
        job_script_directory: where its script is written.
        job_environment: variables on top of those of this process.
        working_directory: where it runs; here by default.
        logger: what takes the messages.
        drmaa_session: an open `drmaa.Session`; without one, or without the library, the job runs here.
        retain_job_scripts: keep the script afterwards.
        run_locally: do not ask a cluster.
        output_files: what is touched with `touch_only`.
        touch_only: make or touch the outputs, and run nothing.
        verbose: from 1 on, the command is logged.
        local_echo: also print what it writes, at once.
        resubmit: how often a job is submitted again that the cluster lost or that failed.
        pipeline: taken for compatibility.

    Raises:
        error_drmaa_job: the command failed.
    """
    del pipeline
    if touch_only:
        touch_output_files(cmd_str, output_files or [], logger)
        return "", ""
    if verbose and logger is not None:
        logger.debug(f"# {cmd_str}")
    if run_locally or drmaa_session is None:
        return run_job_locally(cmd_str, logger, job_environment, working_directory, local_echo)
    return run_job_using_drmaa(
        cmd_str,
        job_name,
        job_other_options,
        job_script_directory,
        job_environment,
        working_directory,
        retain_job_scripts,
        logger,
        drmaa_session,
        verbose,
        resubmit,
    )


def touch_output_files(cmd_str: str, output_files: Sequence[str] | str, logger: Logger | None = None) -> None:
    """Make or touch the outputs of a command that is not run."""
    names = [output_files] if isinstance(output_files, str) else list(output_files)
    if not names and logger is not None:
        logger.debug(f"No output files to 'touch' for command:\n{cmd_str}")
    for name in names:
        touch(name)


def run_job_locally(
    cmd_str: str,
    logger: Logger | None = None,
    job_environment: Mapping[str, str] | None = None,
    working_directory: str | None = None,
    local_echo: bool = False,
) -> tuple[Lines, Lines]:
    """Run a command through the shell of this machine; returns its lines.

    Raises:
        error_drmaa_job: its status is not 0.
    """
    import subprocess  # noqa: PLC0415  # importing the package need not take it

    folder = working_directory or os.getcwd()
    env = {**os.environ, **(job_environment or {}), "PWD": folder}
    process = subprocess.Popen(
        cmd_str,
        shell=True,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="backslashreplace",
    )
    out, err = _both(process, local_echo=local_echo)
    if process.returncode:
        raise error_drmaa_job(_failure(cmd_str, f"status {process.returncode}", out, err))
    if logger is not None and err:
        logger.debug("".join(err).rstrip("\n"))
    return out, err


def _both(process: subprocess.Popen[str], *, local_echo: bool) -> tuple[Lines, Lines]:
    """What the process writes, line by line, from both pipes at once."""
    import threading  # noqa: PLC0415  # as subprocess

    out: Lines = []
    err: Lines = []

    def collect(pipe: IO[str] | None, lines: Lines, echo: IO[str]) -> None:
        for line in pipe or ():
            lines.append(line)
            if local_echo:
                echo.write(line)
                echo.flush()

    readers = [
        threading.Thread(target=collect, args=(process.stdout, out, sys.stdout)),
        threading.Thread(target=collect, args=(process.stderr, err, sys.stderr)),
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    return out, err


def _failure(cmd_str: str, how: str, out: Lines | str, err: Lines | str) -> str:
    return (
        f"The command ended with {how}.\n\nThe original command was:\n\n{cmd_str}\n\n"
        f"The stderr was:\n\n{''.join(err)}\n\nThe stdout was:\n\n{''.join(out)}\n"
    )


def write_job_script_to_temp_file(
    cmd_str: str,
    job_script_directory: str | None,
    job_name: str | None,
    job_other_options: str | None,
    job_environment: Mapping[str, str] | None,
    working_directory: str | None,
) -> tuple[str, str, str]:
    """Write the command as a script; returns its path, and those for what it will write to stdout and stderr."""
    import datetime as dt  # noqa: PLC0415  # as subprocess
    import shlex  # noqa: PLC0415  # as subprocess
    import tempfile  # noqa: PLC0415  # as subprocess

    folder = os.path.abspath(job_script_directory or ".")
    os.makedirs(folder, exist_ok=True)
    started = dt.datetime.now().astimezone().strftime("%Y-%m-%d__%H:%M:%S.%f")
    name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in (job_name or "job"))
    handle, path = tempfile.mkstemp(prefix=f"drmaa_script_{name}_{started}_", suffix=".sh", dir=folder)
    lines = ["#!/bin/sh"]
    if job_other_options:
        lines.append(f"#$ {job_other_options}")
    lines += [f"export {key}={shlex.quote(value)}" for key, value in (job_environment or {}).items()]
    if working_directory:
        lines.append(f"cd {shlex.quote(working_directory)}")
    with os.fdopen(handle, "w", encoding="utf-8") as script:
        script.write("\n".join([*lines, cmd_str, ""]))
    os.chmod(path, 0o755)  # noqa: S103  # another machine's daemon runs it
    return path, f"{path}.stdout", f"{path}.stderr"


def read_stdout_stderr_from_files(
    stdout_path: str, stderr_path: str, logger: Logger | None = None, cmd_str: str = "", tries: int = 5
) -> tuple[Lines | str, Lines | str]:
    """What a job of a cluster has written. A network file system may show it late, so it is looked for again."""
    found = []
    for name, path in (("stdout", stdout_path), ("stderr", stderr_path)):
        for _ in range(tries):
            if os.path.exists(path):
                break
            time.sleep(_LOOK_EVERY)
        try:
            with open(path, encoding="utf-8", errors="backslashreplace") as file:
                found.append(file.readlines())
        except OSError as error:
            if logger is not None:
                logger.warning(f"could not open {name}: {error}\nafter {tries} tries for the command\n{cmd_str}")
            found.append([])
    return found[0], found[1]


def run_job_using_drmaa(
    cmd_str: str,
    job_name: str | None = None,
    job_other_options: str | None = None,
    job_script_directory: str | None = None,
    job_environment: Mapping[str, str] | None = None,
    working_directory: str | None = None,
    retain_job_scripts: bool = False,
    logger: Logger | None = None,
    drmaa_session: Session | None = None,
    verbose: int = 0,
    resubmit: int = 0,
    pipeline: object = None,
) -> tuple[Lines | str, Lines | str]:
    """Submit a command to the cluster of this session and wait for it; returns its lines.

    Raises:
        error_drmaa_job: it failed, each of `resubmit` more times too; or there is no session.
    """
    del verbose
    if drmaa_session is None:
        raise error_drmaa_job("Please specify a drmaa_session in run_job()")
    script, out_path, err_path = write_job_script_to_temp_file(
        cmd_str, job_script_directory, job_name, job_other_options, job_environment, working_directory
    )
    template = drmaa_session.createJobTemplate()
    try:
        template.remoteCommand = script
        template.workingDirectory = working_directory or os.getcwd()
        template.outputPath, template.errorPath = f":{out_path}", f":{err_path}"
        template.jobEnvironment = dict(job_environment or {})
        if job_name:
            template.jobName = job_name
        if job_other_options:
            template.nativeSpecification = job_other_options
        for _ in range(resubmit + 1):
            _, info = submit_drmaa_job(cmd_str, drmaa_session, template, logger, pipeline)
            how = _failure_of(info)
            if not how:
                break
        out, err = read_stdout_stderr_from_files(out_path, err_path, logger, cmd_str)
        if how:
            raise error_drmaa_job(_failure(cmd_str, how, out, err))
        return out, err
    finally:
        drmaa_session.deleteJobTemplate(template)
        if not retain_job_scripts:
            for path in (script, out_path, err_path):
                if os.path.exists(path):
                    os.unlink(path)


class Ended(NamedTuple):
    """How a job of a cluster ended."""

    exitStatus: int = 0  # noqa: N815  # as above
    hasSignal: bool = False  # noqa: N815  # as above
    wasAborted: bool = False  # noqa: N815  # as above


def submit_drmaa_job(
    cmd_str: str, drmaa_session: Session, job_template: Template, logger: Logger | None, pipeline: object
) -> tuple[str, Ended]:
    """Submit a job and wait for it; its number, and how it ended."""
    del pipeline
    number = drmaa_session.runJob(job_template)
    if logger is not None:
        logger.debug(f"job has been submitted with drmaa_job_id {number} for command {cmd_str}")
    while (state := drmaa_session.jobStatus(number)) not in (_DONE, _FAILED):
        time.sleep(_LOOK_EVERY)
    info = drmaa_session.wait(number, _NO_WAIT)
    status, failed = info.exitStatus, int(state == _FAILED)
    return number, Ended(
        exitStatus=status if isinstance(status, int) and status else failed,
        hasSignal=info.hasSignal is True,
        wasAborted=info.wasAborted is True,
    )


def _failure_of(info: Ended) -> str:
    """How a job failed; nothing if it did not."""
    if info.exitStatus:
        return f"status {info.exitStatus}"
    if info.wasAborted:
        return "no run at all: the cluster aborted it"
    return "a signal" if info.hasSignal else ""
