#!/usr/bin/python3
"""Records messages between native clients and a live cluster: CEPH_CONF=... record.py DIR

Listens on the loopback interface (as root) while it lets librados do one thing after the other with connections in crc
mode, and writes the frames of the messages it looks for to DIR/<release>/<message>/<case>.hex: a whole MESSAGE frame of
msgr2.1, from its preamble to its epilogue. Needs python3-rados, the commands ceph and rados, a manager, two OSDs and a pool
called rbd with nothing in it.
"""
import ctypes, os, re, socket, struct, subprocess, sys, threading, time
import rados, rbd

OUT = sys.argv[1]
CRC = {'ms_client_mode': 'crc', 'ms_mon_client_mode': 'crc'}
BANNER = b'ceph v2\n'
HELLO, AUTH_DONE, MESSAGE = 1, 6, 17
CLIENT, SECURE = 8, 2
PACKET_OUTGOING = 4


class Frame:
    """One MESSAGE frame: where it was going, its bytes and its segments."""

    def __init__(self, connection, sent, raw, segments):
        self.connection, self.sent, self.raw, self.segments = connection, sent, raw, segments
        header = segments[0]
        self.tid = struct.unpack_from('<Q', header, 8)[0]
        self.type, self.priority, self.version = struct.unpack_from('<HHH', header, 16)


class Stream:
    """One direction of a connection, put together again and cut into frames."""

    def __init__(self, connection, sent):
        self.connection, self.sent = connection, sent
        self.next, self.early, self.data, self.begun = None, {}, b'', False

    def packet(self, sequence, payload):
        if self.next is None:
            self.next = sequence
        self.early[sequence] = max(self.early.get(sequence, b''), payload, key=len)
        while self.next in self.early:
            piece = self.early.pop(self.next)
            self.data += piece
            self.next = (self.next + len(piece)) % 2**32
        self.cut()

    def cut(self):
        if not self.begun and len(self.data) >= 26:
            if not self.data.startswith(BANNER):
                self.connection.ignored = True
            self.data, self.begun = self.data[26:], True
        while self.begun and not self.connection.ignored and self.frame():
            pass

    def frame(self):
        data = self.data
        if len(data) < 32:
            return False
        tag, count = data[0], data[1]
        lengths = [struct.unpack_from('<IH', data, 2 + 6 * i)[0] for i in range(count)]
        size = 32 + sum(lengths) + (4 if lengths[0] else 0) + (13 if count > 1 else 0)
        if len(data) < size:
            return False
        at, segments = 32, []
        for i, length in enumerate(lengths):
            segments.append(data[at:at + length])
            at += length + (4 if i == 0 and length else 0)
        segments += [b''] * (4 - count)
        self.data = data[size:]
        if tag == HELLO and self.sent and segments[0][0] != CLIENT:
            self.connection.ignored = True
        if tag == AUTH_DONE and struct.unpack_from('<I', segments[0], 8)[0] == SECURE:
            self.connection.ignored = True
        if tag == MESSAGE:
            self.connection.frames.append(Frame(self.connection, self.sent, data[:size], segments))
        return True


class Connection:
    def __init__(self, frames):
        self.frames, self.ignored = frames, False
        self.streams = {True: Stream(self, True), False: Stream(self, False)}


class Listener(threading.Thread):
    """Sees every packet of the loopback interface."""

    def __init__(self, ports):
        super().__init__(daemon=True)
        self.frames, self.connections, self.ports = [], {}, ports
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.bind(('lo', 0))
        self.start()

    def run(self):
        while True:
            packet, address = self.socket.recvfrom(1 << 18)
            if address[2] != PACKET_OUTGOING and packet[12:14] == b'\x08\x00' and packet[23] == 6:
                self.tcp(packet[14:])

    def tcp(self, packet):
        length = struct.unpack_from('>H', packet, 2)[0]
        tcp = packet[4 * (packet[0] & 15):length]
        source, target = (packet[12:16], tcp[:2]), (packet[16:20], tcp[2:4])
        sequence, flags = struct.unpack_from('>I', tcp, 4)[0], tcp[13]
        payload = tcp[4 * (tcp[12] >> 4):]
        if flags & 2:
            key = (source, target) if not flags & 16 else (target, source)
            if not flags & 16 and struct.unpack('>H', target[1])[0] in self.ports:
                self.connections[key] = Connection(self.frames)
            if key in self.connections:
                self.connections[key].streams[key == (source, target)].next = (sequence + 1) % 2**32
            return
        sent = (source, target) in self.connections
        connection = self.connections.get((source, target) if sent else (target, source))
        if connection and payload and not connection.ignored:
            connection.streams[sent].packet(sequence, payload)


