"""Lines of text: what looks like a credential is masked, what stands around it stays, and nothing else is touched."""

import base64

import pytest

from connector.masking import masked_text
from connector.masking.shapes import SHAPES

# Made here, so that no scanner of this repository takes them for real ones.
B64 = "aB3dE6gH9kL2" * 4
HEX = "0123456789abcdef" * 4
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = f"eyJhbGciOiJI{B64[:8]}.eyJzdWIiOiIx{B64[:8]}.{B64}"
BASIC = base64.b64encode(b"ada:hunter2").decode()
KEY_LINE = B64 + "aB3dE6gH9kL2+/7Q"


def coded(label: str) -> str:
    return base64.b64encode(f"-----BEGIN {label}-----\n{B64}".encode()).decode()


SHAPED = {
    "AWS secret key after its id": [
        (f"AKIAIOSFODNN7EXAMPLE,{AWS_SECRET}", "AKIAIO…MPLE,[masked]"),
        (f'key "AKIAIOSFODNN7EXAMPLE" "{AWS_SECRET}"', 'key "AKIAIO…MPLE" "[masked]"'),
    ],
    "AWS key id": [
        ("by AKIAIOSFODNN7EXAMPLE today", "by AKIAIO…MPLE today"),
        ("(ASIAIOSFODNN7EXAMPLE)", "(ASIAIO…MPLE)"),
    ],
    "AWS session token": [(f"got FwoGZXIvYXdzEB{B64}== ok", "got [masked] ok")],
    "GitHub token": [
        (f"https://github.com {kind}_{B64[:36]}", f"https://github.com {kind}_[masked]")
        for kind in ("ghp", "gho", "ghs")
    ],
    "GitHub fine-grained token": [("github_pat_" + B64, "github_pat_[masked]")],
    "GitLab token": [("glpat-" + B64[:20], "glpat-[masked]"), ("glrt-" + B64[:20], "glrt-[masked]")],
    "Slack token": [
        ("xoxb-12345678901-abcdef", "xoxb-[masked]"),
        ("xoxe.xoxp-1-" + B64, "xoxe.xoxp-[masked]"),
        ("xapp-1-A012-" + HEX, "xapp-[masked]"),
    ],
    "Stripe key": [
        ("sk_" + "live_" + B64[:24], "sk_live_[masked]"),
        ("rk_" + "test_" + B64[:24], "rk_test_[masked]"),
    ],
    "Stripe webhook secret": [("whsec_" + B64[:32], "whsec_[masked]")],
    "Anthropic key": [("sk-ant-api03-" + B64, "sk-ant-[masked]")],
    "OpenAI key": [("sk-proj-" + B64, "sk-proj-[masked]")],
    "OpenAI key of the old form": [("sk-" + B64, "sk-[masked]")],
    "npm token": [("npm_" + B64[:36], "npm_[masked]")],
    "PyPI token": [("pypi-AgEIcHlwaS5vcmc" + B64, "pypi-[masked]")],
    "SendGrid key": [(f"SG.{B64[:22]}.{B64[:43]}", "SG.[masked]")],
    "Twilio key": [("SK" + HEX[:32], "SK[masked]")],
    "Google API key": [("AIza" + B64[:35], "AIza[masked]")],
    "Google OAuth token": [("ya29." + B64, "ya29.[masked]"), ("1//0" + B64, "1//0[masked]")],
    "Google client secret": [("GOCSPX-" + B64[:28], "GOCSPX-[masked]")],
    "EKS token": [("sent k8s-aws-v1.aHR0cHM6Ly9zdHM", "sent k8s-aws-v1.[masked]")],
    "Vault token": [("hvs." + B64, "hvs.[masked]")],
    "Docker token": [("dckr_pat_" + B64[:27], "dckr_pat_[masked]")],
    "DigitalOcean token": [("dop_v1_" + HEX, "dop_v1_[masked]")],
    "Databricks token": [("dapi" + HEX[:32], "dapi[masked]")],
    "Hugging Face token": [("hf_" + "aBcDeFgHiJ" * 4, "hf_[masked]")],
    "Grafana token": [("glsa_" + B64, "glsa_[masked]")],
    "Shopify token": [("shpat_" + HEX[:32], "shpat_[masked]")],
    "New Relic key": [("NRAK-" + "A1B2C3D4E5" * 3, "NRAK-[masked]")],
    "Atlassian token": [("ATATT3" + B64, "ATATT3[masked]")],
    "age key": [("AGE-SECRET-KEY-1" + "QPZRY9X8GF" * 6, "AGE-SECRET-KEY-1[masked]")],
    "JWT": [(f"user {JWT} came", "user [masked] came"), (f'"{JWT}"', '"[masked]"')],
    "Docker login": [(base64.b64encode(b'{"auths":{"r.example.com":{"auth":"YTpi"}}}').decode(), "[masked]")],
    "private key in base64": [
        (coded(f"{kind}PRIVATE KEY"), "[masked]")
        for kind in ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ")
    ],
    "archive in base64": [("H4sIAAAAAAAA" + B64 * 2, "[masked]")],
    "bearer": [
        ("sent Bearer a1b2c3 on", "sent Bearer [masked] on"),
        ("bearer " + "abcdefghij" * 2, "bearer [masked]"),
        (f"'Bearer {JWT}'", "'Bearer [masked]'"),
    ],
    "basic": [(f"sent Basic {BASIC} on", "sent Basic [masked] on")],
    "URL userinfo": [
        ("postgres://ada:hunter2@db.shop:5432/shop?x=1", "postgres://ada:[masked]@db.shop:5432/shop?x=1"),
        ("redis://:hunter2@cache:6379/0", "redis://:[masked]@cache:6379/0"),
        ("mongodb+srv://a:p@ss@h1,h2/db", "mongodb+srv://a:[masked]@h1,h2/db"),
        ("postgres://a:pa/ss#1@h/db", "postgres://a:[masked]@h/db"),
        ("amqp://a:b@h1,amqp://a:c@h2", "amqp://a:[masked]@h1,amqp://a:[masked]@h2"),
        (r'"https:\/\/a:b@h\/"', r'"https:\/\/a:[masked]@h\/"'),
        ("DATABASE_URL=postgres://a:b@h/db", "DATABASE_URL=postgres://a:[masked]@h/db"),
    ],
    "token in a URL's userinfo": [
        (f"https://{HEX[:40]}@git.example.com/r", "https://[masked]@git.example.com/r")
    ],
    "Go data source name": [
        ("dsn is ada:hunter2@tcp(db:3306)/shop", "dsn is ada:[masked]@tcp(db:3306)/shop")
    ],
    "presigned URL": [
        (
            f"https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F2026&X-Amz-Date=1&X-Amz-Signature={HEX}",
            "https://b.s3.amazonaws.com/k?X-Amz-Credential=[masked]&X-Amz-Date=1&X-Amz-Signature=[masked]",
        ),
        ("?x-goog-signature=abc&b=1", "?x-goog-signature=[masked]&b=1"),
        (r"?X-Amz-Security-Token=abc\u0026b=1", r"?X-Amz-Security-Token=[masked]\u0026b=1"),
    ],
    "signed URL": [
        (
            "https://a.blob.core.windows.net/c?sv=1&sig=a%2Fb%3D&se=2",
            "https://a.blob.core.windows.net/c?sv=1&sig=[masked]&se=2",
        ),
        (
            "https://d.cloudfront.net/x?Expires=1&Signature=ab~c&Key-Pair-Id=K1",
            "https://d.cloudfront.net/x?Expires=1&Signature=[masked]&Key-Pair-Id=K1",
        ),
    ],
    "webhook URL": [
        ("https://hooks.slack.com/services/T1/B2/" + B64[:24], "https://hooks.slack.com/services/[masked]"),
        ("https://discord.com/api/webhooks/123/" + B64, "https://discord.com/api/webhooks/123/[masked]"),
    ],
    "crypted password": [("ada:$2y$10$" + B64, "ada:[masked]"), ("ada:$apr1$x/" + B64[:22], "ada:[masked]")],
    "login of curl": [("curl -s -u ada:hunter2 https://h", "curl -s -u ada:[masked] https://h")],
    "password on a command line": [
        ("mysql -u root -phunter2 shop", "mysql -u root -p[masked] shop"),
        ("docker login -u ada -p hunter2 r", "docker login -u ada -p [masked] r"),
        ("sshpass -p hunter2 ssh h", "sshpass -p [masked] ssh h"),
        ("redis-cli -h h -a hunter2 ping", "redis-cli -h h -a [masked] ping"),
    ],
    "password in SQL": [
        ("CREATE USER a IDENTIFIED BY 'hunter2'", "CREATE USER a IDENTIFIED BY '[masked]'"),
        ("alter role a with password 'hunter2';", "alter role a with password '[masked]';"),
    ],
    "netrc": [("machine h login ada password hunter2", "machine h login ada password [masked]")],
}


