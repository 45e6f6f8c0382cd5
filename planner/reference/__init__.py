"""Reports on a reference case: coverage of documents, weight of evidence, plausibility, a person's options, grids.

Each module holds plain functions of a case (and a plan) with a typed result; the command line only prints them.

carriers      which rows carry a recommendation
row_status    what a plan does with any row of a case
causes        why a row stays idle, computed from the opened plan
inactive      why a row stays idle, from the plan's tables and causes
coverage      what a plan does with every recommendation
evidence      how much of a plan rests on each grade, and the weakest numbers by weight
review        planned against historic figures
persona       ways to protection for one person
side_by_side  plans side by side: grids, policy regimes
"""
