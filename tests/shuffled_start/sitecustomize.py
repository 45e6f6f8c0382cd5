"""What Python runs first in the processes that shuffled tests start: their solver is shuffled like that of the tests."""

import importlib.util
from pathlib import Path

place = Path(__file__).parents[1] / "shuffled.py"
spec = importlib.util.spec_from_file_location("tests_shuffled", place)
assert spec is not None
assert spec.loader is not None
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.shuffle_everything(*module.as_told())