def test_each_shape_has_an_example() -> None:
    assert set(SHAPED) == {shape.name for shape in SHAPES}


@pytest.mark.parametrize(("text", "shown"), [pair for pairs in SHAPED.values() for pair in pairs])
def test_a_credential_is_known_by_its_form(text: str, shown: str) -> None:
    assert masked_text(text) == shown
    assert masked_text(f"first\n  at={text}\nlast") == f"first\n  at={shown}\nlast"


NAMED = [
    # key=value
    ("password=hunter2 next=1", "password=[masked] next=1"),
    ("level=info DB_PASSWORD=hunter2", "level=info DB_PASSWORD=[masked]"),
    ("export GITHUB_TOKEN=abc;ls", "export GITHUB_TOKEN=[masked]"),
    ("a=1,password=x,b=2", "a=1,password=[masked],b=2"),
    ("Server=db;Uid=ada;Pwd=hunter2;Port=1", "Server=db;Uid=ada;Pwd=[masked];Port=1"),
    (
        "AccountName=a;AccountKey=ab/c+d==;EndpointSuffix=x",
        "AccountName=a;AccountKey=[masked];EndpointSuffix=x",
    ),
    ("password=p@ss,w;rd!&x end", "password=[masked] end"),
    ('password="hunter 2" b=1', 'password="[masked]" b=1'),
    ("password='it''s' b=1", "password='[masked]' b=1"),
    ('password="a\\"b" c', 'password="[masked]" c'),
    ('password="cut off here', 'password="[masked]'),
    ("GET /cb?code=1&access_token=abc&x=1 200", "GET /cb?code=1&access_token=[masked]&x=1 200"),
    ("password=error.1! x", "password=[masked] x"),
    ("(token=abc)", "(token=[masked])"),
    ("params[password]=hunter2&a=1", "params[password]=[masked]&a=1"),
    ("//registry.npmjs.org/:_authToken=abc", "//registry.npmjs.org/:_authToken=[masked]"),
    ("spring.datasource.password = hunter2", "spring.datasource.password = [masked]"),
    ("$db_password := 'x'", "$db_password := '[masked]'"),
    ("'client_secret' => 'x'", "'client_secret' => '[masked]'"),
    ("--set password=x", "--set password=[masked]"),
    ("${DB_PASSWORD:-hunter2}", "${DB_PASSWORD:[masked]}"),
    ("aws_secret_access_key = " + AWS_SECRET, "aws_secret_access_key = [masked]"),
    ("otp=123456", "otp=[masked]"),
    # JSON, in JSON, and of numbers
    ('{"user":"ada","password":"hunter2","n":1}', '{"user":"ada","password":"[masked]","n":1}'),
    ('{"apiKey" : "x", "b": 1}', '{"apiKey" : "[masked]", "b": 1}'),
    ('{"m":"{\\"secret\\":\\"a\\\\\\"b\\",\\"n\\":1}"}', '{"m":"{\\"secret\\":\\"[masked]\\",\\"n\\":1}"}'),
    ('{"password": 12345, "n": 1}', '{"password": "[masked]", "n": 1}'),
    ('{"tokens":["a", "b"],"n":1}', '{"tokens":["[masked]"],"n":1}'),
    (r'{"tokens":["a","b\\]","c\"d"],"n":1}', r'{"tokens":["[masked]"],"n":1}'),
    ("{'tokens': ['a', 'b']}", "{'tokens': ['[masked]']}"),
    ('{"name":"DB_PASSWORD","value":"x"}', '{"name":"DB_PASSWORD","value":"[masked]"}'),
    (
        '{\\"name\\": \\"DB_PASSWORD\\", \\"value\\": \\"x\\"}',
        '{\\"name\\": \\"DB_PASSWORD\\", \\"value\\": \\"[masked]\\"}',
    ),
    (r"{\u0022token\u0022:\u0022x\u0022,", r"{\u0022token\u0022:\u0022[masked]\u0022,"),
    ("q=password%3Dhunter2", "q=password%3D[masked]"),
    ("{'password': 'x'}", "{'password': '[masked]'}"),
    ('{"msg":"login password=x\\nnext"}', '{"msg":"login password=[masked]\\nnext"}'),
    # key: value
    ("password: hunter2", "password: [masked]"),
    ("  password: correct horse battery", "  password: [masked]"),
    ("- password: hunter2 # a comment", "- password: [masked] # a comment"),
    ("secret: swordfish user: ada", "secret: [masked]"),
    ("it has secret: swordfish user=ada", "it has secret: [masked] user=ada"),
    ("the login has password: hunter2 now", "the login has password: [masked] now"),
    ("{User:ada Password:hunter2 Age:3}", "{User:ada Password:[masked] Age:3}"),
    ("X-Api-Key: abc", "X-Api-Key: [masked]"),
    ("curl -H 'X-Api-Key: abc' h", "curl -H 'X-Api-Key: [masked]' h"),
    ("Api Key: a1b2", "Api Key: [masked]"),
    ("connection string = Host=a;Password=b", "connection string = [masked];Password=[masked]"),
    ('{"connectionString":"Server=a;Pwd=b"}', '{"connectionString":"[masked]"}'),
    ('password = "a=b" c', 'password = "[masked]" c'),
    ('token: "a word"', 'token: "[masked]"'),
    # headers
    ("Authorization: Bearer abc", "Authorization: Bearer [masked]"),
    ('header="Authorization: Bearer abc" next=1', 'header="Authorization: Bearer [masked]" next=1'),
    ("> authorization: Basic abc", "> authorization: Basic [masked]"),
    ("Proxy-Authorization: abc", "Proxy-Authorization: [masked]"),
    ("map[Authorization:[Bearer abc] Host:[h]]", "map[Authorization:[Bearer [masked]] Host:[h]]"),
    ("Authorization: AWS4-HMAC-SHA256 Credential=a, Signature=b", "Authorization: AWS4-HMAC-SHA256 [masked]"),
    ('{"authorization":["Bearer abc"]}', '{"authorization":["Bearer [masked]"]}'),
    ("Cookie: sid=abc; theme=dark", "Cookie: [masked]"),
    ('h="cookie: sid=abc; t=1" n=1', 'h="cookie: [masked]" n=1'),
    ("Set-Cookie: sid=abc; Path=/; HttpOnly", "Set-Cookie: [masked]"),
    # flags, XML, YAML
    ("run --password hunter2 --host h", "run --password [masked] --host h"),
    ("run --api-key='x' -token y", "run --api-key='[masked]' -token [masked]"),
    ("<password>hunter2</password>", "<password>[masked]</password>"),
    ('<property name="db.password" value="x"/>', '<property name="db.password" value="[masked]"/>'),
    (
        "env:\n- name: API_TOKEN\n  value: x y\n- name: B\n  value: z",
        "env:\n- name: API_TOKEN\n  value: [masked]\n- name: B\n  value: z",
    ),
    (
        "a:\n  password: |\n    one\n\n    two\n  b: 1",
        "a:\n  password: |\n    [masked]\n\n    [masked]\n  b: 1",
    ),
]


