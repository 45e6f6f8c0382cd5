"""The generated pages say everything that the code declares, and nothing is without its equation."""

import re
from pathlib import Path

import pytest

from models.build import build
from planner.case import SETTINGS
from planner.cli.guard import Code
from planner.compile import compile_case
from planner.manual import command_line, glossary, mathematics, plan_tables, workbook
from planner.manual.docstrings import cell, markdown_of
from planner.manual.formulas import FormulaError, mathml
from planner.options import declarations
from planner.plan import TABLES
from planner.sheets import SHEETS, columns
from planner.sheets.rules import MEASURES
from planner.workbook import read

CASES = sorted((Path(__file__).resolve().parents[1] / "cases").glob("*/expected.toml"))


def test_every_sheet_and_column_is_described() -> None:
    pages = workbook.pages()
    for row in SHEETS:
        page = pages[f"reference/workbook/{row.__module__.rsplit('.', 1)[-1]}.md"]
        section = page.split(f"## {row.SHEET}\n", 1)[1].split("\n## ", 1)[0]
        assert row.PURPOSE in section
        for column in columns(row):
            if column.field not in workbook.COMMON:
                start = re.compile(rf"\| {re.escape(column.name)}( \(key\))? \|")
                (line,) = [part for part in section.splitlines() if start.match(part) and cell(column.help) in part]
                assert ("**required**" in line) is column.required
                assert all(choice in line for choice in column.choices)
                assert cell(column.unit) in line or column.kind == "date"
        assert cell(row.PURPOSE) in pages["reference/workbook/index.md"]


def test_settings_and_measures_are_described() -> None:
    pages = workbook.pages()
    assert all(s.help in pages["reference/workbook/frame.md"] for s in SETTINGS)
    assert list(workbook.measures()) == list(MEASURES)
    assert all(f"| {m} |" in pages["reference/workbook/rules.md"] for m in MEASURES)


def test_field_names_become_the_names_that_people_see() -> None:
    page = workbook.pages()["reference/workbook/funding.md"]
    assert "**Match ratio** times" in page
    assert "`match_ratio`" not in page


def test_every_family_of_a_real_model_is_in_the_mathematics(starter: Path) -> None:
    known = [family for module in mathematics.ORDER for family in mathematics.families(module)]
    rows = {name for family in known for name in family.rows}
    made = {family.family for family in mathematics.variables()}
    for path in (starter, *(p.parent for p in CASES)):
        case = read(path)
        frame = build(compile_case(case), case.grid()).frame
        assert {row.family for row in frame.rows} <= rows, path
        assert {column.family for column in frame.columns} <= made, path


def test_every_family_of_constraints_has_its_equation() -> None:
    for module in mathematics.ORDER:
        for family in mathematics.families(module):
            assert ":math:" in family.docstring or not family.rows, f"{family.module}.{family.name}"


def test_families_k1_to_k13_are_all_there() -> None:
    labels = {label for module in mathematics.ORDER for f in mathematics.families(module) for label in f.labels}
    assert labels == {f"K{n}" for n in range(1, 14)}


def test_every_formula_can_be_shown() -> None:
    for latex in re.findall(r":(?:math|display):`([^`]+)`", mathematics.page() + "".join(workbook.pages().values())):
        assert mathml(latex).startswith("<math ")


@pytest.mark.parametrize("latex", [r"\nonsense x", r"a \foo b"])
def test_an_unknown_command_is_an_error(latex: str) -> None:
    with pytest.raises(FormulaError, match="not known"):
        mathml(latex)


def test_words_are_names_not_products() -> None:
    assert "lead" in re.sub(r"<[^>]+>", "", mathml("s + lead").split(">", 1)[1])
    assert mathml("xy").count("<mi>") == 2


def test_docstrings_become_markdown() -> None:
    docstring = "See :class:`~planner.plan.Plan`.\n\n    .. math:: a \\\\\n        b\n\n    And `own_name`, ``code``."
    assert markdown_of(docstring, {"own_name": "Own name"}) == (
        "See `Plan`.\n\n\n:display:`a \\\\ b`\n\n\nAnd **Own name**, `code`."
    )


def test_every_command_option_and_exit_code_is_described() -> None:
    page = command_line.page()
    for name, command in command_line.commands().items():
        section = page.split(f"## {name} {{ #", 1)[1].split("\n## ", 1)[0]
        for parameter in command.params:
            if parameter.name != "help":
                shown = parameter.opts if type(parameter).__name__ == "TyperOption" else [parameter.metavar]
                assert all(word in section for word in shown if word), (name, parameter.name)
    assert all(f"| {int(code)} | " in page for code in Code)


def test_every_option_of_a_solve_is_described() -> None:
    page = command_line.options_page()
    assert all(f"`{o.flag}`" in page and cell(o.help) in page for o in declarations())


def test_every_table_of_the_plan_is_described() -> None:
    page = plan_tables.page()
    for name, heads in TABLES.items():
        section = page.split(f"Table `{name}`.", 1)[1].split("\n## ", 1)[0]
        assert all(f"| `{head}` | " in section for head in heads)
    assert set(plan_tables.COLUMN_WORDS) == {head for heads in TABLES.values() for head in heads}


TERMS = [term for terms in glossary.TERMS.values() for term in terms]


@pytest.mark.parametrize("name", sorted({name for term in TERMS for name in term.names}))
def test_every_name_in_the_glossary_is_in_the_code(name: str) -> None:
    assert glossary.found(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "planner.plan.Plan.score",
        "planner.solve.rescue.Keeper",
        "planner.explain.studies",
        "models.matrix.Matrix.whole",
    ],
)
def test_a_name_that_is_not_in_the_code_is_seen(name: str) -> None:
    with pytest.raises(AttributeError, match="there is no"):
        glossary.found(name)


def test_the_glossary_says_each_word_once_with_its_term_and_its_name() -> None:
    page = glossary.page()
    assert len({term.planners for term in TERMS}) == len(TERMS)
    for term in TERMS:
        assert f"| {cell(term.planners)} | {cell(term.field)} | `{term.names[0]}`" in page
