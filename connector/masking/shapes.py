"""Credentials known by their form alone, as a table: what to look for, and what is left to be seen of it.

The forms are those that their issuers document or that public scanners know. Each pattern reads any text in a time in
proportion to its length: what repeats is possessive, bounded, or cannot begin again within itself.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from connector.masking.marks import MARK, is_placeholder, is_value

Instead = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Shape:
    """One form. It is looked for only in texts that hold one of `hints` when put in small letters."""

    name: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: Instead


def _shape(name: str, hints: str, pattern: str, instead: Instead = MARK) -> Shape:
    return Shape(name, tuple(hints.split()), re.compile(pattern, re.ASCII | re.VERBOSE), instead)


def _second(match: re.Match[str]) -> str:
    """The first group stays; the second is masked, unless it only stands for a value."""
    return match[0] if is_placeholder(match[2]) else match[1] + MARK


def _second_unless_prose(match: re.Match[str]) -> str:
    return match[1] + MARK if is_value(match[2]) else match[0]


def _bearer(match: re.Match[str]) -> str:
    # "Bearer authentication", "Bearer realm=": a token has a digit, or is longer than any such word.
    opaque = len(match[2]) >= 20 or any(char.isdigit() for char in match[2])
    return _second(match) if opaque else match[0]


def _basic(match: re.Match[str]) -> str:
    try:
        pair = base64.b64decode(match[2] + "=" * (-len(match[2]) % 4))
    except binascii.Error:
        return match[0]
    # "Basic authentication" decodes too, but not to USER:PASSWORD.
    return match[1] + MARK if b":" in pair else match[0]


# Prefixes by which issuers let their tokens be found; what they say (whose, live or test) stays.
_ISSUERS = (
    ("GitHub token", "gh", r"gh[pousr]_", r"\w{20,}"),
    ("GitHub fine-grained token", "github_pat_", r"github_pat_", r"\w{20,}"),
    (
        "GitLab token",
        "gl",
        r"gl(?:pat|dt|ptt|rtr?|cbt|ft|imt|agent|oas|soat|ffct)-",
        r"[\w.-]{16,}",
    ),
    ("Slack token", "xox xapp-", r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-", r"[\w-]{8,}"),
    ("Stripe key", "sk_ rk_", r"[sr]k_(?:live|test)_", r"\w{10,}"),
    ("Stripe webhook secret", "whsec_", r"whsec_", r"[\w+/=]{16,}"),
    ("Anthropic key", "sk-ant-", r"sk-ant-", r"[\w-]{10,}"),
    (
        "OpenAI key",
        "sk-",
        r"sk-(?:proj|svcacct|admin|or-v1)-",
        r"[\w-]{20,}",
    ),
    ("OpenAI key of the old form", "sk-", r"sk-", r"[A-Za-z0-9]{32,}"),
    ("npm token", "npm_", r"npm_", r"[A-Za-z0-9]{30,}"),
    ("PyPI token", "pypi-", r"pypi-", r"AgE[\w-]{20,}"),
    ("SendGrid key", "sg.", r"SG\.", r"[\w-]{16,}\.[\w-]{16,}"),
    ("Twilio key", "sk", r"SK", r"[0-9a-f]{32}"),
    ("Google API key", "aiza", r"AIza", r"[\w-]{30,}"),
    ("Google OAuth token", "ya29. 1//0", r"(?:ya29\.|1//0)", r"[\w.-]{20,}"),
    ("Google client secret", "gocspx-", r"GOCSPX-", r"[\w-]{20,}"),
    ("EKS token", "k8s-aws-v1.", r"k8s-aws-v1\.", r"[\w=-]+"),
    ("Vault token", "hv", r"hv[sbr]\.", r"[\w-]{20,}"),
    ("Docker token", "dckr_", r"dckr_(?:pat|oat)_", r"[\w-]{20,}"),
    ("DigitalOcean token", "_v1_", r"do[opr]_v1_", r"[0-9a-f]{40,}"),
    ("Databricks token", "dapi", r"dapi", r"[0-9a-f]{32}(?:-\d)?"),
    ("Hugging Face token", "hf_", r"hf_", r"[A-Za-z]{30,}"),
    ("Grafana token", "glsa_ glc_", r"gl(?:sa|c)_", r"[\w+/=]{20,}"),
    ("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_", r"[0-9A-Fa-f]{32}"),
    ("New Relic key", "nrak-", r"NRAK-", r"[A-Z0-9]{20,}"),
    ("Atlassian token", "atatt3", r"ATATT3", r"[\w=-]{20,}"),
    ("age key", "age-secret-key-", r"AGE-SECRET-KEY-1", r"[A-Z0-9]{50,}"),
)

_FREE = r"(?<![\w-])"

SHAPES = (
    # AKIA… and ASIA… say which key it is, and open nothing: as in connector.words. A secret key printed right
    # beside its id, as in the CSV that the console gives, has no other sign.
    _shape(
        "AWS secret key after its id",
        "akia asia",
        r"""((?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{12,}[\s"',;:|/]{1,4})([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])""",
        _second,
    ),
    _shape(
        "AWS key id",
        "akia asia",
        r"(?<![A-Za-z0-9])(A[KS]IA[A-Z0-9]{2})[A-Z0-9]{10,120}([A-Z0-9]{4})(?![A-Za-z0-9])",
        r"\1…\2",
    ),
    _shape(
        "AWS session token",
        "fwogzxivyxdz fqogzxivyxdz iqojb3jpz2lu",
        r"(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9+/=%_-]{16,}",
    ),
    *(
        _shape(name, hints, rf"{_FREE}({prefix}){rest}", r"\1" + MARK)
        for name, hints, prefix, rest in _ISSUERS
    ),
    _shape("JWT", "eyj", rf"{_FREE}eyJ[\w-]{{8,}}+\.[\w-]{{8,}}+(?:\.[\w-]*+){{0,3}}"),
    _shape("Docker login", "eyjhdxrocyi6", r"eyJhdXRocyI6[A-Za-z0-9+/=]{8,}"),
    # "-----BEGIN …" in base64, as in a kubeconfig; the next letters tell RSA, EC, OPENSSH, DSA, ENCRYPTED, PRIVATE from
    # CERTIFICATE and PUBLIC.
    _shape(
        "private key in base64",
        "ls0tls1crudjtib",
        r"LS0tLS1CRUdJTiB(?:SU0Eg|QUklW|FQyBQ|PUEVO|EU0Eg|FTkNS)[A-Za-z0-9+/=]*+",
    ),
    # Nobody can look into it, and what Helm keeps in one are all values it was given.
    _shape("archive in base64", "h4siaa", r"(?<![A-Za-z0-9+/])H4sIAA[A-Za-z0-9+/]{60,}+={0,2}"),
    _shape("bearer", "bearer", rf"""({_FREE}(?i:bearer)[ ]{{1,4}}["']?)([\w.~+/%:-]++=*+)""", _bearer),
    _shape("basic", "basic", rf"""({_FREE}(?i:basic)[ ]{{1,4}})([A-Za-z0-9+/]{{6,}}+={{0,2}})""", _basic),
    # The user and the host stay. A password may hold an @, or a / where nobody encoded it; a port is none.
    _shape(
        "URL userinfo",
        "@",
        r"""(:\\?/\\?/ [^\s/?#:@"'`<>\[\\]{0,200} :)
            (?! \d{1,5} (?: [/?\#,;\s] | $ ) )
            ( [^\s/?\#"'`<>]* (?=@) | [^\s"'`<>@]{1,200} (?=@ [\w.-]{1,255} (?: [:/?\s"'`<>,;)] | $ ) ) )""",
        _second,
    ),
    _shape("token in a URL's userinfo", "@", r"(https?://)(?=[\w-]*\d)[\w-]{20,}(?=@)", r"\1" + MARK),
    _shape(
        "Go data source name",
        "@tcp( @unix(",
        r"""((?<![\w.-])[\w.-]{1,64}:)([^\s@"'`/(]{1,200})(?=@(?:tcp|unix)\()""",
        _second,
    ),
    _shape(
        "presigned URL",
        "x-amz- x-goog-",
        r"""((?i:x-(?:amz|goog)-(?:signature|credential|security-token))(?:=|%3D))([^\s&"'`<>\\]+)""",
        _second,
    ),
    # CloudFront and S3 of the second version, and Azure's shared access signatures.
    _shape("signed URL", "signature= sig=", r"""([?&;](?i:signature|sig)=)([^\s&"'`<>\\]+)""", _second),
    _shape(
        "webhook URL",
        "hooks.slack.com/ /api/webhooks/ webhook.office.com/",
        r"""(hooks\.slack\.com/\w{1,20}/|/api/webhooks/\d{1,30}/|webhook\.office\.com/)([\w/@.-]{8,})""",
        _second,
    ),
    _shape("crypted password", "$", r"""\$(?:2[abxy]|apr1|argon2(?:id?|d)|[156y])\$[\w./$=,+-]{12,}"""),
    _shape(
        "login of curl",
        "curl",
        r"(\bcurl\b[^\n|;]{0,200}?\s(?:-u|--user)[ =]?['\"]?[\w.@-]{0,80}:)([^\s'\"]+)",
        _second,
    ),
    _shape(
        "password on a command line",
        "mysql sshpass redis-cli login",
        r"""(\b(?:mysql\w*[ ](?:[^\n|;]{0,200}?[ ])?-p|sshpass[ ]-p[ ]?|redis-cli[ ](?:[^\n|;]{0,200}?[ ])?-a[ ]
               |login[ ](?:[^\n|;]{0,200}?[ ])?-p[ ]))
            (?!assword|ort|rotocol)["']?([^\s"';|&]+)""",
        _second,
    ),
    _shape(
        "password in SQL",
        "identified password",
        r"""((?i:identified[ ]+by|with[ ]+(?:encrypted[ ]+)?password|set[ ]+password)[ ]+(?:=[ ]*)?)('[^'\n]*+'?)""",
        lambda match: match[1] + f"'{MARK}'" if is_placeholder(match[2].strip("'")) is False else match[0],
    ),
    _shape("netrc", "login", r"((?<!\w)login[ ]++\S{1,200}[ ]++password[ ]++)(\S+)", _second_unless_prose),
)
