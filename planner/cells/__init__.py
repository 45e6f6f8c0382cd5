"""What the cells of a workbook mean: texts, numbers, dates, names that are nearly known."""
