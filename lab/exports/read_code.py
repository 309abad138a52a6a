"""Reads exported files of Java or C# by a grammar: whether there is a fault, and what their strings say.

Prints a list of objects.
"""

import json
import pathlib
import re
import sys

import tree_sitter
import tree_sitter_c_sharp
import tree_sitter_java

GRAMMARS = {".java": tree_sitter_java, ".cs": tree_sitter_c_sharp}
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([0-7]{1,3})|(.))", re.DOTALL)


def unescaped(escape: re.Match) -> str:
    unit, octal, plain = escape.groups()
    if unit or octal:
        return chr(int(unit, 16) if unit else int(octal, 8))
    if plain not in "\"\\'":
        raise ValueError(f"an escape that nothing exported has: {escape[0]}")
    return plain


def strings(node: tree_sitter.Node):
    text = node.text.decode()
    if node.type == "string_literal":
        halves = ESCAPE.sub(unescaped, text[1:-1])
        yield halves.encode("utf-16", "surrogatepass").decode("utf-16")
    elif node.type == "verbatim_string_literal":
        yield text[2:-1].replace('""', '"')
    for child in node.children:
        yield from strings(child)


def read(name: str) -> dict:
    path = pathlib.Path(name)
    parser = tree_sitter.Parser(tree_sitter.Language(GRAMMARS[path.suffix].language()))
    root = parser.parse(path.read_bytes()).root_node
    return {"sound": not root.has_error, "strings": list(strings(root))}


print(json.dumps([read(name) for name in sys.argv[1:]]))
