"""The report on a result: one HTML file for everybody, in Dutch or English."""

from kortrijk_sim.experiments.report.writing import check_report, write_report

__all__ = ["check_report", "write_report"]
