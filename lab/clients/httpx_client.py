"""httpx, put to a gateway: `python httpx_client.py GATEWAY`. Ends with 0 if all of it is so."""

import sys
import time

import httpx

GATEWAY, ORIGIN = sys.argv[1:3]


def put_to(client: httpx.Client, version: str, name: str) -> None:
    answer = client.put("/echo?q=a%2Fb", headers={"Origin": ORIGIN, "X-Asked": "yes"}, content=b"x" * 1_000_000)
    assert answer.http_version == version, answer.http_version
    assert answer.status_code == 200, answer
    asked = answer.json()
    assert (asked["method"], asked["url"], asked["length"]) == ("PUT", "/echo?q=a%2Fb", 1_000_000), asked
    assert asked["headers"]["x-asked"] == "yes", asked
    assert answer.headers.get_list("access-control-allow-origin") == [ORIGIN], answer.headers
    assert "origin" in answer.headers["vary"].lower(), answer.headers

    refused = client.get("/echo", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 200, refused
    assert "access-control-allow-origin" not in refused.headers, refused.headers

    def received() -> int:
        return client.get("/received", params={"id": name}).json()["received"]

    def pieces():
        """The second piece is only sent once the API has the first."""
        yield b"first"
        with httpx.Client(base_url=GATEWAY) as other:
            while other.get("/received", params={"id": name}).json()["received"] < 5:
                time.sleep(0.01)
        yield b" and second"

    assert client.post("/upload", params={"id": name}, content=pieces()).json() == {"received": 16}
    assert received() == 16

    seen = []
    with client.stream("GET", "/events", params={"id": name}) as events:
        for line in events.iter_lines():
            if not line:
                continue
            seen.append(line)
            if len(seen) == 3:
                break
            # The next event is only sent once this one was seen.
            httpx.post(f"{GATEWAY}/seen", params={"id": name})
    assert seen == ["data: 1", "data: 2", "data: 3"], seen


LIMIT = httpx.Timeout(30.0)
with httpx.Client(base_url=GATEWAY, timeout=LIMIT) as client:
    put_to(client, "HTTP/1.1", "httpx-1")
with httpx.Client(base_url=GATEWAY, timeout=LIMIT, http1=False, http2=True) as client:
    put_to(client, "HTTP/2", "httpx-2")
print("httpx: all of it is so")
