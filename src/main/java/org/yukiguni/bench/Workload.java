package org.yukiguni.bench;

/**
 * What a timed run generates: {@code batch} completions of {@code newTokens} tokens each.
 *
 * @param batch completions at once
 * @param promptTokens of each prompt
 * @param commonTokens with which all of them begin
 * @param perPrompt completions of one prompt; the batch is a multiple of it
 */
public record Workload(
    int batch, int promptTokens, int commonTokens, int newTokens, int perPrompt) {
  public Workload {
    if (batch < 1 || promptTokens < 1 || newTokens < 1 || perPrompt < 1) {
      throw new IllegalArgumentException(
          "batch, prompt, new tokens and completions per prompt must be 1 or more");
    }
    if (commonTokens < 0 || commonTokens >= promptTokens) {
      throw new IllegalArgumentException(
          "of %d prompt tokens %d cannot be common to all prompts"
              .formatted(promptTokens, commonTokens));
    }
    if (batch % perPrompt != 0) {
      throw new IllegalArgumentException(
          "the batch " + batch + " is no multiple of the " + perPrompt + " completions per prompt");
    }
  }

  int prompts() {
    return batch / perPrompt;
  }

  Workload withNewTokens(int n) {
    return new Workload(batch, promptTokens, commonTokens, n, perPrompt);
  }
}
