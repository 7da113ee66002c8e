"""Calls of glance_store's rbd driver."""
import hashlib
import os
import random

from glance_store import location
from glance_store._drivers import rbd as driver
import glance_store
from oslo_config import cfg


class Source:
    """Bytes that a seed makes, to be read in pieces; the process may end when some are read."""

    def __init__(self, seed, size, fail_at=None, die=False):
        self.data = random.Random(seed).randbytes(size)
        self.at = 0
        self.fail_at = fail_at
        self.die = die

    def read(self, length):
        if self.fail_at is not None and self.at >= self.fail_at:
            if self.die:
                os._exit(9)
            raise IOError("the source broke")
        piece = self.data[self.at:self.at + length]
        self.at += len(piece)
        return piece


class Calls:
    def __init__(self, conf_file):
        self.conf_file = conf_file
        self.reading = {}

    def _store(self, pool, options):
        conf = cfg.ConfigOpts()
        glance_store.register_opts(conf)
        conf([], default_config_files=[])
        conf.set_override("rbd_store_pool", pool, group="glance_store")
        conf.set_override("rbd_store_ceph_conf", self.conf_file, group="glance_store")
        conf.set_override("rbd_store_user", "admin", group="glance_store")
        for key, value in options.items():
            conf.set_override(key, value, group="glance_store")
        store = driver.Store(conf)
        store.configure()
        return store, conf

    def _located(self, pool, uri):
        store, conf = self._store(pool, {})
        return store, location.Location("rbd", driver.StoreLocation, conf, uri=uri)

    def add(self, pool, image, seed, size, known=True, fail_at=None, die=False, options={}):
        store, _ = self._store(pool, options)
        source = Source(seed, size, fail_at, die)
        uri, written, md5, multihash, metadata = store.add(
            image, source, size if known else 0, "sha512")
        return {"uri": uri, "size": written, "md5": md5, "multihash": multihash,
                "sha256": hashlib.sha256(source.data).hexdigest()}

    def get(self, pool, uri):
        store, where = self._located(pool, uri)
        pieces, size = store.get(where)
        digest = hashlib.sha256()
        count = 0
        for piece in pieces:
            digest.update(piece)
            count += len(piece)
        return {"size": size, "bytes": count, "sha256": digest.hexdigest()}

    def start_get(self, pool, uri):
        store, where = self._located(pool, uri)
        pieces, size = store.get(where)
        self.reading[uri] = pieces = iter(pieces)
        return {"size": size, "bytes": len(next(pieces))}

    def end_get(self, uri):
        return sum(len(piece) for piece in self.reading.pop(uri))

    def size(self, pool, uri):
        store, where = self._located(pool, uri)
        return store.get_size(where)

    def delete(self, pool, uri):
        store, where = self._located(pool, uri)
        store.delete(where)
