"""Several nodes as one: what fails, limits, lies or is of another chain is passed over."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from cet.ledger.endpoints import EndpointsProvider
from cet.ledger.errors import NotReachable

if TYPE_CHECKING:
    from collections.abc import Iterator


class Node:
    """A node with a fault: `fault` of each answer, by its number; None answers right."""

    def __init__(self, name: str, chain: str = "0x1", *faults: str | None) -> None:
        node, self.asked, self.faults = self, 0, list(faults)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                result = chain if body["method"] == "eth_chainId" else name
                answer: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"], "result": result}
                fault = node.fault() if body["method"] != "eth_chainId" else None
                if fault == "drop":
                    return
                if fault == "other":
                    answer["id"] = body["id"] - 1
                if fault == "limit":
                    answer = {
                        "jsonrpc": "2.0",
                        "id": body["id"],
                        "error": {"code": -32005, "message": "slow"},
                    }
                if fault == "error":
                    answer = {"jsonrpc": "2.0", "id": body["id"], "error": {"code": 3, "message": "reverted"}}
                self.send_response(int(fault) if fault and fault.isdecimal() else 200)
                self.send_header("Retry-After", "3")
                self.end_headers()
                self.wfile.write(b"<html>" if fault == "html" else json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def fault(self) -> str | None:
        self.asked += 1
        return self.faults.pop(0) if self.faults else None

    def end(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Net:
    """Nodes, and a provider over them whose pauses are written down and not waited for."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.pauses: list[float] = []
        self.failed: list[tuple[int, str]] = []

    def add(self, name: str, chain: str = "0x1", *faults: str | None) -> Node:
        self.nodes.append(Node(name, chain, *faults))
        return self.nodes[-1]

    def provider(self) -> EndpointsProvider:
        return EndpointsProvider(
            [node.url for node in self.nodes],
            timeout_seconds=10,
            rounds=3,
            pause=self.pauses.append,
            failed=lambda place, why: self.failed.append((place, why)),
        )


@pytest.fixture
def net() -> Iterator[Net]:
    made = Net()
    yield made
    for node in made.nodes:
        node.end()


def ask(provider: EndpointsProvider) -> Any:
    return provider.make_request("eth_blockNumber", [])  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", ["drop", "other", "limit", "html", "429", "503", "404"])
def test_the_next_node_answers_where_one_fails(net: Net, fault: str) -> None:
    net.add("first", "0x1", fault)
    net.add("second")
    provider = net.provider()
    assert ask(provider)["result"] == "second"
    assert ask(provider)["result"] == "second"
    assert [place for place, _ in net.failed] == [0]
    assert net.pauses == []


def test_with_one_node_it_waits_as_long_as_the_node_wants(net: Net) -> None:
    net.add("only", "0x1", "429", "503")
    assert ask(net.provider())["result"] == "only"
    assert net.pauses == [3, 6]


def test_an_error_of_the_chain_is_an_answer(net: Net) -> None:
    net.add("first", "0x1", "error")
    second = net.add("second")
    assert ask(net.provider())["error"]["message"] == "reverted"
    assert second.asked == 0


def test_a_node_of_another_chain_is_left_out_for_good(net: Net) -> None:
    net.add("first", "0x1", None, "503", "503", "503")
    foreign = net.add("foreign", "0x2")
    provider = net.provider()
    assert ask(provider)["result"] == "first"
    with pytest.raises(NotReachable):
        ask(provider)
    assert foreign.asked == 0
    assert (1, "another chain") in net.failed


def test_no_node_at_all_is_said_without_its_url(net: Net) -> None:
    net.add("only", "0x1", "503", "503", "503")
    with pytest.raises(NotReachable, match=r"none of 1 endpoint answers \(HTTP 503\)") as refused:
        ask(net.provider())
    assert "127.0.0.1" not in str(refused.value)
