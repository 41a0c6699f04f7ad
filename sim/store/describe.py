"""Numbers, rows of numbers and laws in words."""

from __future__ import annotations


def describe(value: object) -> str:
    """A number, a row of numbers or a law in words."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:g}"
    said = [
        f"{name} {getattr(value, name):g}"
        for name in ("mean", "sd", "median", "lower", "upper", "shape")
        if getattr(value, name, None) is not None
    ]
    return f"{value.law} ({', '.join(said)})"
