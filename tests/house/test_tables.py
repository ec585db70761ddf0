"""The state tables: code, decorators, database rows and docs say the same; and the house has the shape it promises."""

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from cases.models import Case, Transition
from cases.rules.act import Act
from cases.states import MOVES, State
from config.management.commands.draw_docs import pages
from ledger.models import Kind
from review.models import Countersignature, CountersignatureTransition
from review.states import COUNTERSIGNATURE_MOVES

ROOT = Path(settings.ROOT)
FLOORS = ("ledger", "people", "cases", "review", "oversight", "workers", "config")
CLOCKS = {"monotonic", "perf_counter", "process_time", "time"}


def sources(*folders: str) -> list[Path]:
    return [p for f in folders for p in (ROOT / f).rglob("*.py") if "migrations" not in p.parts]


@pytest.mark.django_db
def test_the_table_in_code_is_the_table_in_the_database():
    assert set(Transition.objects.values_list("act", "source", "target", "mover")) == {
        (m.act.value, m.source.value, m.target.value, m.mover.value) for m in MOVES
    }
    assert set(CountersignatureTransition.objects.values_list("act", "source", "target")) == {
        (m.act.value, m.source.value, m.target.value) for m in COUNTERSIGNATURE_MOVES
    }


def test_the_decorators_are_the_table():
    found = {(str(t.source), str(t.target)) for t in Case._meta.get_field("state").get_all_transitions(Case)}
    assert found == {(m.source.value, m.target.value) for m in MOVES}
    found = {(str(t.source), str(t.target)) for t in Countersignature._meta.get_field("state").get_all_transitions(Countersignature)}
    assert found == {(m.source.value, m.target.value) for m in COUNTERSIGNATURE_MOVES}


def test_every_state_but_the_last_has_a_way_out_and_every_one_is_reached():
    assert {m.source for m in MOVES} == set(State) - {State.DESTROYED}
    assert {m.target for m in MOVES} == set(State) - {State.RECEIVED}


def test_the_docs_name_every_move():
    said = (ROOT / "docs" / "states.md").read_text()
    for move in MOVES:
        assert f"| {move.act.value} | {move.source.value} | {move.target.value} | {move.mover.value} |" in said


def test_the_generated_pages_are_what_the_code_writes_now():
    for name, text in pages().items():
        assert (ROOT / "docs" / name).read_text() == text, f"run manage.py draw_docs: docs/{name}"


def test_every_safeguards_reason_is_in_the_docs():
    said = (ROOT / "docs" / "rules.md").read_text()
    for path in sources("cases/rules", "review/rules"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason" and isinstance(node.args[0], ast.Constant):
                assert f"`{node.args[0].value}`" in said, f"{path.name}: {node.args[0].value}"


def test_every_promise_in_sql_is_in_the_docs():
    said = (ROOT / "docs" / "database.md").read_text()
    for path in ROOT.glob("*/sql/**/*.sql"):
        assert path.stem in said, path


@pytest.mark.django_db
def test_every_act_that_is_done_has_a_kind_of_entry():
    kinds = set(Kind.objects.values_list("kind", flat=True))
    later = {Act.LOOK}
    assert {act.value for act in Act} - {a.value for a in later} <= kinds


def test_exactly_one_distribution_provides_django_fsm():
    owners = importlib.metadata.packages_distributions()["django_fsm"]
    assert set(owners) == {"django-fsm-2"}
    assert "MIT" in str(
        importlib.metadata.metadata("django-fsm-2").get("License-Expression") or importlib.metadata.metadata("django-fsm-2")
    )


def test_the_floors_hold():
    done = subprocess.run([str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_machine_reaches_a_human_act_by_a_detour():
    """What import-linter cannot see: names looked up at run time."""
    for path in sources("cases", "workers", "oversight"):
        text = path.read_text()
        for word in ("call_command", "import_string", "import_module", "get_model("):
            assert word not in text, f"{path}: {word}"


def test_permits_are_built_in_rules_only():
    for path in sources(*FLOORS):
        if "rules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Permit"), path


# ready(); what may be absent; what is slow to load, to draw or to reckon
LOADED_LATE = ("apps.py", "embedded.py", "pdf.py", "intervals.py")


def test_no_import_hides_inside_a_function():
    for path in sources(*FLOORS):
        if path.name in LOADED_LATE:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not inside, f"{path}: {node.name}"


def test_foreign_keys_that_point_down_a_floor_leave_no_name_there():
    order = {"ledger": 0, "people": 1, "cases": 2, "review": 3}
    for model in apps.get_models():
        if model.__module__.partition(".")[0] not in FLOORS:
            continue
        for field in model._meta.get_fields():
            if field.many_to_one and field.concrete and field.related_model._meta.app_label in order:
                here, there = order.get(model._meta.app_label, 9), order[field.related_model._meta.app_label]
                if here > there:
                    name = field.remote_field.related_name
                    assert name == "+" or model._meta.app_label == "review" and there == 2, f"{model.__name__}.{field.name}: {name}"


def test_the_words_of_the_house_are_used():
    """match, hit, identified and confidence are not said in our names (docs/road.md)."""
    allowed = {"cases/matching", "not_any_match"}
    for path in sources("ledger", "people", "cases", "review", "workers"):
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node, "name", None) or getattr(node, "id", None) or getattr(node, "arg", None)
            for word in ("match", "hit", "identified", "confidence"):
                if isinstance(name, str) and word in name.lower().split("_"):
                    assert any(str(path.relative_to(ROOT)).startswith(a) for a in allowed), f"{path}: {name}"


def test_no_test_fails_because_a_machine_is_slow():
    """Speed is measured by ``make bench``. A test may give up at an end (``monotonic() < end``); it asserts of nothing how long it took."""
    for path in sources("tests"):
        for asserted in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Assert)):
            for taken in (n for n in ast.walk(asserted.test) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub)):
                clocks = [n.func for n in ast.walk(taken) if isinstance(n, ast.Call)]
                assert not {getattr(c, "attr", getattr(c, "id", "")) for c in clocks} & CLOCKS, f"{path}: {asserted.lineno}"


def test_every_folder_says_its_sentence():
    for path in sources(*FLOORS):
        if path.name == "__init__.py" and path.parent.name in ("commands", "management") or path.name == "apps.py":
            continue
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_no_admin_and_no_superuser():
    assert not [a for a in settings.INSTALLED_APPS if "admin" in a]
    assert "is_superuser" not in {f.name for f in apps.get_model("people", "Person")._meta.get_fields()}
