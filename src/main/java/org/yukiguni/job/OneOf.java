package org.yukiguni.job;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Exactly one of these keys must be set in the group. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface OneOf {
  /** The keys, in snake case. */
  String[] value();
}
