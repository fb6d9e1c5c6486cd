package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yukiguni.fuzz.Fuzzer;
import org.yukiguni.job.RowSettings;
import org.yukiguni.job.TestSettings;
import org.yukiguni.spark.OutputColumn;
import scala.jdk.javaapi.CollectionConverters;

/** Whatever is generated, whatever stops it, whoever asks: a line of JSON with the text in it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BatchAnswerFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final StructType COMPLETION =
      new StructType(
          Arrays.stream(BatchAnswer.COMPLETION)
              .map(OutputColumn::field)
              .toArray(StructField[]::new));
  private static final StructType REQUEST =
      new StructType()
          .add(OutputColumn.ID.columnName(), DataTypes.StringType)
          .add(BatchAnswer.URL, DataTypes.StringType)
          .add(BatchAnswer.SETTINGS, DataTypes.StringType)
          .add(BatchAnswer.COMPLETIONS, DataTypes.createArrayType(COMPLETION));

  @Test
  void answers() throws Exception {
    RowSettings settings = TestSettings.rows("{max_new_tokens: 6}");
    BatchAnswer answer = new BatchAnswer("run", settings);
    int stopped = 0;
    List<byte[]> texts =
        Fuzzer.damaged(List.of("雪国の \"朝\" stop here\u2028\n\t\0".getBytes(UTF_8)), 3_000, 5);
    for (byte[] bytes : texts) {
      String text = new String(bytes, UTF_8);
      boolean isChat = bytes.length % 2 == 0;
      Row row = request(text, isChat ? "/v1/chat/completions" : "/v1/completions");
      String line = answer.call(row).getString(1);
      assertThat(line).doesNotContain("\n");
      JsonNode choice = JSON.readTree(line).at("/response/body/choices/0");
      int end = text.indexOf("stop");
      stopped += end < 0 ? 0 : 1;
      assertThat(choice.at(isChat ? "/message/content" : "/text").textValue())
          .isEqualTo(end < 0 ? text : text.substring(0, end));
    }
    System.out.printf(
        "fuzz batch answers: %,d texts, %,d with a stop string%n", texts.size(), stopped);
    assertThat(stopped).isBetween(1, texts.size() - 1);
  }

  private static Row request(String text, String url) {
    Object[] completion = {
      0, text, "stop", "stop", 3, 5, null, null, text, new Timestamp(1_700_000_000_000L)
    };
    Row row = new GenericRowWithSchema(completion, COMPLETION);
    Object[] values = {
      text, url, "{\"stop\": \"stop\"}", CollectionConverters.asScala(List.of(row)).toSeq()
    };
    return new GenericRowWithSchema(values, REQUEST);
  }
}
