"""Calls of Cinder's volume driver and of its backup driver for RBD."""
import hashlib
import os
import random

# Everything on the one thread there is: eventlet's pool of threads waits for a hub that nobody runs here.
os.environ["EVENTLET_THREADPOOL_SIZE"] = "0"

from cinder import objects  # noqa: E402
objects.register_all()

from cinder.backup.drivers import ceph  # noqa: E402
from cinder.volume import configuration  # noqa: E402
from cinder.volume import driver as base  # noqa: E402
from cinder.volume.drivers import rbd as driver  # noqa: E402
from os_brick.initiator import linuxrbd  # noqa: E402
from oslo_config import cfg  # noqa: E402
import oslo_concurrency.lockutils  # noqa: E402,F401

from agent import Rec  # noqa: E402


class Database:
    """As much of Cinder's database as the backups ask for."""

    def __init__(self):
        self.volumes = {}

    def volume_get(self, context, volume_id):
        return self.volumes[volume_id]


class Calls:
    def __init__(self, conf_file):
        self.conf_file = conf_file
        self.drivers = {}
        cfg.CONF([], project="cinder", default_config_files=[])
        for key, value in (("backup_ceph_conf", conf_file), ("backup_ceph_user", "admin")):
            cfg.CONF.set_override(key, value)
        # A database in memory, since the backup driver looks for one when it is made.
        cfg.CONF.set_override("connection", "sqlite://", group="database")

    # ---- volumes

    def _driver(self, pool, options={}):
        key = (pool, repr(sorted(options.items())))
        if key not in self.drivers:
            group = "rbd%d" % len(self.drivers)
            settings = configuration.Configuration(base.volume_opts + driver.RBD_OPTS, config_group=group)
            settings.append_config_values(base.volume_opts)
            settings.append_config_values(driver.RBD_OPTS)
            values = {"rbd_pool": pool, "rbd_ceph_conf": self.conf_file, "rbd_user": "admin",
                      "rados_connection_interval": 1}
            values.update(options)
            for name, value in values.items():
                cfg.CONF.set_override(name, value, group=group)
            made = driver.RBDDriver(configuration=settings, execute=self._execute)
            made.do_setup(None)
            self.drivers[key] = made
        return self.drivers[key]

    def _execute(self, *words, **ignored):
        import subprocess
        done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
        return done.stdout.decode(), done.stderr.decode()

    @staticmethod
    def _volume(name, size, **more):
        volume_id = name.replace("volume-", "", 1)
        volume = Rec(id=volume_id, name=name, name_id=volume_id, _name_id=None, size=size, use_quota=True,
                     encryption_key_id=None, volume_type=None, volume_type_id=None, provider_location=None,
                     status="available", host="here")
        volume.update(more)
        return volume

    @staticmethod
    def _snapshot(volume, name, size):
        return Rec(id=name, name=name, volume_name=volume, volume_size=size, volume=Rec(name=volume))

    def create(self, pool, volume, size):
        self._driver(pool).create_volume(self._volume(volume, size))

    def clone(self, pool, source, volume, size, source_size=None, options={}):
        self._driver(pool, options).create_cloned_volume(
            self._volume(volume, size), self._volume(source, source_size or size))

    def from_snapshot(self, pool, source, snapshot, volume, size):
        self._driver(pool).create_volume_from_snapshot(
            self._volume(volume, size), self._snapshot(source, snapshot, size))

    def from_image(self, pool, uri, volume, size):
        _, cloned = self._driver(pool).clone_image(
            None, self._volume(volume, size), (uri, None), {"disk_format": "raw", "id": "any"}, None)
        return cloned

    def snapshot(self, pool, volume, snapshot, size):
        self._driver(pool).create_snapshot(self._snapshot(volume, snapshot, size))

    def delete_snapshot(self, pool, volume, snapshot, size):
        self._driver(pool).delete_snapshot(self._snapshot(volume, snapshot, size))

    def revert(self, pool, volume, snapshot, size):
        self._driver(pool).revert_to_snapshot(
            None, self._volume(volume, size), self._snapshot(volume, snapshot, size))

    def delete(self, pool, volume):
        self._driver(pool).delete_volume(self._volume(volume, 1))

    def extend(self, pool, volume, size, new_size):
        self._driver(pool).extend_volume(self._volume(volume, size), new_size)

    def migrate(self, pool, volume, size, location_info):
        host = {"host": "there", "capabilities": {"storage_protocol": "ceph", "location_info": location_info}}
        moved, _ = self._driver(pool).migrate_volume(None, self._volume(volume, size), host)
        return moved

    def manage(self, pool, source, volume):
        size = self._driver(pool).manage_existing_get_size(self._volume(volume, 0), {"source-name": source})
        self._driver(pool).manage_existing(self._volume(volume, size), {"source-name": source})
        return size

    def connection(self, pool, volume):
        return self._driver(pool).initialize_connection(self._volume(volume, 1), {})["data"]

    def write(self, pool, volume, seed, size, offset=0):
        data = random.Random(seed).randbytes(size)
        with driver.RBDVolumeProxy(self._driver(pool), volume) as image:
            image.write(data, offset)
        return hashlib.sha256(data).hexdigest()

    def read(self, pool, volume, size, offset=0):
        with driver.RBDVolumeProxy(self._driver(pool), volume, read_only=True) as image:
            return hashlib.sha256(image.read(offset, size)).hexdigest()

    # ---- backups

    def _backup(self, backup):
        record = Rec(parent=None, parent_id=None, snapshot_id=None, service_metadata=None)
        record.update(backup)
        if record.parent is not None:
            record.parent = self._backup(record.parent)
            record.parent_id = record.parent.id
        return record

    def _backups(self, pool, *volumes):
        made = ceph.CephBackupDriver(None)
        # Where it looks for metadata, whatever the backup's own pool is.
        made._ceph_backup_pool = pool
        made.db = Database()
        for volume in volumes:
            made.db.volumes[volume.id] = volume
        return made

    def _file(self, image, pool):
        metadata = linuxrbd.RBDImageMetadata(image, pool, "admin", self.conf_file)
        return linuxrbd.RBDVolumeIOWrapper(metadata)

    def backup(self, pool, volume, size, backup):
        record = self._volume(volume, size)
        with driver.RBDVolumeProxy(self._driver(pool), volume) as image:
            backups = self._backups(backup["container"], record)
            updates = backups.backup(self._backup(backup), self._file(image.volume, pool), False)
        return updates["service_metadata"]

    def restore(self, pool, volume, size, backup):
        record = self._volume(volume, size)
        with driver.RBDVolumeProxy(self._driver(pool), volume) as image:
            backups = self._backups(backup["container"], record)
            backups.restore(self._backup(backup), record.id, self._file(image.volume, pool))

    def delete_backup(self, backup):
        self._backups(backup["container"]).delete_backup(self._backup(backup))

    def ping(self):
        return os.getpid()
