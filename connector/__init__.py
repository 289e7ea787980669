"""AWS and Kubernetes, as plain values: what a team's clusters are and what runs in them.

Knows nothing of Slack: it takes strings and gives back frozen values or one of the errors of
`connector.errors`. No exception of an SDK leaves this package.
"""
