"""How does the command talk to a stage? HTTP with an access key, nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chalicelib.values import Json, compact

#: Where a local stage says how to reach it.
STAGE_FILE = Path(".local/stage.json")
#: Seconds; API Gateway answers within 29.
TIMEOUT = 35


#: How API Gateway answers at a path that nobody has, without a key and with one.
_NOWHERE = ("Missing Authentication Token", "Authorization header requires")


class Refused(Exception):
    """The stage said no; what it said is a problem document."""

    def __init__(self, status: int, problem: Mapping[str, Json]) -> None:
        super().__init__(f"{status} {problem.get('title', '')}")
        self.status = status
        self.problem = problem


class Unreachable(Exception):
    """No stage is where it should be."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"no stage answers at {url}: {reason}")
        self.url = url


class NoStage(Exception):
    """Nobody said which stage."""

    def __init__(self) -> None:
        super().__init__(
            "which stage? start one beside this with `millrace dev`, or give --url and "
            "--key (or MILLRACE_URL and MILLRACE_KEY)"
        )


@dataclass(frozen=True, slots=True)
class Address:
    """Where a stage is, and the key that opens it."""

    url: str
    key: str = ""

    @classmethod
    def found(
        cls,
        url: str = "",
        key: str = "",
        *,
        environ: Mapping[str, str] = os.environ,
        file: Path = STAGE_FILE,
    ) -> Address:
        """Return what was given, else what the environment says, else the local stage.

        Raises:
            NoStage: none of them names one.
        """
        url = url or environ.get("MILLRACE_URL", "")
        key = key or environ.get("MILLRACE_KEY", "")
        if not url and file.exists():
            local = json.loads(file.read_text())
            url, key = local["url"], key or local["key"]
        if not url:
            raise NoStage
        return cls(url.rstrip("/"), key)


