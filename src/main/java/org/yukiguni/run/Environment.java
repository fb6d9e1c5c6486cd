package org.yukiguni.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** What may change which tokens a model gives, beside the job: programs and processor. */
final class Environment {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final String MODEL_NAME = "model name";

  private Environment() {}

  /** That of the driver, which executors should share. */
  static Map<String, String> of(SparkSession spark) {
    Map<String, String> versions = new TreeMap<>();
    versions.put("spark", spark.version());
    versions.put("java", Runtime.version().toString());
    String ours = Environment.class.getPackage().getImplementationVersion();
    versions.put("yukiguni", ours == null ? "development" : ours);
    versions.put("processor", processor());
    versions.put("libtorch", version("/native/lib/pytorch.properties"));
    versions.put("tokenizers", version("/native/lib/tokenizers.properties"));
    return versions;
  }

  /** As the native library's jar says it. */
  private static String version(String resource) {
    Properties properties = new Properties();
    try (InputStream in = Environment.class.getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource, e);
    }
    return properties.getProperty("version", "unknown");
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(CPUINFO)) {
      return lines
          .filter(line -> line.startsWith(MODEL_NAME))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      // Not Linux.
      return System.getProperty("os.arch");
    }
  }
}
