package org.yukiguni.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.List;
import org.yukiguni.report.TerminalText;

/**
 * A run at one moment.
 *
 * @param job its name
 * @param phase what it is doing
 * @param seconds since it began to do that
 * @param rows prompts of the run; 0 before the plan is made
 * @param rowsDone prompts that are done, those of earlier attempts included
 * @param completions made by this attempt
 * @param errors in place of a completion, of this attempt
 * @param tokensPerSecondNow completion tokens, over the last ten seconds
 * @param tokensPerSecond completion tokens since the generation began
 * @param secondsLeft until the last row is done, or null as long as nobody can tell
 * @param fetches models that come to a host
 * @param engines what each engine is doing
 */
record ProgressState(
    String job,
    String phase,
    double seconds,
    long rows,
    long rowsDone,
    long completions,
    long errors,
    double tokensPerSecondNow,
    double tokensPerSecond,
    Long secondsLeft,
    List<Fetch> fetches,
    List<Engine> engines) {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  /**
   * A model on its way to a host.
   *
   * @param executorId the Spark executor that fetches it; null for the driver
   * @param model the repository or the folder
   * @param bytes that are there
   * @param totalBytes that there will be
   * @param secondsLeft until all is there, or null as long as nobody can tell
   */
  record Fetch(String executorId, String model, long bytes, long totalBytes, Long secondsLeft) {}

  /**
   * An engine.
   *
   * @param executorId the Spark executor
   * @param device cpu or cuda:N
   * @param loadingSeconds how long its model has been loading; null once it is open
   * @param layersLoaded of the model that is being loaded
   * @param layers that it has; 0 as long as nobody knows
   * @param running completions in work
   * @param waiting requests not started
   * @param kvShare share of the KV memory in use, 0 to 1
   */
  record Engine(
      String executorId,
      String device,
      Double loadingSeconds,
      int layersLoaded,
      int layers,
      int running,
      int waiting,
      double kvShare) {
    /** Seconds until the model is loaded if every layer takes as long, or null. */
    Long loadingSecondsLeft() {
      return loadingSeconds == null || layersLoaded == 0
          ? null
          : Math.round(loadingSeconds * (layers - layersLoaded) / layersLoaded);
    }
  }

  double share() {
    return rows == 0 ? 0 : (double) rowsDone / rows;
  }

  String json() {
    try {
      return TerminalText.json(JSON.writeValueAsString(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the progress of " + job + " as JSON", e);
    }
  }
}
