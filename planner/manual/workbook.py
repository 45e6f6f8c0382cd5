"""The workbook reference: every sheet with its meaning and its columns, from the declarations in `planner/sheets`."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from sys import modules

from planner.case import SETTINGS
from planner.checks.selections import KINDS
from planner.compile.draft import SELECTION_FIELDS
from planner.manual.docstrings import cell, first_sentence, markdown_of
from planner.manual.tables import table
from planner.sheets import BY_NAME, SHEETS, Column, Row, columns, rules
from planner.sheets.declare import key_fields
from planner.wording.figures import typed

FOLDER = "reference/workbook"
COMMON = ("source", "grade", "note")
"""Fields of every sheet; they are explained once."""

KIND_WORDS = {
    "text": "text",
    "reference": "name",
    "references": "names, separated by semicolons",
    "number": "number",
    "whole": "whole number",
    "share": "share, 0.2 or 20 %",
    "date": "date",
    "choice": "word from the list",
    "yes": "yes or no",
    "where": "[selection](selections.md)",
}

GROUP_WORDS = {
    "basic": "enough for a first plan",
    "more": "for more; leave it empty, or delete it, until you need it",
    "advanced": "for what no other sheet foresees; leave it empty, or delete it, until you need it",
}

FIELD_WORDS = {
    "kind": "What sort of thing it is; the kinds are listed below",
    "row": "Key of one row of a sheet",
    "line of action": "Column Line of action",
    "place": "Column Place (for a site, where it is)",
    "country": "Country in which the place lies",
    "origin": "Country that people come from",
    "group": "Column Group",
    "actor": "Who carries it out",
    "purpose": "Purpose under which accounts pay it",
    "pipeline": "Procedure to which a stage or a caseload belongs",
    "class": "Class of a visa stream",
    "cadre": "Profession of the staff",
    "duty station": "Duty station of the staff",
    "state": "State of a caseload of people",
    "quota": "Quota of visas or places",
    "account": "Only with the measures of money: what this account pays",
}

SELECTION_KIND_WORDS = {
    "stage": "a stage of sheet Pipelines",
    "programme": "a programme",
    "visa": "a visa stream",
    "hire": "hiring",
    "deploy": "lending of staff",
    "train": "training for lending",
    "transfer": "money moved between accounts",
    "release": "places released to an outer quota",
    "arrive": "arrivals set off by a reform",
    "soften": "arrivals held back by orderly work",
    "raw": "a row of the advanced sheets",
    "reform": "a reform",
    "site": "a site, its opening and running",
    "coalition": "a partner of sheet Coalition",
    "people": "a caseload of people",
    "account": "an account",
    "pool": "a quota of visas or places",
    "indicator": "an indicator",
    "headcount": "posts and their salaries",
    "capital": "political capital",
    "pulse": "people set in motion by a reform",
    "staff": "time of a cadre at a station",
    "trained": "people trained for lending",
}


def themes() -> dict[str, list[type[Row]]]:
    """Sheets by the module that declares them, in the order of the workbook."""
    found: dict[str, list[type[Row]]] = {}
    for row in SHEETS:
        found.setdefault(row.__module__.rsplit(".", 1)[-1], []).append(row)
    return found


def pages() -> dict[str, str]:
    """Every page of the workbook reference by its address."""
    made = {f"{FOLDER}/index.md": _index(), f"{FOLDER}/selections.md": selections()}
    for theme, rows in themes().items():
        made[f"{FOLDER}/{theme}.md"] = _theme(rows)
    return made


def link(sheet: str) -> str:
    """A sheet's name as a link, for pages of this reference."""
    row = BY_NAME[sheet]
    return f"[{sheet}]({row.__module__.rsplit('.', 1)[-1]}.md#{sheet.lower().replace(' ', '-')})"


def _index() -> str:
    """All sheets with their purpose, and what all of them share."""
    rows = [(link(row.SHEET), cell(row.PURPOSE), GROUP_WORDS[row.GROUP]) for row in SHEETS]
    shared = [(c.name, cell(c.help)) for c in columns(SHEETS[0]) if c.field in COMMON]
    return "\n\n".join([
        "# Workbook",
        f"A case is one workbook of up to {len(SHEETS)} sheets; a sheet that is not there is an empty sheet. This "
        "reference is made from the declarations that make the template, its drop-downs, its checks and its help.",
        "A **blank cell** means what the column *Blank* says, never zero by accident. Every default that was used is "
        "listed in the plan. A row is called by its **key**, the columns marked *(key)*; where there are several, the "
        "key is written with slashes: `asylum officer / Border post`.",
        "Money is in USD or USD million as stated, time in days, and a rate in units a year, whatever the grid.",
        "## Sheets",
        table(("Sheet", "Purpose", "In a new workbook"), rows),
        "## Columns of every sheet",
        table(("Column", "Meaning"), shared),
        "## Names of earlier forms",
        "Workbooks, folders and changes that still have these are read as they are, with a note; `planner template "
        "NEW.xlsx --from OLD.xlsx` writes a copy with the names of today. In selections `lane`, `pool` and "
        "`station` are read as `line of action`, `quota` and `duty station`.",
        table(("Sheet", "Was", "Is"), _earlier()),
        "## More",
        "Rules, outcomes and partners pick what they count by [selections](selections.md).",
    ])  # fmt: skip


