package org.yukiguni.job;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a job may write under the key of a record component. The key is the component's name in
 * snake case; a component without a default is null when the key is not set.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Key {
  /** The value as YAML when the key is not set; empty for none. */
  String otherwise() default "";

  /** Whether a job without this key is wrong. */
  Presence presence() default Presence.OPTIONAL;

  /** The key without which this one makes no sense, and with which it is required. */
  String with() default "";

  /** Other names of the key, from other tools. */
  String[] aliases() default {};

  /** The smallest number. */
  double min() default Double.NEGATIVE_INFINITY;

  /** The number that the value must exceed. */
  double above() default Double.NEGATIVE_INFINITY;

  /** The largest number. */
  double max() default Double.POSITIVE_INFINITY;

  /** What to do instead of a number out of range, after the range itself. */
  String hint() default "";

  /** Whether a key must be in the job. */
  enum Presence {
    /** It may be left out. */
    OPTIONAL,
    /** It must be there. */
    REQUIRED
  }
}
