"""Calls of Nova's rbd_utils, in the order in which its image backend makes them."""
import os

# Everything on the one thread there is, as for Cinder.
os.environ["EVENTLET_THREADPOOL_SIZE"] = "0"

from nova import exception  # noqa: E402
from nova.storage import rbd_utils  # noqa: E402
import nova.conf  # noqa: E402


class Calls:
    def __init__(self, conf_file):
        self.conf_file = conf_file
        nova.conf.CONF([], project="nova", default_config_files=[])
        for key, value in (("rbd_destroy_volume_retry_interval", 1), ("rbd_destroy_volume_retries", 3)):
            nova.conf.CONF.set_override(key, value, group="libvirt")

    def _driver(self, pool):
        return rbd_utils.RBDDriver(pool=pool, user="admin", ceph_conf=self.conf_file, connect_timeout=5)

    def create(self, pool, disk, uri, size):
        driver = self._driver(pool)
        if not driver.is_cloneable({"url": uri}, {"disk_format": "raw", "id": "any"}):
            raise RuntimeError("not cloneable: " + uri)
        driver.clone({"url": uri}, disk)
        if size > driver.size(disk):
            driver.resize(disk, size)

    def exists(self, pool, disk):
        return self._driver(pool).exists(disk)

    def size(self, pool, disk):
        return self._driver(pool).size(disk)

    def resize(self, pool, disk, size):
        driver = self._driver(pool)
        driver.create_snap(disk, "nova-resize")
        driver.resize(disk, size)

    def confirm(self, pool, disk):
        self._driver(pool).remove_snap(disk, "nova-resize")

    def revert(self, pool, disk):
        driver = self._driver(pool)
        driver.rollback_to_snap(disk, "nova-resize")
        driver.remove_snap(disk, "nova-resize")

    def flatten(self, pool, disk):
        driver = self._driver(pool)
        try:
            driver.parent_info(disk)
        except exception.ImageUnacceptable:
            return
        driver.flatten(disk)

    def snapshot(self, pool, disk, image, target, temporary):
        """A direct snapshot: the steps of Rbd.direct_snapshot."""
        driver = self._driver(pool)
        fsid = driver.get_fsid()
        if hasattr(fsid, "decode"):
            fsid = fsid.decode()
        driver.create_snap(disk, temporary, protect=True)
        url = "rbd://%s/%s/%s/%s" % (fsid, pool, disk, temporary)
        try:
            driver.clone({"url": url}, image, dest_pool=target)
            driver.flatten(image, pool=target)
        finally:
            driver.remove_snap(disk, temporary, ignore_errors=True, force=True)
        driver.create_snap(image, "snap", pool=target, protect=True)
        return "rbd://%s/%s/%s/snap" % (fsid, target, image)

    def delete(self, pool, instance):
        self._driver(pool).cleanup_volumes(lambda disk: disk.startswith(instance))

    def import_file(self, pool, path, disk):
        self._driver(pool).import_image(path, disk)

    def pool_info(self, pool):
        return self._driver(pool).get_pool_info()
