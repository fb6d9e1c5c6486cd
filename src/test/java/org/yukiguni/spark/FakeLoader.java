package org.yukiguni.spark;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.DeviceFaultException;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.FakeModel;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.StopCondition;

/**
 * A model without weights: its tokens are characters from a small alphabet. What happens to it is
 * kept by name in {@link State}, since Spark hands copies of a loader to the tasks.
 */
public record FakeLoader(String name) implements ModelLoader {
  public static final int CONTEXT = 64;
  public static final int MAX_SEQUENCES = 4;
  private static final Map<String, State> STATES = new ConcurrentHashMap<>();

  /** What the loaders of one name did, and are told to do. */
  public static final class State {
    public final AtomicInteger engines = new AtomicInteger();
    public final AtomicInteger codecs = new AtomicInteger();
    public final AtomicInteger failingOpens = new AtomicInteger();
    public volatile FakeModel model;
    public volatile String refusal;
    public volatile String crashingPrompt = "";
    public volatile int failingStep = -1;
    public volatile int dyingStep = -1;

    /** Prompts of this length end the engine. */
    public volatile int poisonLength = -1;

    /** Steps with prompts of this length do not return before {@link #hangEnds}. */
    public volatile int hangingLength = -1;

    public final CountDownLatch hangEnds = new CountDownLatch(1);

    public volatile long stepMs;
  }

  public State state() {
    return STATES.computeIfAbsent(name, unused -> new State());
  }

  @Override
  public TextCodec openCodec() {
    state().codecs.incrementAndGet();
    return new FakeCodec(state());
  }

  @Override
  public OpenEngine openEngine(List<String> devices, int threads) {
    state().engines.incrementAndGet();
    if (state().failingOpens.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("Cannot open model fake because the test says so");
    }
    FakeModel model = new FakeModel(CONTEXT, 26, 1 << 20);
    model.beforeStep = () -> beforeStep(model);
    model.beforeRun = this::refuseOrHang;
    state().model = model;
    EngineLimits limits = new EngineLimits(MAX_SEQUENCES, 256, 1 << 20);
    return new OpenEngine(
        new Engine(name, model, limits, Clock.SYSTEM), devices.get(0), limits, () -> {});
  }

  private void beforeStep(FakeModel model) {
    if (model.steps == state().failingStep) {
      state().failingStep = -1;
      throw new IllegalStateException("the test says so");
    }
    if (model.steps == state().dyingStep) {
      state().dyingStep = -1;
      throw new DeviceFaultException("the device is gone", null);
    }
    if (state().stepMs > 0) {
      try {
        Thread.sleep(state().stepMs);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void refuseOrHang(Step step) {
    for (Step.PrefillChunk chunk : step.prefills()) {
      if (chunk.length() == state().hangingLength) {
        awaitAsNativeCode(state().hangEnds);
      }
      if (chunk.length() == state().poisonLength) {
        throw new DeviceFaultException("poison", null);
      }
    }
  }

  /** No interrupt ends it. */
  private static void awaitAsNativeCode(CountDownLatch end) {
    while (end.getCount() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public Optional<String> refusal(List<String> devices) {
    return Optional.ofNullable(state().refusal);
  }

  @Override
  public String describe(List<String> devices) {
    return "fake on " + String.join("+", devices);
  }

  @Override
  public int cudaDevices() {
    return 0;
  }

  private record FakeCodec(State state) implements TextCodec {
    @Override
    public int[] encode(String prompt) {
      if (prompt.startsWith("untokenisable")) {
        throw new IllegalArgumentException("the test says so");
      }
      return prompt.chars().map(c -> c % 26).toArray();
    }

    @Override
    public int[] encodeWithSpecialTokens(String prompt) {
      return encode("^" + prompt);
    }

    @Override
    public String decode(int[] tokens) {
      StringBuilder text = new StringBuilder();
      for (int token : tokens) {
        text.append((char) ('a' + token));
      }
      return text.toString();
    }

    @Override
    public Supplier<StopCondition> stops(int[] promptTokens, List<String> stopStrings) {
      if (decode(promptTokens).equals(decode(encode(state.crashingPrompt)))) {
        throw new IllegalStateException("Cannot go on because the test crashes here");
      }
      return () -> token -> Optional.empty();
    }

    @Override
    public void close() {}
  }
}
