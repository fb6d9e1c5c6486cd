package org.yukiguni.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.spark.MetricsPlugin;

/** Opens the Spark session: what spark-submit says, and a few defaults of ours below it. */
final class Sessions {
  private Sessions() {}

  static SparkSession open(String name) {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.master", "local[*]");
    // Progress travels with heartbeats; Spark's ten seconds are long for a person who watches.
    conf.setIfMissing("spark.executor.heartbeatInterval", "2s");
    Set<String> plugins = new LinkedHashSet<>(List.of(MetricsPlugin.class.getName()));
    plugins.addAll(List.of(conf.get("spark.plugins", "").split(",")));
    plugins.remove("");
    conf.set("spark.plugins", String.join(",", plugins));
    // What spark-submit sets when nobody named the application.
    if (conf.get("spark.app.name", Yukiguni.class.getName()).equals(Yukiguni.class.getName())) {
      conf.setAppName(name);
    }
    return SparkSession.builder().config(conf).getOrCreate();
  }
}
