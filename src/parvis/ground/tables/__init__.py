"""Tables as files: columns described once, written as CSV or ODS, and answered as a download."""

from parvis.ground.tables.columns import Column, Kind
from parvis.ground.tables.csv import CSV_TYPE, csv_file
from parvis.ground.tables.downloads import download
from parvis.ground.tables.ods import ODS_TYPE, ods_file
from parvis.ground.tables.reading import Unreadable, read_table

__all__ = ["CSV_TYPE", "ODS_TYPE", "Column", "Kind", "Unreadable", "csv_file", "download", "ods_file", "read_table"]
