"""The inventory report for people: one model of sections, tables and plots, rendered as HTML and as a workbook."""
