"""The kubernetes client as the bot uses it; see `connector.kube`, by which it is imported when it is first used."""

from typing import Any

from kubernetes import client
from urllib3 import HTTPHeaderDict


class Client(client.ApiClient):  # type: ignore[misc]
    """The kubernetes client, with headers that may come more than once in a request, as Impersonate-Group does."""

    def call_api(self, method: str, url: str, header_params: Any = None, *rest: Any, **more: Any) -> Any:
        headers = HTTPHeaderDict()
        for name, values in (header_params or {}).items():
            for value in values if isinstance(values, list) else [values]:
                headers.add(name, value)
        return super().call_api(method, url, headers, *rest, **more)
