"""Which names say that what stands beside them is a secret: keys, variables, headers, flags. The one place for it."""

import re
from functools import lru_cache

# Longer names are judged by their end, where the noun is.
_LONGEST = 160

# Between words: a change of case (clientSecret, APIKey), and whatever is neither letter nor digit.
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")

# These are looked for in names such as `db_password` or `x_api_key`; letters run together count too (`pgpassword`,
# `clientsecret`), and whatever follows as a word of its own (`password_prod`, `secret_key_base`).
_SECRET = re.compile(
    r"""
      pass(?:word(?!less)|wd|phrase|code)
    | (?:pwd|secret|token|credential|cookie|mnemonic)s?(?![a-z])
    | (?:^|_)(?:cred|pass|pw|otp|totp|jwt|bearer|dsn|authorization)s?(?![a-z])
    | (?:pg|user|require)pass(?![a-z])
    | (?:^|_|basic|http|master)auth$
    | (?:api|access|secret|private|account|license)_?keys?(?![a-z])
    | (?:^|_)(?:app|application|signing|encryption|decryption|crypto|master|root|shared|storage|session|ssh|auth|client
        |server|tls|ssl|ca|rsa|hmac|webhook|deploy|consumer|sas|subscription|integration|write|unseal|recovery|gpg|pgp
       )_?keys?(?![a-z])
    | conn(?:ection)?_?str(?:ing)?(?![a-z])
    | secret_?id$ | (?:^|_)[jp](?:hp)?sess(?:ion)?_?id$ | connect_sid$
    | docker_?cfg | docker_?config_?json
    | _salt$
    """,
    re.VERBOSE,
)

# What a name tells *about* a secret, or where one is, instead of holding it: `secretName`, `token_ttl`, `passwordFile`.
_ABOUT = re.compile(
    r"""
    (?:_|pass(?:word|wd|phrase|code)s?)(?:
      names? | refs? | references? | (?<!secret_)ids? | arns? | paths? | files? | filenames? | dir | directory
    | folder | urls? | uris? | endpoints? | hosts? | hostname | port | address | namespaces? | location
    | (?<=password_)keys? | (?<=token_)keys? | (?<=username_)keys? | fields? | property | properties | headers?
    | selector | prefix | suffix | labels? | annotations? | types? | kinds? | class | version | formats?
    | scopes? | env | var | from | source | description | placeholder | help | counts? | length | len
    | size | limit | max | min | usage | used | budget | rate | total | remaining | per_[a-z]+ | ttl | expiry
    | expiration | expires(?:_(?:in|at|on))? | expired | lifetime | age | timeout | at | on | time | date
    | timestamp | (?:milli)?seconds | ms | minutes | hours | days | interval | window | grace | leeway
    | polic(?:y|ies) | providers? | issuers? | audiences? | algorithm | alg | methods? | modes? | strategy
    | rotation | enabled | disabled | required | optional | valid | exists | exist | present | changed
    | updated | created | deleted | reset | status | state | errors? | message | reason | strength | score
    | stdin | prompt | schema | stores? | manager | generator | operator | controller
    | reviews? | reviewer | requests? | projection | volumes? | mounts? | templates?
    | validator | verifier | tokenizer
    )$
    | ^automount_
    | (?:^|_)(?:existing|image_?pull|next|page|next_page|continue|continuation|max|min|num|total|prompt|completion|input
        |output|cached|reasoning)_(?:secret|token)s?$
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=4096)
def _judged(name: str) -> bool:
    head, _, last = name.rpartition("/")
    words = _SEAM.sub("_", last).strip("_").lower()
    # An annotation such as `checksum/secret` holds a digest.
    return bool(_SECRET.search(words)) and not _ABOUT.search(words) and not head.endswith("checksum")


def names_secret(name: str) -> bool:
    """Whether a value under this name is a secret: `DB_PASSWORD`, `X-Api-Key`, `client-secret`, `spring.mail.password`.

    Names of references and of facts about secrets (`secretName`, `tokenExpirationSeconds`) do not count, and of an
    annotation's name only the part after the slash does.
    """
    return _judged(name[-_LONGEST:])
