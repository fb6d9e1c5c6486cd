package org.yukiguni.spark;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import scala.Tuple2;

/** Hadoop's configuration as Spark's users give it: its files, and {@code spark.hadoop.*}. */
public final class HadoopConfiguration {
  private HadoopConfiguration() {}

  /** The configuration of this JVM, driver or executor; on a driver also before Spark starts. */
  public static Configuration current() {
    SparkEnv running = SparkEnv.get();
    SparkConf spark = running == null ? new SparkConf() : running.conf();
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> entry : spark.getAllWithPrefix("spark.hadoop.")) {
      hadoop.set(entry._1(), entry._2());
    }
    return hadoop;
  }
}
