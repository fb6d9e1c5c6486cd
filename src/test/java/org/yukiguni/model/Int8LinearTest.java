package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.script.ScriptModule;

/** The 8-bit linear layer by itself. */
class Int8LinearTest {
  private static final int K = 768;
  private static final int N = 256;
  private static final int ROWS = 40;

  /** Channels that the outliers are in. */
  private static final int[] OUTLYING = {5, 100, 101, 400, 700, 767};

  /** Relative error of a layer with Gaussian weights and activations; measured 0.011. */
  private static final double PLAIN_ERROR = 0.012;

  private final Random random = new Random(11);
  private final float[] weight = gaussian(N * K);
  private final float[] bias = gaussian(N);
  private NDManager manager;
  private ScriptModule layer;

  @BeforeEach
  void open() {
    manager = TorchRuntime.newManager(new ModelOptions("cpu", 2));
    layer =
        ScriptModule.compile(
            manager, "one_linear", List.of("one_linear.py", ModelScripts.Linear.INT8.source()));
  }

  @AfterEach
  void close() {
    layer.close();
    manager.close();
  }

  @Test
  void isCloseToTheExactProduct() {
    float[] x = gaussian(ROWS * K);
    assertThat(error(x, weight)).isLessThan(PLAIN_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 60, 200, 1000})
  void outliersOfActivationsCostTheOthersAtMostAsMuchAgain(int size) {
    float[] x = gaussian(ROWS * K);
    for (int row = 0; row < ROWS; row++) {
      for (int channel : OUTLYING) {
        x[row * K + channel] *= size;
      }
    }
    // The outliers' own weights are zero, so that the error is that of the others.
    float[] known = weight.clone();
    for (int n = 0; n < N; n++) {
      for (int channel : OUTLYING) {
        known[n * K + channel] = 0;
      }
    }
    assertThat(error(x, known)).isLessThan(2 * PLAIN_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 60, 200, 1000})
  void largeInputsOfSmallWeightsCostNothing(int size) {
    float[] x = gaussian(ROWS * K);
    float[] small = weight.clone();
    for (int channel : OUTLYING) {
      for (int row = 0; row < ROWS; row++) {
        x[row * K + channel] *= size;
      }
      for (int n = 0; n < N; n++) {
        small[n * K + channel] /= size;
      }
    }
    assertThat(error(x, small)).isLessThan(1.2 * PLAIN_ERROR);
  }

  @Test
  void theBitsOfARowDoNotDependOnTheOthers() {
    make(weight);
    float[] x = gaussian(ROWS * K);
    for (int row = 3; row < ROWS; row += 5) {
      x[row * K + 9] *= 50;
    }
    float[] together = forward(x);
    for (int row = 0; row < ROWS; row++) {
      float[] alone = forward(Arrays.copyOfRange(x, row * K, (row + 1) * K));
      assertThat(Arrays.copyOfRange(together, row * N, (row + 1) * N))
          .as("row %d", row)
          .containsExactly(alone);
    }
  }

  @Test
  void largestIntegersAreSummedExactly() {
    float[] most = new float[N * K];
    Arrays.fill(most, 127);
    make(most);
    float[] x = new float[K];
    Arrays.fill(x, 1);
    float[] y = forward(x);
    for (int n = 0; n < N; n++) {
      assertThat(y[n] - bias[n]).isCloseTo(127f * K, within(0.05f));
    }
  }

  @Test
  void rowsOfZerosGiveTheBiasAndRowsThatAreNoNumbersOnlySpoilThemselves() {
    make(weight);
    float[] x = gaussian(4 * K);
    float[] expected = forward(x);
    Arrays.fill(x, 0, K, 0);
    x[K + 3] = Float.NaN;
    x[2 * K + 3] = Float.POSITIVE_INFINITY;
    float[] y = forward(x);
    assertThat(Arrays.copyOf(y, N)).containsExactly(bias);
    for (int i = N; i < 3 * N; i++) {
      assertThat(Float.isFinite(y[i])).as("value %d of %d", i % N, i / N).isFalse();
    }
    assertThat(Arrays.copyOfRange(y, 3 * N, 4 * N))
        .containsExactly(Arrays.copyOfRange(expected, 3 * N, 4 * N));
  }

  private void make(float[] weight) {
    try (NDManager scope = manager.newSubManager()) {
      layer.run("make", scope.create(weight, new Shape(N, K)), manager.create(bias));
    }
  }

  private float[] forward(float[] x) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray rows = scope.create(x, new Shape(x.length / K, K));
      return layer.tensor(scope, "forward", rows).toFloatArray();
    }
  }

  /** Root mean square of the error over that of the exact product without bias. */
  private double error(float[] x, float[] weight) {
    make(weight);
    float[] y = forward(x);
    double errors = 0;
    double squares = 0;
    for (int t = 0; t < x.length / K; t++) {
      for (int n = 0; n < N; n++) {
        double exact = 0;
        for (int k = 0; k < K; k++) {
          exact += (double) x[t * K + k] * weight[n * K + k];
        }
        errors += Math.pow(y[t * N + n] - bias[n] - exact, 2);
        squares += exact * exact;
      }
    }
    return Math.sqrt(errors / squares);
  }

  private float[] gaussian(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static org.assertj.core.data.Offset<Float> within(float d) {
    return org.assertj.core.data.Offset.offset(d);
  }
}
