"""What a workspace's Slack refuses is drawn plainer from then on, and nothing is lost by it."""

from playground.tour import table
from tests.scenarios.conftest import World
from tests.scenarios.test_top import kinds


def test_a_workspace_without_charts_or_tables_gets_what_it_takes_and_every_row(world: World) -> None:
    # One after the other, as the bot remembers for a day what a workspace refuses.
    globex = world.playground.slack.team("globex")
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    world.connect(world.hana, "staging-payments --region eu-west-1 --profile payments-prod")
    world.playground.slack.faults.refuse_block("data_visualization", globex)
    usage = kinds(world.ask(world.hana, "/eks top nodes"))
    assert "data_table" in usage
    assert "data_visualization" not in usage
    # A list has lost nothing by it.
    assert "data_table" in kinds(world.ask(world.hana, "/eks nodes"))

    world.connect(world.hana, "edge-sydney --region ap-southeast-2 --profile web-prod")
    there = {(pod.namespace, pod.name) for pod in world.playground.fleet.cluster("edge-sydney").pods}
    for refused, drawn in (("data_table", "table"), ("table", "section")):
        world.playground.slack.faults.refuse_block(refused, globex)
        shown = world.ask(world.hana, "/eks pods -c ap-southeast-2_edge-sydney")
        assert drawn in kinds(shown)
        assert refused not in kinds(shown)
        text = str(shown.blocks)
        while "next.page" in str(shown.blocks):
            page = shown
            shown = world.changed(
                world.hana,
                page,
                lambda page=page: world.hana.clicks(page, "next.page"),  # type: ignore[misc]
                lambda seen, page=page: str(seen.blocks) != str(page.blocks),  # type: ignore[misc]
            )
            text += str(shown.blocks)
        assert [name for _, name in there if name not in text] == []

    # The other workspace keeps its charts and its data tables.
    assert "data_visualization" in kinds(world.ask(world.ada, "/eks top nodes"))
    assert table(world.ask(world.ada, "/eks nodes"))
