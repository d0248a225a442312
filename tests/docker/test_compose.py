"""The compose files say what they should, by checks that are each shown to see a planted fault.

No Docker engine takes part: files are read as compose reads them, as far as they use it.
"""

import copy
import importlib.util
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

from portclock.cli import app
from portclock.intake.wiring import VARIABLES
from portclock.settings import EXAMPLES
from serving.access.settings import AccessSettings
from serving.notify.settings import NotifySettings
from sinks.settings import WriterSettings
from streams.settings import Settings as WorkerSettings

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
FILES = ("compose.yaml", "compose.cluster.yaml", "compose.secure.yaml")
Document = dict[str, Any]
Check = Callable[[Document], list[str]]
OURS = f"portclock:{tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']}"
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|PRIVATE|_KEY$")
NAMED = re.compile(r"\$\{([A-Z_]+)(?:(:[-?])([^}]*))?\}")


def _read(name: str) -> Document:
    document: Document = yaml.safe_load((DOCKER / name).read_text(encoding="utf-8"))
    return document


def _laid_over(under: Any, over: Any) -> Any:
    """As compose lays one file over another: maps are joined, lists of mounts and ports added."""
    if isinstance(under, dict) and isinstance(over, dict):
        joined = {key: _laid_over(under[key], over[key]) for key in under.keys() & over.keys()}
        return {**under, **over, **joined}
    if isinstance(under, list) and isinstance(over, list) and _adds(over):
        return [*under, *over]
    return over


def _adds(listed: list[Any]) -> bool:
    return any(":" in str(one) for one in listed)


def _clustered() -> Document:
    """Both files in one. A command replaces, whatever is in it; so do a list's other kinds."""
    joined: Document = _laid_over(_read(FILES[0]), _read(FILES[1]))
    return joined


def _secured() -> Document:
    """The first and the last in one, without the certificates, which whoever runs it makes."""
    joined: Document = _laid_over(_read(FILES[0]), _read(FILES[2]))
    for service in joined["services"].values():
        if "volumes" in service:
            service["volumes"] = [one for one in service["volumes"] if "./tls/" not in one]
    return joined


def _services(document: Document) -> Iterator[tuple[str, Document]]:
    yield from document["services"].items()


def _job(service: Document) -> bool:
    """Runs once and ends."""
    return service.get("restart") == "no"


# -- the checks: each returns what is wrong


def health(document: Document) -> list[str]:
    """Everything that stays is asked how it is, within bounds."""
    asked = {"test", "interval", "timeout", "retries", "start_period"}
    return [
        name
        for name, service in _services(document)
        if not (_job(service) or asked <= set(service.get("healthcheck", {})))
    ]


def limits(document: Document) -> list[str]:
    """Nothing may take the host."""
    found = []
    for name, service in _services(document):
        limit = service.get("deploy", {}).get("resources", {}).get("limits", {})
        found += [f"{name} {what}" for what in ("cpus", "memory", "pids") if what not in limit]
    return found


def users(document: Document) -> list[str]:
    """Nobody is root; a number, so that it can be seen."""
    return [
        name
        for name, service in _services(document)
        if not re.fullmatch(r"[1-9]\d*:\d+", str(service.get("user")))
    ]


def pins(document: Document) -> list[str]:
    """Every image says which, to the last digit; what we build has our version."""
    found = []
    for name, service in _services(document):
        image = service.get("image", "")
        exact = re.fullmatch(r"[a-z][a-z0-9./-]*:v?\d+(\.\d+){2,3}", image)
        ours = service.get("build", {}).get("dockerfile") == "docker/Dockerfile"
        if not exact or (ours and image != OURS):
            found.append(f"{name} {image}")
    return found


def hardening(document: Document) -> list[str]:
    """No rights beyond those of a reader of files. Kafka's image alone writes beside itself."""
    return [
        name
        for name, service in _services(document)
        if service.get("cap_drop") != ["ALL"]
        or "no-new-privileges:true" not in service.get("security_opt", [])
        or (service.get("read_only") is not True and "kafka" not in name)
        or service.get("privileged")
        or service.get("restart") not in ("unless-stopped", "no")
        or service.get("logging", {}).get("options", {}).get("max-size") is None
    ]


def secrets(document: Document) -> list[str]:
    """What is secret comes from the environment and has no value of its own here."""
    found = []
    for name, service in _services(document):
        for key, value in service.get("environment", {}).items():
            inside = re.search(r"://[^/:@]*:([^@/]+)@", NAMED.sub("", str(value)))
            plain = SECRET.search(key) and (NAMED.sub("", str(value)) or _defaulted(value))
            found += [f"{name} {key}"] if inside or plain else []
    return found


