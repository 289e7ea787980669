"""What `kubectl describe` tells of an object, as values: from its JSON, from what stands around it, to a reason."""

from connector.description.described import described
from connector.description.gathering import describe
from connector.description.summary import summary
from connector.description.told import Further
from connector.description.values import (
    Condition,
    Container,
    Description,
    Fact,
    Link,
    Section,
    State,
    Volume,
)

__all__ = [
    "Condition",
    "Container",
    "Description",
    "Fact",
    "Further",
    "Link",
    "Section",
    "State",
    "Volume",
    "describe",
    "described",
    "summary",
]
