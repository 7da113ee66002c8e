"""Images for both sides, made with librbd."""

import contextlib
import os

import rados
import rbd

CHUNK = 4 << 20


class Images:
    """Of one pool. Connects for each call: nothing of this process runs while something is measured."""

    def __init__(self, conf, pool, features):
        self.conf, self.pool, self.features = str(conf), pool, features

    @contextlib.contextmanager
    def ioctx(self):
        with rados.Rados(conffile=self.conf) as cluster, cluster.open_ioctx(self.pool) as ioctx:
            yield ioctx

    def ensure(self, names, size):
        """Makes those that are not there, and writes all their bytes."""
        with self.ioctx() as ioctx:
            there = set(rbd.RBD().list(ioctx))
            for name in names:
                if name not in there:
                    rbd.RBD().create(ioctx, name, size, features=self.features, old_format=False)
                    with rbd.Image(ioctx, name) as image:
                        data = os.urandom(min(size, CHUNK))
                        for offset in range(0, size, len(data)):
                            image.write(data, offset)

    def half(self, name, size):
        """A new image of whose objects every other one exists."""
        with self.ioctx() as ioctx:
            rbd.RBD().create(ioctx, name, size, features=self.features, old_format=False)
            with rbd.Image(ioctx, name) as image:
                data = os.urandom(CHUNK)
                for offset in range(0, size, 2 * CHUNK):
                    image.write(data, offset)

    def ensure_half(self, name, size):
        with self.ioctx() as ioctx:
            there = name in rbd.RBD().list(ioctx)
        if not there:
            self.half(name, size)

    def ensure_snapped(self, name, size, snapshots=10):
        """Half of its objects exist, and before each snapshot one in eight of those is written again."""
        with self.ioctx() as ioctx:
            there = name in rbd.RBD().list(ioctx)
        if there:
            return
        self.half(name, size)
        with self.ioctx() as ioctx, rbd.Image(ioctx, name) as image:
            data = os.urandom(CHUNK)
            for number in range(snapshots):
                for offset in range(2 * CHUNK * (number % 8), size, 16 * CHUNK):
                    image.write(data, offset)
                image.create_snap("s%d" % number)

    def empty(self, name, size):
        with self.ioctx() as ioctx:
            rbd.RBD().create(ioctx, name, size, features=self.features, old_format=False)

    def ensure_parent(self, name, snapshot, size):
        self.ensure([name], size)
        with self.ioctx() as ioctx, rbd.Image(ioctx, name) as image:
            if snapshot not in {each["name"] for each in image.list_snaps()}:
                image.create_snap(snapshot)
                image.protect_snap(snapshot)

    def clone(self, parent, snapshot, name):
        with self.ioctx() as ioctx:
            rbd.RBD().clone(ioctx, parent, snapshot, ioctx, name, features=self.features)

    def remove(self, name):
        """With its snapshots."""
        with self.ioctx() as ioctx:
            with rbd.Image(ioctx, name) as image:
                for snapshot in [each["name"] for each in image.list_snaps()]:
                    if image.is_protected_snap(snapshot):
                        image.unprotect_snap(snapshot)
                    image.remove_snap(snapshot)
            rbd.RBD().remove(ioctx, name)
