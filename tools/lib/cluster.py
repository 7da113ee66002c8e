"""Private Ceph clusters of real daemons on loopback. Run it through tools/cluster; `tools/cluster --help` says how."""

import argparse
import base64
import contextlib
import fcntl
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid

PORTS = 200  # of one cluster: two for each monitor from the base up, the OSDs' from base + 20
TRIES = 5  # clusters that start at once may choose the same ports
GUARD = PORTS - 1  # bound while a cluster starts, so that another start looks elsewhere
DEADLINE = 60
ALL_CAPS = {"mon": "allow *", "osd": "allow *", "mgr": "allow *", "mds": "allow *"}
MGR_CAPS = {"mon": "allow profile mgr", "osd": "allow *", "mds": "allow *"}
OSD_CAPS = {"mon": "allow profile osd", "osd": "allow *", "mgr": "allow profile osd"}
CRASH = re.compile(r"\*\*\* Caught signal|FAILED ceph_assert|ceph_abort_msg|terminate called")

# What makes a start take a second and not eight: maps are proposed at once, and BlueStore neither polls
# slowly, nor checks a store it has just made, nor measures the disk.
CONF = """\
[global]
fsid = {fsid}
mon host = {mon_host}
keyring = {dir}/keyring
run dir = {dir}/run
crash dir = {dir}/crash
admin socket = {sockets}
pid file = {dir}/run/$name.pid
log file = {dir}/log/$name.log
log to stderr = false
err to stderr = true
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
public addr = {addr}
cluster addr = {addr}
ms bind ipv4 = {ipv4}
ms bind ipv6 = {ipv6}
ms bind port min = {port_min}
ms bind port max = {port_max}
osd objectstore = {store}
osd crush chooseleaf type = 0
osd crush update on start = false
osd pool default size = {size}
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd class load list = *
osd class default list = *
osd fast shutdown = false
osd memory target = 939524096
osd mclock skip benchmark = true
osd snap trim sleep hdd = 0
osd snap trim sleep hybrid = 0
osd snap trim sleep ssd = 0
osd debug op order = true
osd debug misdirected ops = true
osd debug crash on ignored backoff = true
mon allow pool delete = true
mon allow pool size one = true
mon max pg per osd = 2000
mon osd auto mark in = true
mon osd min down reporters = 1
mon election timeout = 1
mon data avail warn = 2
mon data avail crit = 1
mon warn on insecure global id reclaim allowed = false
mon warn on pool no redundancy = false
paxos propose interval = 0.02
paxos min wait = 0.01
memstore device bytes = 4294967296
bluestore block size = 10737418240
bluestore fsck on mkfs = false
bdev aio poll ms = 10
{extra}
[client]
log file =
admin socket =
pid file =

[mon]
mon data = {dir}/mon.$id

[osd]
osd data = {dir}/osd.$id
keyring = {dir}/osd.$id/keyring

[mgr]
mgr data = {dir}/mgr.$id
keyring = {dir}/mgr.$id/keyring
mgr initial modules =
mgr module path = {dir}/mgr.modules
mgr stats period = 1
"""


class Failure(Exception):
    """Ends the program with one sentence."""


