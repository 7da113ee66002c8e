"""The two sides of a pair. Each side of a row is entered once and then measured pair by pair."""

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import time

from measure import Failure, Figures, Lines, processor_seconds, started, status, whole

HERE = pathlib.Path(__file__).resolve().parent
RAMP = 0.4         # seconds of each measurement that are not measured: pipelines fill, and fio's processes begin
WARMING = 256 << 20   # bytes of the images that warm a verb up
EDGE = 0.05        # a processor clock read from outside is read this far inside the measured part


class Served(contextlib.AbstractContextManager):
    """A side that is one process for the whole row and takes orders by lines: our load generator, and Python's. Warmed once."""

    def __init__(self, command, row, bench, names, warm):
        self.row, self.bench, self.names, self.warm = row, bench, names, warm
        self.stack = contextlib.ExitStack()
        self.process = self.stack.enter_context(started(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.errors(), "wb"), bufsize=0))
        self.lines = Lines(self.process)

    def __enter__(self):
        if self.row.copy_up:
            for _ in range(2):
                self.measure()
            return self
        if self.row.kind == "rados-bench":
            self.order("objects ours %d" % max(32, (512 << 20) // self.row.size))
        else:
            self.order("open " + " ".join(self.names))
        if self.warm:
            self.order("warm %d" % (1000 * self.warm))
        return self

    def __exit__(self, *failure):
        self.stack.close()

    def errors(self):
        return self.bench.folder / "generator.err"

    def order(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            return self.lines.next()
        except (Failure, OSError) as failure:
            said = [line for line in self.errors().read_text().splitlines() if not any(word in line for word in (" INFO ", " WARN ", "\tat "))]
            raise Failure("%s\n%s" % (failure, "\n".join(said[-8:]))) from failure

    def measure(self):
        answer = self.answer()
        try:
            got = json.loads(answer)
        except ValueError as broken:
            raise Failure("the load generator answers: " + answer) from broken
        ops = max(got["ops"], 1)
        return Figures(ops_per_s=ops / got["seconds"], p50_us=got["p50_us"], p99_us=got["p99_us"],
                       cpu_us_per_op=1e6 * got["cpu_seconds"] / ops, peak_mib=got["peak_kib"] / 1024, threads=got["threads"],
                       garbage_per_op=got["allocated"] / ops if "allocated" in got else None)


    def answer(self):
        if not self.row.copy_up:
            return self.order("run %d %d" % (1000 * RAMP, 1000 * self.bench.seconds))
        with self.bench.clone("ours") as clone:
            self.order("open " + clone)
            answer = self.order("once %d" % self.bench.clone_objects)
            self.order("open")
            return answer


def ours(row, bench, names, kind=None):
    # a verb's size is the image's, and it has no blocks
    block = 4096 if kind or row.kind in VERBS else row.size
    words = {"conf": bench.conf(row), "pool": bench.pool, "block-size": block, "depth": row.depth, "read-percent": row.read}
    if row.sequential:
        words["step"] = bench.clone_object_size if row.copy_up else row.size
    if row.callbacks:
        words["drive"] = "callbacks"
    command = [bench.java, *bench.java_options, "-cp", bench.classpath, "io.jrados.benchmarks.load.LoadGenerator"]
    kind = kind or (Verb if row.kind in VERBS else Served)
    return kind(command + ["%s=%s" % pair for pair in words.items()], row, bench, names, bench.warm)


def python_rbd(row, bench, names):
    command = ["/usr/bin/python3", HERE.parent / "baselines" / "python_rbd.py", bench.conf(row), bench.pool, row.size, row.depth]
    return Served(command, row, bench, names, 1)


class Verb(Served):
    """A verb on a whole image, in a process that lives for the row."""

    def __enter__(self):
        """As warm as a service: small images first, for three times as long as other rows since most of it is their making."""
        small = dataclasses.replace(self.row, size=WARMING)
        end = time.monotonic() + 3 * self.warm
        while time.monotonic() < end:
            self.act(small)
        self.measure()
        return self

    def act(self, row):
        verb = row.kind.partition("-")[2]
        with self.bench.victim(row, "ours") as image:
            return self.order("%s %s" % (verb, image))

    def answer(self):
        return self.act(self.row)


class Anew(contextlib.AbstractContextManager):
    """A side with a process for each measurement."""

    def __init__(self, row, bench, names):
        self.row, self.bench, self.names = row, bench, names

    def __exit__(self, *failure):
        return None


class Fio(Anew):
    """fio with librbd, a process for each measurement. It has nothing to warm but its connections; its ramp is not measured."""

    def job(self, names):
        row = self.row
        pattern = {0: "write", 100: "read"}.get(row.read, "rw")
        lines = ["[global]", "ioengine=rbd", "clientname=admin", "pool=" + self.bench.pool, "thread=1", "bs=%d" % row.size,
                 "iodepth=%d" % row.depth, "lat_percentiles=1", "clat_percentiles=0", "unified_rw_reporting=1", "group_reporting=1",
                 "randrepeat=0", "norandommap=1", "rw=" + (pattern if row.sequential else "rand" + pattern)]
        if row.copy_up:
            step = self.bench.clone_object_size
            lines[-1] += ":%d" % (step - row.size)
            lines += ["io_size=%d" % (self.bench.clone_objects * row.size)]
        else:
            lines += ["time_based=1", "ramp_time=%dms" % (1000 * self.ramp()), "runtime=%dms" % (1000 * self.bench.seconds)]
        if 0 < row.read < 100:
            lines.append("rwmixread=%d" % row.read)
        for name in names:
            lines += ["[%s]" % name, "rbdname=" + name]
        # Runs when everything is open: its time is when the load began.
        return "\n".join(lines + ["exec_prerun=date +%s.%N"]) + "\n"

    def ramp(self):
        return RAMP if self.row.images == 1 else 3 * RAMP

    def measure(self):
        if self.row.copy_up:
            with self.bench.clone("fio") as clone:
                return self.once([clone])
        return self.once(self.names)

    def once(self, names):
        folder = self.bench.folder
        stamp = folder / (names[-1] + ".prerun.txt")
        stamp.unlink(missing_ok=True)
        (folder / "job.fio").write_text(self.job(names))
        environment = dict(os.environ, CEPH_CONF=str(self.bench.conf(self.row)))
        with started(["fio", "--output-format=json", "--output=out.json", "job.fio"], cwd=folder, env=environment,
                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            began = self.began(stamp, process)
            if self.row.copy_up:
                cpu, threads, peak = self.to_the_end(process)
            else:
                self.wait_until(began + self.ramp() + EDGE)
                first, at_first = processor_seconds(process.pid), time.monotonic()
                threads = status(process.pid, "Threads")
                self.wait_until(began + self.ramp() + self.bench.seconds - EDGE)
                cpu = (processor_seconds(process.pid) - first) / (time.monotonic() - at_first)
                peak = status(process.pid, "VmHWM") / 1024
            error = process.communicate()[1].decode(errors="replace")
            if process.returncode != 0:
                raise Failure("fio fails: " + error)
        return self.figures((folder / "out.json").read_text(), cpu, threads, peak)

    @staticmethod
    def began(stamp, process):
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError, ValueError):
                return float(stamp.read_text())
            time.sleep(0.002)
        raise Failure("fio does not begin: " + process.communicate()[1].decode(errors="replace"))

    @staticmethod
    def wait_until(wall_clock):
        left = wall_clock - time.time()
        if left > 0:
            time.sleep(left)

    @staticmethod
    def to_the_end(process):
        """A load that ends by itself: its processor time is the last that was seen, to within the pause."""
        first = seen = processor_seconds(process.pid)
        threads = peak = 0
        with contextlib.suppress(OSError, AttributeError):
            while process.poll() is None:
                seen = processor_seconds(process.pid)
                threads, peak = max(threads, status(process.pid, "Threads")), max(peak, status(process.pid, "VmHWM") / 1024)
                time.sleep(0.01)
        return seen - first, threads, peak

    def figures(self, text, cpu, threads, peak):
        job = json.loads(text[text.index("{"):])["jobs"][0]["mixed"]
        if self.row.copy_up:
            per_op = 1e6 * cpu / job["total_ios"]
        else:
            per_op = 1e6 * cpu / job["iops"]
        percentile = job["lat_ns"]["percentile"]
        return Figures(ops_per_s=job["iops"], p50_us=percentile["50.000000"] / 1e3, p99_us=percentile["99.000000"] / 1e3,
                       cpu_us_per_op=per_op, peak_mib=peak, threads=threads)


class Ticker(Anew):
    """rbd bench and rados bench, which print a line every second: what lies between the first and the third is measured."""

    def command(self):
        row, bench = self.row, self.bench
        if row.kind == "rados-bench":
            return ["rados", "-c", bench.conf(row), "-p", bench.pool, "bench", 4, "write", "-b", row.size, "-t", row.depth], 3
        return ["stdbuf", "-oL", "rbd", "-c", bench.conf(row), "bench", "--io-type", "write", "--io-pattern", "rand", "--io-size", row.size,
                "--io-threads", row.depth, "--io-total", 1 << 40, bench.pool + "/" + self.names[0]], 1

    def measure(self):
        command, column = self.command()
        with started(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            lines, points = Lines(process), []
            while len(points) < 2:
                words = lines.next().split()
                # rados bench prints a line for second 0 too, and its heading from time to time.
                if len(words) > column and words[0].isdigit() and words[0] in ("1", "3"):
                    points.append((time.monotonic(), int(words[column]), processor_seconds(process.pid)))
            threads, peak = status(process.pid, "Threads"), status(process.pid, "VmHWM") / 1024
            if self.row.kind == "rados-bench":
                process.communicate()  # it removes its objects
        (t0, n0, c0), (t1, n1, c1) = points
        return Figures(ops_per_s=(n1 - n0) / (t1 - t0), cpu_us_per_op=1e6 * (c1 - c0) / max(n1 - n0, 1), peak_mib=peak, threads=threads)


class RbdVerb(Anew):
    """The same with rbd: a whole program, with its start."""

    def measure(self):
        verb = {"rbd-read": "export"}.get(self.row.kind, self.row.kind.partition("-")[2])
        with self.bench.victim(self.row, "rbd") as image:
            command = ["rbd", "-c", str(self.bench.conf(self.row)), verb, "--no-progress", "%s/%s" % (self.bench.pool, image)]
            if verb == "export":
                command = ["sh", "-c", 'exec "$@" - >/dev/null', "sh"] + command
            _, seconds, cpu, peak = whole(command)
        return Figures(ops_per_s=1 / seconds, cpu_us_per_op=1e6 * cpu, peak_mib=peak)


VERBS = ("rbd-flatten", "rbd-rm", "rbd-read")
NATIVE = {"rbd-flatten": RbdVerb, "rbd-rm": RbdVerb, "rbd-read": RbdVerb, "fio": Fio, "rbd-bench": Ticker, "rados-bench": Ticker, "python-rbd": python_rbd}
