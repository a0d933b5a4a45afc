"""Spark for slow tests: a master and two workers, processes of their own, on the loopback interface."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


JDBC_DRIVER = Path("/usr/share/java/postgresql.jar")
"""PostgreSQL's, of the Debian package libpostgresql-jdbc-java."""


def require_driver() -> None:
    """Skips where the driver is not installed; fails where everything must be."""
    if not JDBC_DRIVER.exists():
        if os.environ.get("CI"):
            pytest.fail("no JDBC driver; .ci/run installs it")
        pytest.skip("no JDBC driver: apt-get install libpostgresql-jdbc-java")


@contextlib.contextmanager
def spark_cluster() -> Iterator[Any]:
    """A session on it; skips where the extra is not installed."""
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
    assert shutil.which("java"), "Spark needs Java 17 (apt-get install openjdk-17-jre-headless)"
    # Workers run this Python, which has the package; PySpark takes it from the environment alone.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local-cluster[2,1,512]").appName("cet")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "512m",
        "spark.sql.shuffle.partitions": "4",
        "spark.jars": str(JDBC_DRIVER) if JDBC_DRIVER.exists() else "",
    }.items():
        builder = builder.config(key, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = builder.getOrCreate()
        yield session
        session.stop()