class Cluster:
    """One cluster and its folder: ceph.conf and keyring for clients, cluster.json for us, run/, log/ and the daemons' data."""

    def __init__(self, folder):
        self.dir = pathlib.Path(folder).resolve()
        self.conf = self.dir / "ceph.conf"
        self.run = self.dir / "run"
        self.facts = None
        with contextlib.suppress(FileNotFoundError):
            self.facts = json.loads((self.dir / "cluster.json").read_text())

    # ------------------------------------------------------------------ daemons

    def daemons(self):
        return self.monitors() + self.osds() + self.managers()

    def monitors(self):
        return ["mon." + "abcdefghi"[k] for k in range(self.facts["mons"])]

    def osds(self):
        return ["osd.%d" % k for k in range(self.facts["osds"])]

    def managers(self):
        return ["mgr." + "xyz"[k] for k in range(self.facts.get("mgrs", 0))]

    def pid(self, daemon):
        """The process of a daemon of this cluster, or None: a pid file alone proves nothing, its number may be another's now."""
        try:
            pid = int((self.run / (daemon + ".pid")).read_text())
            command = pathlib.Path("/proc/%d/cmdline" % pid).read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        kind, ident = daemon.split(".")
        ours = [str(self.conf).encode(), ident.encode()]
        return pid if command[0].endswith(b"ceph-" + kind.encode()) and all(part in command for part in ours) else None

    def killed(self, daemon):
        """Marks a daemon that was ended on purpose; one that isn't running and has no mark died by itself."""
        return self.run / (daemon + ".killed")

    def command(self, *words):
        """A command line that runs in this cluster's release."""
        inside = self.dir / "in"
        return ([str(inside)] if inside.exists() else []) + [str(word) for word in words]

    def environment(self):
        """osdmaptool's rule for a first map follows ceph.conf too; nothing of the caller's own cluster may leak in."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CEPH_")}
        return dict(kept, CEPH_CONF=str(self.conf))

    def launch(self, names):
        """Starts daemons side by side. Each command returns when its daemon has gone into the background."""
        started = []
        for name in names:
            kind, ident = name.split(".")
            (self.run / (name + ".pid")).unlink(missing_ok=True)
            err = open(self.dir / "log" / (name + ".err"), "ab")
            words = self.command("ceph-" + kind, "-c", self.conf, "-i", ident)
            started.append((name, subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=err, stderr=err, cwd="/", env=self.environment())))
            err.close()
        for name, process in started:
            if process.wait(DEADLINE) != 0:
                raise Failure("%s does not start:\n%s" % (name, tail(self.dir / "log" / (name + ".err"))))
            self.killed(name).unlink(missing_ok=True)  # not before it runs: without the mark it would be taken for dead

    def signal(self, names, number):
        """Signals daemons and, where that ends them, waits until they are gone."""
        pids = {}
        for name in names:
            pid = self.pid(name)
            if pid is None:
                continue
            if number in (signal.SIGTERM, signal.SIGKILL):
                self.killed(name).touch()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
                pids[name] = pid
        if number not in (signal.SIGTERM, signal.SIGKILL):
            return True
        clean = True
        end = time.monotonic() + 20
        while pids:
            pids = {name: pid for name, pid in pids.items() if self.pid(name) == pid}
            if pids and time.monotonic() > end:
                clean = False
                for pid in pids.values():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.01)
        return clean

    def strays(self):
        """Processes of this cluster that have not written their pid files: a start was cut off."""
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                command = entry.read_bytes().split(b"\0")
                if re.search(rb"ceph-(mon|osd|mgr)$", command[0]) and str(self.conf).encode() in command:
                    yield int(entry.parent.name)

    # ------------------------------------------------------------------ making one

    def make(self, options):
        addr = socket.gethostbyname(socket.gethostname()) if options.addr == "own" else options.addr
        for _ in range(TRIES):
            base = options.port or free_base(addr)
            guard = reserve(addr, base)
            if guard is not None or options.port:
                break
        else:
            raise Failure("port %d of a free range was taken meanwhile, %d times" % (base, TRIES))
        for part in ("run", "log", "crash"):
            shutil.rmtree(self.dir / part, ignore_errors=True)
            (self.dir / part).mkdir()
        for data in self.dir.glob("[mo]*.*[0-9a-z]"):
            if data.is_dir():
                shutil.rmtree(data)
        fsid = str(uuid.uuid4())
        self.facts = {"fsid": fsid, "release": options.release, "mons": options.mons, "osds": options.osds,
                      "mgrs": options.mgrs, "store": options.store, "port": base, "size": min(options.osds, 2), "keys": options.keys, "owner": options.owner}
        host = "[%s]" % addr if ":" in addr else addr
        addresses = ["[v2:%s:%d,v1:%s:%d]" % (host, base + 2 * k, host, base + 2 * k + 1) for k in range(options.mons)]
        self.enter_release()
        self.conf.write_text(CONF.format(
            fsid=fsid, mon_host=",".join(addresses), dir=self.dir, addr=addr, store=options.store,
            ipv4=str(":" not in addr).lower(), ipv6=str(":" in addr).lower(),
            sockets="%s/$name.asok" % self.run if len(str(self.run)) < 90 else "",  # a socket's path has at most 107 bytes
            port_min=base + 20, port_max=base + GUARD - 1, size=self.facts["size"], extra="\n".join(options.conf)))
        major = int(re.search(r"version (\d+)", self.output("ceph-mon", "--version")).group(1))
        ring = self.write_keys(options.keys if major >= 20 else "aes")
        ciphers = []
        if major >= 20 and options.keys != "aes256k":
            ciphers = ["--auth-allowed-ciphers", "aes,aes256k"]
            if options.keys == "aes":
                ciphers += ["--auth-preferred-cipher", "aes", "--auth-service-cipher", "aes"]
        monitors = [word for name, address in zip(self.monitors(), addresses) for word in ("--addv", name[4:], address)]
        self.output("monmaptool", "--create", "--clobber", "--fsid", fsid, *monitors, *ciphers, self.dir / "monmap")
        self.output("osdmaptool", "--createsimple", options.osds, self.dir / "osdmap", "--clobber")
        self.make_stores(ring)
        self.manager_modules(options.mgr_module)
        (self.dir / "cluster.json").write_text(json.dumps(self.facts, indent=1) + "\n")
        return guard

    def enter_release(self):
        """Puts DIR/in and DIR/bin there, which run commands of a release that isn't the machine's own."""
        if self.facts["release"] == "host":
            return
        root = subprocess.run(["bash", str(pathlib.Path(__file__).parent / "release.sh"), self.facts["release"], str(self.dir)],
                              stdout=subprocess.PIPE, text=True, check=False, umask=0o022)
        if root.returncode != 0:
            raise Failure("cannot make the root file system of Ceph %s" % self.facts["release"])

    def write_keys(self, kind):
        """Every key is in the monitors' first key ring, and every OSD in their first map: no command is needed afterwards."""
        main = "aes" if kind == "aes" else "aes256k"
        admin = entity("client.admin", secret(main), ALL_CAPS)
        ring = admin + entity("mon.", secret(main), {"mon": "allow *"})
        private(self.dir / "keyring", admin)
        if kind == "mixed":
            older = entity("client.aes", secret("aes"), ALL_CAPS)
            private(self.dir / "keyring.aes", older)
            ring += older
        for name in self.osds():
            (self.dir / name).mkdir()
            own = entity(name, secret(main), OSD_CAPS)
            private(self.dir / name / "keyring", own)
            ring += own
        for name in self.managers():
            (self.dir / name).mkdir()
            own = entity(name, secret(main), MGR_CAPS)
            private(self.dir / name / "keyring", own)
            ring += own
        private(self.dir / "first.keyring", ring)
        return self.dir / "first.keyring"

    def make_stores(self, ring):
        err = open(self.dir / "log" / "mkfs.err", "ab")
        making = []
        for name in self.monitors() + self.osds():
            kind, ident = name.split(".")
            words = ["ceph-" + kind, "-c", self.conf, "-i", ident, "--mkfs", "--no-mon-config"]
            if kind == "mon":
                (self.dir / name).mkdir()
                words += ["--monmap", self.dir / "monmap", "--osdmap", self.dir / "osdmap", "--keyring", ring]
            else:
                words += ["--osd-uuid", uuid.uuid4()]
            making.append(subprocess.Popen(
                self.command(*words), stdin=subprocess.DEVNULL, stdout=err, stderr=err, env=self.environment()))
        err.close()
        if any([process.wait(DEADLINE) for process in making]):
            raise Failure("cannot make the daemons' stores:\n" + tail(self.dir / "log" / "mkfs.err"))
        ring.unlink()
        for store in self.dir.glob("mon.*/store.db"):
            store.chmod(0o700)  # monitors open it to everybody, whatever the umask

    def manager_modules(self, wanted):
        """A manager imports every module in its folder: 25 seconds and 300 MB for all, so only those wanted are there."""
        if not self.facts["mgrs"]:
            return
        folder = self.dir / "mgr.modules"
        folder.mkdir()
        for name in ["mgr_module.py", "mgr_util.py", "object_format.py"] + wanted:
            (folder / name).symlink_to("/usr/share/ceph/mgr/" + name)
        if self.facts["release"] == "18":
            (folder / "bcrypt.py").write_text("def hashpw(*words): raise NotImplementedError\n")  # trixie's loads in no manager

    def output(self, *words):
        done = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=self.environment(),
                              stderr=subprocess.STDOUT, text=True, timeout=DEADLINE, check=False)
        if done.returncode != 0:
            raise Failure("%s fails:\n%s" % (words[0], done.stdout))
        return done.stdout

    def ready(self, pools):
        """Makes the pools that aren't there, waits for every OSD, and has a write answered in each pool."""
        self.ask({"osds": self.facts["osds"], "mgrs": len(self.managers()), "make": pools, "probe": None})

    def ask(self, request):
        """Asks the monitors through the release's own python3-rados; see ready.py."""
        text = json.dumps(dict(request, conf=str(self.conf), deadline=DEADLINE))
        if (self.dir / "in").exists():
            script = pathlib.Path(__file__).with_name("ready.py").read_text()
            done = subprocess.run(self.command("/usr/bin/python3", "-", text), input=script, stderr=subprocess.PIPE,
                                  env=self.environment(), text=True, timeout=2 * DEADLINE, check=False)
            if done.returncode != 0:
                raise Failure("the cluster does not answer: %s; its logs are in %s/log" % (last(done.stderr), self.dir))
        else:
            import ready
            try:
                ready.ready(text)
            except Exception as failure:  # rados raises a class for each errno
                raise Failure("the cluster does not answer: %s; its logs are in %s/log" % (failure, self.dir)) from failure

    def lost(self):
        """MemStore writes its objects down only when stopped properly: with every OSD gone otherwise, the data is gone."""
        return (self.facts["store"] == "memstore" and not (self.dir / "stopped").exists()
                and not any(self.pid(name) for name in self.osds()))


