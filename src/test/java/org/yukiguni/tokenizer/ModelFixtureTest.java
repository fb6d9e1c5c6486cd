package org.yukiguni.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yukiguni.engine.StopCondition;

/**
 * The texts of the model fixtures: prompts, completions and the tokens at which stop strings end
 * them. Runs over the model folders that lie beside the tokenizer fixtures.
 */
public class ModelFixtureTest {
  static List<Fixture> models() {
    return Fixture.models();
  }

  @ParameterizedTest
  @MethodSource("models")
  public void prompts(Fixture model) {
    try (Tokenizer tokenizer = model.open()) {
      for (JsonNode prompt : model.golden().get("prompts")) {
        String text = prompt.get("text").asText();
        assertThat(tokenizer.encode(text)).isEqualTo(Fixture.ints(prompt.get("ids")));
        assertThat(tokenizer.encodeWithSpecialTokens(text))
            .isEqualTo(Fixture.ints(prompt.get("ids_special")));
      }
      assertThat(tokenizer.specialTokenIds())
          .isEqualTo(Fixture.ints(model.golden().get("tokenizer").get("special_ids")));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  public void completions(Fixture model) {
    try (Tokenizer tokenizer = model.open()) {
      for (JsonNode run : model.golden().get("runs")) {
        for (JsonNode result : run.get("results")) {
          int[] prompt =
              Fixture.ints(
                  model.golden().get("prompts").get(result.get("prompt").asInt()).get("input_ids"));
          for (JsonNode sequence : result.get("sequences")) {
            assertCompletion(tokenizer, prompt, run, sequence);
          }
        }
      }
    }
  }

  private static void assertCompletion(
      Tokenizer tokenizer, int[] prompt, JsonNode run, JsonNode sequence) {
    int[] ids = Fixture.ints(sequence.get("ids"));
    assertThat(tokenizer.decodeSkippingSpecialTokens(ids)).isEqualTo(sequence.get("text").asText());
    int[] all = Arrays.copyOf(prompt, prompt.length + ids.length);
    System.arraycopy(ids, 0, all, prompt.length, ids.length);
    String full = tokenizer.decodeSkippingSpecialTokens(all);
    if (sequence.has("text_full")) {
      assertThat(full).isEqualTo(sequence.get("text_full").asText());
    }
    StringBuilder deltas = new StringBuilder();
    IncrementalDecoder decoder = tokenizer.incrementalDecoder(prompt);
    for (int id : ids) {
      deltas.append(decoder.accept(id));
    }
    assertThat(full).endsWith(deltas + decoder.pending());
    if (run.get("params").has("stop_strings")) {
      List<String> stops = new ArrayList<>();
      run.get("params").get("stop_strings").forEach(stop -> stops.add(stop.asText()));
      assertStop(StopStrings.supplier(tokenizer, prompt, stops).get(), ids, sequence);
    }
  }

  private static void assertStop(StopCondition condition, int[] ids, JsonNode sequence) {
    boolean stops = sequence.get("finish_reason").asText().equals("stop_string");
    for (int i = 0; i < ids.length; i++) {
      Optional<String> stop = condition.accept(ids[i]);
      assertThat(stop.isPresent()).isEqualTo(stops && i == ids.length - 1);
    }
  }
}
