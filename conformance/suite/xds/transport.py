"""Sends a message over HTTP or HTTPS and takes the answer as it comes."""

import http.client
from urllib.parse import urlsplit


class HttpAnswer:
    """Status, content type and bytes."""

    def __init__(self, status, content_type, body):
        self.status, self.content_type, self.body = status, content_type, body


def post(target, url, content_type, body, method="POST"):
    """Sends a request. Raises OSError or http.client.HTTPException if there is no HTTP answer."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.netloc, timeout=target.timeout, context=target.tls_context())
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=target.timeout)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": content_type, "Accept": "multipart/related, application/soap+xml"}
        connection.request(method, path or "/", body if method == "POST" else None, headers if method == "POST" else {})
        response = connection.getresponse()
        return HttpAnswer(response.status, response.headers.get("Content-Type", ""), response.read())
    finally:
        connection.close()
