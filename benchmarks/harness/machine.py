"""What the figures were taken on."""

import datetime
import os
import pathlib
import re
import subprocess

from measure import run


def facts(java, java_options):
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    memory = pathlib.Path("/proc/meminfo").read_text()
    version = subprocess.run([java, "-version"], stderr=subprocess.PIPE, text=True, check=True).stderr.splitlines()
    system = pathlib.Path("/etc/os-release").read_text()
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            cwd=pathlib.Path(__file__).parent, check=False).stdout.strip()
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": commit,
        "cpu": re.search(r"model name\s*:\s*(.*)", cpu).group(1),
        "cores": os.cpu_count(),
        "memory GiB": round(int(re.search(r"MemTotal:\s*(\d+)", memory).group(1)) / (1 << 20), 1),
        "system": re.search(r'PRETTY_NAME="(.*)"', system).group(1),
        "kernel": os.uname().release,
        "jdk": version[0] + " (" + version[1].split("(build")[-1].strip(" )") + ")",
        "jdk major": int(re.search(r'"(\d+)', version[0]).group(1)),
        "java options": " ".join(java_options),
        "ceph": re.search(r"ceph version (\S+)", run("ceph", "--version")).group(1),
        "fio": run("fio", "--version").strip(),
    }