# ---------------------------------------------------------------------- small parts


def secret(kind):
    number, size = {"aes": (1, 16), "aes256k": (2, 32)}[kind]
    now = time.time()
    return base64.b64encode(struct.pack("<HIIH", number, int(now), int(now % 1 * 1e9), size) + os.urandom(size)).decode()


def entity(name, key, caps):
    return "[%s]\n\tkey = %s\n%s" % (name, key, "".join('\tcaps %s = "%s"\n' % cap for cap in caps.items()))


def private(path, text):
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
        out.write(text)


def tail(path, lines=15):
    with contextlib.suppress(FileNotFoundError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    return ""


def last(text):
    return (text.strip().splitlines() or [""])[-1]


def alive(pid):
    """Whether a process is there and not a zombie."""
    try:
        return "\nState:\tZ" not in pathlib.Path("/proc/%d/status" % pid).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def reserve(addr, base):
    guard = socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET)
    try:
        guard.bind((addr, base + GUARD))
    except OSError:
        guard.close()
        return None
    return guard


def free_base(addr):
    """A base below 32768: above it, an outgoing connection of anyone may sit on the port a daemon wants."""
    taken = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(FileNotFoundError):
            taken.update(int(line.split()[1].rsplit(":", 1)[1], 16) for line in open(table).readlines()[1:])
    bases = [base for base in range(10000, 32000, PORTS) if not any(port in taken for port in range(base, base + PORTS))]
    random.shuffle(bases)
    for base in bases:
        guard = reserve(addr, base)
        if guard is not None:
            guard.close()
            return base
    raise Failure("no free range of %d ports between 10000 and 32000" % PORTS)


