package org.yukiguni.jinja;

/** A template that cannot be parsed or rendered; the message is one line that says why. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super(message);
  }
}
