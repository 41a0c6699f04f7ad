"""The corpus: every malformed input says what is wrong with it, word for word as users will read it."""

from __future__ import annotations

import pytest
import yaml

from .cases import CASES
from .make import MESSAGES, said

EXPECTED = yaml.safe_load(MESSAGES.read_text("utf-8"))


def test_the_corpus_is_whole():
    assert list(EXPECTED) == list(CASES)
    assert len(CASES) >= 200
    assert all(EXPECTED.values())


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_said_word_for_word(tmp_path, name):
    assert said(name, tmp_path) == EXPECTED[name]


@pytest.mark.parametrize("name", CASES)
def test_every_message_is_one_line_that_can_be_printed_and_read(name):
    for message in EXPECTED[name]:
        assert message.isprintable()
        assert len(message) < 600
