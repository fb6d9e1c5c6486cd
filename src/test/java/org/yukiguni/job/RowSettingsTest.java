package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yukiguni.engine.GenerationConfig;

class RowSettingsTest {
  private final RowSettings rows =
      TestSettings.rows(
          "{max_new_tokens: 9, do_sample: true, temperature: 0.5, top_k: 7, seed: 3, n: 2}");

  @Test
  void aRowWithoutSettingsGetsTheJobs() {
    assertThat(rows.config(null)).isEqualTo(rows.config());
    assertThat(rows.config("{}")).isEqualTo(rows.config());
    assertThat(rows.config().sampling().topK()).isEqualTo(7);
  }

  @Test
  void aRowsSettingsLieOverTheJobs() {
    GenerationConfig config =
        rows.config(
            "{\"temperature\": 0.9, \"seed\": \"8\", \"stop\": [\"x\"], \"top_k\": null,"
                + " \"n\": 2}");
    assertThat(config.sampling().temperature()).isEqualTo(0.9);
    assertThat(config.sampling().topK()).isEqualTo(7);
    assertThat(config.seed()).isEqualTo(8);
    assertThat(config.stopStrings()).containsExactly("x");
    assertThat(config.maxNewTokens()).hasValue(9);
    assertThat(rows.config(null)).as("the next row").isEqualTo(rows.config());
  }

  @Test
  void aRowsMaxLengthReplacesTheJobsMaxNewTokens() {
    GenerationConfig config = rows.config("{\"max_length\": 30}");
    assertThat(config.maxNewTokens()).isEmpty();
    assertThat(config.maxLength()).hasValue(30);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"temprature\": 1} | generation.temprature: unknown key; did you mean temperature?",
        "{\"temperature\": -1, \"top_p\": 2} | generation.top_p: 2 is out of range",
        "{\"do_sample\": false} | generation.num_return_sequences: 2 completions would all be equal",
        "{\"min_new_tokens\": 10} | generation.min_new_tokens: 10 is more than max_new_tokens",
        "[1] | generation: found ",
        "{\"a | generation: not an object of keys (",
      })
  void wrongSettingsAreToldAsAJobsAre(String json, String problem) {
    assertThatThrownBy(() -> rows.config(json))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void travelsToExecutors() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(rows);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(((RowSettings) in.readObject()).config("{\"top_k\": 2}"))
          .isEqualTo(rows.config("{\"top_k\": 2}"));
    }
  }
}
