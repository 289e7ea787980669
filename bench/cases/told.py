"""How a case tells what it measured: one line of JSON, which begins with the seconds."""

import json
from typing import Any


def tell(seconds: float, **more: Any) -> None:
    print(json.dumps({"seconds": seconds, **more}))
