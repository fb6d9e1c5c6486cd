package org.yukiguni.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.job.InvalidJobException;

/**
 * What decides about a training's result: job, rows and model. Only the same one is gone on with.
 */
final class TrainIdentity {
  private final TrainRequest request;
  private final String text;

  TrainIdentity(TrainRequest request, Examples examples) {
    this.request = request;
    this.text =
        String.join(
            "\n",
            "job " + request.job().fingerprint(),
            "rows " + examples.fingerprint(),
            "model " + request.model().revision(),
            "adapter " + request.adapter().map(ModelFolder::revision).orElse("none"));
  }

  /**
   * Makes the folder ready to begin or to go on, as {@code output.mode} says.
   *
   * @throws InvalidJobException if it holds something else
   */
  void settle(TrainFolder folder) {
    if (!folder.foreign().isEmpty()) {
      throw new InvalidJobException(
          "Cannot write to output.path %s because it holds %s, which is not a training's; choose an empty or a new folder"
              .formatted(folder.path(), folder.foreign().get(0)));
    }
    Optional<String> earlier = folder.identity();
    boolean goesOn =
        switch (request.job().output().mode()) {
          case RESUME, NEW -> {
            earlier.ifPresent(other -> refuseUnlessSame(folder, other));
            yield earlier.isPresent();
          }
          case OVERWRITE -> false;
          case FAIL -> {
            if (earlier.isPresent()) {
              throw new InvalidJobException(
                  "Cannot write to output.path %s because it holds a training and output.mode is fail; choose another path, or resume or overwrite"
                      .formatted(folder.path()));
            }
            yield false;
          }
        };
    if (!goesOn) {
      folder.clear();
      folder.begin(text, request.job().toYaml());
    }
  }

  private void refuseUnlessSame(TrainFolder folder, String other) {
    List<String> changed = new ArrayList<>();
    List<String> mine = text.lines().toList();
    List<String> theirs = other.lines().toList();
    for (int i = 0; i < mine.size(); i++) {
      if (i >= theirs.size() || !mine.get(i).equals(theirs.get(i))) {
        changed.add(mine.get(i).replaceFirst(" .*", ""));
      }
    }
    if (!changed.isEmpty()) {
      throw new InvalidJobException(
          "Cannot go on with the training in %s because its %s changed; undo that, choose another output.path, or set output.mode: overwrite"
              .formatted(folder.path(), String.join(" and ", changed)));
    }
  }
}
