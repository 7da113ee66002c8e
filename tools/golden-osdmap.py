#!/usr/bin/python3
"""Makes golden OSD maps and the steps between them: CEPH_CONF=... golden-osdmap.py DIR/golden MON_DATA MON_PID_FILE

Needs a fresh private cluster with four OSDs on this machine, the programs ceph, rados and ceph-kvstore-tool, and leave to
end its monitor, whose store holds the steps: afterwards the cluster is of no use. Writes
DIR/golden/<release>/osdmap/{first,middle,last,steps}.hex.
"""
import json, os, signal, subprocess, sys, tempfile, time

out, store, pid_file = sys.argv[1:]


def ceph(*words):
    return subprocess.run(('ceph',) + words, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.strip()


def epoch():
    return json.loads(ceph('osd', 'stat', '-f', 'json'))['epoch']


release = subprocess.check_output(['ceph', '--version'], text=True).split()[2].split('-')[0]
major = int(release.split('.')[0])
changes, checkpoints, known = {}, [], epoch()


def change(name, *words):
    global known
    ceph(*words)
    before, known = known, epoch()
    for step in range(before + 1, known + 1):
        changes[step] = name


def checkpoint():
    checkpoints.append(known)


change('profile', 'osd', 'erasure-code-profile', 'set', 'ec21', 'k=2', 'm=1', 'crush-failure-domain=osd')
change('pool', 'osd', 'pool', 'create', 'one', '8')
change('erasure-pool', 'osd', 'pool', 'create', 'two', '8', '8', 'erasure', 'ec21')
change('pool', 'osd', 'pool', 'create', 'three', '4')
checkpoint()
change('application', 'osd', 'pool', 'application', 'enable', 'one', 'rbd')
change('quota', 'osd', 'pool', 'set-quota', 'one', 'max_objects', '1000')
change('rename', 'osd', 'pool', 'rename', 'three', 'third')
change('pool-snap', 'osd', 'pool', 'mksnap', 'third', 'before')
change('pool-snap', 'osd', 'pool', 'mksnap', 'third', 'after')
change('remove-pool-snap', 'osd', 'pool', 'rmsnap', 'third', 'before')
change('min-compat', 'osd', 'set-require-min-compat-client', 'reef' if major >= 18 else 'luminous')
change('upmap', 'osd', 'pg-upmap', '2.0', '3', '1')
change('upmap-items', 'osd', 'pg-upmap-items', '2.1', '0', '3', '1', '2')
change('remove-upmap', 'osd', 'rm-pg-upmap', '2.0')
if major >= 18:
    for group in '2.2', '2.3':
        second = json.loads(ceph('pg', 'map', group, '-f', 'json'))['up'][1]
        change('upmap-primary', 'osd', 'pg-upmap-primary', group, str(second))
    change('remove-upmap-primary', 'osd', 'rm-pg-upmap-primary', '2.3')
change('affinity', 'osd', 'primary-affinity', '1', '0.25')
change('reweight', 'osd', 'reweight', '2', '0.5')
change('out', 'osd', 'out', '3')
change('in', 'osd', 'in', '3')
change('pg-temp', 'osd', 'pg-temp', '2.4', '3', '0')
change('primary-temp', 'osd', 'primary-temp', '2.5', '2')
checkpoint()
change('flag', 'osd', 'set', 'noout')
change('flag', 'osd', 'set', 'pause')
change('unset-flag', 'osd', 'unset', 'pause')
change('blocklist', 'osd', 'blocklist', 'add', '192.0.2.7:0/4711', '36000')
change('blocklist', 'osd', 'blocklist', 'add', '192.0.2.8:0/0', '36000')
change('unblocklist', 'osd', 'blocklist', 'rm', '192.0.2.7:0/4711')
if major >= 17:
    change('range-blocklist', 'osd', 'blocklist', 'range', 'add', '198.51.100.0/24', '36000')
    change('range-blocklist', 'osd', 'blocklist', 'range', 'add', '2001:db8::/32', '36000')
    change('range-unblocklist', 'osd', 'blocklist', 'range', 'rm', '198.51.100.0/24')
change('crush', 'osd', 'crush', 'reweight', 'osd.1', '0.5')
change('crush-class', 'osd', 'crush', 'rm-device-class', 'osd.2')
change('crush-class', 'osd', 'crush', 'set-device-class', 'nvme', 'osd.2')
change('max-osd', 'osd', 'setmaxosd', '7')
change('down', 'osd', 'down', '0')
time.sleep(3)
change('boot', 'osd', 'set-nearfull-ratio', '0.8')
change('new-osd', 'osd', 'new', '6a0f7dca-8a8b-4a2d-9f5c-3c4c9a7be8d1', '5')
change('destroy', 'osd', 'destroy-actual', '5', '--yes-i-really-mean-it')
change('purge', 'osd', 'purge-actual', '5', '--yes-i-really-mean-it')
change('split', 'osd', 'pool', 'set', 'one', 'pg_num', '12')
change('delete-pool', 'osd', 'pool', 'delete', 'third', 'third', '--yes-i-really-really-mean-it')
change('remove-profile', 'osd', 'erasure-code-profile', 'set', 'ec31', 'k=3', 'm=1')
change('remove-profile', 'osd', 'erasure-code-profile', 'rm', 'ec31')
checkpoint()


def hexadecimal(data):
    return ''.join(data[at:at + 64].hex() + '\n' for at in range(0, len(data), 64))


def write(kind, case, text):
    folder = os.path.join(out, release, kind)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, case + '.hex'), 'w') as file:
        file.write(text)


for name, at in zip(('first', 'middle', 'last'), checkpoints):
    with tempfile.NamedTemporaryFile() as file:
        ceph('osd', 'getmap', str(at), '-o', file.name)
        write('osdmap', name, f'# ceph osd getmap {at}\n' + hexadecimal(file.read()))

with open(pid_file) as file:
    pid = int(file.read())
os.kill(pid, signal.SIGTERM)
while os.path.exists(f'/proc/{pid}'):
    time.sleep(0.1)
steps = '# Keys of osdmap in a monitor\'s store: the steps from the first map to the last.\n'
for step in range(checkpoints[0] + 1, checkpoints[-1] + 1):
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(['ceph-kvstore-tool', 'rocksdb', os.path.join(store, 'store.db'), 'get', 'osdmap', str(step),
                        'out', file.name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        steps += f'# to epoch {step}, after: {changes[step]}\n' + hexadecimal(file.read())
write('osdmap', 'steps', steps)
print(f'{len(checkpoints)} maps and {checkpoints[-1] - checkpoints[0]} steps of Ceph {release}')
