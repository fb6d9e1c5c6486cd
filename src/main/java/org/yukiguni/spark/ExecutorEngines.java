package org.yukiguni.spark;

import java.util.List;
import org.yukiguni.hub.FetchLog;
import org.yukiguni.model.TrainingModel;

/**
 * The one holder of engines, tokenisers and models in training in an executor's JVM. All tasks of
 * the executor share one engine per model and device; the first task opens it. An idle engine of
 * another model is closed before a new one opens, so that two jobs of one application need the
 * memory of one. An engine that failed is replaced when a task asks for it next. What is open at
 * the end is closed with the JVM.
 *
 * <p>This is the project's only mutable static: Spark gives a task no other thing that lives as
 * long as its executor.
 */
final class ExecutorEngines {
  private static final Shared<Key, OpenEngine> ENGINES =
      new Shared<>(
          (wanted, idle) -> !wanted.loader().equals(idle.loader()),
          open -> open.engine().isClosed(),
          key -> key.loader().openEngine(key.devices(), key.threads()));
  private static final Shared<ModelLoader, TextCodec> CODECS =
      new Shared<>((wanted, idle) -> !wanted.equals(idle), codec -> false, ModelLoader::openCodec);

  private static final Shared<TrainerLoader, TrainingModel> TRAINERS =
      new Shared<>((wanted, idle) -> !wanted.equals(idle), model -> false, TrainerLoader::open);

  private static final Arrivals ARRIVALS = new Arrivals(new FetchLog());

  static {
    ExecutorLogs.connect();
    Runtime.getRuntime().addShutdownHook(new Thread(ExecutorEngines::closeAll, "close-engines"));
  }

  private ExecutorEngines() {}

  private record Key(ModelLoader loader, List<String> devices, int threads) {
    String device() {
      return name(devices);
    }
  }

  private static String name(List<String> devices) {
    return String.join("+", devices);
  }

  /** A share in the engine of a model on the devices of a task. */
  static Shared<?, OpenEngine>.Lease engine(ModelLoader loader, List<String> devices, int threads) {
    return ENGINES.lease(new Key(loader, devices, threads));
  }

  /** A share in the tokeniser of a model. */
  static Shared<?, TextCodec>.Lease codec(ModelLoader loader) {
    return CODECS.lease(loader);
  }

  /** What each engine is doing; for watching only. */
  static List<EngineStatus> statuses() {
    return ENGINES.states().stream()
        .map(
            state ->
                state.value() == null
                    ? EngineStatus.loading(
                        state.key().device(),
                        state.openingMs(),
                        ARRIVALS.layers(state.key().device()))
                    : EngineStatus.of(state.key().device(), state.openingMs(), state.value()))
        .toList();
  }

  /** To be told of each layer of a model that is being loaded. */
  static Runnable loadingOn(List<String> devices, int layers) {
    return ARRIVALS.loading(name(devices), layers);
  }

  /** What is on its way into this executor. */
  static Arrivals arrivals() {
    return ARRIVALS;
  }

  /** A share in a model that is trained. */
  static Shared<?, TrainingModel>.Lease trainer(TrainerLoader loader) {
    return TRAINERS.lease(loader);
  }

  private static void closeAll() {
    ENGINES.closeAll();
    CODECS.closeAll();
    TRAINERS.closeAll();
  }
}
