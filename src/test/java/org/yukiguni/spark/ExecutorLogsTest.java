package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;

final class ExecutorLogsTest {
  /** Keeps what arrives in the log that Spark has configured. */
  private static final class Kept extends AbstractAppender {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private Kept() {
      super("kept", null, null, true, Property.EMPTY_ARRAY);
      start();
    }

    @Override
    public void append(LogEvent event) {
      lines.add(
          "%s %s: %s %s"
              .formatted(
                  event.getLevel(),
                  event.getLoggerName(),
                  event.getMessage().getFormattedMessage(),
                  event.getThrown() == null ? "" : event.getThrown().getMessage()));
    }
  }

  @Test
  void aTasksLinesArriveInSparksLog() throws Exception {
    LocalSpark.session();
    LoggerContext context =
        (LoggerContext) LogManager.getContext(ExecutorLogs.class.getClassLoader(), false);
    LoggerConfig root = context.getConfiguration().getRootLogger();
    Kept kept = new Kept();
    root.addAppender(kept, null, null);
    try {
      ExecutorLogs.connect();
      ExecutorLogs.connect();
      inATask(
          () -> {
            System.Logger log = System.getLogger("org.yukiguni.engine.Something");
            log.log(System.Logger.Level.ERROR, "row {0} failed: {1}", "7", "{2}");
            log.log(System.Logger.Level.ERROR, "thrown", new IOException("why"));
          });
    } finally {
      root.removeAppender(kept.getName());
    }
    assertThat(kept.lines)
        .containsExactly(
            "ERROR org.yukiguni.engine.Something: row 7 failed: {2} ",
            "ERROR org.yukiguni.engine.Something: thrown why");
  }

  /** On a thread whose class loader has no parent, as that of Spark's tasks. */
  private static void inATask(Runnable action) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[0], null)) {
      Thread thread = new Thread(action);
      thread.setContextClassLoader(loader);
      thread.start();
      thread.join();
    }
  }
}
