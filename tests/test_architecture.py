"""The house of design 2: floors, rooms, sockets. Reads the sources, so that a breach shows before it is used."""

import ast
import functools
import re
from pathlib import Path

from django.apps import apps as django_apps
from django.conf import settings
from django.utils.module_loading import import_string

from apps.registry import life, scopes

ROOT = Path(settings.BASE_DIR)
FLOORS = [
    {"common"}, {"organisation"}, {"accounts"}, {"people"}, {"messaging"}, {"registry"}, {"branches"}, {"signups"},
    {"volunteers", "university", "activities", "honours", "voices", "publications"},
    {"ledgers"}, {"reminders"}, {"reports"}, {"portal"},
]  # fmt: skip
FLOOR = {app: level for level, apps in enumerate(FLOORS) for app in apps}
ROOMS = [
    {"choices", "rules"}, {"models"}, {"queries", "access", "occasions"}, {"jobs"}, {"tasks"}, {"services"}, {"forms"},
    {"resources"}, {"admin", "views"}, {"urls"},
]  # fmt: skip
ROOM = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
# Attributes of Django's own objects that a relation of ours happens to be called like.
OF_DJANGO = {"messages"}
VAGUE = {"utils", "helpers", "misc", "tools", "managers"}

# Socket 1 and 2 of design 2, as plugged. A new line here is a decision about who sees whom, or what a death closes.
PLUGGED_SCOPES = [
    "apps.registry.scopes.granted_units",
    "apps.registry.scopes.community_residents",
    "apps.branches.access.secretary_scope",
    "apps.ledgers.access.cared_for",
]
PLUGGED_HANDLERS = [
    "apps.branches.services.life.close_by_death",
    "apps.signups.services.life.close_by_death",
    "apps.volunteers.services.life.close_by_death",
    "apps.ledgers.services.life.handle_life_event",
    "apps.ledgers.services.family.end_by_death",
    "apps.ledgers.services.targets.end_targets",
    "apps.ledgers.services.aftermath.follow_death",
]
# Socket 3: dotted paths in settings.
PLUGGED_PATHS = {
    "ACCOUNT_ADAPTER": ["apps.accounts.adapter.AccountAdapter"],
    "MFA_ADAPTER": ["apps.accounts.adapter.SecondFactorAdapter"],
    "AUTHENTICATION_BACKENDS": ["apps.accounts.access.RoleBackend", "apps.branches.access.PostBackend"],
    "ACCOUNT_STANDINGS": ["apps.branches.standings.account_standings"],
    "SIGN_IN_BELL": ["apps.branches.tasks.serve_sign_in"],
}


def own_sources() -> list[Path]:
    found = (ROOT / "apps").rglob("*.py")
    return sorted(path for path in found if "migrations" not in path.parts)


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> list[str]:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def imported(path: Path) -> list[tuple[int, list[str]]]:
    """(line, dotted parts) of every name a source imports, relative imports resolved."""
    package = list(path.relative_to(ROOT).parent.parts)
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name.split(".")) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = base + (node.module.split(".") if node.module else [])
            found += [(node.lineno, [*base, name.name]) for name in node.names]
    return found


def place(parts: list[str]) -> tuple[str | None, str | None]:
    """(app, room) of a dotted path of ours."""
    if len(parts) < 2 or parts[0] != "apps":
        return None, None
    return parts[1], parts[2] if len(parts) > 2 else None


def at(path: Path, line: int, text: str) -> str:
    return f"{path.relative_to(ROOT)}:{line} {text}"


def test_every_app_has_its_floor():
    ours = {config.label for config in django_apps.get_app_configs() if config.name.startswith("apps.")}

    assert ours <= set(FLOOR)


def test_imports_point_downward():
    breaches = []
    for path in own_sources():
        app, _ = place(module_of(path))
        for line, parts in imported(path):
            other, _ = place(parts)
            if other and other != app and FLOOR[other] >= FLOOR[app]:
                breaches.append(at(path, line, f"{app} imports {'.'.join(parts)}"))

    assert breaches == []


def test_rooms_of_an_app_keep_their_order():
    breaches = []
    for path in own_sources():
        app, room = place(module_of(path))
        for line, parts in imported(path):
            other, other_room = place(parts)
            if other == app and ROOM.get(other_room, -1) > ROOM.get(room, 99):
                breaches.append(at(path, line, f"{room} imports {other_room}"))

    assert breaches == []


def test_apps_import_nothing_from_the_project_but_its_environment_readers():
    breaches = [
        at(path, line, ".".join(parts))
        for path in own_sources()
        for line, parts in imported(path)
        if parts[0] == "cadre_portal" and parts[:2] != ["cadre_portal", "env"]
    ]

    assert breaches == []


