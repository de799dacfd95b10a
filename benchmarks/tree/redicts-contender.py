"""The Python package redicts as a contender: reads one JSON task a line, answers one JSON result a line."""
import json
import sys
import time

from redicts import Pool, Proxy, root

SUBTREE = {"n%d" % index: index for index in range(100)}


def locked_increment():
    with Proxy("locked") as node:
        node.get("count").add(1)


OPERATIONS = {
    "set leaf": lambda: Proxy("a.b").set("leaf", 42),
    "val leaf": lambda: Proxy("a.b.leaf").val(),
    "set subtree": lambda: Proxy("a").set("tree", SUBTREE),
    "val subtree": lambda: Proxy("a.tree").val(),
    "add": lambda: Proxy("a.count").add(1),
    "locked increment": locked_increment,
}


def run(task):
    operation = OPERATIONS[task["operation"]]
    begin = time.monotonic()
    end = begin + task["durationMs"] / 1000.0
    count = 0
    while count == 0 or time.monotonic() < end:
        operation()
        count += 1
    return {"count": count, "seconds": time.monotonic() - begin}


def prepare():
    root().clear()
    Proxy("a.b").set("leaf", 42)
    Proxy("a").set("tree", SUBTREE)
    Proxy("a").set("count", 0)
    Proxy("locked").set("count", 0)
    return {}


def main():
    host, port, database = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    Pool().reload(cfg=dict(host=host, port=port, database=database))
    for line in sys.stdin:
        task = json.loads(line)
        if task["operation"] == "prepare":
            answer = prepare()
        elif task["operation"] == "read count":
            answer = {"count": Proxy("locked.count").val()}
        else:
            answer = run(task)
        print(json.dumps(answer), flush=True)


main()
