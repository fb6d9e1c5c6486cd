package org.yukiguni.train;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.api.TextGenerator;
import org.yukiguni.job.ModelSpec;
import org.yukiguni.job.TrainJob;
import org.yukiguni.report.TerminalText;

/** What a model answers to a few prompts without what it has learnt, and with it. */
final class BeforeAndAfter {
  private static final int MAX_TOKENS = 64;
  private static final StructType PROMPTS =
      new StructType().add("id", DataTypes.StringType).add("prompt", DataTypes.StringType);

  private BeforeAndAfter() {}

  /** Generates greedily, and prints each prompt with both answers and the row's own. */
  static void print(
      SparkSession spark, TrainJob job, TrainFolder folder, List<Sample> samples, PrintStream out) {
    if (samples.isEmpty()) {
      return;
    }
    Dataset<Row> prompts =
        spark.createDataFrame(
            samples.stream().map(s -> RowFactory.create(s.id(), s.prompt())).toList(), PROMPTS);
    TextGenerator generator = generator(job.model(), samples.get(0).addSpecialTokens());
    if (job.model().adapter() != null) {
      generator.set("model.adapter", job.model().adapter());
      generator.set("model.adapter_revision", job.model().adapterRevision());
    }
    Map<String, String> before = answers(generator, prompts);
    Map<String, String> after =
        answers(
            generator
                .set("model.adapter", location(folder.adapter()))
                .set("model.adapter_revision", "main"),
            prompts);
    for (Sample sample : samples) {
      out.printf("%n%s%n", TerminalText.oneLine(sample.id()));
      line(out, "prompt", sample.prompt());
      line(out, "before", before.get(sample.id()));
      line(out, "after", after.get(sample.id()));
      line(out, "in the data", sample.answer());
    }
  }

  private static TextGenerator generator(ModelSpec model, boolean addSpecialTokens) {
    return new TextGenerator()
        .setModel(model.path())
        .setIdCol("id")
        .setInputCol("prompt")
        .set("prompt.add_special_tokens", addSpecialTokens)
        .set("model.revision", model.revision())
        .set("model.device", model.device().toString())
        .set("generation.do_sample", false)
        .set("generation.num_beams", 1)
        .set("generation.num_return_sequences", 1)
        .set("generation.max_new_tokens", MAX_TOKENS);
  }

  private static Map<String, String> answers(TextGenerator generator, Dataset<Row> prompts) {
    Map<String, String> answers = new HashMap<>();
    for (Row row :
        generator
            .generate(prompts)
            .selectExpr("id", "coalesce(completion, generation.error_message)")
            .collectAsList()) {
      answers.put(row.getString(0), row.getString(1));
    }
    return answers;
  }

  /** A folder of this machine by its path, others by their URI. */
  private static String location(Path folder) {
    boolean isLocal = "file".equals(folder.toUri().getScheme());
    return isLocal ? folder.toUri().getPath() : folder.toString();
  }

  private static void line(PrintStream out, String what, String text) {
    out.println("  " + TerminalText.pad(what, 13) + TerminalText.oneLine(text));
  }
}
