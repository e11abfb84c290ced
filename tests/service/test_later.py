"""What most calls never ask for is not loaded for them."""

from service.later import Later


def test_nothing_is_loaded_before_it_is_asked_for_and_then_once():
    loads = []

    def load():
        loads.append(1)
        return {"a": "1", "b": "2"}

    later = Later(load)
    assert loads == []

    assert later["a"] == "1"
    assert (list(later), len(later), dict(later)) == (["a", "b"], 2, {"a": "1", "b": "2"})
    assert loads == [1]
