"""multivon-eval and DeepEval: any conversational metric as an evaluator, results as test cases and back."""

from . import quiet as quiet

# isort: split
from .cases import from_test_case, to_test_case
from .evaluator import DeepEvalMetric
from .judge_model import JudgeModel

__all__ = ["DeepEvalMetric", "JudgeModel", "from_test_case", "to_test_case"]
