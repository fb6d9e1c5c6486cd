package org.yukiguni.spark;

import java.util.Arrays;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/**
 * Brings what our classes log in a task to Spark's log. They log by {@link System.Logger}, whose
 * records come to {@code java.util.logging}, and Spark bridges these to the Log4j context of the
 * thread's class loader. Since Spark 4 a task's thread has a class loader without a parent, for
 * which Log4j makes a context of its own that drops all but errors and prints these elsewhere. This
 * handler takes the loggers of its own class loader instead, which are Spark's.
 */
final class ExecutorLogs extends Handler {
  /** Held here, since a logger that nobody holds forgets its handlers. */
  private static final Logger OURS = Logger.getLogger("org.yukiguni");

  private final Formatter formatter = new SimpleFormatter();

  private ExecutorLogs() {}

  /**
   * Takes over the logs of this JVM; to be called before a task's first line, and again at will.
   */
  static synchronized void connect() {
    // The same class may be there twice: Spark gives sessions class loaders of their own.
    Arrays.stream(OURS.getHandlers())
        .filter(handler -> handler.getClass().getName().equals(ExecutorLogs.class.getName()))
        .forEach(OURS::removeHandler);
    OURS.addHandler(new ExecutorLogs());
    OURS.setUseParentHandlers(false);
  }

  @Override
  public void publish(LogRecord record) {
    org.slf4j.Logger log = LoggerFactory.getLogger(record.getLoggerName());
    String message = formatter.formatMessage(record);
    Throwable thrown = record.getThrown();
    int level = record.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      log.error(message, thrown);
    } else if (level >= Level.WARNING.intValue()) {
      log.warn(message, thrown);
    } else if (level >= Level.INFO.intValue()) {
      log.info(message, thrown);
    } else {
      log.debug(message, thrown);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
