"""Makes and removes pools, waits for OSDs, and waits until pools answer a write. Needs only python3-rados.

The request, as JSON: conf, deadline in seconds, and of these what is wanted: make (NAME[:PGS[:SIZE]]...), remove (NAME...),
osds (so many have to be up), mgrs (one has to be active), probe (pools to write to; null for all).
"""

import json
import sys
import time

import rados


def ready(request):
    wanted = json.loads(request)
    end = time.monotonic() + wanted["deadline"]
    with rados.Rados(conffile=wanted["conf"], rados_id="admin") as cluster:
        cluster.conf_set("rados_osd_op_timeout", str(wanted["deadline"]))
        there = cluster.list_pools()
        for spec in wanted.get("make", []):
            name, pgs, size = (spec.split(":") + ["", ""])[:3]
            if name not in there:
                make(cluster, name, int(pgs or 8), size)
        for name in wanted.get("remove", []):
            if name in there:
                command(cluster, prefix="osd pool delete", pool=name, pool2=name, yes_i_really_really_mean_it=True)
        while wanted.get("osds"):
            stat = command(cluster, prefix="osd stat")
            up = stat.get("osdmap", stat)["num_up_osds"]
            if up >= wanted["osds"]:
                break
            if time.monotonic() > end:
                raise TimeoutError("only %d of %d OSDs are up" % (up, wanted["osds"]))
            time.sleep(0.02)
        while wanted.get("mgrs"):
            if command(cluster, prefix="mgr dump")["available"]:
                try:  # a manager without all of its modules is an error to `ceph health`
                    command(cluster, prefix="health mute", code="MGR_MODULE_ERROR", sticky=True)
                except OSError:
                    pass
                break
            if time.monotonic() > end:
                raise TimeoutError("no manager is active")
            time.sleep(0.02)
        if "probe" in wanted:
            for pool in cluster.list_pools() if wanted["probe"] is None else wanted["probe"]:
                with cluster.open_ioctx(pool) as io:
                    io.write_full(".ready", b"")
                    io.remove_object(".ready")


def make(cluster, name, pgs, size):
    command(cluster, prefix="osd pool create", pool=name, pg_num=pgs, pgp_num=pgs)
    if size:
        command(cluster, prefix="osd pool set", pool=name, var="size", val=size, yes_i_really_mean_it=True)
    command(cluster, prefix="osd pool application enable", pool=name, app="rbd")


def command(cluster, **words):
    code, out, why = cluster.mon_command(json.dumps(dict(words, format="json")), b"", timeout=30)
    if code:
        raise OSError(-code, "%s: %s" % (words["prefix"], why))
    return json.loads(out) if out.strip() else None


if __name__ == "__main__":
    ready(sys.argv[1])
