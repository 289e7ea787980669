"""A botocore session that reads no configuration: for facts of botocore's own, which no setting may spoil."""

import os

import botocore.session


def unconfigured() -> botocore.session.Session:
    """Knows regions, endpoints and models; neither AWS_PROFILE nor a malformed config file can make it fail."""
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    return session
