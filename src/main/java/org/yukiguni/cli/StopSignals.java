package org.yukiguni.cli;

import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jline.utils.Signals;

/**
 * SIGTERM and SIGINT: the first one lets the chunks that run come to their end, a second one ends
 * the process.
 */
final class StopSignals {
  private static final System.Logger LOG = System.getLogger(StopSignals.class.getName());

  /** As a shell tells the end by a signal: 128 and the number of SIGTERM. */
  private static final int KILLED = 128 + 15;

  private volatile String received;

  private StopSignals() {}

  /** Listens from now on. */
  static StopSignals listen() {
    StopSignals signals = new StopSignals();
    for (String name : new String[] {"TERM", "INT"}) {
      Signals.register(name, () -> signals.receive("SIG" + name));
    }
    return signals;
  }

  /** Why to stop, or empty. */
  Optional<String> reason() {
    return Optional.ofNullable(received).map(name -> "of " + name);
  }

  private void receive(String name) {
    if (received != null) {
      System.exit(KILLED);
    }
    received = name;
    LOG.log(
        Level.WARNING,
        "{0}: no more chunks begin, those that run are finished; a second one ends them",
        name);
  }
}
