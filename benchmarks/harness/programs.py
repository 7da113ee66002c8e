"""Whole programs side by side, each run once for a measurement. Connecting is part of it, and of export starting the JVM too."""

import os
import pathlib
import re

from measure import Figures, whole
from sides import Anew

HERE = pathlib.Path(__file__).resolve().parent
JRADOS = HERE.parent.parent / "cli/target/dist/bin/jrados"
QUIETLY = ["sh", "-c", 'exec "$@" >/dev/null', "sh"]


class Export(Anew):
    """An image's bytes to standard output, which goes nowhere."""

    def measure(self):
        _, seconds, cpu, peak = whole(QUIETLY + [str(word) for word in self.command()], env=self.environment())
        return Figures(ops_per_s=1 / seconds, cpu_us_per_op=1e6 * cpu, peak_mib=peak)

    def environment(self):
        return None


class OurExport(Export):
    def command(self):
        return [JRADOS, "-c", self.bench.conf(self.row), "--quiet", "export", "%s/%s" % (self.bench.pool, self.names[0]), "-"]

    def environment(self):
        return dict(os.environ, JAVA_HOME=self.bench.java_home, JAVA_OPTS=" ".join(self.bench.java_options))


class RbdExport(Export):
    def command(self):
        return ["rbd", "-c", self.bench.conf(self.row), "export", "--no-progress", "%s/%s" % (self.bench.pool, self.names[0]), "-"]


class Import(Export):
    """A file to a new image."""

    side = None

    def measure(self):
        self.bench.count += 1
        self.image = "%s-%d" % (self.side, self.bench.count)
        figures = super().measure()
        self.bench.images().remove(self.image)
        return figures


class OurImport(Import):
    side = "ours"

    def command(self):
        return [JRADOS, "-c", self.bench.conf(self.row), "--quiet", "import", self.bench.data(self.row.size), "%s/%s" % (self.bench.pool, self.image)]

    def environment(self):
        return dict(os.environ, JAVA_HOME=self.bench.java_home, JAVA_OPTS=" ".join(self.bench.java_options))


class RbdImport(Import):
    side = "rbd"

    def command(self):
        return ["rbd", "-c", self.bench.conf(self.row), "import", "--no-progress", self.bench.data(self.row.size), "%s/%s" % (self.bench.pool, self.image)]


class Upload(Anew):
    """add() of a Glance store: chunks of 8 MiB, two digests. Starting Java and Python is not part of it, as neither does so for each image."""

    side = None

    def measure(self):
        self.bench.count += 1
        image = "%s-%d" % (self.side, self.bench.count)
        text, _, _, peak = whole(self.command(image))
        self.bench.images().remove(image)
        got = dict(re.findall(r"^(\w+) (\S+)$", text, re.M))
        return Figures(ops_per_s=1 / float(got["seconds"]), cpu_us_per_op=1e6 * float(got["cpu_seconds"]), peak_mib=peak)


class OurUpload(Upload):
    side = "ours"

    def command(self, image):
        return [self.bench.java, *self.bench.java_options, "-cp", self.bench.classpath, "io.jrados.benchmarks.GlanceUpload",
                self.bench.conf(self.row), self.bench.pool, image, self.bench.data(self.row.size), "8", "4"]


class PythonUpload(Upload):
    side = "python"

    def command(self, image):
        return ["/usr/bin/python3", HERE.parent / "baselines/glance_add.py", self.bench.conf(self.row), self.bench.pool, image,
                self.bench.data(self.row.size), "8"]


OURS = {"export": OurExport, "import": OurImport, "glance": OurUpload}
NATIVE = {"export": RbdExport, "import": RbdImport, "glance": PythonUpload}
