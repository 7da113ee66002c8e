#!/usr/bin/python3
"""Uploads a file through Python's glance_store (Debian's python3-glance-store over librbd): the baseline of our Glance store.

    glance_add.py CONF POOL ID FILE [CHUNK_MIB]

Prints the seconds and processor seconds that add() took, without imports and configuration, and the digests. With - for ID it goes on as a service does: one
upload for each ID that a line of standard input gives, its figures ended by an empty line. The client options of CONF apply; features of the image are those
of its rbd_default_features.
"""
import sys
import time

from oslo_config import cfg

import glance_store
from glance_store import backend


def main():
    conf_file, pool, image_id, path = sys.argv[1:5]
    chunk = sys.argv[5] if len(sys.argv) > 5 else '8'
    conf = cfg.CONF
    glance_store.register_opts(conf)
    conf([], default_config_files=[])
    conf.set_override('stores', ['rbd'], group='glance_store')
    conf.set_override('default_store', 'rbd', group='glance_store')
    conf.set_override('rbd_store_pool', pool, group='glance_store')
    conf.set_override('rbd_store_user', 'admin', group='glance_store')
    conf.set_override('rbd_store_ceph_conf', conf_file, group='glance_store')
    conf.set_override('rbd_store_chunk_size', int(chunk), group='glance_store')
    backend.create_stores(conf)
    store = backend.get_store_from_scheme('rbd')
    if image_id != '-':
        upload(store, image_id, path)
        return
    for line in sys.stdin:
        upload(store, line.strip(), path)
        print(flush=True)


def upload(store, image_id, path):
    with open(path, 'rb') as data:
        data.seek(0, 2)
        size = data.tell()
        data.seek(0)
        start, processor = time.monotonic(), time.process_time()
        result = store.add(image_id, data, size, 'sha512')
        seconds, processor = time.monotonic() - start, time.process_time() - processor
    print('seconds %.3f' % seconds)
    print('cpu_seconds %.3f' % processor)
    print('bytes %d' % result[1])
    print('md5 %s' % result[2])
    print('sha512 %s' % result[3])


if __name__ == '__main__':
    main()
