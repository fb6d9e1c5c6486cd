package org.yukiguni.cli;

import java.util.function.Function;
import org.yukiguni.hub.FetchListener;
import org.yukiguni.progress.Phase;
import org.yukiguni.progress.Progress;
import org.yukiguni.progress.ProgressMode;
import org.yukiguni.spark.LiveBoard;

/** Work that may have to fetch a model, and is watched meanwhile. */
final class Fetching {
  private Fetching() {}

  /**
   * Does the work.
   *
   * @param name of the work
   * @param work is given who is to be told of what comes
   */
  static <T> T watched(String name, ProgressMode mode, Function<FetchListener, T> work) {
    LiveBoard board = LiveBoard.ofThisDriver();
    try (Progress progress = Progress.open(name, mode, board)) {
      progress.enter(Phase.READING);
      return work.apply(board.fetchListener());
    }
  }
}
