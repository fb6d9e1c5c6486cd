package org.yukiguni.prompt;

import org.apache.spark.sql.SparkSession;

/** One small Spark for all tests of this package; it ends with the JVM. */
final class LocalSpark {
  private static final SparkSession SESSION = start();

  private LocalSpark() {}

  static SparkSession session() {
    return SESSION;
  }

  private static SparkSession start() {
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("prompt tests")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", "target/spark-warehouse")
            .getOrCreate();
    session.sparkContext().setLogLevel("ERROR");
    return session;
  }
}
