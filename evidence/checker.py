"""Checks an exported audit trail offline, with nothing but Python. Usage:

    python check.py audit.jsonl [--anchor NUMBER:HASH ...]

Each seal is a line {"hash", "previous", "seal"}, followed by the lines of the rows under it. SHA-256 throughout:

    leaf, of a row:  hash of a byte 00 and the bytes of its line
    node, of a tree: hash of a byte 01, the left node and the right one; a last one without a neighbour goes up as it is
    root, of no row: hash of nothing
    seal:            hash of the hash before it in hexadecimal digits (64 zeros before the first), a line feed, and the
                     seal as JSON: keys sorted, no spaces, UTF-8

Exit code 0 where everything holds, 1 with the first broken place where not.
"""

import json
import sys
from hashlib import sha256


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def root_of(nodes):
    if not nodes:
        return sha256(b"").hexdigest()
    while len(nodes) > 1:
        pairs = [sha256(b"\1" + nodes[i] + nodes[i + 1]).digest() for i in range(0, len(nodes) - 1, 2)]
        nodes = pairs + nodes[2 * len(pairs) :]
    return nodes[0].hex()


def groups(lines):
    """Each seal's line, the number of that, and the leaves under it. Rows before the first seal are under None."""
    seal, at, nodes = None, 0, []
    for number, line in enumerate(lines, start=1):
        if not line.startswith(b'{"hash":'):
            nodes.append(sha256(b"\0" + line).digest())
            continue
        if seal is not None or nodes:
            yield seal, at, nodes
        seal, at, nodes = line, number, []
    if seal is not None or nodes:
        yield seal, at, nodes


def opened(line, number, previous):
    """The seal of a line and its hash; None where it is not seal `number`, chained to `previous`."""
    try:
        said = json.loads(line)
        found = sha256(previous.encode() + b"\n" + canonical(said["seal"])).hexdigest()
        written = {"hash": found, "previous": previous, "seal": said["seal"]}
        return (said["seal"], found) if canonical(written) == line and said["seal"]["n"] == number else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def check(lines, anchors=None):
    """How many seals hold, the hash of the last of them, and the first broken place: None where there is none."""
    anchors, number, previous = dict(anchors or {}), 0, "0" * 64
    for line, at, nodes in groups(lines):
        found = opened(line, number + 1, previous) if line else None
        if found is None:
            return number, previous, f"line {max(at, 1)} is not seal {number + 1}"
        seal, own = found
        if len(nodes) != seal["leaves"] or root_of(nodes) != seal["root"]:
            return number, previous, f"the rows of seal {number + 1}, which begin on line {at + 1}"
        if anchors.pop(number + 1, own) != own:
            return number, previous, f"seal {number + 1} is not the one that the anchor names"
        number, previous = number + 1, own
    if anchors:
        return number, previous, f"seal {min(anchors)}, which an anchor names, is not there"
    return number, previous, None


def whole(exported, cut):
    """The lines of a file, one by one; what does not end in a line feed is cut off."""
    for line in exported:
        if line.endswith(b"\n"):
            yield line[:-1]
        else:
            cut.append(line)


def main(arguments):
    file, named = arguments[0], [one for one in arguments[1:] if one != "--anchor"]
    anchors = {int(number): found for number, _, found in (one.partition(":") for one in named)}
    cut = []
    with open(file, "rb") as exported:
        number, previous, broken = check(whole(exported, cut), anchors)
    if broken or cut:
        print(f"BROKEN: {broken or 'the file has no end'}")
        return 1
    print(f"{number} seals hold. The last one is {number}:{previous}")
    if max(anchors, default=0) < number:
        print(f"No anchor covers the seals {max(anchors, default=0) + 1} to {number}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
