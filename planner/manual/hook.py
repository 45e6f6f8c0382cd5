"""Hook of mkdocs: adds the generated pages to the written ones."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from planner.manual import analyses, command_line, glossary, mathematics, plan_tables, workbook


def pages() -> dict[str, str]:
    """Every generated page by its address."""
    return {
        **workbook.pages(),
        "reference/mathematics.md": mathematics.page(),
        "reference/command-line.md": command_line.page(),
        "reference/analyses.md": analyses.page(),
        "reference/options.md": command_line.options_page(),
        "reference/plan.md": plan_tables.page(),
        "reference/glossary.md": glossary.page(),
    }


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages before links are checked."""
    for address, content in pages().items():
        files.append(File.generated(config, address, content=content))
    return files
