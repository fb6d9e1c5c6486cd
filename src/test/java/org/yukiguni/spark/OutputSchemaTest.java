package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.ErrorCode;

final class OutputSchemaTest {
  private static final StructField CATEGORY =
      DataTypes.createStructField("category", DataTypes.StringType, true);

  @Test
  void columnsInTheirOrder() {
    assertThat(OutputSchema.withTokenIds(List.of(CATEGORY)).schema().fieldNames())
        .containsExactly(
            "id sequence_index prompt completion status error_code error_message finish_reason stop_reason prompt_tokens completion_tokens cumulative_logprob logprobs seed model model_revision adapter request_hash started_at finished_at tokenize_ms queue_ms prefill_ms decode_ms first_token_ms total_ms device_ms executor_id device category token_ids"
                .split(" "));
    assertThat(OutputSchema.of(List.of()).schema().fieldNames()).hasSize(29).endsWith("device");
  }

  @Test
  void everyColumnIsDefined() {
    for (StructField field : OutputSchema.withTokenIds(List.of()).schema().fields()) {
      assertThat(field.getComment().get()).endsWith(".");
    }
    assertThat(OutputColumn.markdown())
        .startsWith("| column | type | definition |\n|---|---|---|\n| `id` | string | ")
        .contains("| `device_ms` | double | ")
        .contains("| `chunk` | int | ");
    assertThat(OutputColumn.markdown().lines()).hasSize(2 + OutputColumn.values().length);
  }

  @Test
  void everyErrorCodeIsInItsColumnsDefinition() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(OutputColumn.ERROR_CODE.definition()).contains(code.label());
    }
  }

  @Test
  void aKeptColumnMayNotHideOneOfOurs() {
    StructField chunk = DataTypes.createStructField("Chunk", DataTypes.LongType, true);
    assertThatThrownBy(() -> OutputSchema.of(List.of(chunk)))
        .hasMessage(
            "input.keep: Cannot keep column Chunk because its name is that of an output column; rename"
                + " it in the input or leave it out");
    assertThatThrownBy(() -> OutputSchema.of(List.of(CATEGORY, CATEGORY)))
        .hasMessageContaining("because its name is there twice");
  }
}
