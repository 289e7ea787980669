"""What is used of the kubernetes client, imported when it is first used: the whole of it takes as long as half a start.

`kube.ApiException` and the others are found in their modules by name; who only mentions them in an annotation does not
import them.
"""

import sys
import threading
from importlib import import_module
from typing import Any

_PLACES = {
    "ApiClient": "kubernetes.client",
    "ApiException": "kubernetes.client.exceptions",
    "Client": "connector.client",
    "Configuration": "kubernetes.client",
    "parse_quantity": "kubernetes.utils.quantity",
    "should_bypass_proxies": "kubernetes.client.rest",
    "tcp_keepalive_socket_options": "kubernetes.utils.keepalive",
}
_LOCK = threading.RLock()


def load() -> None:
    """Imports all of it now, so that whoever asks a cluster first does not wait for it."""
    for name in _PLACES:
        __getattr__(name)


def raised(error: BaseException, name: str = "OpenApiException") -> bool:
    """Whether `error` is the kubernetes client's, a `name` of its. Where it is not imported it has raised nothing."""
    # It may be half imported, on another thread.
    return isinstance(error, getattr(sys.modules.get(_PLACES["ApiException"]), name, ()))


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    # One thread at a time: two that import parts of it in different orders could each wait for the other's.
    with _LOCK:
        found = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return found