# ---------------------------------------------------------------------- verbs


@contextlib.contextmanager
def locked(folder):
    """One verb at a time for one cluster. The lock lies beside the folder, which may be removed."""
    path = pathlib.Path(str(folder) + ".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sweep(parent):
    """Removes the clusters in a folder whose owners are gone without having stopped them."""
    for facts in parent.glob("*/cluster.json"):
        with contextlib.suppress(ValueError, FileNotFoundError):
            owner = json.loads(facts.read_text()).get("owner")
            if owner and not alive(owner):
                stop(argparse.Namespace(dir=str(facts.parent), rm=True))


def start(options):
    began = time.monotonic()
    folder = pathlib.Path(options.dir).resolve()
    if options.owner:
        sweep(folder.parent)
    guard = None
    with locked(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        cluster = Cluster(folder)
        if cluster.facts is None and any(folder.iterdir()) and not (folder / "run").is_dir():
            raise Failure("%s: holds something else than a cluster" % folder)
        folder.chmod(0o700)  # an older one may be open, and the monitors' stores in it hold every key
        if cluster.facts and cluster.lost():
            for name in cluster.monitors():
                cluster.signal([name], signal.SIGKILL)
            cluster.facts = None
        fresh = cluster.facts is None
        if fresh:
            guard = cluster.make(options)
        (folder / "stopped").unlink(missing_ok=True)
        was = [name for name in cluster.daemons() if cluster.pid(name) is None]
        cluster.launch([name for name in was if name.startswith("mon.")])
        cluster.launch([name for name in was if not name.startswith("mon.")])
        cluster.ready(options.pool or (["rbd"] if fresh else []))
        if guard is not None:
            guard.close()
    if not options.quiet:
        what = "started" if fresh else "was running" if not was else "started again: " + ", ".join(was)
        print("%s: %s, Ceph %s, %d mon, %d osd (%s), ready after %.1f s" % (
            folder, what, cluster.facts["release"], cluster.facts["mons"], cluster.facts["osds"],
            cluster.facts["store"], time.monotonic() - began))
    return cluster


def existing(options):
    cluster = Cluster(options.dir)
    if cluster.facts is None:
        raise Failure("%s: no cluster here; make one with: tools/cluster start --dir %s" % (options.dir, options.dir))
    return cluster


def stop(options):
    folder = pathlib.Path(options.dir).resolve()
    with locked(folder):
        cluster = Cluster(folder)
        if cluster.facts is not None:
            number = signal.SIGKILL if options.rm else signal.SIGTERM
            # OSDs go first: each tells the monitors so, and waits for the answer.
            clean = cluster.signal(cluster.osds() + cluster.managers(), number)
            cluster.signal(cluster.monitors(), number)
            for pid in cluster.strays():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if clean and not options.rm:
                (folder / "stopped").touch()
        elif not options.rm:
            raise Failure("%s: no cluster here" % folder)
        if options.rm and (cluster.facts is not None or (folder / "run").is_dir()):
            shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(str(folder) + ".lock").unlink(missing_ok=True)


def status(options):
    cluster = existing(options)
    facts = cluster.facts
    print("%s: Ceph %s, %s, fsid %s, ports from %d" % (cluster.dir, facts["release"], facts["store"], facts["fsid"], facts["port"]))
    down = 0
    for name in cluster.daemons():
        pid = cluster.pid(name)
        down += pid is None
        print("  %-6s %s" % (name, "runs, pid %d" % pid if pid else "killed" if cluster.killed(name).exists() else "does not run"))
    return 1 if down else 0


def env(options):
    cluster = existing(options)
    print("export CEPH_CONF=%s" % cluster.conf)
    if (cluster.dir / "bin").is_dir():
        print("export PATH=%s:$PATH" % (cluster.dir / "bin"))


def kill(options):
    cluster = existing(options)
    number = getattr(signal, "SIG" + options.signal)
    for name in options.daemon:
        if cluster.pid(name) is None:
            raise Failure("%s does not run" % name)
    cluster.signal(options.daemon, number)


def revive(options):
    with locked(pathlib.Path(options.dir).resolve()):
        cluster = existing(options)
        cluster.launch([name for name in options.daemon if cluster.pid(name) is None])


def check(options):
    """Finds the daemons that died by themselves: with the debug checks on, that is how an OSD judges its client."""
    cluster = existing(options)
    bad = []
    for name in cluster.daemons():
        log = cluster.dir / "log" / (name + ".log")
        crash = ""
        if log.exists():
            lines = log.read_text(errors="replace").splitlines()
            first = next((k for k, line in enumerate(lines) if CRASH.search(line)), None)
            if first is not None:
                crash = "\n".join(lines[max(0, first - 3):first + 12])
        if crash:
            bad.append("%s aborted:\n%s" % (name, crash))
        elif cluster.pid(name) is None and not cluster.killed(name).exists():
            bad.append("%s does not run, and was not stopped by anyone:\n%s" % (name, tail(log)))
    if bad:
        raise Failure("\n".join(bad))


def pool(options):
    conf = pathlib.Path(options.conf or existing(options).conf)
    cluster = Cluster(conf.parent)
    cluster.conf = conf
    if options.rm:
        cluster.ask({"remove": options.name})
    else:
        cluster.ask({"make": options.name, "probe": [spec.split(":")[0] for spec in options.name]})


def run(options):
    """A cluster in the foreground, for a container: it ends when any daemon does."""
    cluster = start(options)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("CEPH READY %s" % cluster.facts["fsid"], flush=True)
    try:
        while all(cluster.pid(name) or cluster.killed(name).exists() for name in cluster.daemons()):
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            time.sleep(0.2)
        check(options)
    finally:
        cluster.signal(cluster.daemons(), signal.SIGKILL)


def arguments(default_dir):
    parser = argparse.ArgumentParser(
        prog="cluster", description="Private Ceph clusters of real daemons on loopback: own folder, ports and keys, cephx on.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name, action, text):
        sub = verbs.add_parser(name, help=text, description=text)
        sub.add_argument("--dir", default=default_dir, help="the cluster's folder (default %(default)s)")
        sub.set_defaults(action=action)
        return sub

    for name, action, text in (
            ("start", start, "make the cluster, or start what isn't running of it; returns when every pool has answered a write"),
            ("run", run, "the same in the foreground")):
        sub = verb(name, action, text)
        sub.add_argument("--osds", type=int, default=2, metavar="N")
        sub.add_argument("--mons", type=int, default=1, metavar="N", choices=range(1, 10))
        sub.add_argument("--mgrs", type=int, default=0, metavar="N", choices=range(0, 4), help="managers: mgr.x, mgr.y, ... (default 0)")
        sub.add_argument("--mgr-module", action="append", default=[], metavar="NAME",
                         help="a Python module that the managers load, such as rbd_support; repeatable (default: none)")
        sub.add_argument("--port", type=int, default=0, help="first of %d ports (default: a free range)" % PORTS)
        sub.add_argument("--addr", default="127.0.0.1", help=argparse.SUPPRESS)
        sub.add_argument("--store", choices=("memstore", "bluestore"), default="memstore")
        sub.add_argument("--release", default="host", help="14, 16, 18, 20, or host: what is installed (default)")
        sub.add_argument("--keys", choices=("mixed", "aes256k", "aes"), default="mixed",
                         help="from release 20 on: key types; mixed also has keyring.aes with client.aes (default)")
        sub.add_argument("--pool", action="append", metavar="NAME[:PGS[:SIZE]]", help="repeatable (default: rbd)")
        sub.add_argument("--conf", action="append", default=[], metavar="'KEY = VALUE'", help="one more line for [global]; repeatable")
        sub.add_argument("--owner", type=int, metavar="PID", default=0,
                         help="the cluster is of no use once this process is gone: a later start beside it removes it")
        sub.add_argument("--quiet", action="store_true")
    verb("stop", stop, "stop the cluster").add_argument("--rm", action="store_true", help="at once, and remove its folder")
    verb("status", status, "list the daemons; 1 if one doesn't run")
    verb("env", env, "print the exports that point Ceph's tools at the cluster")
    verb("check", check, "fail if a daemon died by itself")
    sub = verb("pool", pool, "make pools, on any cluster; returns when each has answered a write")
    sub.add_argument("--conf", help="ceph.conf of a cluster that was not made by this tool")
    sub.add_argument("--rm", action="store_true", help="remove them instead")
    sub.add_argument("name", nargs="+", metavar="NAME[:PGS[:SIZE]]")
    sub = verb("kill", kill, "signal daemons, such as osd.1")
    sub.add_argument("--signal", default="KILL", choices=("KILL", "TERM", "STOP", "CONT"))
    sub.add_argument("daemon", nargs="+")
    verb("revive", revive, "start daemons that were killed").add_argument("daemon", nargs="+")
    return parser


def main(words, default_dir):
    os.umask(0o077)  # stores and key rings hold every key, and who may open an admin socket commands its daemon
    options = arguments(default_dir).parse_args(words)
    try:
        return options.action(options) if options.action not in (start, run) else options.action(options) and 0
    except (Failure, OSError, subprocess.TimeoutExpired) as failure:
        print("cluster: %s" % failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], sys.argv[1]))
