package org.yukiguni.cli;

import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jline.utils.Signals;

/**
 * SIGTERM and SIGINT: the first one lets what runs come to its end, a second one ends the process.
 */
final class StopSignals {
  private static final System.Logger LOG = System.getLogger(StopSignals.class.getName());

  /** As a shell tells the end by a signal: 128 and the number of SIGTERM. */
  private static final int KILLED = 128 + 15;

  private final String consequence;
  private volatile String received;

  private StopSignals(String consequence) {
    this.consequence = consequence;
  }

  /**
   * Listens from now on.
   *
   * @param consequence of the first signal, for people
   */
  static StopSignals listen(String consequence) {
    StopSignals signals = new StopSignals(consequence);
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
    LOG.log(Level.WARNING, "{0}: {1}; a second one ends the process", name, consequence);
  }
}
