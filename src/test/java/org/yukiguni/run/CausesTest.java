package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorDeadException;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.FetchFailed;
import org.apache.spark.SparkException;
import org.apache.spark.TaskResultLost$;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.storage.BlockManagerId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yukiguni.spark.ExecutorEnd;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** The reasons are Spark's own objects where it has some, the sentences around them Spark's too. */
final class CausesTest {
  private static final ExecutorLostFailure LOST =
      new ExecutorLostFailure("3", true, Option.apply("Command exited with code 134"));
  private static final FetchFailed FETCH =
      new FetchFailed(
          BlockManagerId.apply("3", "host", 7337, Option.empty()), 4, 5L, 6, 7, "no files");

  static List<String> losses() {
    return List.of(
        mostRecent(LOST.toErrorString()),
        mostRecent(
            new ExecutorLostFailure("3", true, Option.apply("Executor heartbeat timed out"))
                .toErrorString()),
        mostRecent(TaskResultLost$.MODULE$.toErrorString()),
        mostRecent(thrown(new OutOfMemoryError("Java heap space")).toErrorString()),
        mostRecent(ExecutorEnd.class.getName() + ": Cannot finish because the device is gone"),
        mostRecent(
            thrown(new IOException("Failed to get broadcast_9_piece0 of broadcast_9"))
                .toErrorString()),
        mostRecent(
            thrown(
                    new ExecutorDeadException(
                        "The relative remote executor(Id: 3), which maintains the block data to"
                            + " fetch is dead."))
                .toErrorString()),
        "Job aborted due to stage failure: ResultStage 41 (parquet at X.java:1) has failed the"
            + " maximum allowable number of times: 4. Most recent failure reason:\n"
            + FETCH.toErrorString(),
        "Job aborted due to stage failure: ShuffleMapStage 2 (parquet at X.java:1) has failed the"
            + " maximum allowable number of times: 4. Most recent failure reason:\n"
            + "org.apache.spark.shuffle.MetadataFetchFailedException: Missing an output location",
        "Could not recover from a failed barrier ResultStage. Most recent failure reason: "
            + FETCH.toErrorString(),
        "Aborting TaskSet 3.0 because task 0 (partition 0)\ncannot run anywhere due to node and"
            + " executor excludeOnFailure.\nMost recent failure:\n",
        "Authorized committer (attemptNumber=0, stage=3, partition=0) failed; but task commit"
            + " success, data duplication may happen. reason="
            + LOST,
        "[SPARK_JOB_CANCELLED] Job 38 cancelled " + ExecutorLosses.REASON + " SQLSTATE: XXKDA");
  }

  private static String mostRecent(String reason) {
    return "Job aborted due to stage failure: Task 0 in stage 3.0 failed 4 times, most recent"
        + " failure: Lost task 0.3 in stage 3.0 (TID 7) (host executor 3): "
        + reason;
  }

  private static ExceptionFailure thrown(Throwable error) {
    return new ExceptionFailure(
        error, CollectionConverters.asScala(List.<AccumulableInfo>of()).toSeq(), false);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void whatSparkSaysOfALostExecutorMayBeARow(String message) {
    assertThat(
            Causes.mayBeARow(
                new IllegalStateException(
                    "Cannot write chunk=3",
                    new SparkException("Job aborted.", new SparkException(message)))))
        .isTrue();
  }

  @Test
  void otherFailuresAreNot() {
    for (Throwable error :
        List.of(
            new IOException("No space left on device"),
            new IllegalStateException("Cannot open model m because its files have changed"))) {
      assertThat(
              Causes.mayBeARow(
                  new SparkException(mostRecent(thrown(error).toErrorString()), error)))
          .as(error.getMessage())
          .isFalse();
    }
  }
}
