package org.yukiguni.engine;

import java.util.Locale;

/** Why a row has no completion; the value of the column {@code error_code} is {@link #label}. */
public enum ErrorCode {
  /** The prompt column is null. */
  PROMPT_NULL,
  /** The row could not be made a prompt by its template. */
  PROMPT_TEMPLATE,
  /** The OpenAI request asks for something that is not supported. */
  REQUEST,
  /** The prompt has no token. */
  PROMPT_EMPTY,
  /** The prompt leaves no room for a new token in the model's context or in max_length. */
  PROMPT_TOO_LONG,
  /** The row's own generation settings are wrong. */
  GENERATION_SETTINGS,
  /** The row needs more KV memory than the engine was given. */
  KV_MEMORY,
  /** The model's logits held a value that is not a number. */
  NAN_LOGITS,
  /** The beam search found fewer completions than were asked for. */
  NO_COMPLETION,
  /** The prompt could not be tokenised or the completion not decoded. */
  TOKENIZER,
  /** A step with this row alone needed more memory than there is. */
  OUT_OF_MEMORY,
  /** A step with this row alone failed. */
  ENGINE,
  /** The completion took longer than the job allows. */
  ROW_TIME,
  /** The completion said the same again and again. */
  REPETITION,
  /** The executor ended each time the row ran. */
  EXECUTOR_LOST;

  /** The value of the output column, in lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
