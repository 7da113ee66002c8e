"""Ours beside native clients on one cluster, pair by pair. ./bench at the top says how to run it."""

import argparse
import contextlib
import csv
import dataclasses
import datetime
import fnmatch
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

import intervals
import machine
import page
import programs
import rows
import sides
import streams
from measure import Failure, run

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CLUSTER = ROOT / "tools/cluster"
JAVA_OPTIONS = ["-XX:+UseSerialGC", "-Xms32m", "-Xmx512m"]
MIB = 1 << 20
IMAGE, ONE_OF_MANY = 512 * MIB, 8 * MIB  # bytes
# What an OSD does beside its work is left out: its own checks and records of each operation, and threads that two cores cannot run.
OSD_SETTINGS = ("memstore page set = true", "memstore device bytes = 8589934592", "osd enable op tracker = false",
                "osd debug op order = false", "osd debug misdirected ops = false", "osd debug crash on ignored backoff = false",
                "osd op num shards = 1", "osd op num threads per shard = 2")
# Ours over theirs; which way is better.
MEASURES = {"throughput": ("ops_per_s", "more"), "p50": ("p50_us", "less"), "p99": ("p99_us", "less"), "cpu": ("cpu_us_per_op", "less"),
            "memory": ("peak_mib", "less"), "threads": ("threads", "less")}


