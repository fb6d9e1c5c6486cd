package org.yukiguni.job;

/** What happens to a model that is too large for its device. */
public enum DevicePlan {
  /** It is refused. */
  NONE,
  /** Its layers are spread over all GPUs of the task, and then over the CPU. */
  AUTO
}
