# ruff: noqa: T201
"""抽签复核：不用平台，有 Python 3 就行。

用法：python3 verify_draw.py list.txt result.txt
两个文件从抽签公布页下载。请把下面印出来的“名单校验值”“密封数校验值”与抽签前公布的、见证单上的逐字核对。
"""

import hashlib
import json
import sys


def sha256(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def draw(rows, seed):
    """每张表取“种子|编号|第几支签”的最小校验值；先看优先类别，再看这个值，从小到大；轮到谁，按志愿先后给还有空的班。"""
    free = {row["class"]: row["places"] for row in rows if "class" in row}
    clashes = {row["class"]: row["clashes"] for row in rows if "class" in row}
    order = []
    for row in rows:
        if "ticket" in row:
            key = min(sha256(f"{seed}|{row['ticket']}|{lot}") for lot in range(1, row["lots"] + 1))
            order.append((row["priority"], key, row["ticket"], row))
    for place, (_, _, ticket, row) in enumerate(sorted(order, key=lambda one: one[:3]), 1):
        got = []
        for choice in row["choices"]:
            fits = free[choice] >= row["people"] and not any(one in clashes[choice] for one in got)
            if len(got) < row["wants"] and fits:
                free[choice] -= row["people"]
                got.append(choice)
        yield {"place": place, "ticket": ticket, "got": got}


def main(list_name, result_name):
    with open(list_name, "rb") as file:
        list_data = file.read()
    with open(result_name, "rb") as file:
        lines = file.read().decode().split("\n")
    head = json.loads(lines[0])
    list_hash = sha256(list_data)
    seed = sha256(f"{list_hash}|{head['secret']}|{head['number']}")
    print("名单校验值　", list_hash)
    print("密封数校验值", sha256(head["secret"]))
    print("现场抽取的数", head["number"])
    wrong = [name for name, value in (("list_hash", list_hash), ("secret_hash", sha256(head["secret"])), ("seed", seed))
             if head[name] != value]  # fmt: skip
    rows = [json.loads(line) for line in list_data.decode().split("\n") if line]
    drawn = [json.dumps(row, separators=(",", ":")) for row in draw(rows, seed)] + [""]
    wrong += [
        f"第{n}行" for n in range(2, max(len(drawn), len(lines) - 1) + 2) if lines[n - 1 : n] != drawn[n - 2 : n - 1]
    ]
    print("不一致：" + "、".join(wrong[:5]) if wrong else "一致")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
