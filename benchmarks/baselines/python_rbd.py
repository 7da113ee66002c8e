#!/usr/bin/python3
"""Sequential writes through python3-rbd, some in flight: a baseline that takes the orders of our load generator.

    python_rbd.py CONF POOL BLOCK_SIZE DEPTH        open IMAGE / warm MS / run RAMP_MS MEASURED_MS / quit
"""
import json
import os
import queue
import re
import sys
import time

import rados
import rbd


def status(field):
    return int(re.search(r'^%s:\s*(\d+)' % field, open('/proc/self/status').read(), re.M).group(1))


def run(image, size, depth, data, ramp, measured):
    finished = queue.SimpleQueue()
    places = image.size() // size
    start = time.perf_counter() + ramp
    end = start + measured
    durations = []
    state = {'place': 0, 'flying': 0, 'first': None}

    def submit():
        place = state['place'] = (state['place'] + 1) % places
        began = time.perf_counter()
        image.aio_write(data, place * size, lambda done: finished.put(began))
        state['flying'] += 1

    for _ in range(depth):
        submit()
    last = None
    while state['flying']:
        began = finished.get()
        state['flying'] -= 1
        now = time.perf_counter()
        if now >= start and state['first'] is None:
            state['first'] = now, time.process_time()
        if start <= now < end:
            durations.append(now - began)
            last = now, time.process_time()
        if now < end:
            submit()
    durations.sort()
    (t0, c0), (t1, c1) = state['first'], last
    # The first that ended in the measured part was not done in it.
    return {'seconds': t1 - t0, 'ops': len(durations) - 1, 'cpu_seconds': c1 - c0, 'p50_us': 1e6 * durations[len(durations) // 2],
            'p99_us': 1e6 * durations[int(len(durations) * 0.99)], 'peak_kib': status('VmHWM'), 'threads': status('Threads')}


def main():
    conf, pool = sys.argv[1:3]
    size, depth = int(sys.argv[3]), int(sys.argv[4])
    data = os.urandom(size)
    image = None
    with rados.Rados(conffile=conf) as cluster, cluster.open_ioctx(pool) as ioctx:
        for line in sys.stdin:
            words = line.split()
            if words[0] == 'open':
                image = rbd.Image(ioctx, words[1])
                print('ok', flush=True)
            elif words[0] == 'warm':
                run(image, size, depth, data, 0, float(words[1]) / 1e3)
                print('ok', flush=True)
            elif words[0] == 'run':
                print(json.dumps(run(image, size, depth, data, float(words[1]) / 1e3, float(words[2]) / 1e3)), flush=True)
            else:
                break
        if image is not None:
            image.close()


if __name__ == '__main__':
    main()