def command(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def ports():
    """Those of this cluster's daemons: others may share the interface."""
    found = set()
    for dump in (['mon'], ['osd'], ['mgr']):
        text = command('ceph', *dump, 'dump', '--format', 'json')
        found |= {int(port) for port in re.findall(r'127\.0\.0\.1:(\d+)', text)}
    return found


listener = Listener(ports())
release = command('ceph', '--version').split()[2].split('-')[0]


def save(frame, name, what):
    path = os.path.join(OUT, release, name + '.hex')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    raw, lengths = frame.raw, [len(segment) for segment in frame.segments]
    front = 32 + lengths[0] + 4
    parts = [('preamble', 0, 32), ('header and its crc', 32, front), ('front', front, front + lengths[1])]
    parts.append(('middle and data', front + lengths[1], front + sum(lengths[1:])))
    parts.append(('epilogue', front + sum(lengths[1:]), len(raw)))
    with open(path, 'w') as file:
        file.write(f'# {what}\n')
        file.write(f'# type {frame.type}, version {frame.version}, made by tools/goldens/record.py\n')
        for text, start, end in parts:
            if end > start:
                file.write(f'# {text}\n')
            for at in range(start, end, 32):
                file.write(raw[at:min(at + 32, end)].hex() + '\n')


def wait(what, start, number, *tests):
    """The first frame after the start-th that is of this type and passes the tests."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for frame in listener.frames[start:]:
            if frame.type == number and all(test(frame) for test in tests):
                return frame
        time.sleep(0.02)
    sys.exit(f'{what}: no message of type {number} was seen')


def record(what, do, *wanted):
    """Does something, and saves what it sends and receives: names, types and tests of frames."""
    start = len(listener.frames)
    result = do()
    for name, number, *tests in wanted:
        save(wait(what, start, number, *tests), name, what)
    return result


def operate(name, what, do, code):
    """Lets a client send an operation, and saves it and its reply."""
    start = len(listener.frames)
    do()
    opcode = struct.pack('<H', code)
    request = wait(what, start, 42, lambda f: opcode in f.segments[1])
    reply = wait(what, start, 43, lambda f: f.tid == request.tid and f.connection is request.connection)
    save(request, 'osd_op/' + name, what)
    save(reply, 'osd_op_reply/' + name, what)


def check(result):
    if result < 0:
        raise OSError(-result, os.strerror(-result))


# ---------------------------------------------------------------- a client, and what the monitors tell it
cluster = rados.Rados(conffile='', conf=CRC)


def connect():
    cluster.connect()
    return cluster.open_ioctx('rbd')


def maps(front):
    """How many incremental and full maps an OSD_MAP has."""
    at, counts = 16, []
    for _ in range(2):
        count = struct.unpack_from('<I', front, at)[0]
        counts.append(count)
        at += 4
        for _ in range(count):
            at += 8 + struct.unpack_from('<I', front, at + 4)[0]
    return counts


io = record(
    'connecting', connect, ('mon_subscribe/first', 15), ('mon_map/one-monitor', 4), ('config/none', 62),
    ('osd_map/full', 41, lambda f: maps(f.segments[1])[1] == 1), ('mgr_map/active', 0x704, lambda f: b'x' in f.segments[1]))
record(
    'wait_for_latest_osdmap', cluster.wait_for_latest_osdmap, ('mon_get_version/osdmap', 19), ('mon_get_version_reply/osdmap', 20))
record(
    'mon_command osd getmaxosd', lambda: cluster.mon_command('{"prefix": "osd getmaxosd", "format": "json"}', b''),
    ('mon_command/getmaxosd', 50), ('mon_command_ack/getmaxosd', 51))
record(
    'mon_command config-key set golden', lambda: cluster.mon_command('{"prefix": "config-key set", "key": "golden"}', b'value'),
    ('mon_command/with-input', 50), ('mon_command_ack/with-input', 51))
record(
    'mon_command nonsense', lambda: cluster.mon_command('{"prefix": "nonsense"}', b''),
    ('mon_command/nonsense', 50), ('mon_command_ack/nonsense', 51))
record(
    'osd_command get_command_descriptions', lambda: cluster.osd_command(0, '{"prefix": "version"}', b''),
    ('command/version', 97), ('command_reply/version', 98))
record(
    'mgr_command pg stat', lambda: cluster.mgr_command('{"prefix": "pg stat", "format": "json"}', b''),
    ('mgr_command/pg-stat', 0x709), ('mgr_command_reply/pg-stat', 0x70a))
record('get_cluster_stats', cluster.get_cluster_stats, ('statfs/cluster', 13), ('statfs_reply/cluster', 14))
record('Ioctx.get_stats', io.get_stats, ('getpoolstats/one', 58), ('getpoolstats_reply/one', 59))
record(
    'ping_monitor', lambda: cluster.ping_monitor('a'),
    ('ping/to-a-monitor', 2, lambda f: f.sent), ('ping/answer', 2, lambda f: not f.sent))


def follow_log():
    cluster.monitor_log2('info', lambda *line: None, 0)
    command('ceph', 'log', 'a line for the log')


record('monitor_log2', follow_log, ('log/info', 52, lambda f: b'a line for the log' in f.segments[1]))
service = rados.Rados(conffile='', conf=CRC)


def register():
    service.connect()
    service.service_daemon_register('golden', 'one', {'hostname': 'here'})
    service.service_daemon_update({'state': 'busy'})


record('service_daemon_register', register, ('mgr_open/service', 0x700), ('mgr_configure/service', 0x701))
record(
    'shutdown with a service', service.shutdown,
    ('mgr_close/service', 0x708, lambda f: f.sent), ('mgr_close/answer', 0x708, lambda f: not f.sent))
snap = record(
    'create_self_managed_snap', io.create_self_managed_snap,
    ('poolop/create-unmanaged-snap', 49), ('poolop_reply/create-unmanaged-snap', 48))
record(
    'remove_self_managed_snap', lambda: io.remove_self_managed_snap(snap),
    ('poolop/delete-unmanaged-snap', 49), ('poolop_reply/delete-unmanaged-snap', 48))
command('ceph', 'config', 'set', 'client', 'rbd_default_order', '21')
other = rados.Rados(conffile='', conf=CRC)
record('connecting', other.connect, ('config/one-option', 62, lambda f: b'rbd_default_order' in f.segments[1]))
command('ceph', 'config', 'rm', 'client', 'rbd_default_order')

# ---------------------------------------------------------------- operations on objects
librados = ctypes.CDLL('librados.so.2')
handle, pool = ctypes.c_void_p(), ctypes.c_void_p()
check(librados.rados_create(ctypes.byref(handle), None))
check(librados.rados_conf_read_file(handle, None))
for option, value in CRC.items():
    check(librados.rados_conf_set(handle, option.encode(), value.encode()))
check(librados.rados_connect(handle))
check(librados.rados_ioctx_create(handle, b'rbd', ctypes.byref(pool)))
u64, u32, size = ctypes.c_uint64, ctypes.c_uint32, ctypes.c_size_t
for name in ('rados_create_write_op', 'rados_create_read_op'):
    getattr(librados, name).restype = ctypes.c_void_p
NAME = b'golden'


def write(*parts):
    """Sends a write operation of parts: a function's name after rados_write_op_, and its arguments."""
    def do():
        op = ctypes.c_void_p(librados.rados_create_write_op())
        for part, *arguments in parts:
            getattr(librados, 'rados_write_op_' + part)(op, *arguments)
        result = librados.rados_write_op_operate(op, pool, NAME, None, 0)
        librados.rados_release_write_op(op)
        return result
    return do


def read(*parts):
    """As write, of rados_read_op_ functions."""
    def do():
        op = ctypes.c_void_p(librados.rados_create_read_op())
        for part, *arguments in parts:
            getattr(librados, 'rados_read_op_' + part)(op, *arguments)
        result = librados.rados_read_op_operate(op, pool, NAME, 0)
        librados.rados_release_read_op(op)
        return result
    return do


def texts(*values):
    return (ctypes.c_char_p * len(values))(*values)


def sizes(*values):
    return (size * len(values))(*values)


out = [ctypes.byref(ctypes.c_uint64()) for _ in range(4)]
buffer = ctypes.create_string_buffer(1 << 16)
ANY, EXCLUSIVE, EQ, GT = 0, 1, 1, 3
writes = [
    ('create-exclusive', [('create', EXCLUSIVE, None)], 0x220d),
    ('create-exists', [('create', EXCLUSIVE, None)], 0x220d),
    ('write', [('set_alloc_hint', u64(4 << 20), u64(4 << 20)), ('write', b'hello, world', size(12), u64(100))], 0x2201),
    ('writefull', [('write_full', b'everything', size(10))], 0x2202),
    ('append', [('append', b' and more', size(9))], 0x2206),
    ('writesame', [('writesame', b'ab', size(2), size(8), u64(20))], 0x2226),
    ('cmpext', [('cmpext', b'every', size(5), u64(0), None), ('write', b'E', size(1), u64(0))], 0x1220),
    ('cmpext-differs', [('cmpext', b'Evary', size(5), u64(0), None), ('write', b'e', size(1), u64(0))], 0x1220),
    ('truncate-zero', [('zero', u64(2), u64(3)), ('truncate', u64(4096))], 0x2203),
    ('xattrs', [('setxattr', b'colour', b'blue', size(4)), ('setxattr', b'taste', b'', size(0))], 0x2301),
    ('rmxattr', [('rmxattr', b'taste')], 0x2304),
    ('cmpxattr', [('cmpxattr', b'colour', EQ, b'red', size(3)), ('remove',)], 0x1303),
    ('omap', [
        ('omap_set', texts(b'k1', b'k2', b'k3'), texts(b'v1', b'', b'v3'), sizes(2, 0, 2), size(3))], 0x2215),
    ('omap-remove', [('omap_rm_keys', texts(b'k1', b'nothing'), size(2))], 0x2218),
    ('omap-remove-range', [('omap_rm_range2', b'k3', size(2), b'k9', size(2))], 0x222c),
    ('omap-compare', [('omap_cmp', b'k2', EQ, b'', size(0), None), ('assert_exists',)], 0x1219),
    ('exec', [('exec', b'lock', b'no_such_method', b'input', size(5), None)], 0x1401),
    ('assert-version', [('assert_version', u64(99999999)), ('assert_exists',)], 0x1208),
]
reads = [
    ('read', [('read', u64(1), size(100), buffer, out[0], None)], 0x1201),
    ('read-past-the-end', [('read', u64(5000), size(100), buffer, out[0], None)], 0x1201),
    ('stat-and-xattrs', [('stat', out[0], out[1], None), ('getxattrs', out[2], None)], 0x1302),
    ('omap-values', [
        ('omap_get_vals2', b'', b'k', u64(2), out[0], out[1], None),
        ('omap_get_keys2', b'k1', u64(10), out[2], out[1], None),
        ('omap_get_vals_by_keys2', texts(b'k3', b'none'), size(2), sizes(2, 4), out[3], None)], 0x1212),
]
for name, parts, code in writes:
    operate(name, 'rados_write_op: ' + ', '.join(part[0] for part in parts), write(*parts), code)
    if name == 'omap':
        for other_name, other_parts, other_code in reads:
            what = 'rados_read_op: ' + ', '.join(part[0] for part in other_parts)
            operate(other_name, what, read(*other_parts), other_code)
operate(
    'getxattr-missing', 'rados_getxattr', lambda: librados.rados_getxattr(pool, NAME, b'nothing', buffer, size(100)), 0x1301)

# Snapshots: the object has a clone with two snapshots, then changes again; and goes back.
snaps = [io.create_self_managed_snap(), io.create_self_managed_snap()]
io.set_self_managed_snap_write(snaps)
operate('write-with-snapshots', 'Ioctx.write after two snapshots', lambda: io.write('golden', b'new', 8), 0x2201)
io.set_read(snaps[0])
operate('read-at-a-snapshot', 'Ioctx.read at a snapshot', lambda: io.read('golden', 20, 0), 0x1201)
io.set_read(2**64 - 2)
crc = [f'--{option}={value}' for option, value in CRC.items()]
operate('list-snaps', 'rados listsnaps', lambda: command('rados', *crc, '-p', 'rbd', 'listsnaps', 'golden'), 0x120a)
operate('rollback', 'Ioctx.rollback_self_managed_snap', lambda: io.rollback_self_managed_snap('golden', snaps[0]), 0x220e)
spare = cluster.open_ioctx('rbd')
spare.set_namespace('space')
spare.set_locator_key('key')
operate('namespace-and-key', 'Ioctx.append in a namespace, with a key', lambda: spare.append('golden', b'x'), 0x2206)

images = cluster.open_ioctx('rbd')
rbd.RBD().create(images, 'image', 4 << 20, old_format=False, features=1)
with rbd.Image(images, 'image') as image:
    image.write(b'a' * 512, 65536)
    image.write(b'b' * 512, 1 << 20)
    operate('sparse-read', 'rbd Image.read', lambda: image.read(0, 2 << 20), 0x1205)
operate('list-objects', 'Ioctx.list_objects', lambda: list(io.list_objects()), 0x1505)
operate('delete', 'Ioctx.remove_object', lambda: io.remove_object('golden'), 0x2205)

# ---------------------------------------------------------------- watching
spoken = threading.Event()
io.write_full('golden', b'watched')
start = len(listener.frames)
watches = []
operate('watch', 'Ioctx.watch', lambda: watches.append(io.watch('golden', lambda *event: spoken.set())), 0x220f)
operate('list-watchers', 'rados listwatchers', lambda: command('rados', *crc, '-p', 'rbd', 'listwatchers', 'golden'), 0x1209)
notified = len(listener.frames)
operate('notify', 'Ioctx.notify', lambda: io.notify('golden', 'a message', 5000), 0x1206)
save(wait('Ioctx.notify', notified, 44, lambda f: f.segments[1][1] == 1), 'watch_notify/notify', 'Ioctx.notify')
save(wait('Ioctx.notify', notified, 44, lambda f: f.segments[1][1] == 2), 'watch_notify/complete', 'Ioctx.notify')
for name, pattern in (('notify-ack', b'\x07\x12'), ('watch-ping', b'\x0f\x22.{20}\x07')):
    request = wait(name, notified, 42, lambda f: re.search(pattern, f.segments[1], re.DOTALL))
    reply = wait(name, notified, 43, lambda f: f.tid == request.tid and f.connection is request.connection)
    save(request, 'osd_op/' + name, 'Ioctx.watch')
    save(reply, 'osd_op_reply/' + name, 'Ioctx.watch')
operate('unwatch', 'Watch.close', watches[0].close, 0x220f)

# ---------------------------------------------------------------- a placement group that must wait
command('ceph', 'osd', 'pool', 'set', 'rbd', 'min_size', '2')
command('ceph', 'osd', 'set', 'noup')
start = len(listener.frames)
command('ceph', 'osd', 'down', '1')
waiting = io.aio_write_full('golden', b'late')


def backoff(kind):
    return lambda f: f.segments[1][28] == kind


save(wait('backoff', start, 61, backoff(1)), 'osd_backoff/block', 'a write to an OSD alone, with min_size 2')
save(wait('backoff', start, 61, backoff(2)), 'osd_backoff/ack-block', 'a write to an OSD alone, with min_size 2')
command('ceph', 'osd', 'unset', 'noup')
save(wait('backoff', start, 61, backoff(3)), 'osd_backoff/unblock', 'the other OSD is back')
save(
    wait('maps', start, 41, lambda f: maps(f.segments[1])[0] > 0), 'osd_map/incremental', 'the other OSD goes')
waiting.wait_for_complete_and_cb()
command('ceph', 'osd', 'pool', 'set', 'rbd', 'min_size', '1')

# ---------------------------------------------------------------- tickets
command('ceph', 'config', 'set', 'mon', 'auth_service_ticket_ttl', '8')
last = rados.Rados(conffile='', conf=CRC)
record('renewing tickets', last.connect, ('auth/renewal', 17), ('auth_reply/renewal', 18))
command('ceph', 'config', 'rm', 'mon', 'auth_service_ticket_ttl')
librados.rados_shutdown(handle)
for each in (last, other, cluster):
    each.shutdown()
