"""A webhook by itself: its signature by a published vector, where it may go, what an answer means, and answers that never end."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from cet.oracle.service.errors import BadTarget
from cet.oracle.service.keeping import targets
from cet.oracle.service.keeping.targets import addresses_of, is_public, read_target
from cet.oracle.service.keeping.webhook import Limits, Outcome, headers, judged, new_secret, post, secret_text
from cet.oracle.service.keeping.webhook import signature as sign
from webhook_receiver import receiving

QUICK = Limits(connect_seconds=1, seconds=0.5, private=True)


def test_the_signature_is_the_standards() -> None:
    """Standard Webhooks' reference vector."""
    import base64

    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_changed_id_time_or_body_does_not_verify() -> None:
    with receiving() as receiver:
        secret = new_secret()
        post(receiver.url + "/path?query=1", b"{}", headers([secret], "one", 5, b"{}"), QUICK)
        (call,) = receiver.calls
    assert call.verified(secret_text(secret))
    assert not call.verified(secret_text(new_secret()))
    for change in ({"webhook-id": "two"}, {"webhook-timestamp": "6"}):
        forged = type(call)({**call.headers, **change}, call.body)
        assert not forged.verified(secret_text(secret))
    assert not type(call)(call.headers, b"{ }").verified(secret_text(secret))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1",
        "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1", "nonsense", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_no_address_of_a_private_network_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "http://example.org/", "ftp://example.org/", "https://", "https:///path", "example.org/path", "https://u@example.org/",
        "https://u:p@example.org/", "https://example.org/#part", "https://example.org:99999/", "https://ex ample.org/",
        "https://example.org/\r\nHost: inner", "file:///etc/passwd", "https://" + "a" * 3_000, "https://[::1/", "https://ä.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadTarget):
        read_target(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1", "[::ffff:127.0.0.1]"]
)
def test_names_and_spellings_of_this_machine_lead_nowhere(host: str) -> None:
    with receiving() as receiver:
        port = receiver.url.rpartition(":")[2]
        answer = post(f"https://{host}:{port}/", b"{}", {}, Limits(connect_seconds=1, seconds=1))
        assert answer.outcome is Outcome.DOWN
        assert receiver.calls == []
        with pytest.raises(BadTarget):
            addresses_of(read_target(f"https://{host}:{port}/"))


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolve(_host: str, port: int, **_: object) -> list[object]:
        return [(0, 0, 0, "", ("1.1.1.1", port)), (0, 0, 0, "", ("10.0.0.1", port))]

    monkeypatch.setattr(targets.socket, "getaddrinfo", resolve)
    with pytest.raises(BadTarget, match="private"):
        addresses_of(read_target("https://example.org/"))


def test_the_address_that_was_judged_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time (DNS rebinding) is asked once."""
    asked: list[str] = []
    with receiving() as receiver:
        port = int(receiver.url.rpartition(":")[2])

        def resolve(host: str, *_: object, **__: object) -> list[object]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(targets.socket, "getaddrinfo", resolve)
        assert post("http://rebound.example/x", b"{}", {}, QUICK).outcome is Outcome.DELIVERED
        assert receiver.calls[0].headers["host"] == "rebound.example"
    assert asked[0] == "rebound.example"
    assert set(asked[1:]) <= {"127.0.0.1"}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED), (204, Outcome.DELIVERED), (301, Outcome.DOWN), (307, Outcome.DOWN), (400, Outcome.REFUSED),
        (404, Outcome.REFUSED), (408, Outcome.DOWN), (410, Outcome.GONE), (425, Outcome.DOWN), (429, Outcome.DOWN),
        (500, Outcome.DOWN), (503, Outcome.DOWN), (None, Outcome.DOWN),
    ],
)  # fmt: skip
def test_what_an_answer_means(status: int | None, outcome: Outcome) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: status
        answer = post(receiver.url, b"{}", headers([b"k"], "id", 1, b"{}"), QUICK)
        assert len(receiver.calls) == 1, "a redirect is not followed, a failure not repeated here"
    assert (answer.outcome, answer.status) == (outcome, status)
    if status is not None:
        assert judged(status) == answer


def serve_bytes(chunks: list[bytes], pause: float) -> tuple[str, threading.Event]:
    """A server that answers one connection with the chunks, a pause before each; and an event that ends it."""
    server, stop = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def run() -> None:
        with server, server.accept()[0] as connection:
            connection.recv(65_536)
            for chunk in chunks:
                if stop.wait(pause):
                    return
                try:
                    connection.sendall(chunk)
                except OSError:
                    return

    threading.Thread(target=run, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}/", stop


@pytest.mark.parametrize(
    ("chunks", "pause"),
    [
        ([b"H"] * 1_000, 0.05),
        ([b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n"] * 90], 0.05),
        ([], 10),
    ],
    ids=["status a byte at a time", "headers without end", "nothing"],
)
def test_an_answer_that_never_ends_is_cut(chunks: list[bytes], pause: float) -> None:
    url, stop = serve_bytes(chunks or [b""], pause)
    began = time.monotonic()
    answer = post(url, b"{}", {}, QUICK)
    stop.set()
    assert time.monotonic() - began < 3
    assert answer.outcome is Outcome.DOWN


@pytest.mark.parametrize("pause", [0, 0.05])
def test_of_an_answer_without_end_only_the_status_is_waited_for(pause: float) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {1 << 30}\r\n\r\n".encode()
    url, stop = serve_bytes([head, *[b"x" * 1_000] * 1_000], pause)
    assert post(url, b"{}", {}, QUICK).outcome is Outcome.DELIVERED
    stop.set()