@pytest.mark.parametrize(("text", "shown"), NAMED)
def test_a_value_is_known_by_the_name_beside_it(text: str, shown: str) -> None:
    assert masked_text(text) == shown


UNTOUCHED = [
    # What clusters are full of
    f"nginx@sha256:{HEX}",
    f"Successfully pulled image r.example.com/team/token-api@sha256:{HEX}",
    "commit 98b35193b2ac7a23a673325f5e9b830ecd5ba406",
    "uid: 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "pod/auth-token-api-7d9f8b6c5d-x2x4z started",
    "sk-worker-7d9f8b6c5d-x2x4z and glpat and xoxo",
    "resourceVersion: 10523411",
    "registry.example.com/secret-operator:1.2.3",
    "token-service.shop.svc.cluster.local:8080 auth-service:9090",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
    "system:serviceaccount:kube-system:token-cleaner",
    "http://host:8080/a@b https://host/path?x=1 git@github.com:org/repo.git",
    # Names of secrets, and facts about them
    "secretName: foo",
    '"secretKeyRef":{"name":"db","key":"password"}',
    "valueFrom:\n  secretKeyRef:\n    name: db\n    key: password",
    "- serviceAccountToken:\n    expirationSeconds: 3607\n    path: token",
    "automountServiceAccountToken: true",
    "tokenExpirationSeconds: 3607",
    "existingSecret: db imagePullSecrets: [regcred]",
    "passwordFile=/x token_ttl=60 TOKEN_URL=https://idp/token secretNamespace=a",
    f"checksum/secret: {HEX}",
    "max_tokens=4096 tokens: 12 secrets=3",
    'secret="kube-system/registry"',
    "PWD=/app OLDPWD=/",
    "DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    "token: /var/run/secrets/kubernetes.io/serviceaccount/token",
    "password=$(DB_PASSWORD) token=${TOKEN} secret={{ .Values.secret }} pwd=$PWD",
    'password= token="" secret: null credentials: <none>',
    'password=**** token=xxxxx secret=[REDACTED] password="***"',
    "curl -u 1 h; mysql -p; postgres://$(USER):$(PASSWORD)@h/db",
    # Sentences
    "token expired",
    "password must be at least 8 characters",
    "password: must be at least 8 characters",
    '{"password":"is too short"}',
    "invalid token: expired",
    "invalid token: signature is invalid",
    "failed to refresh token: oauth2: cannot fetch token: 401 Unauthorized",
    "auth: logged in as ada",
    "TokenFilter: loaded three rules",
    "ssl.truststore.password = [hidden]",
    "passwords: 3 changed",
    'Failed to watch *v1.Secret: failed to list *v1.Secret: secrets is forbidden: User "a" cannot list',
    'secrets "db" is forbidden: User "ada" cannot get resource "secrets"',
    'MountVolume.SetUp failed for volume "x" : secret "db" not found',
    "references non-existent secret key: tls.key",
    "open /run/secrets/token: permission denied",
    "Basic authentication and Bearer authentication are on, use --token to pass one",
    'WWW-Authenticate: Bearer realm="x", error="invalid_token"',
    "the author: ada; monkey=1 keyboard: us compass=n tokenizer=bpe secretary=bob",
    'level=info msg="request" path=/v1/payments status=200 ms=12 trace=3f2a1b2c4d5e6f70',
    f"-----BEGIN CERTIFICATE-----\n{KEY_LINE}\n{KEY_LINE}\nshort=\n-----END CERTIFICATE-----\n",
    f"-----BEGIN PUBLIC KEY-----\n{KEY_LINE}\n-----END PUBLIC KEY-----",
    coded("CERTIFICATE"),
    HEX,
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_no_credential_stays(text: str) -> None:
    assert masked_text(text) == text
