package org.yukiguni.spark;

import org.apache.spark.sql.SparkSession;

/** The one local Spark of the tests. */
public final class LocalSpark {
  private LocalSpark() {}

  /** Starts it, or returns it. */
  public static SparkSession session() {
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", "target/spark-warehouse")
            .config("spark.executor.heartbeatInterval", "200ms")
            .getOrCreate();
    session.sparkContext().setLogLevel("ERROR");
    return session;
  }
}
