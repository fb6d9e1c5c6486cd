package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.script.ScriptModule;

/** Activations by themselves. */
class ActivationTest {
  /** Of Llama 7B: rows of it are cut among three threads at places that suit no vector. */
  private static final int WIDTH = 11_008;

  private static final int ROWS = 13;

  private final Random random = new Random(3);
  private NDManager manager;
  private ScriptModule activation;

  @BeforeEach
  void open() {
    manager = TorchRuntime.newManager(new ModelOptions("cpu", 1));
    activation =
        ScriptModule.compile(
            manager, "one_activation", List.of("one_activation.py", "activation.py"));
  }

  @AfterEach
  void close() {
    activation.close();
    manager.close();
    TorchRuntime.setThreads(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"silu", "gelu", "gelu_new", "relu"})
  void theBitsOfARowDependOnNeitherItsPlaceNorTheThreads(String name) {
    float[] row = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      row[i] = (float) (3 * random.nextGaussian());
    }
    float[] rows = new float[ROWS * WIDTH];
    for (int i = 0; i < ROWS; i++) {
      System.arraycopy(row, 0, rows, i * WIDTH, WIDTH);
    }
    float[] alone = activate(name, row, 1);
    for (int threads : new int[] {1, 2, 3}) {
      TorchRuntime.setThreads(threads);
      float[] together = activate(name, rows, ROWS);
      for (int i = 0; i < ROWS; i++) {
        assertThat(Arrays.copyOfRange(together, i * WIDTH, (i + 1) * WIDTH))
            .as("row %d of %s on %d threads", i, name, threads)
            .containsExactly(alone);
      }
    }
  }

  @Test
  void theyAreWhatTheirNamesSay() {
    compare("silu", x -> x / (1 + Math.exp(-x)));
    compare(
        "gelu_new",
        x -> 0.5 * x * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))));
    compare("relu", x -> Math.max(x, 0));
    // Abramowitz and Stegun 7.1.26, good to 1.5e-7
    compare(
        "gelu",
        x -> {
          double z = Math.abs(x) / Math.sqrt(2);
          double t = 1 / (1 + 0.3275911 * z);
          double poly =
              t
                  * (0.254829592
                      + t
                          * (-0.284496736
                              + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
          double erf = Math.signum(x) * (1 - poly * Math.exp(-z * z));
          return 0.5 * x * (1 + erf);
        });
  }

  private void compare(String name, DoubleUnaryOperator expected) {
    float[] x = {-200, -90, -20, -5, -1, -0.1f, 0, 0.1f, 1, 5, 20, 90, 200};
    float[] y = activate(name, x, 1);
    for (int i = 0; i < x.length; i++) {
      assertThat((double) y[i])
          .as("%s(%s)", name, x[i])
          .isCloseTo(expected.applyAsDouble(x[i]), within(2e-6 * Math.max(1, Math.abs(x[i]))));
    }
  }

  private float[] activate(String name, float[] x, int rows) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray tensor = scope.create(x, new Shape(rows, x.length / rows));
      return activation.tensor(scope, "forward", name, tensor).toFloatArray();
    }
  }
}
