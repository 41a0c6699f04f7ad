"""Sentences: YAML files of the user's, read with the care that a stranger's file needs: a key given twice, or a page of references
to references, is refused."""

from __future__ import annotations

from pathlib import Path

import yaml

from .fault import Fault, refuse

MOST_BYTES = 2**20
"""How large a file of sentences may be."""

MOST_REFERENCES = 30
"""How many references (``*name``) it may hold: references to references grow without bounds."""


class _Loader(yaml.SafeLoader):
    """A safe loader that counts references and refuses keys given twice."""

    def __init__(self, stream):
        super().__init__(stream)
        self.references = 0

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            self.references += 1
            if self.references > MOST_REFERENCES:
                raise yaml.YAMLError(f"it has more than {MOST_REFERENCES} references")
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for key in keys:
            if isinstance(key, str) and keys.count(key) > 1:
                raise yaml.YAMLError(f"the key {key!r} is given {keys.count(key)} times; keep one")
        return super().construct_mapping(node, deep)


def read_sentences(path: Path) -> object:
    """What a YAML file says.

    Raises
    ------
    InputError
        Where it is no file, no text, no YAML, far too large, or gives a key twice.
    """
    try:
        if not path.exists():
            refuse([Fault("there is no such file", str(path), file=path.name)])
        if not path.is_file():
            refuse([Fault("must be a file", cure="a folder or a pipe is none", file=path.name)])
        size = path.stat().st_size
        refuse([Fault(f"may have at most {MOST_BYTES:,} bytes", f"{size:,}", file=path.name)] if size > MOST_BYTES else [])
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        refuse([Fault(f"cannot be read as UTF-8 text ({error})", cure="save it as UTF-8", file=path.name)])
    try:
        return yaml.load(text, _Loader)
    except RecursionError:
        refuse([Fault("is nested too deeply", file=path.name)])
    except (yaml.YAMLError, ValueError, TypeError) as error:
        refuse([Fault(f"is not YAML: {' '.join(str(error).split())}", file=path.name)])
