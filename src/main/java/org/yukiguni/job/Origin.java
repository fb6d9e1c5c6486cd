package org.yukiguni.job;

/** Where an effective generation value comes from, the strongest source first. */
public enum Origin {
  /** The row itself. */
  ROW("row"),
  /** The job file or its overrides. */
  JOB("job"),
  /** The model's {@code generation_config.json}. */
  GENERATION_CONFIG("generation_config.json"),
  /** The model's {@code config.json}. */
  MODEL_CONFIG("config.json"),
  /** The model's tokenizer. */
  TOKENIZER("tokenizer"),
  /** OpenAI's default, for requests to its Batch API. */
  OPENAI("OpenAI's default"),
  /** Hugging Face's default. */
  DEFAULT("default");

  private final String label;

  Origin(String label) {
    this.label = label;
  }

  /** As shown in the effective job. */
  public String label() {
    return label;
  }
}