def _earlier() -> list[tuple[str, str, str]]:
    """Names of sheets and columns that were others."""
    renamed = [(row.SHEET, f"sheet {row.WAS}", f"sheet {row.SHEET}") for row in SHEETS if row.WAS]
    return renamed + [(row.SHEET, c.was, c.name) for row in SHEETS for c in columns(row) if c.was]


def _theme(rows: list[type[Row]]) -> str:
    """One page: the sheets of a module."""
    module = modules[rows[0].__module__]
    title = first_sentence(module.__doc__).split(":")[0].split(". ")[0]
    parts = [f"# {title}"]
    for row in rows:
        parts += _sheet(row)
    return "\n\n".join(parts)


def _sheet(row: type[Row]) -> list[str]:
    """One sheet: purpose, meaning, key, columns; for Settings the settings, for Rules the measures."""
    own = [c for c in columns(row) if c.field not in COMMON]
    names = {c.field: c.name for c in own}
    keys = " / ".join(names[field] for field in key_fields(row))
    parts = [
        f"## {row.SHEET}",
        f"*{row.PURPOSE}* ({GROUP_WORDS[row.GROUP]})",
        markdown_of(row.__doc__, names),
        f"A row is called: **{keys}**.",
        table(("Column", "Holds", "Range", "Blank", "Meaning"), [_column(c) for c in own]),
    ]
    if row.SHEET == "Settings":
        parts += ["### Known settings", _settings()]
    if row.SHEET == "Rules":
        parts += ["### Measures", _measures()]
    return parts


def _column(column: Column) -> tuple[str, ...]:
    """One line of a sheet's table."""
    holds = KIND_WORDS[column.kind] + (f", {cell(column.unit)}" if column.unit and column.unit != column.kind else "")
    if column.refers:
        holds += " on " + " or ".join(link(sheet) for sheet in column.refers)
    blank = "**required**" if column.required else cell(column.blank) or "nothing"
    return (f"{column.name}{' (key)' if column.key else ''}", holds, _range(column), blank, cell(column.help))


def _range(column: Column) -> str:
    """What may stand in a column."""
    if column.choices:
        return ", ".join(f"*{cell(choice)}*" for choice in column.choices if choice)
    if column.positive:
        return "more than 0" + (f", at most {typed(column.high)}" if column.high is not None else "")
    if column.low is not None and column.high is not None:
        return f"{typed(column.low)} to {typed(column.high)}"
    return f"{typed(column.low)} or more" if column.low is not None else ""


def _settings() -> str:
    """The settings that are known."""
    rows = [(s.name, s.kind, cell(s.unit), cell(s.default) or "blank", cell(s.help)) for s in SETTINGS]
    return table(("Setting", "Holds", "Unit", "Default", "Meaning"), rows)


def measures() -> dict[str, str]:
    """What each measure of rules and outcomes counts, from the text beneath the list in `planner/sheets/rules.py`."""
    source = ast.parse(Path(inspect.getfile(rules)).read_text(encoding="utf-8"))
    after: dict[str, str] = {}
    for statement, following in zip(source.body, source.body[1:], strict=False):
        if isinstance(statement, ast.Assign) and isinstance(following, ast.Expr):
            names = [t.id for t in statement.targets if isinstance(t, ast.Name)]
            after |= {name: ast.literal_eval(following.value) for name in names}
    lines = [line.split("  ", 1) for line in after["MEASURES"].splitlines() if "  " in line]
    found = {name.strip(): text.strip() for name, text in lines}
    return {name: found[name] for name in rules.MEASURES}


def _measures() -> str:
    """The measures as a table."""
    return table(("Measure", "Selects among, and its unit"), [(n, cell(t)) for n, t in measures().items()])


def selections() -> str:
    """How a selection is written."""
    fields = [(f"`{name}`", FIELD_WORDS[name]) for name in SELECTION_FIELDS]
    kinds = [(f"`{name}`", SELECTION_KIND_WORDS[name]) for name in KINDS]
    return "\n\n".join([
        "# Selections",
        "A selection says which rows a rule, an outcome or a partner looks at. It is one cell of text: fields with the "
        "values that are wanted, separated by semicolons.",
        "```text\nline of action: pathways; country: East, West\nstate: protected, durable\nrow: recruitment support\n"
        "purpose: not reception\n```",
        "- Commas within a field mean *or*; semicolons between fields mean *and*.\n"
        "- `not` before a value leaves it out.\n"
        "- Capital letters make no difference. A blank selection is everything that the measure can count.\n"
        "- A value that nobody has is an error, with the nearest word that somebody has.",
        "## Fields",
        table(("Field", "Compares"), fields),
        "## Kinds",
        table(("`kind`", "What it is"), kinds),
    ])  # fmt: skip
