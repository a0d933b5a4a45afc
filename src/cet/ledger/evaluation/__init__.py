"""Figures of a million lots in one pass over arrays of whole numbers, and again of those alone that an event moved.

graph = Graph.of(births)
figures = Evaluation(graph)              # all lots
figures.move(offsets={key: mg})          # what is below it, no more
"""

from cet.ledger.evaluation.births import Births
from cet.ledger.evaluation.columns import Column
from cet.ledger.evaluation.figures import Evaluation
from cet.ledger.evaluation.graph import Graph

__all__ = ["Births", "Column", "Evaluation", "Graph"]