class Client:
    """The verbs of the REST face, as methods."""

    def __init__(self, address: Address) -> None:
        import requests

        self.url = address.url
        self._session = requests.Session()
        # Proxies of the environment have no business with a local stage.
        self._session.trust_env = "127.0.0.1" not in address.url
        self._session.headers["Accept"] = "application/json"
        if address.key:
            self._session.headers["Authorization"] = f"Bearer {address.key}"

    def publish(self, text: str, **options: str) -> Json:
        """Publish a definition."""
        return self._send("POST", "/v1/workflows", text=text, **options)

    def validate(self, text: str, **options: str) -> Json:
        """Return what is wrong with a definition."""
        return self._send("POST", "/v1/workflows/validate", text=text, **options)

    def workflows(self) -> list[Mapping[str, Any]]:
        """Return what is published."""
        return list(self._send("GET", "/v1/workflows")["workflows"])

    def workflow(self, name: str) -> Json:
        """Return a workflow as published."""
        return self._send("GET", f"/v1/workflows/{quote(name, safe='')}")

    def start(self, workflow: str, input: Json, name: str = "") -> Json:
        """Start an execution."""
        path = f"/v1/workflows/{quote(workflow, safe='')}/executions"
        return self._send("POST", path, text=compact(input), name=name)

    def execution(self, execution: str, part: str = "", **options: str) -> Json:
        """Return an execution, or its ``/history`` or ``/cost``."""
        return self._send("GET", _path(execution) + part, **options)

    def history(self, execution: str, after: int | None = 0) -> list[Mapping[str, Any]]:
        """Return the history events behind number ``after``."""
        found: list[Mapping[str, Any]] = []
        while after is not None:
            page = self.execution(execution, "/history", after=str(after))
            found += page["events"]
            after = page["next"]
        return found

    def executions(self, workflow: str, **options: str) -> list[Mapping[str, Any]]:
        """Return executions, newest first; of every workflow where none is named."""
        named = [workflow] if workflow else [each["name"] for each in self.workflows()]
        pages = [
            self._send("GET", "/v1/executions", workflow=name, **options)
            for name in named
        ]
        found = [each for page in pages for each in page["executions"]]
        return sorted(found, key=lambda each: str(each["startedAt"]), reverse=True)

    def stop(self, execution: str, error: str, cause: str) -> Json:
        """Stop an execution."""
        text = compact({"error": error, "cause": cause})
        return self._send("POST", _path(execution) + "/stop", text=text)

    def redrive(self, execution: str) -> Json:
        """Have an execution that ended badly go on from where it failed."""
        return self._send("POST", _path(execution) + "/redrive")

    def notices(self, execution: str) -> list[Mapping[str, Any]]:
        """Return the notices of an execution that were given up."""
        return list(self.execution(execution, "/notices")["notices"])

    def send_again(self, execution: str, notice: str) -> Mapping[str, Any]:
        """Have a notice that was given up be sent once more."""
        path = f"{_path(execution)}/notices/{quote(notice, safe='')}/retry"
        found: Mapping[str, Any] = self._send("POST", path)
        return found

    def delete(self, execution: str) -> Json:
        """Delete an execution that has ended."""
        return self._send("DELETE", _path(execution))

    def checkup(self, *, mends: bool, **options: str) -> Mapping[str, Any]:
        """Return a page of what is wrong; have it mended where that is wanted."""
        how = ("POST", "/v1/checkup/redrive") if mends else ("GET", "/v1/checkup")
        found: Mapping[str, Any] = self._send(*how, **options)
        return found

    def keys(
        self,
        method: str,
        key: str = "",
        part: str = "",
        body: Json = None,
        **query: str,
    ) -> Json:
        """Ask for access keys, or issue, rotate or revoke one."""
        path = f"/v1/keys/{quote(key, safe='')}{part}" if key else "/v1/keys"
        text = None if body is None else compact(body)
        return self._send(method, path, text=text, **query)

    def schedules(self, workflow: str = "") -> list[Mapping[str, Any]]:
        """Return schedules, by workflow and name."""
        return list(self._send("GET", "/v1/schedules", workflow=workflow)["schedules"])

    def schedule(
        self, method: str, workflow: str, name: str, part: str = "", body: Json = None
    ) -> Json:
        """Ask for, change, hold or end the schedule ``name``; without one, begin it."""
        path = f"/v1/workflows/{quote(workflow, safe='')}/schedules"
        path += f"/{quote(name, safe='')}{part}" if name else ""
        return self._send(method, path, text=None if body is None else compact(body))

    def _send(
        self, method: str, path: str, *, text: str | None = None, **options: str
    ) -> Json:
        import requests

        given = {name: value for name, value in options.items() if value}
        try:
            answer = self._session.request(
                method,
                self.url + path,
                params=given,
                data=None if text is None else text.encode(),
                headers={} if text is None else {"Content-Type": "application/json"},
                timeout=TIMEOUT,
            )
        except requests.RequestException as error:
            raise Unreachable(self.url, _why(error)) from None
        return self._said(answer)

    def _said(self, answer: Any) -> Json:
        try:
            said = answer.json() if answer.content else None
        except ValueError:
            raise self._no_stage(answer) from None
        if answer.status_code < 400:
            return said
        if not isinstance(said, Mapping):
            raise self._no_stage(answer)
        if str(said.get("message", "")).startswith(_NOWHERE):
            raise self._no_stage(answer)
        raise Refused(answer.status_code, said)

    def _no_stage(self, answer: Any) -> Unreachable:
        what = f"HTTP {answer.status_code} with {answer.text[:80]!r}"
        way_out = "is --url the base URL, as in https://…/api?"
        return Unreachable(self.url, f"{what}; {way_out}")


def _why(error: Exception) -> str:
    import requests

    match error:
        case requests.Timeout():
            return f"no answer within {TIMEOUT} seconds"
        case requests.ConnectionError():
            return "cannot connect"
        case ValueError():
            return "that is no URL; write http:// or https://, then the host"
    return type(error).__name__


def _path(execution: str) -> str:
    return f"/v1/executions/{quote(execution, safe='')}"
