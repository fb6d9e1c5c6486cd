package org.yukiguni.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterLayoutTest {
  /** The names in a file that peft 0.21 writes with transformers 5, and NeoX's with version 4. */
  @ParameterizedTest
  @CsvSource({
    "gpt_neox-sequential, query_key_value, lm_head, ends/head, lm_head.weight",
    "gpt_neox-sequential, query_key_value, embed_out, ends/head, embed_out.weight",
    "gpt_neox-sequential, query_key_value, embed_in, start/embedding, gpt_neox.embed_in.weight",
    "llama, q_proj, lm_head, ends/head, lm_head.weight",
    "llama, q_proj, embed_tokens, start/embedding, model.embed_tokens.weight",
    "gpt2, c_attn, ln_f, ends/norm.weight, transformer.ln_f.weight",
  })
  void wholeModulesHaveTheNamesOfPeft(
      String model, String target, String module, String name, String tensor) {
    AdapterLayout layout =
        AdapterLayout.of(
            Checkpoint.open(Path.of("src/test/resources/fixtures", model)),
            new LoraConfig(2, 4, 0, false, List.of(target), List.of(module)));
    AdapterLayout.Slot slot = layout.slot("base_model.model." + tensor).orElseThrow();
    assertThat(slot.kind()).isEqualTo(AdapterLayout.Kind.WHOLE);
    assertThat(slot.name()).isEqualTo(name);
  }
}
