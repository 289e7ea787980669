"""The conversation: ack, read, authorise, ask the connector, draw, answer."""
