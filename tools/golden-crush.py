#!/usr/bin/python3
"""Makes golden CRUSH maps with multi-step retry rules, and where Ceph places by them: golden-crush.py DIR/golden CRUSHTOOL

CRUSHTOOL is that of Ceph 19 or later, such as bin/crushtool of `tools/lib/release.sh 20 DIR`. Writes
DIR/golden/<release>/crush/msr-N.hex, a compiled map, and msr-N.txt, what crushtool prints of it, below the weights that it
was given for the devices (16.16 fixed point, as an OSD map has them).
"""
import os, random, re, subprocess, sys, tempfile

out, crushtool = sys.argv[1:]
INPUTS = 40
version = subprocess.check_output([os.path.join(os.path.dirname(crushtool), 'ceph'), '--version'], text=True)
folder = os.path.join(out, re.search(r'version ([0-9.]+)', version).group(1), 'crush')
os.makedirs(folder, exist_ok=True)


def hierarchy(dice, racks, hosts, devices):
    """The text of a tree of straw2 buckets in which one host in three has fewer devices, and how many devices it has."""
    buckets, osds, top = [], 0, []
    for rack in range(racks):
        inside = []
        for host in range(hosts):
            count = devices - dice.randrange(2) if dice.randrange(3) == 0 else devices
            weights = [dice.choice((1.0, 1.0, 2.0, 0.5)) for _ in range(count)]
            inside.append((f'host{rack}-{host}', sum(weights)))
            buckets.append(bucket('host', inside[-1][0], [(f'osd.{osds + i}', w) for i, w in enumerate(weights)]))
            osds += count
        top.append((f'rack{rack}', sum(weight for _, weight in inside)))
        buckets.append(bucket('rack', top[-1][0], inside))
    buckets.append(bucket('root', 'default', top))
    for at, text in enumerate(buckets):
        buckets[at] = text.replace('ID', str(-1 - 2 * at), 1)
    lines = [f'device {osd} osd.{osd} class {"ssd" if osd % 2 else "hdd"}' for osd in range(osds)]
    lines += [f'type {number} {name}' for number, name in enumerate(('osd', 'host', 'rack', 'root'))]
    return '\n'.join(lines + buckets) + '\n', osds


def bucket(kind, name, items):
    lines = ''.join(f'  item {item} weight {weight:.5f}\n' for item, weight in items)
    return f'{kind} {name} {{\n  id ID\n  alg straw2\n  hash 0\n{lines}}}'


def rules(dice):
    take = 'take default'
    tries = [f'set_msr_descents {1 + dice.randrange(3)}', f'set_msr_collision_tries {1 + dice.randrange(3)}']
    found = []
    for kind in 'msr_firstn', 'msr_indep':
        found += [
            (kind, [take, 'choosemsr 0 type host', 'choosemsr 1 type osd']),
            (kind, [take, 'choosemsr 3 type rack', 'choosemsr 2 type host', 'choosemsr 1 type osd']),
            (kind, tries + [take, 'choosemsr 4 type host', 'choosemsr 2 type osd']),
            (kind, [take + ' class ssd', 'choosemsr 2 type rack', 'choosemsr 2 type osd', 'emit',
                    take + ' class hdd', 'choosemsr 0 type osd']),
        ]
    return ''.join(f'rule r{number} {{\n  id {number}\n  type {kind}\n' + ''.join(f'  step {step}\n' for step in steps) +
                   '  step emit\n}\n' for number, (kind, steps) in enumerate(found))


for number in range(1, 7):
    dice = random.Random(number)
    tree, osds = hierarchy(dice, racks=2 + number % 3, hosts=2 + number % 2, devices=2 + number % 4)
    text = ''
    if number % 2 == 0:
        text += f'tunable msr_descents {1 + dice.randrange(3)}\ntunable msr_collision_tries {1 + dice.randrange(3)}\n'
    text += tree + rules(dice)
    weights = [dice.choice((4, 4, 4, 4, 2, 0)) for _ in range(osds)]
    with tempfile.TemporaryDirectory() as work:
        source, compiled = os.path.join(work, 'text'), os.path.join(work, 'map')
        with open(source, 'w') as file:
            file.write(text)
        subprocess.run([crushtool, '-c', source, '-o', compiled], check=True, stdout=subprocess.DEVNULL)
        command = [crushtool, '-i', compiled, '--test', '--show-mappings', '--min-x', '0', '--max-x', str(INPUTS - 1),
                   '--num-rep', str(4 + number % 4)]
        for osd, quarters in enumerate(weights):
            command += ['--weight', str(osd), str(quarters / 4)]
        printed = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        with open(compiled, 'rb') as file:
            data = file.read()
    mappings = [line for line in printed.splitlines() if line.startswith('CRUSH rule ')]
    with open(os.path.join(folder, f'msr-{number}.hex'), 'w') as file:
        file.write(f'# crushtool -c, {osds} devices\n' +
                   ''.join(data[at:at + 64].hex() + '\n' for at in range(0, len(data), 64)))
    with open(os.path.join(folder, f'msr-{number}.txt'), 'w') as file:
        file.write('weights ' + ' '.join(str(quarters * 0x4000) for quarters in weights) + '\n')
        file.writelines(line + '\n' for line in mappings)
    print(f'msr-{number}: {osds} devices, {len(mappings)} placements')
