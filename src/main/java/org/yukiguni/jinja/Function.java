package org.yukiguni.jinja;

/** Something that a template can call. */
@FunctionalInterface
interface Function {
  Object call(Arguments arguments, Budget budget);
}
