"""Uploads above the limit, against the real server."""

import socket

MEGABYTE = 1024 * 1024


def send(portal, sent, announced, script=False):
    """The answer to a file of `sent` megabytes in a request that announces more."""
    head = (
        b'--limite\r\nContent-Disposition: form-data; name="file"; filename="gros.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n%PDF-1.4\n"
    )
    with socket.create_connection(("127.0.0.1", portal.port), timeout=60) as line:
        extra = "X-Requested-With: XMLHttpRequest\r\n" if script else ""
        line.sendall(
            f"POST /connexion/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{extra}"
            "Content-Type: multipart/form-data; boundary=limite\r\n"
            f"Content-Length: {announced * MEGABYTE}\r\n\r\n".encode()
            + head
        )
        for _ in range(sent):
            line.sendall(b"0" * MEGABYTE)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer.decode(errors="replace")


def test_an_upload_above_the_limit_is_stopped_while_it_arrives(portal):
    # Two gigabytes are announced and never sent: the server does not wait for them.
    answer = send(portal, sent=21, announced=2048)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "Un fichier ne peut pas dépasser 20 Mo" in answer
    answer = send(portal, sent=21, announced=2048, script=True)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "text/plain" in answer
    assert answer.rstrip().endswith("puis déposez-le à nouveau.")
