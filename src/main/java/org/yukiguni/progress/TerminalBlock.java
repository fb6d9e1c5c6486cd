package org.yukiguni.progress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;

/**
 * Some lines on a terminal that are drawn again in place. The cursor rests on the first of two
 * empty lines above them: a log line that comes in between is written there, and the next drawing
 * goes below it. JLine's own status line draws only what it believes to have changed, which other
 * writers make untrue.
 */
final class TerminalBlock implements AutoCloseable {
  private static final int LEAST_WIDTH = 20;
  private static final int USUAL_WIDTH = 80;
  private static final int EMPTY_LINES = 2;

  private final Terminal terminal;
  private final Thread atExit = new Thread(this::clear, "take-progress-away");

  TerminalBlock() {
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysErr)
              .dumb(true)
              .build();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the terminal because " + e.getMessage(), e);
    }
    // An interrupted job leaves no block behind.
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  int width() {
    int width = terminal.getWidth();
    return width == 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, width);
  }

  synchronized void draw(List<String> lines) {
    clear();
    terminal.writer().print("\n".repeat(EMPTY_LINES));
    terminal.writer().print(String.join("\n", lines));
    terminal.writer().print("\r");
    terminal.puts(Capability.parm_up_cursor, EMPTY_LINES + lines.size() - 1);
    terminal.flush();
  }

  private synchronized void clear() {
    terminal.writer().print("\r");
    terminal.puts(Capability.clr_eos);
    terminal.flush();
  }

  /** Takes the block away. */
  @Override
  public void close() {
    clear();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook has run or will; it does no harm twice.
      return;
    }
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot leave the terminal because " + e.getMessage(), e);
    }
  }
}
