"""Which names say that what stands beside them is a secret."""

import pytest

from connector.masking.names import names_secret

SECRET_NAMES = """
    password passwd pwd PASSPHRASE db_password DB_PASS DBPASSWORD pgpassword mysql.root.password
    userPassword secret client-secret clientSecret SECRET_KEY_BASE token accessToken refresh_token
    GITHUB_TOKEN X-Auth-Token idToken apikey api_key ApiKey X-Api-Key DD_API_KEY access_key accessKey
    secretAccessKey private_key privateKey tls.key credential credentials CREDENTIALS auth REDIS_AUTH
    _auth Authorization connectionString connection-string conn_str cookie Set-Cookie JSESSIONID
    PASSWORD_PROD API_KEY_2 password1 signingKey encryption_key .dockerconfigjson example.com/api-token
    secret_id sentry_dsn jwt AUTH_SALT htpasswd --password account.key RESET_TOKEN
    API_KEY_BACKEND
"""
OTHER_NAMES = """
    secretName secretRef tokenSecretRef secretKeyRef passwordFile passwordSecretName TOKEN_URL
    tokenExpirationSeconds automountServiceAccountToken existingSecret imagePullSecrets imagePullSecret
    nextPageToken max_tokens key KEY_ID access_key_id password_policy secretNamespace publicKey sortKey
    name path author authority authMode auth_time tokenizer secretary compass bypass keyboard hotkey
    checksum/secret secrets.example.com/owner passwordKey secretStoreRef token_type TOKEN_ENDPOINT
    credentialsSecretRef tokenReview passwordless passed
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_a_name_of_a_secret(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize("name", OTHER_NAMES.split())
def test_a_name_of_something_else(name: str) -> None:
    assert not names_secret(name)
