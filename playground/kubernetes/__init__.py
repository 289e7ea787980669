"""A Kubernetes API server over TLS that signs people in as Amazon EKS does; it knows no cluster's contents itself."""