def test_relations_point_downward_however_they_are_spelled():
    """Foreign keys by string and through settings included: Django has resolved them."""
    breaches = []
    for model in django_apps.get_models():
        if not model.__module__.startswith("apps."):
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            own, other = model._meta.app_label, field.related_model._meta.app_label
            if own != other and FLOOR.get(other, -1) >= FLOOR[own]:
                breaches.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")

    assert breaches == []


def reverse_names() -> dict[str, set[str]]:
    """Names that models of an app put on models below it: `memberships` on Person belongs to branches."""
    own_fields = {field.name for model in django_apps.get_models() for field in model._meta.fields}
    names: dict[str, set[str]] = {}
    for model in django_apps.get_models():
        if not model.__module__.startswith("apps."):
            continue
        for relation in model._meta.related_objects:
            owner = relation.related_model._meta.app_label
            if owner != model._meta.app_label and owner in FLOOR and not relation.hidden:
                names.setdefault(relation.name, set()).add(owner)
    return {name: owners for name, owners in names.items() if name not in own_fields}


def test_lower_rooms_do_not_look_up_through_names_from_above():
    names = reverse_names()
    breaches = []
    for path in own_sources():
        app, _ = place(module_of(path))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.keyword) and node.arg:
                used, line = node.arg, node.value.lineno
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "__" in node.value:
                used, line = node.value.lstrip("-"), node.lineno
            elif isinstance(node, ast.Attribute) and node.attr not in OF_DJANGO:
                used, line = node.attr + "__", node.lineno
            else:
                continue
            head, joined, _ = used.partition("__")
            owners = names.get(head, set()) if joined else set()
            if owners and all(FLOOR[owner] > FLOOR[app] for owner in owners):
                breaches.append(at(path, line, f"{used.rstrip('_')} belongs to {sorted(owners)}"))

    assert breaches == []


def test_no_dotted_path_reaches_upward_in_a_string():
    breaches = []
    for path in own_sources():
        app, _ = place(module_of(path))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(r"apps\.(\w+)(\.\w+)+", node.value)
                if match and match[1] != app and FLOOR.get(match[1], -1) >= FLOOR[app]:
                    breaches.append(at(path, node.lineno, node.value))

    assert breaches == []


def dotted(function) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def test_three_sockets_hold_what_is_listed():
    assert [dotted(scope) for scope in scopes.scopes] == PLUGGED_SCOPES
    assert [dotted(handler) for handler in life.handlers] == PLUGGED_HANDLERS
    for name, paths in PLUGGED_PATHS.items():
        value = getattr(settings, name)
        assert [value] if isinstance(value, str) else list(value) == paths
        assert all(import_string(path) for path in paths)


def test_sockets_are_plugged_in_ready_only():
    breaches = []
    for path in own_sources():
        if path.name == "apps.py":
            continue
        for node in ast.walk(tree_of(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"append", "insert", "extend"}
                and ast.unparse(node.func.value).split(".")[-1] in {"scopes", "handlers"}
            ):
                breaches.append(at(path, node.lineno, ast.unparse(node)))

    assert breaches == []


def test_no_signal_steers_anything_but_post_migrate():
    breaches = []
    for path in own_sources():
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"@receiver\b|\bSignal\(", text):
                breaches.append(at(path, number, text.strip()))
            if re.search(r"\b(?!post_migrate)(pre|post|m2m|user|request|class)_\w+\.connect\(", text):
                breaches.append(at(path, number, text.strip()))

    assert breaches == []


def test_import_inside_a_function_states_its_reason():
    """`# noqa: PLC0415 reason`; `AppConfig.ready` may, because models must be loaded first."""
    breaches = []
    for path in own_sources():
        if path.name == "apps.py":
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in ast.walk(tree_of(path)):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    text = lines[node.lineno - 1]
                    if not re.search(r"noqa: PLC0415\s+\S", text):
                        breaches.append(at(path, node.lineno, text.strip()))

    assert breaches == []


def test_rules_are_pure():
    """No ORM, no clock, no settings in a room called rules."""
    breaches = []
    for path in own_sources():
        module = module_of(path)
        if "rules" not in module[2:3]:
            continue
        for line, parts in imported(path):
            if parts[0] in {"django", "time"} or parts[-1] in {"models", "queries", "services"}:
                breaches.append(at(path, line, ".".join(parts)))
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"today", "now", "utcnow", "localdate"}:
                breaches.append(at(path, node.lineno, ast.unparse(node)))

    assert breaches == []


def test_sources_name_their_subject_and_fit_a_reading():
    breaches = [
        str(path.relative_to(ROOT))
        for path in own_sources()
        if path.stem in VAGUE or len(path.read_text(encoding="utf-8").splitlines()) > 450
    ]

    assert breaches == []
