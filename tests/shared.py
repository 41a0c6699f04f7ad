"""Raw files of public repositories, which stay out of this one: tests that need them skip with a reason where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VALIDATION = Path(
    os.environ.get("SHARED_VALIDATION") or Path(__file__).resolve().parents[2] / "shared" / "validation"
)
"""``shared/validation`` beside the repository, or the folder that the environment variable ``SHARED_VALIDATION`` names."""


def needs(folder: str) -> pytest.MarkDecorator:
    """Skip where a folder of raw files is not there."""
    reason = f"the raw files {folder} are not in ../shared/validation beside the repository"
    return pytest.mark.skipif(not (VALIDATION / folder).is_dir(), reason=reason)
