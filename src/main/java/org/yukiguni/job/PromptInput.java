package org.yukiguni.job;

/** The part of a job that says which rows there are and how they become prompts. */
public sealed interface PromptInput permits Job, TrainJob {
  /** Where the rows come from. */
  InputSpec input();

  /** How a row becomes a prompt. */
  PromptSpec prompt();
}
