"""Processes and what the kernel says they used. Processor time is of every thread of a process."""

import contextlib
import dataclasses
import os
import pathlib
import re
import selectors
import subprocess
import tempfile
import time


class Failure(Exception):
    """Ends the run with one sentence."""


@dataclasses.dataclass
class Figures:
    """Of one measurement of one side. Absent figures are None: not every tool tells all of them."""
    ops_per_s: float = None
    p50_us: float = None
    p99_us: float = None
    cpu_us_per_op: float = None
    peak_mib: float = None
    threads: int = None
    garbage_per_op: float = None


def processor_seconds(pid):
    """User and system time of all threads, those that have ended too, to the nanosecond: clock_getcpuclockid(3)."""
    return time.clock_gettime((~pid << 3) | 2)


def status(pid, field):
    """A number of /proc/PID/status."""
    text = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(re.search(r"^%s:\s*(\d+)" % field, text, re.M).group(1))


def run(*command, **more):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False, **more)
    if done.returncode != 0:
        raise Failure("%s fails: %s" % (" ".join(map(str, command)), (done.stderr + done.stdout).strip()))
    return done.stdout


@contextlib.contextmanager
def started(command, **more):
    """A process that does not outlive the block."""
    process = subprocess.Popen([str(word) for word in command], **more)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def whole(command, **more):
    """Runs a program; gives its output, seconds, processor seconds and peak memory in MiB, from its start to its end."""
    with tempfile.TemporaryFile() as out:
        with started(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **more) as process:
            began = time.monotonic()
            _, ended, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(ended)
        out.seek(0)
        text = out.read().decode(errors="replace")
    if process.returncode != 0:
        raise Failure("%s fails: %s" % (" ".join(map(str, command)), text.strip()))
    return text, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Lines:
    """The lines of a process's output as they come, with a deadline for each."""

    def __init__(self, process, deadline=120):
        self.process = process
        self.deadline = deadline
        self.selector = selectors.DefaultSelector()
        self.selector.register(process.stdout, selectors.EVENT_READ)
        self.rest = b""

    def next(self):
        end = time.monotonic() + self.deadline
        while b"\n" not in self.rest:
            if not self.selector.select(max(0, end - time.monotonic())):
                raise Failure("no answer from %s in %d s" % (self.process.args[0], self.deadline))
            got = os.read(self.process.stdout.fileno(), 65536)
            if not got:
                raise Failure("%s ended in the middle" % self.process.args[0])
            self.rest += got
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode(errors="replace")
