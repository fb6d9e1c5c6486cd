import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.GenerationRequest;
import org.yukiguni.engine.LanguageModel;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.StepResult;
import org.yukiguni.engine.TopTokens;

/**
 * The engine's own time per step, with a model that answers at once: all of it, and what a device
 * would wait for, which is the time from the end of one step to the start of the next. Run it with
 * {@code java -cp target/classes src/bench/IdleModel.java}.
 */
final class IdleModel implements LanguageModel {
  private static final int ROUNDS = 3;

  private final boolean worksApart;
  private Step step;
  private int steps;
  private long finished;
  private long between;

  private IdleModel(boolean worksApart) {
    this.worksApart = worksApart;
  }

  @Override
  public ModelLimits limits() {
    return new ModelLimits(4096, 32000, 1, true, worksApart);
  }

  @Override
  public void start(Step next) {
    between += finished == 0 ? 0 : System.nanoTime() - finished;
    step = next;
    steps++;
  }

  @Override
  public StepResult finish() {
    int n = step.samples().size();
    int[] tokens = new int[n];
    Arrays.fill(tokens, 5 + steps % 1000);
    List<TopTokens> tops = Collections.nCopies(n, TopTokens.NONE);
    finished = System.nanoTime();
    return new StepResult(tokens, new float[n], tops, List.of());
  }

  @Override
  public void clearCache() {}

  @Override
  public void close() {}

  public static void main(String[] arguments) throws InterruptedException {
    System.out.println("| batch | prepared | between two steps | all |\n|---|---|---|---|");
    for (int batch : new int[] {1, 32, 128, 256}) {
      for (boolean worksApart : new boolean[] {false, true}) {
        IdleModel model = null;
        double seconds = 0;
        for (int round = 0; round < ROUNDS; round++) {
          model = new IdleModel(worksApart);
          seconds = run(model, batch);
        }
        System.out.printf(
            "| %d | %s | %.0f us | %.0f us |%n",
            batch,
            worksApart ? "yes" : "no",
            model.between / 1e3 / model.steps,
            seconds * 1e6 / model.steps);
      }
    }
  }

  private static double run(IdleModel model, int batch) throws InterruptedException {
    GenerationConfig config =
        new GenerationConfig(
            new Sampling(true, 0.7, 0, 0.95, 0, 1, 0, 0),
            Penalties.NONE,
            Constraints.NONE,
            OptionalInt.of(100),
            OptionalInt.empty(),
            0,
            0,
            1,
            0,
            List.of(3),
            List.of(),
            Beams.NONE,
            OptionalInt.empty());
    LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    int rows = Math.max(40, batch * 6);
    try (Engine engine =
        new Engine("idle", model, new EngineLimits(batch, 4096, 1L << 32), Clock.SYSTEM)) {
      long start = System.nanoTime();
      for (int i = 0; i < rows; i++) {
        int[] prompt = new Random(i).ints(128, 10, 30_000).toArray();
        engine.submit(
            new GenerationRequest("row" + i, prompt, config, Optional.empty()), outcomes::add);
      }
      for (int i = 0; i < rows; i++) {
        outcomes.take();
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
