package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.InvalidJobException;

/** A report's page as a file, on any file system that Hadoop knows. */
public final class PageFile {
  private static final System.Logger LOG = System.getLogger(PageFile.class.getName());

  private PageFile() {}

  /**
   * Writes a page, over an older one if there is one.
   *
   * @throws InvalidJobException if there can be no such file
   */
  public static void write(SparkSession spark, String file, String html) {
    try {
      Path path = new Path(file);
      FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      try (OutputStream out = files.create(path, true)) {
        out.write(html.getBytes(UTF_8));
      }
      LOG.log(System.Logger.Level.INFO, "the page is in {0}", files.makeQualified(path));
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidJobException(
          "Cannot write the page %s because %s; give the path of a file"
              .formatted(file, e.getMessage()));
    }
  }
}