def _defaulted(value: Any) -> list[str]:
    return [default for _, how, default in NAMED.findall(str(value)) if how == ":-" and default]


def variables(document: Document) -> list[str]:
    """Every PORTCLOCK_ variable is read by somebody: by our settings, or by a file mounted."""
    known = _known_variables()
    found = []
    for name, service in _services(document):
        read_by = known if service["image"] == OURS else _mounted_words(service)
        found += [
            f"{name} {key}"
            for key in service.get("environment", {})
            if key.startswith("PORTCLOCK_") and key not in read_by
        ]
    return found


def _known_variables() -> set[str]:
    own = {f"PORTCLOCK_{name.upper()}" for name in [*EXAMPLES, *AccessSettings.model_fields]}
    own |= {f"PORTCLOCK_WORKER_{name.upper()}" for name in WorkerSettings.model_fields}
    own |= {f"PORTCLOCK_WRITER_{name.upper()}" for name in WriterSettings.model_fields}
    own |= {f"PORTCLOCK_NOTIFY_{name.upper()}" for name in NotifySettings.model_fields}
    own |= {*VARIABLES}
    return own | set(_option_variables(typer.main.get_command(app)))


def _option_variables(command: Any) -> Iterator[str]:
    for parameter in command.params:
        told = parameter.envvar or ()
        yield from [told] if isinstance(told, str) else told
    for below in getattr(command, "commands", {}).values():
        yield from _option_variables(below)


def _mounted_words(service: Document) -> set[str]:
    files = [
        file
        for source in _sources(service)
        for file in ([source] if source.is_file() else source.rglob("*"))
        if file.is_file()
    ]
    return {w for f in files for w in re.findall(r"PORTCLOCK_\w+", f.read_text(encoding="utf-8"))}


def _sources(service: Document) -> list[Path]:
    """The files and folders of ours that a service is given."""
    told = [volume.split(":")[0] for volume in service.get("volumes", [])]
    return [(DOCKER / source).resolve() for source in told if source.startswith(".")]


def mounts(document: Document) -> list[str]:
    """What is mounted exists and cannot be written to; volumes are declared."""
    declared = set(document.get("volumes", {}))
    found = []
    for name, service in _services(document):
        for volume in service.get("volumes", []):
            source, _, rest = volume.partition(":")
            if source.startswith("."):
                wrong = not (DOCKER / source).exists() or not rest.endswith(":ro")
            else:
                wrong = not source.startswith("/") and source not in declared
            found += [f"{name} {volume}"] if wrong else []
    return found


def commands(document: Document) -> list[str]:
    """What our image is told to do is a command that it has."""
    found = []
    for name, service in _services(document):
        if service["image"] != OURS:
            continue
        command: Any = typer.main.get_command(app)
        words = [word for word in service["command"] if not word.startswith("--")]
        for word in words:
            command = getattr(command, "commands", {}).get(word)
        options = {option for p in getattr(command, "params", ()) for option in p.opts}
        unknown = {word for word in service["command"] if word.startswith("--")} - options
        if command is None or unknown:
            found.append(f"{name} {service['command']}")
    return found


def wiring(document: Document) -> list[str]:
    """Names of services and networks exist; published ports are for this host alone."""
    names = set(document["services"])
    found = []
    for name, service in _services(document):
        unknown = set(service.get("depends_on", {})) - names
        found += [f"{name} after {one}" for one in unknown]
        networks = set(service.get("networks", ()))
        found += [f"{name} network"] if not networks or networks - set(document["networks"]) else []
        ports = service.get("ports", [])
        found += [f"{name} {port}" for port in ports if not port.startswith("127.0.0.1:")]
        found += [f"{name} shut in"] if ports and "outside" not in networks else []
    inside = document["networks"].get("inside") or {}
    return found + ([] if inside.get("internal") is True else ["inside has a way out"])


