"""The analyses on one page: what each answers, and its options, as they are declared."""

from __future__ import annotations

from collections.abc import Iterator

from planner.analyses import ANALYSES, Analysis
from planner.declaring import Declaration
from planner.manual.docstrings import cell, plain_stars
from planner.manual.tables import table
from planner.wording.figures import typed


def page() -> str:
    """Every analysis with its options."""
    parts = [
        "# Analyses",
        "One declaration an analysis (`planner/analyses/`) makes the verb of the command line, the fields of the form "
        "in the app, the task of its worker, and this page. Every verb also takes the [options of a case]"
        "(command-line.md): `--grid`, `--set`, and `--scenario` where it does not look at all scenarios itself.",
        table(
            ("Verb", "Answers", "What it does"),
            [(f"[{a.name}](#{a.name})", cell(a.title), cell(a.help)) for a in ANALYSES.values()],
        ),
    ]
    for analysis in ANALYSES.values():
        parts += _section(analysis)
    return "\n\n".join(parts)


def _section(analysis: Analysis) -> Iterator[str]:
    """One analysis."""
    yield f"## {analysis.title} {{ #{analysis.name} }}"
    yield f"`planner {analysis.name}`. {plain_stars(analysis.help)}"
    heads = ("Option", "In the form", "Unit or form", "Range", "Default", "Meaning")
    yield table(heads, [row(declared) for declared in analysis.options])
    if analysis.out is not None:
        yield f"`--out`: {plain_stars(analysis.out.help)}"


def row(declared: Declaration) -> tuple[str, ...]:
    """One option."""
    flag = declared.flag.replace("|", "\\|") + (" …" if declared.many else "")
    form = declared.unit or (declared.metavar or "").strip("'")
    wanted = "**required**" if declared.needed else default_in_words(declared.default)
    beside = "" if declared.of_run else declared.title
    return (f"`{flag}`", cell(beside), cell(form), cell(declared.range), cell(wanted), cell(declared.sentence))


def default_in_words(default: object) -> str:
    """A default in words; nothing where there is none."""
    if default is None or default in ("", ()):
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"{typed(default)}" if isinstance(default, float) else str(default)
