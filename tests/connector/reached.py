"""A cluster as it is once AWS has said where it is: asked by its API server alone."""

from botocore.credentials import Credentials

from connector.api import Api
from connector.cluster import Cluster
from connector.kubeconfig import kubeconfig
from connector.token import TokenSource
from connector.watching import Budget
from tests.connector.api_server import ApiServer


def reached(api: ApiServer, budget: Budget | None = None) -> Cluster:
    """`prod`, to be closed by who asks for it; what is listed of it is watched within `budget`."""
    config = kubeconfig(
        arn="arn:aws:eks:eu-west-1:111122223333:cluster/prod",
        endpoint=api.url,
        ca_data=api.ca,
        cluster="prod",
        region="eu-west-1",
        profile=None,
        role=None,
    )
    tokens = TokenSource(Credentials("AKIAIOSFODNN7EXAMPLE", "s" * 40), "eu-west-1", "prod")
    facts = {"cluster": "prod", "region": "eu-west-1", "principal": "arn:aws:iam::1:user/ada"}
    return Cluster(Api(config, tokens, facts), budget)
