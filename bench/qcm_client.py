"""Members with light browsers: `python -m bench.qcm_client`, a process whose time is not counted.

Reads a job (JSON) from its standard input: `host`, `port`, `site`, `together` (members at once),
and either `links` (paths of personal links, one attempt each) with `right` (ids of right choices),
or `paths` with `requests` (the floor: as many requests to each). Writes what it saw: `done`,
`seconds`, `errors` (sentences), `times` ({step: [seconds, …]}), `requests`, `bytes`.

A browser follows redirects, keeps cookies and its connection, takes the CSRF token from the page,
and asks once more on a fresh connection when the server had closed the one it kept.
"""

import asyncio
import json
import re
import sys
import time
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ATTEMPT = re.compile(r'data-attempt="(\d+)"')
SAVE_URL = re.compile(r'data-save-url="([^"]+)"')
FINISH_URL = re.compile(r'data-finish-url="([^"]+)"')
ACTION = re.compile(r'<form method="post" action="([^"]+)"')
CHOICE = re.compile(r'name="q(\d+)" value="(\d+)"')
PATIENCE = 60
ACCEPT = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "save": "application/json",
}


class Unexpected(Exception):
    """The server answered something else than a member hopes for."""


class Browser:
    """One member's browser: cookies, one connection, and the times of its requests."""

    def __init__(self, job, seen):
        self.host, self.port, self.site = job["host"], job["port"], job["site"]
        self.seen = seen
        self.cookies = {}
        self.reader = self.writer = None

    async def request(self, step, method, path, form=None):
        """(status, headers, text) of one request; its time is kept under the step's name."""
        began = time.perf_counter()
        kept = self.writer is not None
        try:
            answer = await asyncio.wait_for(self._exchange(step, method, path, form), PATIENCE)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if not kept:
                raise
            answer = await asyncio.wait_for(self._exchange(step, method, path, form), PATIENCE)
        self.seen["times"].setdefault(step, []).append(time.perf_counter() - began)
        self.seen["requests"] += 1
        return answer

    async def page(self, step, method, path, form=None, *, then=None):
        """The text of a page, redirects followed; `then` names the step of where they lead."""
        status, headers, text = await self.request(step, method, path, form)
        while status == 302:
            path = headers["location"]
            status, headers, text = await self.request(then, "GET", path)
        if status != 200:
            raise Unexpected(f"{step} : {status} à {path}")
        return text

    async def _exchange(self, step, method, path, form):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        body = urlencode(form).encode() if form is not None else b""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.site}",
            "X-Forwarded-Proto: https",
            "X-Forwarded-For: 192.0.2.7",
            "User-Agent: Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile Safari/537.36",
            f"Accept: {ACCEPT.get(step, ACCEPT['page'])}",
            "Accept-Language: fr-FR,fr;q=0.9",
            "Accept-Encoding: gzip, deflate, br",
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if form is not None:
            lines += [
                f"Origin: https://{self.site}",
                f"Referer: https://{self.site}/",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *rest = head.split("\r\n")
        headers = {}
        for line in filter(None, rest):
            name, value = line.split(": ", 1)
            name = name.lower()
            if name == "set-cookie":
                cookie, _, more = value.partition(";")
                key, _, text = cookie.partition("=")
                if "Max-Age=0" in more:
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = text
            headers[name] = value
        content = await self.reader.readexactly(int(headers.get("content-length", 0)))
        self.seen["bytes"] += len(head) + len(content)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(first.split(" ", 2)[1]), headers, content.decode()

    def close(self):
        if self.writer is not None:
            self.writer.close()
            self.reader = self.writer = None


def found(pattern, text, what):
    match = pattern.search(text)
    if not match:
        raise Unexpected(f"Sur la page, il manque : {what}")
    return match[1]


async def take(browser, link, right):
    """One attempt from the personal link to the result, all answers right."""
    door = await browser.page("link", "GET", link, then="door")
    form = {"csrfmiddlewaretoken": found(TOKEN, door, "le jeton")}
    start = found(ACTION, door, "« Commencer »")
    page = await browser.page("start", "POST", start, form, then="questions")
    token, attempt = found(TOKEN, page, "le jeton"), found(ATTEMPT, page, "la tentative")
    save = found(SAVE_URL, page, "l'adresse d'enregistrement")
    questions = {}
    for question, choice in CHOICE.findall(page):
        ticked = questions.setdefault(question, [])
        if int(choice) in right:
            ticked.append(choice)
    for question, ticked in questions.items():
        form = [("csrfmiddlewaretoken", token), ("attempt", attempt), ("question", question)]
        form += [("choice", choice) for choice in ticked]
        status, _, text = await browser.request("save", "POST", save, form)
        if status != 200 or "saved" not in json.loads(text):
            raise Unexpected(f"save : {status} {text[:200]}")
    end = found(FINISH_URL, page, "« Terminer »")
    last = await browser.page("finish", "GET", end)
    form = {"csrfmiddlewaretoken": found(TOKEN, last, "le jeton"), "attempt": attempt}
    result = await browser.page("confirm", "POST", end, form | {"confirm": "1"}, then="result")
    if "QCM réussi" not in result:
        raise Unexpected("Le résultat n'est pas celui des réponses données.")


async def visit(browser, path, requests):
    """The floor: as many requests to a bare view."""
    for _ in range(requests):
        if await browser.page("floor", "GET", path) != "ok":
            raise Unexpected("Le plancher ne répond pas « ok ».")


async def member(job, turns, seen):
    """One of those who are there at once: an attempt, then the next."""
    right = set(job.get("right", ()))
    for turn in turns:
        browser = Browser(job, seen)
        try:
            if "links" in job:
                await take(browser, turn, right)
            else:
                await visit(browser, turn, job["requests"])
            seen["done"] += 1
        except (Unexpected, OSError, EOFError, TimeoutError, ValueError) as error:
            seen["errors"].append(f"{type(error).__name__} {error}")
        finally:
            browser.close()


async def run(job):
    seen = {"done": 0, "errors": [], "times": {}, "requests": 0, "bytes": 0}
    turns = iter(job["links"] if "links" in job else job["paths"])
    began = time.perf_counter()
    await asyncio.gather(*(member(job, turns, seen) for _ in range(job["together"])))
    return seen | {"seconds": time.perf_counter() - began}


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
