"""Runs OpenStack's own RBD drivers for the tests: no services, one process, a request a line.

Each line of standard input is a JSON object {"call": "glance.add", ...}; each answer is a line of JSON with "result",
or with "error", the name of the exception's class, and "message". The process ends with os._exit, since eventlet's
threads would keep it.
"""
import importlib
import json
import os
import sys
import traceback


class Rec(dict):
    """A record of a database as the drivers see one: keys and attributes are the same."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)

    def __setattr__(self, name, value):
        self[name] = value

    def save(self):
        pass


def main():
    conf_file = sys.argv[1]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    services = {}
    for line in sys.stdin:
        request = json.loads(line)
        service, method = request.pop("call").split(".")
        try:
            if service not in services:
                sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
                services[service] = importlib.import_module(service + "_calls").Calls(conf_file)
            result = getattr(services[service], method)(**request)
            answers.write(json.dumps({"result": result}) + "\n")
        except Exception as failed:
            traceback.print_exc()
            answers.write(json.dumps({"error": type(failed).__name__, "message": str(failed)}) + "\n")
    answers.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
