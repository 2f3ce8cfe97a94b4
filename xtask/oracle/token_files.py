"""Writes OUT_DIR/token-files.json: which token files botocore can use, and the access token in them.

A row has the access token, or null if botocore reads no file, no access token or no expiration. The
AWS CLI uses the same code.
"""

import pathlib
import sys
import tempfile

from botocore.exceptions import SSOTokenLoadError
from botocore.utils import JSONFileCache, SSOTokenLoader

from rows import write_rows

TOKEN = '"accessToken": "aoa", "expiresAt": "2099-11-22T19:46:33Z"'

# Values of fields that do not decide whether a token can be used.
VALUES = (
    "null", "true", "7", "-0", "1e999", "123456789012345678901234567890", "NaN", "Infinity", "-Infinity",
    '""', '" "', '"\\ud800"', '"\\ud800\\udc00"', '"\\udc00\\ud800"', '"\\u0000"', '"é"', "[]", "{}", '["a", {"b": [null]}]',
    "[" * 400 + "]" * 400, '{"a": ' * 400 + "1" + "}" * 400, '{"a": 1, "a": 2}',
)

FIELDS = (
    "startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt", "refreshToken", "unknown", "", "\\ud800",
)

OTHERS = (
    "", " ", "{", "{}", "[]", "null", '"accessToken expiresAt"', "hello",
    "{" + TOKEN, TOKEN, "{" + TOKEN + "}}", "{" + TOKEN + ",}", "{," + TOKEN + "}", "[{" + TOKEN + "}]",
    "\ufeff{" + TOKEN + "}", "{" + TOKEN + "}\ufeff", "\n\t\r {" + TOKEN + "} \n", "{" + TOKEN + "}\0", "\u00a0{" + TOKEN + "}",
    "// comment\n{" + TOKEN + "}", "{'accessToken': 'aoa'}",
    '{"accessToken": "aoa"}', '{"expiresAt": "2099-11-22T19:46:33Z"}', '{"accesstoken": "aoa", "expiresAt": "2099-11-22T19:46:33Z"}',
    '{"accessToken": "old", ' + TOKEN + "}", "{" + TOKEN + ', "accessToken": "new"}', '{"\\u0061ccessToken": "old", ' + TOKEN + "}",
    "{" + TOKEN + ', "\\u0061ccessToken": "n\\u0065w"}', '{"accessToken": "a\\/o\\"\\\\", "expiresAt": "2099-11-22T19:46:33+0000"}',
    *("{" + TOKEN + f', "unknown": {value}' + "}" for value in (
        "nan", "+1", "01", "1.", ".5", "-", "--1", "1e", "1e+", "0x1", "1_0", "-NaN", "+Infinity", "infinity", "Infinit", "True", "tru", "nulll", "undefined",
        "'a'", '"a', '"\t"', '"\n"', '"\x7f"', '"\\x41"', '"\\u12"', '"\\u12g4"', '"\\', "[1,]", "[,1]", "[1 2]", "[", "]", "[}", '{"a"}', '{"a":}', "{1: 2}", '{"a": 1,}',
        "1 2", "[1, 2.5, -3e+4, 0.0E-1]", '"\u2028"',
    )),
)


def main(out_dir):
    known = ("{" + TOKEN + f', "{field}": {value}' + "}" for field in FIELDS for value in VALUES)
    rows = [{"text": text, "accessToken": access_token(text)} for text in (*known, *OTHERS)]
    write_rows(out_dir / "token-files.json", rows)


def access_token(text):
    with tempfile.TemporaryDirectory() as directory:
        loader = SSOTokenLoader(cache=JSONFileCache(directory))
        key = loader._generate_cache_key("", "my-sso")
        pathlib.Path(directory, f"{key}.json").write_bytes(text.encode())
        try:
            token = loader("", "my-sso")
        except (SSOTokenLoadError, KeyError, TypeError):
            return None
        return token["accessToken"] if isinstance(token, dict) else None


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
