"""Makes the pools of a cluster that is starting, and waits until each answers a write. Needs only python3-rados."""

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
        for spec in wanted["pools"]:
            name, pgs, size = (spec.split(":") + ["", ""])[:3]
            if name in there:
                continue
            command(cluster, prefix="osd pool create", pool=name, pg_num=int(pgs or 8), pgp_num=int(pgs or 8))
            if size:
                command(cluster, prefix="osd pool set", pool=name, var="size", val=size, yes_i_really_mean_it=True)
            command(cluster, prefix="osd pool application enable", pool=name, app="rbd")
        while True:
            stat = command(cluster, prefix="osd stat")
            up = stat.get("osdmap", stat)["num_up_osds"]
            if up >= wanted["osds"]:
                break
            if time.monotonic() > end:
                raise TimeoutError("only %d of %d OSDs are up" % (up, wanted["osds"]))
            time.sleep(0.02)
        for pool in cluster.list_pools():
            with cluster.open_ioctx(pool) as io:
                io.write_full(".ready", b"")
                io.remove_object(".ready")


def command(cluster, **words):
    code, out, why = cluster.mon_command(json.dumps(dict(words, format="json")), b"", timeout=30)
    if code:
        raise OSError(-code, "%s: %s" % (words["prefix"], why))
    return json.loads(out) if out.strip() else None


if __name__ == "__main__":
    ready(sys.argv[1])
