"""What is measured: one row of the table each."""

import dataclasses

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    title: str
    # what stands beside ours: fio, rbd-bench, rados-bench, python-rbd, export, import, glance, rbd-flatten, rbd-rm,
    # rbd-read, stream-...
    kind: str = "fio"
    size: int = 4 * KIB     # bytes of an operation; of the whole file for programs
    depth: int = 1          # in flight on each image
    read: int = 0           # per cent
    sequential: bool = False
    images: int = 1
    copy_up: bool = False
    secure: bool = False
    callbacks: bool = False
    quick: bool = False     # part of --quick too

    @property
    def per(self):
        """What processor time is counted by: an operation, or a GiB where operations are large."""
        return "GiB" if self.size >= MIB else "op"


def rows():
    out = []
    for depth in (1, 16, 64, 256):
        out.append(Row("write-4k-%d" % depth, "random write 4 KiB, depth %d" % depth, depth=depth, quick=depth in (1, 16, 64)))
    for depth in (1, 16, 64, 256):
        out.append(Row("read-4k-%d" % depth, "random read 4 KiB, depth %d" % depth, depth=depth, read=100, quick=depth in (1, 16)))
    out.append(Row("mixed-4k-16", "random 70/30 read/write 4 KiB, depth 16", depth=16, read=70))
    out.append(Row("write-64k-16", "sequential write 64 KiB, depth 16", size=64 * KIB, depth=16, sequential=True))
    out.append(Row("read-64k-16", "sequential read 64 KiB, depth 16", size=64 * KIB, depth=16, read=100, sequential=True))
    for size in (4, 8):
        for depth in (1, 4, 16):
            out.append(Row("write-%dm-%d" % (size, depth), "sequential write %d MiB, depth %d" % (size, depth), size=size * MIB,
                           depth=depth, sequential=True, quick=(size, depth) == (8, 4)))
    out.append(Row("read-4m-4", "sequential read 4 MiB, depth 4", size=4 * MIB, depth=4, read=100, sequential=True, quick=True))
    out.append(Row("images-10", "10 images at once, random write 4 KiB, depth 1 each", images=10))
    out.append(Row("images-100", "100 images at once, random write 4 KiB, depth 1 each", images=100, quick=True))
    out.append(Row("copy-up", "first touch of a clone's objects, 4 KiB each, depth 16", depth=16, sequential=True, copy_up=True, quick=True))
    out.append(Row("secure-write-4k-16", "secure mode: random write 4 KiB, depth 16", depth=16, secure=True, quick=True))
    out.append(Row("secure-read-4k-16", "secure mode: random read 4 KiB, depth 16", depth=16, read=100, secure=True))
    out.append(Row("secure-write-8m-4", "secure mode: sequential write 8 MiB, depth 4", size=8 * MIB, depth=4, sequential=True, secure=True))
    out.append(Row("secure-read-4m-4", "secure mode: sequential read 4 MiB, depth 4", size=4 * MIB, depth=4, read=100, sequential=True,
                   secure=True))
    out.append(Row("callbacks-write-4k-16", "random write 4 KiB, depth 16, ours submits from continuations", depth=16, callbacks=True))
    out.append(Row("rbd-bench-4k-16", "beside rbd bench: random write 4 KiB, 16 threads", kind="rbd-bench", depth=16))
    out.append(Row("rados-bench-4m-16", "beside rados bench: objects of 4 MiB, 16 in flight", kind="rados-bench", size=4 * MIB, depth=16))
    out.append(Row("python-rbd-8m-4", "beside python3-rbd: sequential write 8 MiB, depth 4", kind="python-rbd", size=8 * MIB, depth=4,
                   sequential=True))
    out.append(Row("export", "beside rbd export: 512 MiB, whole programs", kind="export", size=512 * MIB, quick=True))
    out.append(Row("import", "beside rbd import: 512 MiB, whole programs", kind="import", size=512 * MIB))
    out.append(Row("glance", "beside Python's glance_store: upload of 512 MiB", kind="glance", size=512 * MIB, quick=True))
    half = "of a half-filled image of 4 GiB, ours in a running process"
    out.append(Row("flatten", "beside rbd flatten: a clone " + half, kind="rbd-flatten", size=4 * GIB))
    out.append(Row("rm", "beside rbd rm " + half, kind="rbd-rm", size=4 * GIB))
    out.append(Row("read-all", "beside rbd export: all " + half, kind="rbd-read", size=4 * GIB))
    snapped = "of a half-filled image of 4 GiB with ten snapshots, ours in a running process"
    verbs = {
        "cp": "copy",
        "export": "export",
        "import": "import of the file",
        "export-diff": "what the last five snapshots changed",
        "import-diff": "import of all as a diff",
        "du": "use",
        "diff": "changed objects since the fifth snapshot",
    }
    for verb, text in verbs.items():
        title = "beside rbd %s: %s %s" % (verb, text, snapped)
        out.append(Row("stream-" + verb, title, kind="stream-" + verb, size=4 * GIB))
    return out
