"""Each installation that deploy/ describes, rendered once."""

import pytest

from tests.deploy.rendered import OVERLAYS, Rendered, kustomized, on_top, overlay


@pytest.fixture(scope="session", params=[*OVERLAYS, *(f"{name} and all components" for name in OVERLAYS)])
def rendered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """One of the overlays, as it is or with every component that can be added to it."""
    name, _, more = request.param.partition(" and ")
    if not more:
        return overlay(name)
    folder = on_top(tmp_path_factory.mktemp("company"), name)
    return Rendered(request.param, tuple(kustomized(folder)))
