"""What a failure is by itself: what it says, and its place below the one root."""

from collections.abc import Iterator

from connector.errors import TABLE, ClusterNotFound, Failure, Unreachable, tree


def test_a_failure_says_what_why_and_what_to_do() -> None:
    failure = Failure("what", "why", "hint", field="cluster")
    assert (str(failure), failure.what, failure.why, failure.hint, failure.field) == (
        "what",
        "what",
        "why",
        "hint",
        "cluster",
    )
    assert (
        ClusterNotFound("x").field,
        Unreachable("x").field,
        ClusterNotFound("x", field="region").field,
    ) == (
        "cluster",
        None,
        "region",
    )


def _tree(cls: type[Failure]) -> Iterator[type[Failure]]:
    yield cls
    for below in cls.__subclasses__():
        yield from _tree(below)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = tree.__doc__ or ""
    for cls in _tree(Failure):
        if cls.__module__ == tree.__name__:
            assert f" {cls.__name__} " in drawn.replace("\n", " \n")


def test_every_line_of_the_table_names_a_failure_below_the_root() -> None:
    for failure, _ in TABLE.values():
        assert issubclass(failure, Failure)
        assert failure is not Failure