def told_ports(document: Document) -> list[str]:
    """Every port that is published, or that metrics are served on, stands in the documents."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.split("## Ports", 1)[1].split("\n## ", 1)[0]
    first = re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE)
    rows = {int(port) for cell in first for port in cell.split(",")}
    found = []
    for name, service in _services(document):
        ports = [int(port.rsplit(":", 1)[1]) for port in service.get("ports", [])]
        ports += [int(service.get("environment", {}).get("PORTCLOCK_METRICS_PORT", 9464))]
        found += [f"{name} {port}" for port in ports if port not in rows]
    return found


def scraped(document: Document) -> list[str]:
    """Prometheus asks every service of ours where it answers."""
    text = (ROOT / "dashboards" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    asked = set()
    for job in yaml.safe_load(text)["scrape_configs"]:
        for sd in job.get("dns_sd_configs", []):
            asked |= {(name, sd["port"]) for name in sd["names"]}
        for static in job.get("static_configs", []):
            asked |= {(t.split(":")[0], int(t.split(":")[1])) for t in static["targets"]}
    found = []
    for name, service in _services(document):
        port = service.get("environment", {}).get("PORTCLOCK_METRICS_PORT")
        found += [f"{name} {port}"] if port and (name, int(port)) not in asked else []
    hosts = {"localhost", *document["services"], *_aliases(document)}
    return found + [name for name, _ in asked if name not in hosts]


def _aliases(document: Document) -> set[str]:
    return {
        alias
        for _, service in _services(document)
        if isinstance(service["networks"], dict)
        for network in service["networks"].values()
        for alias in (network or {}).get("aliases", [])
    }


CHECKS: tuple[Check, ...] = (
    health, limits, users, pins, hardening, secrets, variables, mounts, commands, wiring,
    told_ports, scraped,
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_as_the_compose_specification_wants_it(name: str) -> None:
    spec = importlib.util.find_spec("check_jsonschema")
    assert spec is not None
    assert spec.origin is not None
    vendored = Path(spec.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(_read(name))] == []
    broken = _read(name)
    broken["services"]["worker"]["comand"] = ["worker"]
    assert not validator.is_valid(broken)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(
    "document", [_read(FILES[0]), _clustered(), _secured()], ids=["one", "cluster", "secured"]
)
def test_the_files_keep_the_law(check: Check, document: Document) -> None:
    assert check(document) == []


def _set(path: str, value: Any) -> Callable[[Document], None]:
    def plant(document: Document) -> None:
        *way, last = path.split("/")
        for step in way:
            document = document.setdefault(step, {})
        document[last] = value

    return plant


FAULTS: tuple[tuple[Check, Callable[[Document], None]], ...] = (
    (health, _set("services/board/healthcheck", {})),
    (limits, _set("services/kafka/deploy/resources/limits", {"cpus": "1"})),
    (users, _set("services/worker/user", "0:0")),
    (users, _set("services/worker/user", "root")),
    (users, _set("services/grafana/user", None)),
    (pins, _set("services/grafana/image", "grafana/grafana:latest")),
    (pins, _set("services/grafana/image", "grafana/grafana")),
    (pins, _set("services/clickhouse/image", "clickhouse/clickhouse-server:26")),
    (pins, _set("services/worker/image", "portclock:0.0.9")),
    (hardening, _set("services/worker/read_only", False)),
    (hardening, _set("services/worker/cap_drop", [])),
    (hardening, _set("services/notify/security_opt", [])),
    (hardening, _set("services/alertmanager/logging", {})),
    (secrets, _set("services/grafana/environment/GF_SECURITY_ADMIN_PASSWORD", "admin")),
    (secrets, _set("services/clickhouse/environment/X_PASSWORD", "${X:-letmein}")),
    (secrets, _set("services/writer/environment/U", "clickhouse://writer:s3cret@clickhouse/x")),
    (variables, _set("services/worker/environment/PORTCLOCK_WORKER_RUN_RECORD_MAX", "5")),
    (variables, _set("services/grafana/environment/PORTCLOCK_GRAFANA_HOST", "x")),
    (mounts, _set("services/notify/volumes", ["./notify/nobody.toml:/x:ro"])),
    (mounts, _set("services/notify/volumes", ["./notify/routes.toml:/x"])),
    (mounts, _set("services/notify/volumes", ["nowhere:/data"])),
    (commands, _set("services/notify/command", ["notifier"])),
    (commands, _set("services/schema/command", ["schema", "apply", "--everywhere"])),
    (wiring, _set("services/pulse/depends_on", {"zookeeper": {}})),
    (wiring, _set("services/board/ports", ["8700:8700"])),
    (wiring, _set("services/board/networks", ["inside"])),
    (wiring, _set("services/board/networks", ["inside", "beyond", "outside"])),
    (wiring, _set("networks/inside", {})),
    (told_ports, _set("services/pulse/environment/PORTCLOCK_METRICS_PORT", "9999")),
    (scraped, _set("services/pulse/environment/PORTCLOCK_METRICS_PORT", "9464")),
    (scraped, _set("services/clickhouse/networks", ["inside"])),
)


@pytest.mark.parametrize(("check", "plant"), FAULTS)
def test_a_planted_fault_is_seen(check: Check, plant: Callable[[Document], None]) -> None:
    document = copy.deepcopy(_read(FILES[0]))
    plant(document)
    assert len(check(document)) >= 1
