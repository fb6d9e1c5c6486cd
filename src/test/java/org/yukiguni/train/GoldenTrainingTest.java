package org.yukiguni.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.yukiguni.checkpoint.AdapterFiles;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.checkpoint.AdapterLayout.Slot;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.TensorFile;
import org.yukiguni.model.Gradients;
import org.yukiguni.model.ModelOptions;
import org.yukiguni.model.TrainingModel;
import org.yukiguni.model.TrainingOptions;
import org.yukiguni.model.TrainingOptions.Memory;
import org.yukiguni.model.TrainingOptions.Products;
import org.yukiguni.model.TrainingRow;

/**
 * Training against peft and torch: first gradients, the loss and gradient norm of each AdamW step,
 * final matrices, for all cases of a folder, with a printed line for each.
 *
 * <p>{@code mvn -q test -Dtest=GoldenTrainingTest -Dfixtures=DIR} runs another folder of such
 * cases.
 */
class GoldenTrainingTest {
  /** Of the matrix's largest; torch's own float32 and float64 differ by 1e-5. */
  private static final double GRADIENT_TOLERANCE = 1e-4;

  /** torch's own float32 and float64 differ by 2e-7. */
  private static final double LOSS_TOLERANCE = 1e-5;

  /** Of the largest change of the matrix; Adam makes much of gradients that are almost zero. */
  private static final double FINAL_TOLERANCE = 1e-3;

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    Path root = Path.of(System.getProperty("fixtures", "src/test/resources/fixtures"));
    List<Path> cases;
    try (Stream<Path> folders = Files.walk(root, 3)) {
      cases =
          folders
              .filter(f -> Files.exists(f.resolve("first_gradients.safetensors")))
              .sorted()
              .toList();
    }
    assertThat(cases).as("training cases under %s", root).isNotEmpty();
    return cases.stream()
        .flatMap(
            folder ->
                Stream.of(Memory.values())
                    .map(memory -> dynamicTest(folder + " " + memory, () -> line(folder, memory))));
  }

  private static void line(Path folder, Memory memory) throws IOException {
    try {
      String figures = compare(folder, memory);
      System.out.println("pass  " + folder.getFileName() + ", " + memory + ": " + figures);
    } catch (AssertionError | RuntimeException e) {
      System.out.println(
          "FAIL  "
              + folder.getFileName()
              + ", "
              + memory
              + ": "
              + String.valueOf(e.getMessage()).strip());
      throw e;
    }
  }

  /** Runs the case and returns its largest differences. */
  private static String compare(Path folder, Memory memory) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(folder.resolve("golden.json").toFile());
    Path initial = folder.resolve("initial");
    JsonNode config = new ObjectMapper().readTree(initial.resolve(AdapterFiles.CONFIG).toFile());
    Path base = initial.resolve(config.path("base_model_name_or_path").asText()).normalize();
    AdapterLayout layout = AdapterLayout.of(Checkpoint.open(base), AdapterFiles.config(initial));
    OptimizerState state = OptimizerState.start(AdapterFiles.read(layout, initial));
    float[] start = state.parameters().clone();
    JsonNode o = golden.path("optimizer");
    AdamW optimizer =
        new AdamW(
            new AdamW.Constants(
                o.path("betas").path(0).asDouble(),
                o.path("betas").path(1).asDouble(),
                o.path("eps").asDouble(),
                o.path("weight_decay").asDouble()),
            state);
    double worstGradient = 0;
    double worstLoss = 0;
    try (TrainingModel model =
        TrainingModel.open(
            base,
            layout,
            new ModelOptions("cpu", 1),
            new TrainingOptions(memory, Products.FLOAT32))) {
      for (JsonNode step : golden.path("steps")) {
        List<TrainingRow> rows = rows(golden, step);
        double targets = rows.stream().mapToInt(TrainingRow::targets).sum();
        Gradients g = model.gradients(state.parameters(), rows, 1 / targets, new long[rows.size()]);
        double loss =
            Stream.of(g.losses()).flatMapToDouble(java.util.Arrays::stream).sum() / targets;
        String at = "step " + state.steps();
        if (state.steps() == 0) {
          worstGradient = compareGradients(layout, g.gradient(), folder);
        }
        assertThat(loss).as("loss of " + at).isCloseTo(step.path("loss").asDouble(), within(1));
        worstLoss = Math.max(worstLoss, Math.abs(loss - step.path("loss").asDouble()));
        double norm = AdamW.clip(g.gradient(), o.path("max_gradient_norm").asDouble());
        double expected = step.path("gradient_norm").asDouble();
        assertThat(norm).as("gradient norm of " + at).isCloseTo(expected, within(10 * expected));
        optimizer.step(g.gradient(), step.path("learning_rate").asDouble());
      }
    }
    float[] last = AdapterFiles.read(layout, folder.resolve("final"));
    double worstFinal = 0;
    for (Slot slot : layout.slots()) {
      double largest = 0;
      double difference = 0;
      for (int i = slot.offset(); i < slot.offset() + slot.size(); i++) {
        largest = Math.max(largest, Math.abs(last[i] - start[i]));
        difference = Math.max(difference, Math.abs(last[i] - state.parameters()[i]));
      }
      assertThat(difference / largest).as("final %s", slot.tensor()).isLessThan(FINAL_TOLERANCE);
      worstFinal = Math.max(worstFinal, difference / largest);
    }
    return "%d matrices, gradients %.1e of the largest, losses %.1e, final matrices %.1e of the largest change"
        .formatted(layout.slots().size(), worstGradient, worstLoss, worstFinal);
  }

  private static double compareGradients(AdapterLayout layout, float[] gradient, Path folder) {
    double worst = 0;
    for (Slot slot : layout.slots()) {
      float[] expected =
          TensorFile.floats(folder.resolve("first_gradients.safetensors"), slot.tensor());
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        difference = Math.max(difference, Math.abs(expected[i] - gradient[slot.offset() + i]));
      }
      assertThat(difference)
          .as("gradient of %s", slot.tensor())
          .isLessThanOrEqualTo(GRADIENT_TOLERANCE * largest);
      worst = Math.max(worst, difference / largest);
    }
    return worst;
  }

  private static List<TrainingRow> rows(JsonNode golden, JsonNode step) {
    List<TrainingRow> rows = new ArrayList<>();
    for (JsonNode number : step.path("rows")) {
      JsonNode row = golden.path("rows").path(number.asInt());
      int n = row.path("input_ids").size();
      int[] tokens = new int[n];
      boolean[] isTarget = new boolean[n];
      for (int t = 0; t < n; t++) {
        tokens[t] = row.path("input_ids").path(t).asInt();
        isTarget[t] = row.path("labels").path(t).asInt() >= 0;
      }
      rows.add(new TrainingRow("row " + number, tokens, isTarget));
    }
    return rows;
  }

  private static org.assertj.core.data.Offset<Double> within(double factor) {
    return org.assertj.core.data.Offset.offset(LOSS_TOLERANCE * factor);
  }
}
