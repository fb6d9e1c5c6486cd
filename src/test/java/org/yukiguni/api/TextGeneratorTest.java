package org.yukiguni.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.spark.LocalSpark;

/** The generator in a plain Spark program. */
class TextGeneratorTest {
  private final SparkSession spark = LocalSpark.session();
  private final Dataset<Row> questions =
      spark.createDataFrame(
          List.of(
              RowFactory.create(1L, "雪の夜に、", "x", List.of("t")),
              RowFactory.create(2L, "港の朝、", null, null),
              RowFactory.create(3L, "雪の夜に、", "y", List.of()),
              RowFactory.create(4L, null, "z", null)),
          new StructType()
              .add("id", DataTypes.LongType)
              .add("prompt", DataTypes.StringType)
              .add("status", DataTypes.StringType)
              .add("a.tags", DataTypes.createArrayType(DataTypes.StringType)));

  private static TextGenerator mini() {
    return new TextGenerator()
        .setModel("data/models/yukiguni-mini")
        .setInputCol("prompt")
        .set("generation.max_new_tokens", 12)
        .set("generation.do_sample", true)
        .set("generation.seed", 3);
  }

  @Test
  void theDatasetComesBackWithCompletions() {
    Dataset<Row> answers = mini().setOutputCol("answer").setIdCol("id").generate(questions);
    assertThat(answers.columns())
        .containsExactly("id", "prompt", "status", "a.tags", "answer", "generation");
    assertThat(answers.schema().apply("id").dataType()).isEqualTo(DataTypes.LongType);
    List<Row> rows = answers.orderBy("id").collectAsList();
    assertThat(rows).hasSize(4);
    assertThat(rows.get(0).getString(4)).isNotEmpty();
    assertThat(rows.get(0).getString(2)).isEqualTo("x");
    assertThat(rows.get(0).getList(3)).isEqualTo(List.of("t"));
    assertThat(rows.get(0).getString(4))
        .as("ids key the numbers")
        .isNotEqualTo(rows.get(2).getString(4));
    Row details = rows.get(3).getStruct(5);
    assertThat(rows.get(3).isNullAt(4)).isTrue();
    assertThat(details.<String>getAs("error_code")).isEqualTo("prompt_null");
    assertThat(rows.get(0).getStruct(5).<Integer>getAs("completion_tokens")).isBetween(1, 12);
    // The same whenever it is computed, and however the rows are spread.
    assertThat(
            mini()
                .setOutputCol("answer")
                .setIdCol("id")
                .generate(questions.repartition(3))
                .orderBy("id")
                .select("answer")
                .collectAsList())
        .isEqualTo(answers.orderBy("id").select("answer").collectAsList());
  }

  @Test
  void equalPromptsWithoutIdsGetEqualCompletions() {
    List<Row> rows =
        mini()
            .set("generation.num_return_sequences", 2)
            .set("prompt.template", "plain")
            .generate(questions)
            .where("id in (1, 3)")
            .selectExpr("generation.sequence_index", "id", "completion")
            .orderBy("sequence_index", "id")
            .collectAsList();
    assertThat(rows).hasSize(4);
    assertThat(rows.get(0).getString(2)).isEqualTo(rows.get(1).getString(2));
    assertThat(rows.get(2).getString(2)).isEqualTo(rows.get(3).getString(2));
    assertThat(rows.get(0).getString(2)).isNotEqualTo(rows.get(2).getString(2));
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> mini().set("generation.temprature", 1).generate(questions))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage("generation.temprature: unknown key; did you mean temperature?");
    assertThatThrownBy(() -> mini().setInputCol("promt").generate(questions))
        .hasMessageContaining("prompt.column: Cannot use column promt");
    assertThatThrownBy(() -> mini().setOutputCol("STATUS").generate(questions))
        .hasMessage(
            "Cannot add column status because the dataset has one; set another output or details"
                + " column");
    assertThatThrownBy(() -> new TextGenerator().setInputCol("prompt").generate(questions))
        .hasMessage("model.path: missing; give a text");
  }
}
