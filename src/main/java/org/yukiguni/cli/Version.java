package org.yukiguni.cli;

import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints; the number stands in the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "yukiguni %s, Spark %s, Java %s"
          .formatted(
              version == null ? "(not packaged)" : version,
              package$.MODULE$.SPARK_VERSION(),
              Runtime.version())
    };
  }
}