class Bench:
    """The cluster, its images and what all rows have in common."""

    pool = "bench"
    clone_objects = 192
    clone_object_size = 4 * MIB

    def __init__(self, options, folder):
        self.folder = folder
        self.features = int(options.features)
        self.seconds, self.warm = options.seconds, options.warm
        self.java_home = options.jdk or os.environ.get("JAVA_HOME", "")
        self.java = str(pathlib.Path(self.java_home) / "bin/java") if self.java_home else "java"
        self.java_options = options.java_options.split() if options.java_options else JAVA_OPTIONS
        self.classpath = str(ROOT / "benchmarks/target/dist/*")
        self.count = 0
        self.cluster = folder / "cluster"

    def start(self):
        # One copy of each object, and daemons that log nothing: the less they take, the better are clients told apart.
        quiet = [word for part in ("osd", "ms", "mon", "bluestore", "filestore") for word in ("--conf", "debug %s = 0/0" % part)]
        lean = [word for setting in OSD_SETTINGS for word in ("--conf", setting)]
        run(CLUSTER, "start", "--quiet", "--dir", self.cluster, "--owner", os.getpid(), "--osds", 2, "--store", "memstore", "--pool", "bench:32:1",
            *lean, *quiet)
        text = (self.cluster / "ceph.conf").read_text()
        for mode in ("crc", "secure"):
            (self.folder / (mode + ".conf")).write_text(
                "%s\n[client]\nrbd cache = false\nrbd default features = 1\nms client mode = %s\nms mon client mode = %s\n" % (text, mode, mode))

    def stop(self):
        with contextlib.suppress(Failure):
            run(CLUSTER, "stop", "--rm", "--dir", self.cluster)

    def conf(self, row):
        return self.folder / ("secure.conf" if row.secure else "crc.conf")

    def names(self, row, side):
        """The images of one side: equal on both, and every byte written before."""
        images = self.images()
        if row.copy_up:
            images.ensure_parent("parent", "s", self.clone_objects * self.clone_object_size)
            return []
        if row.kind in sides.VERBS or row.kind in streams.KINDS:
            return []
        names = ["%s-%d-%d" % (side, row.images, i) for i in range(row.images)]
        images.ensure(names, IMAGE if row.images == 1 else ONE_OF_MANY)
        return names

    def images(self):
        import images  # needs python3-rbd, which --help does not
        return images.Images(self.folder / "crc.conf", self.pool, self.features)

    @contextlib.contextmanager
    def clone(self, side):
        """A clone that nobody has touched."""
        self.count += 1
        name = "clone-%s-%d" % (side, self.count)
        self.images().clone("parent", "s", name)
        yield name
        self.images().remove(name)

    @contextlib.contextmanager
    def victim(self, row, side):
        """What a verb is done to: half of its objects exist."""
        images = self.images()
        self.count += 1
        name = "%s-%s-%d" % (row.name, side, self.count)
        if row.kind in streams.KINDS:
            with streams.words(self, row, name) as words:
                yield words
            return
        if row.kind == "rbd-rm":
            images.half(name, row.size)
            yield name
            return
        half = "half-%d" % row.size
        images.ensure_half(half, row.size)
        if row.kind == "rbd-read":
            yield half
            return
        images.ensure_parent(half, "s", row.size)
        images.clone(half, "s", name)
        yield name
        images.remove(name)

    def data(self, size):
        """A file of random bytes."""
        path = self.folder / ("data-%d" % size)
        if not path.exists():
            with open(path, "wb") as out:
                for _ in range(size // MIB):
                    out.write(os.urandom(MIB))
        return path


def pairs(row, bench, count):
    """(ours, native) of each pair, in turn."""
    if row.kind in programs.OURS:
        names = bench.names(row, "a") if row.kind == "export" else []
        entered = programs.OURS[row.kind](row, bench, names), programs.NATIVE[row.kind](row, bench, names)
        for side in entered:
            side.measure()
    elif row.kind in streams.KINDS:
        entered = streams.ours(row, bench), streams.RbdStream(row, bench, [])
    else:
        entered = (sides.ours(row, bench, bench.names(row, "a")), sides.NATIVE[row.kind](row, bench, bench.names(row, "b")))
    with entered[0] as ours, entered[1] as native:
        for _ in range(count):
            yield ours.measure(), native.measure()


def summary(row, measured):
    """Medians of both sides, and the median ratios with their intervals."""
    out = {"name": row.name, "title": row.title, "kind": row.kind, "size": row.size, "depth": row.depth, "images": row.images, "per": row.per,
           "pairs": len(measured), "ours": {}, "native": {}, "ratios": {}}
    for side, index in (("ours", 0), ("native", 1)):
        for field in dataclasses.fields(measured[0][index]):
            values = [getattr(pair[index], field.name) for pair in measured]
            if None not in values:
                out[side][field.name] = intervals.interval(values)[0]
    for name, (field, better) in MEASURES.items():
        if field in out["ours"] and out["native"].get(field):
            ratios = [getattr(ours, field) / getattr(native, field) for ours, native in measured if getattr(native, field)]
            median, low, high, confidence = intervals.interval(ratios)
            out["ratios"][name] = {"median": median, "low": low, "high": high, "confidence": confidence, "better": better,
                                   "all": [round(ratio, 4) for ratio in ratios]}
    return out


def line(row):
    def ratio(name):
        got = row["ratios"].get(name)
        return "%5.2f (%.2f-%.2f)" % (got["median"], got["low"], got["high"]) if got else ""

    return "| %-58s | %-17s | %-17s | %-17s | %-17s | %-6s | %-6s |" % (
        row["title"], ratio("throughput"), ratio("p50"), ratio("p99"), ratio("cpu"), ratio("memory")[:5].strip(), ratio("threads")[:5].strip())


def table(done):
    """What README shows."""
    head = ["| %-58s | %-17s | %-17s | %-17s | %-17s | %-6s | %-6s |" % (
        "ours / native, medians of pairs", "throughput", "p50", "p99", "CPU", "memory", "threads"),
        "|%s|" % "|".join("-" * width for width in (60, 19, 19, 19, 19, 8, 8))]
    return "\n".join(head + [line(row) for row in done])


def chosen(options):
    every = [row for row in rows.rows() if row.quick or not options.quick or options.selection]
    if not options.selection:
        return every
    names = {row.name for row in every}
    picked = [row for row in every if any(
        row.name == word if word in names else fnmatch.fnmatch(row.name, word) or word in row.name for word in options.selection)]
    if not picked:
        raise Failure("no row is named %s; ./bench --list shows them" % " or ".join(options.selection))
    return picked


def measure(options, bench, out):
    facts = machine.facts(bench.java, bench.java_options)
    facts.update({"osd settings": "2 OSDs, one copy; " + ", ".join(OSD_SETTINGS), "features": options.features, "pairs": options.pairs, "measured seconds": options.seconds,
                  "warm-up of our process, once a row, until the compilers are idle, at most s": options.warm, "ramp of each measurement, s": sides.RAMP})
    print("\n".join("%-30s %s" % pair for pair in facts.items()), flush=True)
    done = []
    bench.start()
    with open(out / "raw.csv", "w", newline="") as raw:
        writer = csv.writer(raw)
        names = [field.name for field in dataclasses.fields(sides.Figures)]
        writer.writerow(["row", "pair", "side", *names])
        for row in chosen(options):
            began = time.monotonic()
            try:
                measured = []
                for number, pair in enumerate(pairs(row, bench, options.pairs), 1):
                    measured.append(pair)
                    for side, figures in zip(("ours", row.kind), pair):
                        writer.writerow([row.name, number, side, *("" if v is None else round(v, 3) for v in dataclasses.astuple(figures))])
                raw.flush()
            except Failure as failure:
                print("%s: %s" % (row.name, failure), file=sys.stderr, flush=True)
                facts.setdefault("failed", []).append(row.name)
                continue
            done.append(summary(row, measured))
            print("%s   %.0f s" % (line(done[-1]), time.monotonic() - began), flush=True)
            (out / "summary.json").write_text(json.dumps({"machine": facts, "rows": done}, indent=1) + "\n")
    return facts, done


def arguments(words):
    parser = argparse.ArgumentParser(prog="./bench", description=__doc__)
    parser.add_argument("selection", nargs="*", help="names of rows, or parts of them, such as write-4k or secure (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer rows and pairs: under 15 minutes on a fresh clone")
    parser.add_argument("--jdk", help="the JDK that runs ours (default: JAVA_HOME, or java)")
    parser.add_argument("--pairs", type=int, help="of each row (default 10, with --quick 5)")
    parser.add_argument("--seconds", type=float, help="measured, of each side of a pair (default 1.5)")
    parser.add_argument("--warm", type=float, help="seconds that our process runs at most until the compilers are idle, once a row (default 10)")
    parser.add_argument("--features", choices=("1", "61"), default="1", help="of the images on both sides (default 1)")
    parser.add_argument("--java-options", help="default: " + " ".join(JAVA_OPTIONS))
    parser.add_argument("--out", help="the folder of the results (default benchmarks/results/DATE-jdkN)")
    parser.add_argument("--list", action="store_true", help="names the rows and ends")
    options = parser.parse_args(words)
    options.pairs = options.pairs or (5 if options.quick else 10)
    options.seconds = options.seconds or 1.5
    options.warm = options.warm or 10
    return options


def main(words):
    options = arguments(words)
    if options.list:
        print("\n".join("%-24s %s%s" % (row.name, row.title, " (quick)" if row.quick else "") for row in rows.rows()))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="jrados-bench-"))
    bench = Bench(options, folder)
    try:
        major = machine.facts(bench.java, [])["jdk major"]
        name = "%s-jdk%d%s" % (datetime.date.today(), major, "-quick" if options.quick else "")
        out = pathlib.Path(options.out) if options.out else ROOT / "benchmarks/results" / name
        out.mkdir(parents=True, exist_ok=True)
        facts, done = measure(options, bench, out)
    except Failure as failure:
        print("bench: %s" % failure, file=sys.stderr)
        return 1
    finally:
        bench.stop()
        shutil.rmtree(folder, ignore_errors=True)
    (out / "index.html").write_text(page.page(facts, done))
    (out / "table.md").write_text(table(done) + "\n")
    print("\n%s\n\n%d rows in %.0f s; raw figures and plots are in %s" % (table(done), len(done), time.monotonic() - began, out))
    return 1 if facts.get("failed") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
