"""How figures, units, lists and dates are said: one policy for screens, files, pages and sentences.

Whoever puts a number into words asks this room; a format of one's own elsewhere is a fault that a test finds.

* :mod:`~planner.wording.figures`: a figure with four significant digits, people whole, shares in percent, and what
  has to be exact because somebody typed it or will type it again;
* :mod:`~planner.wording.formats`: the number formats with which the cells of a workbook show the same;
* :mod:`~planner.wording.units`: a unit in the number that goes with its figure;
* :mod:`~planner.wording.lists`: 'a, b and c';
* :mod:`~planner.wording.dates`: '1 January 2027'.

It loads nothing but the standard library.
"""
