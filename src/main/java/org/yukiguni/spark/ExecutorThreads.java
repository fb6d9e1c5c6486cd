package org.yukiguni.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/** How many threads one operation on the CPU may use: as many as the executor has cores. */
final class ExecutorThreads {
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+)(,.*)?\\]");

  private ExecutorThreads() {}

  /** All cores of the executor, since its tasks share one engine. */
  static int of(SparkConf conf) {
    return of(conf, Runtime.getRuntime().availableProcessors());
  }

  static int of(SparkConf conf, int processors) {
    String master = conf.get("spark.master", "");
    if (master.startsWith("local")) {
      Matcher local = LOCAL.matcher(master);
      if (local.matches()) {
        return Math.min(processors, Math.max(1, Integer.parseInt(local.group(1))));
      }
      return master.equals("local") ? 1 : processors;
    }
    return conf.getInt("spark.executor.cores", processors);
  }
}
