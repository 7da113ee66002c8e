"""The verbs that move an image, or ask about all of it: rbd beside ours, on one image with ten snapshots."""

import contextlib

from measure import Figures, run, whole
from programs import QUIETLY
from sides import Anew, Verb, ours as served

VERBS = ("cp", "export", "import", "export-diff", "import-diff", "du", "diff")
KINDS = tuple("stream-" + verb for verb in VERBS)
FROM = "s4"   # the snapshot at which differences begin


def verb_of(row):
    return row.kind.partition("-")[2]


@contextlib.contextmanager
def words(bench, row, name):
    """What the verb is given, as our load generator reads it; an image that it makes is removed."""
    images, verb, image = bench.images(), verb_of(row), "snapped-%d" % row.size
    images.ensure_snapped(image, row.size)
    if verb in ("export", "du"):
        yield image
    elif verb in ("export-diff", "diff"):
        yield "%s %s" % (FROM, image)
    else:
        if verb == "import-diff":
            images.empty(name, row.size)
        yield "%s %s" % (image if verb == "cp" else source(bench, row, verb, image), name)
        images.remove(name)


def source(bench, row, verb, image):
    """The file that is imported, made once by rbd."""
    path = bench.folder / ("%s-%d" % (verb, row.size))
    if not path.exists():
        made = {"import": "export", "import-diff": "export-diff"}[verb]
        run("rbd", "-c", bench.conf(row), made, "--no-progress", "%s/%s@s9" % (bench.pool, image), path)
    return path


class OurStream(Verb):
    """Ours, in a process that lives for the row."""

    def act(self, row):
        with self.bench.victim(row, "ours") as given:
            return self.order("%s %s" % (verb_of(row), given))


class RbdStream(Anew):
    """rbd, a whole program with its start."""

    def measure(self):
        row, bench = self.row, self.bench
        with bench.victim(row, "rbd") as given:
            _, seconds, cpu, peak = whole([str(word) for word in self.command(verb_of(row), given.split())])
        return Figures(ops_per_s=1 / seconds, cpu_us_per_op=1e6 * cpu, peak_mib=peak)

    def command(self, verb, given):
        last = "%s/%s" % (self.bench.pool, given[-1])
        arguments = {
            "cp": ["%s/%s" % (self.bench.pool, given[0]), last],
            "export": [last, "-"],
            "import": [given[0], last],
            "export-diff": ["--from-snap", given[0], last, "-"],
            "import-diff": [given[0], last],
            "du": [last],
            "diff": ["--whole-object", "--from-snap", given[0], last],
        }[verb]
        quiet = [] if verb in ("du", "diff") else ["--no-progress"]
        return QUIETLY + ["rbd", "-c", self.bench.conf(self.row), verb, *quiet, *arguments]


def ours(row, bench):
    return served(row, bench, [], OurStream)
