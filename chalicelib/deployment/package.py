"""What is uploaded? Chalice's package, with the stage's template merged into it.

    a copy of the project --chalice package--> sam.json + deployment.zip
    deployment.zip --byte-compiled, ordered, dated 1980--> compiled.zip

Rule 1  The same project gives the same zip, byte for byte: nothing new is no change.
Rule 2  What Lambda's Python has is not packed: boto3 alone is 16 MB. Chalice packs its
        runtime itself; its command line is for those who deploy.
Rule 3  Lambda cannot write byte code where it unpacks, and compiles at each cold
        start. So it is in the zip, valid whatever the time stamps say.
"""

from __future__ import annotations

import hashlib
import json
import os
import py_compile
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.deployment.names import Names
from chalicelib.errors import DeploymentRefused
from chalicelib.values import Json

#: Requirements that Lambda's runtime, or Chalice's packer, brings.
BROUGHT = frozenset({"boto3", "chalice"})
_SOURCES = ("app.py", "chalicelib")
#: What a zip can say is the beginning of time.
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What is to be deployed."""

    template: dict[str, Any]
    zip: Path

    @property
    def digest(self) -> str:
        """SHA-256 of the zip, in hexadecimal."""
        return hashlib.sha256(self.zip.read_bytes()).hexdigest()


def build(
    project: Path,
    folder: Path,
    names: Names,
    merged: Mapping[str, Json],
    *,
    architecture: str = "arm64",
) -> Package:
    """Return the package of a stage, made in ``folder``.

    Raises:
        DeploymentRefused: Chalice cannot make it; with what it said.
    """
    copy = folder / "project"
    shutil.rmtree(copy, ignore_errors=True)
    _copy(project, copy, names, architecture)
    _keep_dependencies(copy, folder / f"dependencies-{architecture}")
    (folder / "merged.json").write_text(json.dumps(merged, indent=1), "utf-8")
    out = folder / "package"
    _chalice(copy, folder, names, out)
    template = json.loads((out / "sam.json").read_text("utf-8"))
    _without_leftovers(template)
    compiled = out / "compiled.zip"
    _compile(out / "deployment.zip", compiled, folder / "pyc")
    return Package(template=template, zip=compiled)


def _copy(project: Path, copy: Path, names: Names, architecture: str) -> None:
    """Copy what Chalice looks at, set up for this stage."""
    copy.mkdir(parents=True)
    for source in _SOURCES:
        place = project / source
        if place.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(place, copy / source, ignore=ignored)
        else:
            shutil.copy(place, copy / source)
    needed = (project / "requirements.txt").read_text("utf-8").splitlines()
    kept = [line for line in needed if _name(line) not in BROUGHT]
    (copy / "requirements.txt").write_text("\n".join(kept) + "\n", "utf-8")
    config = json.loads((project / ".chalice" / "config.json").read_text("utf-8"))
    (copy / ".chalice").mkdir()
    for policy in (project / ".chalice").glob("policy-*.json"):
        shutil.copy(policy, copy / ".chalice")
    config["stages"] = {names.stage: _stage(config, names)}
    config["lambda_architecture"] = architecture
    (copy / ".chalice" / "config.json").write_text(json.dumps(config), "utf-8")


def _keep_dependencies(copy: Path, kept: Path) -> None:
    """Have Chalice find what it has packed before, for the same sources.

    Its name says nothing of the architecture, so that is in the folder's.
    """
    kept.mkdir(exist_ok=True)
    (copy / ".chalice" / "deployments").symlink_to(kept)


def _stage(config: Mapping[str, Any], names: Names) -> Json:
    """Return the stage of that name, or the first one under its name."""
    stages = config["stages"]
    found = stages.get(names.stage) or next(iter(stages.values()))
    return {
        **found,
        "environment_variables": {
            "STAGE": names.stage,
            "STEP_QUEUE": names.steps,
            "DEAD_LETTER_QUEUE": names.dead_letters,
        },
    }


def _name(requirement: str) -> str:
    """Return the package that a line of requirements is about.

    >>> _name("boto3>=1.44,<2"), _name("# nothing")
    ('boto3', '')
    """
    word = requirement.partition("#")[0].strip()
    return "".join(_until(word, "<>=!~[; ")).lower()


def _until(text: str, ends: str) -> Iterator[str]:
    for letter in text:
        if letter in ends:
            return
        yield letter


def _chalice(copy: Path, folder: Path, names: Names, out: Path) -> None:
    """Have Chalice package the copy."""
    chalice = Path(sys.executable).with_name("chalice")
    command = [
        *(str(chalice), "package", "--stage", names.stage),
        *("--merge-template", str(folder / "merged.json")),
        str(out),
    ]
    environ = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ}
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=copy, env=environ, capture_output=True, text=True, check=False
    )
    said = f"{done.stdout}\n{done.stderr}"
    # It says so and goes on with a package that cannot work.
    if done.returncode or "Could not install dependencies" in said:
        raise DeploymentRefused(f"chalice package failed:\n{said.strip()}")


def _without_leftovers(template: dict[str, Any]) -> None:
    """Take out what only Chalice's own way of deploying needs."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if "CodeUri" in properties:
            properties.pop("Tags", None)


def _compile(source: Path, target: Path, folder: Path) -> None:
    """Write ``source`` again with byte code beside each module."""
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(source) as packed:
        packed.extractall(folder)
    for module in folder.rglob("*.py"):
        _compile_one(module, folder)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), _DATE)
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, file.read_bytes())


def _compile_one(module: Path, folder: Path) -> None:
    try:
        py_compile.compile(
            str(module),
            dfile=f"/var/task/{module.relative_to(folder)}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError:
        return  # a template of some library's, not a module
