#!/usr/bin/python3
"""Makes the golden bytes of the object class rbd from a live, empty cluster: CEPH_CONF=... golden-rbd.py DIR

Needs python3-rados, python3-rbd, the rbd and ceph commands, and a pool called rbd. Writes DIR/<release>/<struct>/<case>.hex.
"""
import os, struct, subprocess, sys, time
import rados, rbd

out = sys.argv[1]
cluster = rados.Rados(conffile='')
cluster.connect()
release = subprocess.check_output(['rbd', '--version'], text=True).split()[2].split('-')[0]


def sh(command):
    return subprocess.run(command, shell=True, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


class Printer:
    """Walks bytes by a small schema and prints a commented line for each field."""

    def __init__(self, data):
        self.data, self.at, self.lines = data, 0, []

    def take(self, length, text, join=False):
        piece = self.data[self.at:self.at + length]
        self.at += length
        self.lines.append([piece.hex(), text])
        return piece

    def walk(self, schema):
        for kind, name in schema:
            self.field(kind, name)
        return self

    def number(self, length, name):
        value = int.from_bytes(self.data[self.at:self.at + length], 'little')
        self.take(length, f'{name} {value}' if value < 1 << 63 else f'{name} {value - (1 << 64)}')
        return value

    def field(self, kind, name):
        if isinstance(kind, tuple):
            how, rest = kind
            if how == 'struct':
                v, c, n = struct.unpack_from('<BBI', self.data, self.at)
                self.take(6, f'{name}: v{v}, compat {c}, {n} bytes')
                end = self.at + n
                self.walk(rest)
                assert self.at == end, (name, self.at, end)
            elif how == 'list':
                for i in range(self.number(4, name + ', how many:')):
                    self.walk(rest)
            elif how == 'optional':
                if self.number(1, name + ' present'):
                    self.walk(rest)
            elif how == 'snapns':
                kind = self.number(4, 'type')
                self.walk(rest.get(kind, []))
        elif kind == 's':
            n = struct.unpack_from('<I', self.data, self.at)[0]
            text = self.data[self.at + 4:self.at + 4 + n]
            self.take(4 + n, f'{name} "{text.decode(errors="replace")}"')
        elif kind == 't':
            sec, nsec = struct.unpack_from('<II', self.data, self.at)
            self.take(8, f'{name} {sec}.{nsec:09d}')
        else:
            self.number({'u8': 1, 'u32': 4, 'u64': 8}[kind], name)

    def text(self):
        assert self.at == len(self.data), (self.at, len(self.data), self.data.hex())
        return ''.join(f'{h} # {t}\n' for h, t in self.lines)


NS = ('snapns', {1: [('u64', 'pool'), ('s', 'group'), ('s', 'group snapshot')],
                 2: [('s', 'original name'), ('u32', 'original type')],
                 3: [('u8', 'state'), ('u8', 'complete'), (('list', [('s', 'peer')]), 'peers'), ('s', 'primary uuid'),
                     ('u64', 'primary snapshot'), ('u64', 'last copied object'),
                     (('list', [('u64', 'theirs'), ('u64', 'ours')]), 'snap seqs')]})
NAMESPACE = ('struct', [(NS, '')])
SNAPSHOT = [(('struct', [('u64', 'id'), (NAMESPACE, 'namespace'), ('s', 'name'), ('u64', 'size'), ('t', 'timestamp'),
                         ('u32', 'children')]), 'SnapshotInfo')]
PARENT = [(('struct', [('u64', 'pool'), ('s', 'namespace'), ('s', 'image'), ('u64', 'snapshot')]), 'ParentImageSpec')]
CHILD = [(('struct', [('u64', 'pool'), ('s', 'image'), ('s', 'namespace')]), 'ChildImageSpec')]
TRASH = [(('struct', [('u8', 'source'), ('s', 'name'), ('t', 'deleted'), ('t', 'deferment end'), ('u8', 'state')]),
          'TrashImageSpec')]
GROUP = [(('struct', [('u64', 'pool'), ('s', 'group')]), 'GroupSpec')]


def golden(name, data, schema, how):
    path = f'{out}/{release}/{name}.hex'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(f'# {release}: {how}\n' + Printer(bytes(data)).walk(schema).text())


def call(name, pool, obj, method, arguments, schema):
    r, data = pool.execute(obj, 'rbd', method, arguments)
    golden(name, data, schema, f'what rbd.{method} of {obj} returned')


def u64(value): return struct.pack('<Q', value & (1 << 64) - 1)
def string(value): return struct.pack('<I', len(value.encode())) + value.encode()


HEAD = -2
sh('ceph osd pool create data 8; ceph osd pool application enable data rbd; ceph osd pool application enable rbd rbd')
sh('rbd pool init rbd; rbd namespace create rbd/tenant; rbd namespace create rbd/other')
sh('ceph osd set-require-min-compat-client mimic')
pool = cluster.open_ioctx('rbd')
pool.require_ioctx_open()
sh('rbd create rbd/parent --size 10M --image-feature layering')
sh('rbd snap create rbd/parent@one --no-progress; rbd snap protect rbd/parent@one; rbd snap create rbd/parent@two --no-progress')
sh('rbd clone --rbd-default-clone-format 2 rbd/parent@two rbd/child --image-feature layering')
sh('rbd clone --rbd-default-clone-format 2 rbd/parent@two rbd/tenant/child --image-feature layering')
sh('rbd create rbd/tenant/theirs --size 4M --image-feature layering; rbd snap create rbd/tenant/theirs@s --no-progress')
sh('rbd clone --rbd-default-clone-format 2 rbd/tenant/theirs@s rbd/ours --image-feature layering')
sh('rbd clone --rbd-default-clone-format 1 rbd/parent@one rbd/child1 --image-feature layering')
sh('rbd create rbd/doomed --size 4M --image-feature layering; rbd snap create rbd/doomed@was --no-progress')
sh('rbd clone --rbd-default-clone-format 2 rbd/doomed@was rbd/orphan --image-feature layering; rbd snap rm rbd/doomed@was --no-progress')
sh('rbd create rbd/grouped --size 4M --image-feature layering; rbd group create rbd/g; rbd group image add rbd/g rbd/grouped; rbd group snap create rbd/g@gs')
sh('rbd create rbd/striped --size 100M --stripe-unit 64K --stripe-count 5 --image-feature layering --data-pool data')
sh("rbd image-meta set rbd/parent key value; rbd image-meta set rbd/parent conf_rbd_qos_iops_limit 7; rbd image-meta set rbd/parent 'Schlüssel' 'größer'")
sh('rbd mirror pool enable rbd image; rbd create rbd/mirrored --size 4M --image-feature layering; rbd mirror image enable rbd/mirrored snapshot')
sh('rbd create rbd/trashed --size 4M --image-feature layering; rbd trash mv rbd/trashed --expires-at 2040-01-01')

def image_id(name):
    return rbd.Image(pool, name, read_only=True).id()

def snaps(name):
    return {s['name']: s['id'] for s in rbd.Image(pool, name, read_only=True).list_snaps()}

parent, child, doomed = (image_id(n) for n in ('parent', 'child', 'doomed'))
header = 'rbd_header.' + parent
s = snaps('parent')
call('SnapshotInfo/protected', pool, header, 'snapshot_get', u64(s['one']), SNAPSHOT)
call('SnapshotInfo/two-children', pool, header, 'snapshot_get', u64(s['two']), SNAPSHOT)
call('SnapshotInfo/trash', pool, 'rbd_header.' + doomed, 'snapshot_get', u64(list(snaps('doomed').values())[0]), SNAPSHOT)
call('SnapshotInfo/group', pool, 'rbd_header.' + image_id('grouped'), 'snapshot_get', u64(list(snaps('grouped').values())[0]), SNAPSHOT)
call('SnapshotInfo/mirror', pool, 'rbd_header.' + image_id('mirrored'), 'snapshot_get', u64(list(snaps('mirrored').values())[0]), SNAPSHOT)
call('get_snapcontext/two', pool, header, 'get_snapcontext', b'', [('u64', 'sequence'), (('list', [('u64', 'snapshot')]), 'snapshots')])
call('get_protection_status/protected', pool, header, 'get_protection_status', u64(s['one']), [('u8', 'status')])
call('snapshot_get_limit/none', pool, header, 'snapshot_get_limit', b'', [('u64', 'limit')])
call('get_features/parent', pool, header, 'get_features', u64(HEAD) + b'\0', [('u64', 'features'), ('u64', 'incompatible')])
call('get_all_features/osd', pool, 'rbd_directory', 'get_all_features', b'', [('u64', 'features')])
call('get_size/snapshot', pool, header, 'get_size', u64(s['one']), [('u8', 'order'), ('u64', 'size')])
call('get_flags/none', pool, header, 'get_flags', u64(HEAD), [('u64', 'flags')])
call('op_features_get/parent', pool, header, 'op_features_get', b'', [('u64', 'op features')])
call('get_create_timestamp/parent', pool, header, 'get_create_timestamp', b'', [('t', 'created')])
call('metadata_list/three', pool, header, 'metadata_list', string('') + u64(64), [(('list', [('s', 'key'), ('s', 'value')]), 'pairs')])
call('metadata_get/one', pool, header, 'metadata_get', string('key'), [('s', 'value')])
call('children_list/two', pool, header, 'children_list', u64(s['two']), [(('list', CHILD), 'children')])
call('get_children/one', pool, 'rbd_children', 'get_children', u64(pool.get_pool_id()) + string(parent) + u64(s['one']), [(('list', [('s', 'child')]), 'children')])
call('ParentImageSpec/none', pool, header, 'parent_get', b'', PARENT)
call('ParentImageSpec/of-a-clone', pool, 'rbd_header.' + child, 'parent_get', b'', PARENT)
call('ParentImageSpec/of-another-namespace', pool, 'rbd_header.' + image_id('ours'), 'parent_get', b'', PARENT)
call('parent_overlap_get/of-a-clone', pool, 'rbd_header.' + child, 'parent_overlap_get', u64(HEAD), [(('optional', [('u64', 'overlap')]), 'overlap')])
call('parent_overlap_get/none', pool, header, 'parent_overlap_get', u64(HEAD), [(('optional', [('u64', 'overlap')]), 'overlap')])
striped = 'rbd_header.' + image_id('striped')
call('get_stripe_unit_count/striped', pool, striped, 'get_stripe_unit_count', b'', [('u64', 'unit'), ('u64', 'count')])
call('get_data_pool/striped', pool, striped, 'get_data_pool', b'', [('u64', 'pool')])
call('get_data_pool/none', pool, header, 'get_data_pool', b'', [('u64', 'pool')])
call('get_object_prefix/striped', pool, striped, 'get_object_prefix', b'', [('s', 'prefix')])
call('GroupSpec/none', pool, header, 'image_group_get', b'', GROUP)
call('GroupSpec/member', pool, 'rbd_header.' + image_id('grouped'), 'image_group_get', b'', GROUP)
call('get_id/parent', pool, 'rbd_id.parent', 'get_id', b'', [('s', 'id')])
call('dir_get_id/parent', pool, 'rbd_directory', 'dir_get_id', string('parent'), [('s', 'id')])
call('dir_get_name/parent', pool, 'rbd_directory', 'dir_get_name', string(parent), [('s', 'name')])
call('dir_list/all', pool, 'rbd_directory', 'dir_list', string('') + u64(64), [(('list', [('s', 'name'), ('s', 'id')]), 'images')])
call('namespace_list/two', pool, 'rbd_namespace', 'namespace_list', string('') + u64(64), [(('list', [('s', 'namespace')]), 'namespaces')])
call('trash_list/one', pool, 'rbd_trash', 'trash_list', string('') + u64(64), [(('list', [('s', 'id')] + TRASH), 'images')])
call('MirrorImage/snapshot', pool, 'rbd_mirroring', 'mirror_image_get', string(image_id('mirrored')),
     [(('struct', [('s', 'global id'), ('u8', 'state'), ('u8', 'mode')]), 'MirrorImage')])
trashed = sh('rbd trash ls rbd').split()[0]
call('TrashImageSpec/user', pool, 'rbd_trash', 'trash_get', string(trashed), TRASH)

# What clients tell each other through the header: a watch of ours listens while they cooperate on an image with a lock.
OPS = ['ACQUIRED_LOCK', 'RELEASED_LOCK', 'REQUEST_LOCK', 'HEADER_UPDATE', 'ASYNC_PROGRESS', 'ASYNC_COMPLETE', 'FLATTEN',
       'RESIZE', 'SNAP_CREATE', 'SNAP_REMOVE', 'REBUILD_OBJECT_MAP', 'SNAP_RENAME', 'SNAP_PROTECT', 'SNAP_UNPROTECT',
       'RENAME', 'UPDATE_FEATURES', 'MIGRATE', 'SPARSIFY', 'QUIESCE', 'UNQUIESCE', 'METADATA_UPDATE']
CLIENT = [('u64', 'client'), ('u64', 'handle')]
REQUEST = CLIENT + [('u64', 'request')]
SNAP = [('s', 'snapshot'), (NAMESPACE, 'namespace')] + REQUEST
PAYLOADS = {0: CLIENT, 1: CLIENT, 2: CLIENT + [('u8', 'force')], 3: [],
            4: REQUEST + [('u64', 'offset'), ('u64', 'total')], 5: REQUEST + [('u32', 'result')],
            7: [('u64', 'size')] + REQUEST + [('u8', 'allow shrink')], 8: SNAP + [('u64', 'flags')], 9: SNAP,
            11: [('u64', 'snapshot id')] + SNAP, 12: SNAP, 13: SNAP, 14: [('s', 'name')] + REQUEST,
            15: [('u64', 'features'), ('u8', 'enabled')] + REQUEST, 17: REQUEST + [('u64', 'sparse size')],
            20: [('s', 'key'), (('optional', [('s', 'value')]), 'value')] + REQUEST}
heard = {}


def hear(notify_id, notifier, watch_id, data):
    op = struct.unpack_from('<I', data, 6)[0]
    if op not in heard:
        heard[op] = data
        golden('NotifyMessage/' + OPS[op].lower(), data,
               [(('struct', [('u32', f'op {OPS[op]}')] + PAYLOADS.get(op, REQUEST)), 'NotifyMessage')],
               'a notification of ' + 'an image\'s header')


sh('rbd create rbd/locked --size 40M --image-feature layering,exclusive-lock,object-map,fast-diff,journaling')
sh('rbd snap create rbd/locked@base --no-progress; rbd snap protect rbd/locked@base')
sh('rbd clone rbd/locked@base rbd/busy --image-feature layering,exclusive-lock,object-map,fast-diff,journaling')
watch = pool.watch('rbd_header.' + image_id('busy'), hear)
owner = rbd.Image(pool, 'busy')
owner.write(b'x' * 4096, 0)
for command in ['snap create rbd/busy@s', 'snap protect rbd/busy@s', 'snap unprotect rbd/busy@s',
                'snap rename rbd/busy@s rbd/busy@t', 'snap rm rbd/busy@t', 'resize rbd/busy --size 60M',
                'image-meta set rbd/busy k v', 'flatten rbd/busy', 'sparsify rbd/busy',
                'object-map rebuild rbd/busy', 'feature disable rbd/busy fast-diff', 'rename rbd/busy rbd/busier',
                'bench --io-type write --io-total 4096 --io-size 4096 rbd/busier']:
    subprocess.run('rbd ' + command, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
owner.write(b'x' * 4096, 0)
owner.close()
time.sleep(1)
watch.close()
print('heard', sorted(OPS[op] for op in heard), 'not', [OPS[op] for op in range(21) if op not in heard])

# Object maps: written, with a snapshot, a discarded object; and one of more than a block.
def object_map(name, image, snap, how):
    obj = 'rbd_object_map.' + image_id(image) + (f'.{snap:016x}' if snap else '')
    data = pool.read(obj, 1 << 20)
    objects = struct.unpack_from('<Q', data, 10)[0]
    size = (objects + 3) // 4
    p = Printer(data)
    p.walk([('u32', 'header, bytes:'), (('struct', [('u64', 'objects')]), 'BitVector')])
    while p.at < 18 + size:
        p.take(min(64, 18 + size - p.at), f'objects from {(p.at - 18) * 4}')
    p.walk([('u32', 'footer, bytes:'), ('u32', 'crc of the header'), (('list', [('u32', 'crc of a block')]), 'blocks')])
    path = f'{out}/{release}/BitVector/{name}.hex'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(f'# {release}: {how}\n' + p.text())


sh('rbd create rbd/mapped --size 21M --object-size 1M --image-feature layering,exclusive-lock,object-map,fast-diff')
mapped = rbd.Image(pool, 'mapped')
mapped.write(b'x' * (6 << 20), 0)
mapped.discard(2 << 20, 1 << 20)
mapped.create_snap('s')
mapped.write(b'y', 4 << 20)
mapped.write(b'z', 20 << 20)
mapped.close()
object_map('head', 'mapped', None, 'the object map of an image with a snapshot')
object_map('snapshot', 'mapped', list(snaps('mapped').values())[0], 'the object map of a snapshot')
sh('rbd create rbd/large --size 16385M --object-size 1M --image-feature layering,exclusive-lock,object-map,fast-diff')
large = rbd.Image(pool, 'large')
large.write(b'x', 16384 << 20)
large.write(b'x', 0)
large.close()
object_map('two-blocks', 'large', None, 'the object map of an image of 16,385 objects')
