"""The collector is paused, and what it left alone is found later."""

from __future__ import annotations

import gc
import weakref

from pymake.app.collecting import collect_what_was_left, collection_paused


class Ring:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_that_a_pause_left_alone_is_collected_when_that_is_asked_for() -> None:
    with collection_paused():
        assert not gc.isenabled()
        ring = Ring()
    assert gc.isenabled()
    there = weakref.ref(ring)
    del ring
    gc.collect()
    assert there() is not None  # that is what makes a single build fast
    collect_what_was_left()
    assert there() is None


def test_a_pause_within_a_pause_leaves_the_end_to_the_outer_one() -> None:
    with collection_paused():
        with collection_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
