#!/usr/bin/env python3
"""Issues access tokens with other people's code.

usage: issue.py pyjwt|authlib|joserfc ALGORITHM KEY.pem KID ISSUER SUBJECT AUDIENCE
       issue.py jwks KEY.pem KID

Without "jwks": one token on standard output. With it: the public key as a JWK Set, made by joserfc. Exit code 77: the
implementation is not installed.
"""

import json
import sys
import time
import uuid


def payload(issuer, subject, audience):
    now = int(time.time())
    return {
        "iss": issuer, "sub": subject, "aud": audience, "jti": uuid.uuid4().hex, "iat": now - 5, "nbf": now - 5, "exp": now + 300,
        "client_id": "foreign", "scope": "user/*.cruds",
        "extensions": {"ihe_iua": {
            "subject_name": "Zoë Müller",
            "subject_role": [{"system": "urn:oid:2.999.442.1.5", "code": "medecin"}],
            "purpose_of_use": [{"system": "urn:oid:2.16.840.1.113883.3.18.7.1", "code": "TREATMENT"}],
        }},
    }


def by_pyjwt(algorithm, pem, kid, claims):
    import jwt
    return jwt.encode(claims, pem, algorithm=algorithm, headers={"kid": kid, "typ": "at+jwt"})


def by_authlib(algorithm, pem, kid, claims):
    from authlib.jose import JsonWebToken
    return JsonWebToken([algorithm]).encode({"alg": algorithm, "kid": kid, "typ": "JWT"}, claims, pem).decode()


def by_joserfc(algorithm, pem, kid, claims):
    from joserfc import jwt
    return jwt.encode({"alg": algorithm, "kid": kid, "typ": "at+jwt"}, claims, key_of(pem), algorithms=[algorithm])


def key_of(pem, kid=None):
    from joserfc.jwk import ECKey, RSAKey
    kind = RSAKey if b"RSA" in pem.split(b"\n")[0] else ECKey
    try:
        return kind.import_key(pem, {"kid": kid} if kid else None)
    except Exception:  # A PKCS #8 file does not say which it is.
        return RSAKey.import_key(pem, {"kid": kid} if kid else None)


def main(arguments):
    try:
        if arguments[0] == "jwks":
            _, path, kid = arguments
            with open(path, "rb") as file:
                print(json.dumps({"keys": [key_of(file.read(), kid).as_dict(private=False)]}))
            return 0
        implementation, algorithm, path, kid, issuer, subject, audience = arguments
        issue = {"pyjwt": by_pyjwt, "authlib": by_authlib, "joserfc": by_joserfc}[implementation]
        with open(path, "rb") as file:
            sys.stdout.write(issue(algorithm, file.read(), kid, payload(issuer, subject, audience)))
        return 0
    except ImportError as missing:
        print(missing, file=sys.stderr)
        return 77


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
