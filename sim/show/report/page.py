"""A page: a template filled so that nothing of a user's table is ever more than text.

Jinja2 escapes everything that is put into HTML; data for the page's own script go through `data`, which leaves no sign that a browser
could take for markup. A content security policy names the one style and the one script by their hashes, so that nothing else would run
even if it got in.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, **given) -> str:
    """Fill a template.

    Parameters
    ----------
    template
        A file of the folder of templates.
    given
        What it speaks of.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else printable(value) if isinstance(value, str) else value,
    )
    environment.filters["measure"] = lambda value: f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    policy = f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    filled = environment.get_template(template).render(**given, style=Markup(style), script=Markup(script), policy=policy)
    return filled if filled.endswith("\n") else filled + "\n"


def _hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


def printable(text: str) -> str:
    """Text without the signs that steer a terminal or have no place in HTML; lines stay.

    Examples
    --------
    >>> printable("a\\x07b\\x00"), printable("Ynys Môn")
    ('ab', 'Ynys Môn')
    """
    return "".join(letter for letter in text if letter in "\n\t" or (letter >= " " and not "\x7f" <= letter <= "\x9f"))


def data(value: object):
    """A value as JSON that may stand inside a script element.

    Examples
    --------
    >>> str(data({"name": "</script><!--"}))
    '{"name":"\\\\u003c/script\\\\u003e\\\\u003c!--"}'
    """
    from markupsafe import Markup

    written = json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    for sign in "<>&":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(written)


def picture_address(svg: bytes) -> str:
    """An SVG as an address that an image element shows: no script in it can run, and its names meet no others."""
    return "data:image/svg+xml;base64," + b64encode(svg).decode()
