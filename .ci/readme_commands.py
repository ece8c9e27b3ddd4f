"""Prints the two commands of the README: the fenced block that follows the words "Two commands".

With --build it prints the profile and the pack named by the first command instead.
"""

import re
import shlex
import sys


def commands(path):
    """Returns the lines of the fenced block; exactly two are expected."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    block = re.search(r"Two commands.*?^```[a-z]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    if not block:
        sys.exit(f'{path}: no fenced block follows the words "Two commands"')
    lines = [line.strip() for line in block[1].splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) != 2:
        sys.exit(f"{path}: {len(found)} commands stand in the block, not two")
    return found


def built(command):
    """Returns profile and pack of a `... -- build PROFILE -o PACK` command."""
    words = shlex.split(command)
    return words[words.index("build") + 1], words[words.index("-o") + 1]


if __name__ == "__main__":
    if sys.argv[1] == "--build":
        print(*built(commands(sys.argv[2])[0]))
    else:
        print("\n".join(commands(sys.argv[1])))
