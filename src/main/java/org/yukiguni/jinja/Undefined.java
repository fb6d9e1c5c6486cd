package org.yukiguni.jinja;

/**
 * The value of a name that nobody gave one: empty as a text, false, an error to reach into.
 *
 * @param what is not there, for the message
 */
record Undefined(String what) {
  TemplateException problem() {
    return new TemplateException(what + " is undefined");
  }
}
